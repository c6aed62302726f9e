"""What standard objects do by themselves when a row is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.local_org.engine import events
from app.local_org.engine.names import ObjectNames
from app.local_org.engine.storage import SqlValue, Storage

StoredRow = dict[str, SqlValue]


class Triggers:
    """The org's own rules, by object."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._inserts: Mapping[str, Callable[[StoredRow], None]] = {
            "Event": events.complete,
            "PermissionSetAssignment": self._aggregate_set,
        }

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

    def _aggregate_set(self, row: StoredRow) -> None:
        """An assignment of a group points at the group's aggregate set (salesforce notes, section 5)."""
        group = row.get("PermissionSetGroupId")
        if group is not None and row.get("PermissionSetId") is None:
            sql = 'SELECT "Id" FROM "PermissionSet" WHERE "PermissionSetGroupId" = ?'
            found = self._storage.connection().execute(sql, (group,)).fetchone()
            if found is not None:
                row["PermissionSetId"] = found[0]
