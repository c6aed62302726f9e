"""What rows of UserRole, Group and GroupMember must meet, so that the hierarchy can be read from them.

[BG] The texts of the refusals are unconfirmed; the codes are those of the SOAP API's StatusCode.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.local_org.engine.storage import SqlValue, Storage
from app.local_org.errors import ApiError, Unsupported

StoredRow = dict[str, SqlValue]


def name_row(row: StoredRow) -> None:
    """A role or a group without DeveloperName gets one made of its name."""
    if row.get("DeveloperName") is None and row.get("Name") is not None:
        row["DeveloperName"] = re.sub(r"\W+", "_", str(row["Name"]), flags=re.ASCII).strip("_") or None


def check_group(row: Mapping[str, SqlValue]) -> None:
    """Raises Unsupported for a group that the org makes itself: of a role, of everybody."""
    if row.get("Type") not in (None, "Regular", "Queue"):
        raise Unsupported(f"a group of type {row['Type']}, which an org makes by itself")


def check_member(storage: Storage, row: Mapping[str, SqlValue]) -> None:
    """Raises CIRCULAR_DEPENDENCY where a group would be in itself; Unsupported for a queue inside a group."""
    group, member = row.get("GroupId"), row.get("UserOrGroupId")
    if not str(member).startswith("00G"):
        return
    kind = storage.connection().execute('SELECT Type FROM "Group" WHERE Id = ?', (member,)).fetchone()
    if kind is not None and kind[0] == "Queue":
        raise Unsupported("a queue as a member of a group")
    sql = (
        "WITH RECURSIVE inside(id) AS (SELECT ? UNION SELECT m.UserOrGroupId FROM GroupMember m JOIN inside"
        " ON m.GroupId = inside.id WHERE m._deleted = 0) SELECT 1 FROM inside WHERE id = ?"
    )
    if storage.connection().execute(sql, (member, group)).fetchone() is not None:
        raise _circular("A group cannot contain itself", "UserOrGroupId")


def check_role(storage: Storage, role_id: SqlValue, row: Mapping[str, SqlValue]) -> None:
    """Raises CIRCULAR_DEPENDENCY where a role would stand under itself."""
    sql = (
        "WITH RECURSIVE above(id) AS (SELECT ? UNION SELECT r.ParentRoleId FROM UserRole r JOIN above"
        " ON r.Id = above.id WHERE r._deleted = 0) SELECT 1 FROM above WHERE id = ?"
    )
    if storage.connection().execute(sql, (row.get("ParentRoleId"), role_id)).fetchone() is not None:
        raise _circular("A role cannot report to itself or to a role below it", "ParentRoleId")


def _circular(message: str, field: str) -> ApiError:
    return ApiError(400, "CIRCULAR_DEPENDENCY", message, [field])
