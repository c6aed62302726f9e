"""An org's holidays and default hours, kept for a short while: what every booking needs and hardly ever changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from app.bookit.availability.reading import org_asks
from app.bookit.cached import Cached
from app.clock import Clock
from app.org.reader import Reader, Row

TTL_SECONDS: Final = 60.0
_AHEAD: Final = timedelta(days=400)
"""Nothing can be booked further ahead."""


@dataclass(frozen=True, slots=True)
class OrgDays:
    """default_hours: rows of availability/default_hours."""

    holidays: frozenset[date]
    default_hours: tuple[Row, ...]


class OrgDaysCache:
    """One for the process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: Cached[str, OrgDays] = Cached(clock, ttl=TTL_SECONDS, size=2_000)

    async def of(self, org_id: str, reader: Reader) -> OrgDays:
        """As the org connection, whose reader `reader` is, sees them; one call to Salesforce, none while they are kept.
        Raises OrgError."""

        async def fetch() -> OrgDays:
            now: datetime = self._clock()
            holidays, hours = await reader.fetch_all(*org_asks(now, now + _AHEAD))
            return OrgDays(frozenset(row["Date"] for row in holidays.rows), hours.rows)

        return await self._kept.get(org_id, fetch)
