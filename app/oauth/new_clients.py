"""How many clients may become known here that nobody has signed in through: whoever can reach us can add one."""

from __future__ import annotations

import math
from datetime import timedelta

from app.clock import Clock
from app.store.clients import Clients
from app.store.counters import Count, Counters
from app.store.janitor import UNUSED_CLIENTS_KEPT
from app.store.secrets import hash_token

MOST_WITHOUT_SIGN_IN = 10_000
"""Of one day, over all addresses, registered or read from a document. A flood costs the database some 400 MB at worst,
then new clients have to wait; clients that are known go on."""
WAIT_WHEN_FULL = timedelta(hours=1)
HOUR = timedelta(hours=1)


class TooManyClients(Exception):
    """Not now. after: when it makes sense to try again."""

    def __init__(self, after: timedelta) -> None:
        super().__init__()
        self.retry_seconds = max(1, math.ceil(after.total_seconds()))


class NewClients:
    """The limits, over all replicas. registrations_per_hour: from one address."""

    def __init__(self, clients: Clients, counters: Counters, clock: Clock, registrations_per_hour: int) -> None:
        self._clients = clients
        self._counters = counters
        self._clock = clock
        self._per_hour = registrations_per_hour

    async def admit_registration(self, address: str) -> None:
        """Counts a registration from there (app.edge.addresses.source_of). Raises TooManyClients."""
        await self._count(f"registrations|{hash_token(address)}", HOUR, self._per_hour)
        await self.admit()

    async def admit(self) -> None:
        """Raises TooManyClients when there are too many that nobody signed in through."""
        since = self._clock() - UNUSED_CLIENTS_KEPT
        if await self._clients.without_sign_in(since, most=MOST_WITHOUT_SIGN_IN) >= MOST_WITHOUT_SIGN_IN:
            raise TooManyClients(WAIT_WHEN_FULL)

    async def _count(self, name: str, span: timedelta, most: int) -> None:
        count: Count = await self._counters.add(name, span)
        if count.count > most:
            raise TooManyClients(count.until - self._clock())
