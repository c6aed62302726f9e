"""Grants that nobody needs any more go back to Salesforce, whatever left them behind.

Whoever ends a sign-in gives its grant back. What remains is of sign-ins that ran out by themselves or were never
finished, of a login that came in while its org was turned off, of two admins who bound the connection at once, and of a
process that ended between two steps.
"""

from __future__ import annotations

from datetime import timedelta

import anyio
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.clock import Clock
from app.signin.grants import StoredGrants
from app.store.leases import Leases
from app.store.secrets import new_id

TURN = "unused-grants-turn"
INTERVAL = timedelta(minutes=10)
"""Whose turn it was keeps it for so long: no other process sweeps within it."""
LEFT_ALONE = timedelta(hours=1)
"""After a grant was written: longer than a sign-in, or an enabling, takes to use it."""

log = structlog.stdlib.get_logger(__name__)


class UnusedGrants:
    """One for the process."""

    def __init__(self, grants: StoredGrants, leases: Leases, clock: Clock) -> None:
        self._grants = grants
        self._leases = leases
        self._clock = clock

    async def run(self) -> None:
        """Sweeps every ten minutes, once over all replicas, until it is cancelled. What fails is tried again then."""
        while True:
            await anyio.sleep(INTERVAL.total_seconds())
            try:
                if await self._leases.acquire(TURN, new_id(), INTERVAL):
                    await self.sweep()
            except (SQLAlchemyError, OSError) as error:
                log.error("unused_grants_failed", error=type(error).__name__)

    async def sweep(self) -> int:
        """Gives back what is of no use; returns how many."""
        count = await self._grants.give_back_unused(self._clock() - LEFT_ALONE)
        if count:
            log.info("unused_grants_given_back", grants=count)
        return count
