"""What standard objects do by themselves when a row is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.local_org.engine import events, ids, roles_and_groups
from app.local_org.engine.invitees import Invitees
from app.local_org.engine.names import ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.storage import SqlValue, Storage
from app.local_org.errors import Unsupported

StoredRow = dict[str, SqlValue]


class Triggers:
    """The org's own rules, by object."""

    def __init__(self, storage: Storage, invitees: Invitees) -> None:
        self._storage = storage
        self._invitees = invitees
        self._inserts: Mapping[str, Callable[[StoredRow], None]] = {
            "Event": events.complete,
            "Group": self._group,
            "GroupMember": lambda row: roles_and_groups.check_member(storage, row),
            "PermissionSetAssignment": self._aggregate_set,
            "UserRole": roles_and_groups.name_row,
        }

    def refuse_create(self, found: ObjectNames, row: Mapping[str, SqlValue]) -> None:
        """Raises Unsupported where a real org would make or change further rows in a way that is not modelled."""
        if found.name == "EventRelation":
            self._invitees.refuse_declined(row)
        if found.name == "Event" and row.get("IsRecurrence"):
            raise Unsupported("a recurring event")

    def check_change(self, found: ObjectNames, before: Mapping[str, SqlValue], given: Mapping[str, SqlValue]) -> None:
        """Raises ApiError for a change that the org does not take of this row, Unsupported for one not modelled."""
        if found.name == "Event":
            self._invitees.check_change(before, given)
        elif found.name == "EventRelation":
            self._invitees.refuse_declined({**before, **given})

    def before_insert(self, found: ObjectNames, row: StoredRow) -> None:
        """Complete a new row before its defaults; raises ApiError where its fields contradict each other."""
        rule = self._inserts.get(found.name)
        if rule is not None:
            rule(row)

    def before_update(
        self, found: ObjectNames, before: Mapping[str, SqlValue], given: Mapping[str, SqlValue], after: StoredRow
    ) -> None:
        """Keep a changed row consistent: `after` is `before` with what was given, and is changed in place."""
        if found.name == "Event":
            events.keep_consistent(before, given, after)
        elif found.name == "UserRole":
            roles_and_groups.check_role(self._storage, before["Id"], after)
        elif found.name == "Group":
            roles_and_groups.check_group(after)

    def after_create(self, actor: Actor, found: ObjectNames, row: Mapping[str, SqlValue]) -> None:
        """Make the rows that an org makes when a user, not a bulk load, creates one; raises ApiError."""
        if found.name == "EventRelation":
            self._invitees.invite(actor, row)

    def after_update(
        self, actor: Actor, found: ObjectNames, record_id: SqlValue, changed: Mapping[str, SqlValue]
    ) -> None:
        """Change the rows that an org changes with this one. changed: its new values."""
        if found.name == "Event":
            self._invitees.follow_change(actor, record_id, changed)

    def going_along(self, found: ObjectNames, record_id: str, instant: int) -> list[tuple[ObjectNames, str]]:
        """The rows that an org deletes with a row that is marked deleted, apart from its lookups' delete rules."""
        if found.name in ("Event", "EventRelation"):
            return self._invitees.going_along(record_id, instant)
        return []

    def after_insert(self, found: ObjectNames, rows: Sequence[Mapping[str, SqlValue]]) -> None:
        """Make the rows that an org makes by itself: of each user his UserLogin, by which he can be frozen."""
        if found.name != "User" or not rows:
            return
        first = self._storage.take_numbers("UserLogin", len(rows))
        columns = ("Id", "UserId", "IsFrozen", "IsPasswordLocked", "LastModifiedDate", "LastModifiedById")
        made = [
            (ids.minted("0Yw", number), row["Id"], 0, 0, row.get("CreatedDate"), row.get("CreatedById"))
            for number, row in enumerate(rows, first)
        ]
        self._storage.insert("UserLogin", columns, made)
        self._storage.touched("UserLogin")

    def _group(self, row: StoredRow) -> None:
        roles_and_groups.name_row(row)
        roles_and_groups.check_group(row)

    def _aggregate_set(self, row: StoredRow) -> None:
        """An assignment of a group points at the group's aggregate set (salesforce notes, section 5)."""
        group = row.get("PermissionSetGroupId")
        if group is not None and row.get("PermissionSetId") is None:
            sql = 'SELECT "Id" FROM "PermissionSet" WHERE "PermissionSetGroupId" = ?'
            found = self._storage.connection().execute(sql, (group,)).fetchone()
            if found is not None:
                row["PermissionSetId"] = found[0]
