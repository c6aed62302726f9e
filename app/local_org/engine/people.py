"""The running user: his rights, his standing and his settings, computed from the org's own rows.

His profile's permission set, the sets assigned to him, and the members of the groups assigned to him count; an expired
or inactive assignment does not. What a commit changes counts from the next call on.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.clock import Clock
from app.local_org.access import access_of
from app.local_org.engine import hierarchy, ids, moments
from app.local_org.engine.functions import zone
from app.local_org.engine.hierarchy import Standing
from app.local_org.engine.permits import Actor, Rights
from app.local_org.engine.setup_rows import OrgInfo
from app.local_org.engine.storage import Storage
from app.local_org.errors import ApiError
from app.local_org.schema.model import PermissionSet, Schema

_TABLES = (
    "User",
    "Profile",
    "PermissionSet",
    "PermissionSetAssignment",
    "PermissionSetGroup",
    "PermissionSetGroupComponent",
    "UserLogin",
    *hierarchy.TABLES,
)

_SETS_OF_USER = """
SELECT PermissionSetId, ExpirationDate FROM PermissionSetAssignment
 WHERE AssigneeId = :user AND IsActive = 1 AND PermissionSetGroupId IS NULL AND _deleted = 0
   AND (ExpirationDate IS NULL OR ExpirationDate > :now)
UNION ALL
SELECT c.PermissionSetId, a.ExpirationDate FROM PermissionSetAssignment a
  JOIN PermissionSetGroup g ON g.Id = a.PermissionSetGroupId AND g.Status = 'Updated' AND g._deleted = 0
  JOIN PermissionSetGroupComponent c ON c.PermissionSetGroupId = a.PermissionSetGroupId AND c._deleted = 0
 WHERE a.AssigneeId = :user AND a.IsActive = 1 AND a._deleted = 0
   AND (a.ExpirationDate IS NULL OR a.ExpirationDate > :now)
UNION ALL
SELECT Id, NULL FROM PermissionSet WHERE ProfileId = :profile AND IsOwnedByProfile = 1
"""


@dataclass(frozen=True, slots=True)
class _Person:
    rights: Rights
    standing: Standing
    zone: ZoneInfo
    locale: str
    computed: datetime
    until: datetime | None


class People:
    """The users of an org, as actors."""

    def __init__(self, storage: Storage, schema: Schema, info: OrgInfo, clock: Clock) -> None:
        self._storage = storage
        self._schema = schema
        self._info = info
        self._clock = clock
        self._known: dict[str, _Person] = {}
        self._known_at: tuple[int, ...] = ()
        self._guard = threading.Lock()

    def actor(self, user_id: str) -> Actor:
        """The user, now. Raises INVALID_SESSION_ID for one who does not exist, is not active, or is frozen.

        [BG] That freezing ends the sessions that are open; that it forbids to log in is documented.
        """
        full_id = ids.long_id(user_id)
        now = self._clock()
        person = None if full_id is None else self._person(full_id, now)
        if full_id is None or person is None:
            raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return Actor(full_id, person.rights, person.zone, person.locale, now, person.standing)

    def rights_of(self, user_id: str) -> Rights:
        """What an active user may do, though he be frozen. Raises KeyError for one who is not active."""
        row = self._storage.connection().execute(
            'SELECT ProfileId FROM "User" WHERE Id = ? AND IsActive = 1', (user_id,)
        )
        profile = row.fetchone()
        if profile is None:
            raise KeyError(user_id)
        return self._rights(user_id, profile[0], self._clock())[0]

    def _person(self, user_id: str, now: datetime) -> _Person | None:
        if self._storage.is_touched(_TABLES):
            return self._computed(user_id, now)
        version = tuple(self._storage.versions.get(table, 0) for table in _TABLES)
        with self._guard:
            if version != self._known_at:
                self._known.clear()
                self._known_at = version
            known = self._known.get(user_id)
        if known is not None and known.computed <= now and (known.until is None or now < known.until):
            return known
        computed = self._computed(user_id, now)
        if computed is not None:
            with self._guard:
                # Rows that a commit changed meanwhile would have moved the version on.
                if version == self._known_at:
                    self._known[user_id] = computed
        return computed

    def _computed(self, user_id: str, now: datetime) -> _Person | None:
        connection = self._storage.connection()
        sql = (
            "SELECT IsActive, ProfileId, TimeZoneSidKey, LocaleSidKey, UserRoleId,"
            " EXISTS (SELECT 1 FROM UserLogin l WHERE l.UserId = u.Id AND l.IsFrozen = 1 AND l._deleted = 0)"
            ' FROM "User" u WHERE Id = ? AND _deleted = 0'
        )
        row = connection.execute(sql, (user_id,)).fetchone()
        if row is None or not row[0] or row[5]:
            return None
        roles = hierarchy.read_hierarchy(self._storage)
        rights, until = self._rights(user_id, row[1], now)
        return _Person(
            rights,
            Standing(user_id, row[4], roles.below(row[4]), roles),
            zone(row[2] or self._info.zone),
            row[3] or self._info.locale,
            now,
            until,
        )

    def _rights(self, user_id: str, profile_id: str, now: datetime) -> tuple[Rights, datetime | None]:
        """The rights, and when the first assignment among them ends."""
        asked = {"user": user_id, "profile": profile_id, "now": moments.to_ms(now)}
        held = self._storage.connection().execute(_SETS_OF_USER, asked).fetchall()
        sets = [found for set_id in {str(held_id) for held_id, _ in held} if (found := self._set(set_id)) is not None]
        ends = [moments.from_ms(expires) for _, expires in held if expires is not None]
        return access_of(self._schema, sets), min(ends, default=None)

    def _set(self, set_id: str) -> PermissionSet | None:
        """The metadata behind a PermissionSet row; None for a group's aggregate set, whose members count instead."""
        sql = (
            "SELECT s.NamespacePrefix, coalesce(p.Name, s.Name), s.Type FROM PermissionSet s"
            " LEFT JOIN Profile p ON p.Id = s.ProfileId WHERE s.Id = ?"
        )
        row = self._storage.connection().execute(sql, (set_id,)).fetchone()
        if row is None or row[2] == "Group":
            return None
        return next((s for s in self._schema.permission_sets if (s.namespace, s.name) == (row[0], row[1])), None)
