"""What an org says of its objects, kept for a while.

A describe depends on the user who asks (what he may not see is left out), so the key has him in it. An entry is asked
for again with If-Modified-Since once it is old: most often the answer is an empty 304. Permissions that change do not
always touch an object's modification date, so after a longer while it is read in full.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import anyio
from cachetools import LRUCache

from app.clock import Clock
from app.org.errors import OrgError, OrgErrorCode
from app.org.queries import OrgQueries
from app.org.salesforce_client import SalesforceClient

FRESH_FOR = timedelta(minutes=10)
FULL_AFTER = timedelta(hours=1)
CLOCK_SKEW = timedelta(minutes=5)
"""If-Modified-Since is our clock's time of the last read less this much, in case the org's clock is behind."""

KEPT = 2_000
"""Describes in memory, over all orgs and users."""


@dataclass(frozen=True, slots=True)
class DescribedField:
    """One field, with the part of its describe that a statement or a write depends on. Names are the org's API names.
    createable, updateable: by the user who asked."""

    name: str
    type: str
    scale: int
    unique: bool
    filterable: bool
    groupable: bool
    createable: bool
    updateable: bool
    reference_to: tuple[str, ...]
    relationship_name: str | None


@dataclass(frozen=True, slots=True)
class DescribedObject:
    """One object as its describe tells it. children: relationship name → (child object, its lookup field)."""

    name: str
    fields: Mapping[str, DescribedField]
    children: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Entry:
    described: DescribedObject | None
    read: datetime
    checked: datetime


class DescribeCache:
    """Describes by (org, user, object). One request at a time for each of them, however many ask."""

    def __init__(self, client: SalesforceClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._entries: LRUCache[tuple[str, str, str], _Entry] = LRUCache(KEPT)
        self._locks: dict[tuple[str, str, str], anyio.Lock] = {}

    async def described(
        self, queries: OrgQueries, org_id: str, user_id: str, object_name: str
    ) -> DescribedObject | None:
        """The object of that API name, as that user's `queries` see it; None if it is not there for him."""
        key = (org_id, user_id, object_name)
        entry = self._entries.get(key)
        if entry is not None and self._clock() - entry.checked < FRESH_FOR:
            return entry.described
        lock = self._locks.setdefault(key, anyio.Lock())
        try:
            async with lock:
                entry = self._entries.get(key)
                if entry is None or self._clock() - entry.checked >= FRESH_FOR:
                    entry = await self._read(queries, object_name, entry)
                    self._entries[key] = entry
                return entry.described
        finally:
            if not lock.statistics().tasks_waiting:
                self._locks.pop(key, None)

    def forget(self, org_id: str, object_names: Collection[str] | None = None) -> None:
        """The org's describes, all or those of some objects, are read in full the next time."""
        for key in tuple(self._entries):
            if key[0] == org_id and (object_names is None or key[2] in object_names):
                self._entries.pop(key, None)

    async def _read(self, queries: OrgQueries, object_name: str, old: _Entry | None) -> _Entry:
        now = self._clock()
        known = old if old is not None and old.described is not None and now - old.read < FULL_AFTER else None
        since = known.checked - CLOCK_SKEW if known is not None else None
        try:
            answer = await queries.read(lambda token: self._client.describe(token, object_name, modified_since=since))
        except OrgError as problem:
            if problem.code is OrgErrorCode.NOT_FOUND:
                return _Entry(None, now, now)
            raise
        if answer is None:
            if known is None:
                raise OrgError(OrgErrorCode.INTERNAL, "Salesforce answered 304 to a request without a condition.")
            return replace(known, checked=now)
        return _Entry(_parsed(answer), now, now)


def _parsed(answer: Mapping[str, Any]) -> DescribedObject:
    fields = (
        DescribedField(
            name=field["name"],
            type=field["type"],
            scale=field["scale"],
            unique=field["unique"],
            filterable=field["filterable"],
            groupable=field["groupable"],
            createable=field["createable"],
            updateable=field["updateable"],
            reference_to=tuple(field["referenceTo"]),
            relationship_name=field["relationshipName"],
        )
        for field in answer["fields"]
    )
    children = {
        child["relationshipName"]: (child["childSObject"], child["field"])
        for child in answer["childRelationships"]
        if child["relationshipName"] is not None
    }
    return DescribedObject(answer["name"], {field.name: field for field in fields}, children)
