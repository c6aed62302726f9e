"""Leases: which process may do a thing that only one may do at a time, over all replicas.

A lease ends by itself, so a process that died blocks nobody for long. That also means that a slow holder may find
itself without it: what a lease guards must be safe then (a grant's version, a janitor's deletes are).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import anyio
from sqlalchemy import delete, or_

from app.clock import Clock
from app.store.database import Database
from app.store.secrets import new_id
from app.store.tables import LeaseRow


class Leases:
    """The table of leases. Times are those of the processes' clocks, which must agree to within a ttl's margin."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def acquire(self, name: str, owner: str, ttl: timedelta) -> bool:
        """True when `owner` holds the lease now, for `ttl` from now on. A holder that asks again prolongs it."""
        now = self._clock()
        values = {"owner": owner, "expires_at": now + ttl}
        statement = (
            self._database.insert(LeaseRow)
            .values(name=name, **values)
            .on_conflict_do_update(
                index_elements=[LeaseRow.name],
                set_=values,
                where=or_(LeaseRow.expires_at <= now, LeaseRow.owner == owner),
            )
            .returning(LeaseRow.name)
        )
        async with self._database.session() as session:
            return (await session.execute(statement)).scalar() is not None

    async def release(self, name: str, owner: str) -> bool:
        """Gives the lease back. False when `owner` did not hold it any more."""
        statement = delete(LeaseRow).where(LeaseRow.name == name, LeaseRow.owner == owner).returning(LeaseRow.name)
        async with self._database.session() as session:
            return (await session.execute(statement)).scalar() is not None

    @asynccontextmanager
    async def holding(self, name: str, ttl: timedelta) -> AsyncGenerator[bool]:
        """`async with leases.holding(name, ttl) as held:` tries once; held says whether we have it.

        Released at the end, after a cancellation too.
        """
        owner = new_id()
        held: bool | None = None
        try:
            held = await self.acquire(name, owner, ttl)
            yield held
        finally:
            # None: cancelled while it asked. The lease may be ours all the same, and would block others for its ttl.
            if held is not False:
                with anyio.CancelScope(shield=True):
                    await self.release(name, owner)
