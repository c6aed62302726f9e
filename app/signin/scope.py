"""Admin or User: derived from permission sets, by namespace and API name. Nothing else grants a scope (guide, Scopes).

Source of the rules on assignments: Object Reference, PermissionSetAssignment. A user without a setup permission may be
refused his own assignments; then the org connection reads them, and if it cannot either, there is no access.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.clock import Clock
from app.org.caller import Scope
from app.org.errors import OrgError, OrgErrorCode
from app.org.reader import Reader, Row
from app.org.schema_map import PermissionSetNames

_CANNOT_READ = frozenset({OrgErrorCode.FAILED, OrgErrorCode.NOT_FOUND})


class ScopeUnreadable(Exception):
    """Neither the user nor the org connection may read the assignments: no access."""


def scope_of(
    assignments: Iterable[Row], group_members: Iterable[Row], names: PermissionSetNames, now: datetime
) -> Scope | None:
    """The scope of a user with these rows of signin/permission_sets and signin/group_members; None: no access.

    A group counts when it is assigned, unexpired and Updated; a set counts when it is assigned itself or through one.
    """
    living = [row for row in assignments if _lives(row, now)]
    groups = {
        row["PermissionSetGroup"]["Id"]
        for row in living
        if row["PermissionSetGroup"] is not None and row["PermissionSetGroup"]["Status"] == "Updated"
    }
    held = {_named(row["PermissionSet"]) for row in living}
    held |= {
        _named(member["PermissionSet"])
        for member in group_members
        if member["PermissionSetGroup"] is not None and member["PermissionSetGroup"]["Id"] in groups
    }
    if (names.namespace, names.full_access) in held:
        return Scope.ADMIN
    if (names.namespace, names.dashboard_access) in held:
        return Scope.USER
    return None


def _lives(row: Row, now: datetime) -> bool:
    expires: datetime | None = row["ExpirationDate"]
    return bool(row["IsActive"]) and (expires is None or expires > now)


def _named(permission_set: Row | None) -> tuple[str | None, str] | None:
    return (permission_set["NamespacePrefix"], permission_set["Name"]) if permission_set is not None else None


class ScopeReader:
    """Reads what `scope_of` needs."""

    def __init__(self, names: PermissionSetNames, clock: Clock) -> None:
        self._names = names
        self._clock = clock

    async def derive(self, user_id: str, as_user: Reader, as_org_connection: Reader) -> Scope | None:
        """The user's scope now. Raises ScopeUnreadable, and OrgError when Salesforce does not answer."""
        readers = (as_user, as_org_connection)
        assignments = await _first_answer(readers, "signin/permission_sets", user=user_id)
        groups = sorted(
            {row["PermissionSetGroup"]["Id"] for row in assignments if row["PermissionSetGroup"] is not None}
        )
        members: Sequence[Row] = ()
        if groups:
            names = [self._names.full_access, self._names.dashboard_access]
            members = await _first_answer(readers, "signin/group_members", groups=groups, names=names)
        return scope_of(assignments, members, self._names, self._clock())


async def _first_answer(readers: Sequence[Reader], statement: str, **binds: str | Sequence[str]) -> Sequence[Row]:
    """The rows of the first reader who has any, for they may be withheld without an error; else none.

    Raises ScopeUnreadable when no reader may read them.
    """
    answered = False
    for place, reader in enumerate(readers):
        try:
            rows = (await reader.fetch(statement, binds)).rows
        except OrgError as error:
            is_last = place == len(readers) - 1
            if error.code in _CANNOT_READ or (is_last and error.code is OrgErrorCode.RECONNECT_REQUIRED):
                continue
            raise
        if rows:
            return rows
        answered = True
    if not answered:
        raise ScopeUnreadable(statement)
    return ()
