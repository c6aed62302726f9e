"""What of a pool decides whose turn it is, kept for a short while: it must be known before its counts can be read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.bookit.cached import Cached
from app.bookit.naming import not_found
from app.bookit.org_status import OrgStatus
from app.bookit.picklists import distribution, reset_period
from app.clock import Clock
from app.org.caller import Caller
from app.org.reader import Reader
from app.scheduling.count_periods import CountPeriod, ResetPeriod, count_period
from app.scheduling.standings import Distribution
from app.scheduling.zones import day_of, zone_named

TTL_SECONDS: Final = 60.0
_ORG_CONNECTION: Final = "org"


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """reset_date: as the pool has it, a day of the org's calendar on which a count period ends and the next begins."""

    id: str
    name: str
    distribution: Distribution
    weighted: bool
    reset_period: ResetPeriod
    reset_date: date | None

    def period_at(self, now: datetime, org: OrgStatus) -> CountPeriod:
        """The count period of an instant. Its days are those of the org's zone, our own choice: a pool's members sit
        in many zones."""
        return count_period(day_of(now, zone_named(org.timezone)), self.reset_period, self.reset_date)


class PoolSettingsCache:
    """Reads the settings of pools, and keeps them for TTL_SECONDS. One for the process."""

    def __init__(self, clock: Clock) -> None:
        self._kept: Cached[tuple[str, str, str | None, str], PoolSettings] = Cached(clock, ttl=TTL_SECONDS, size=2_000)

    async def of(self, pool_id: str, *, caller: Caller, reader: Reader) -> PoolSettings:
        """The settings as the caller sees them: no call to Salesforce when they are warm, else one.

        Raises BookItError not_found for a pool that is not there any more; OrgError.
        """
        return await self._get((caller.org_id, caller.scope, caller.user_id, pool_id), reader)

    async def for_rules(self, pool_id: str, *, org_id: str, reader: Reader) -> PoolSettings:
        """The same, read by the org connection, whose reader `reader` is."""
        return await self._get((org_id, _ORG_CONNECTION, None, pool_id), reader)

    async def _get(self, key: tuple[str, str, str | None, str], reader: Reader) -> PoolSettings:
        pool_id = key[-1]

        async def fetch() -> PoolSettings:
            rows = (await reader.fetch("counts/pool", {"pool": pool_id})).rows
            if not rows:
                raise not_found("pool", pool_id)
            row = rows[0]
            return PoolSettings(
                id=row["Id"],
                name=row["Grouping_Name"],
                distribution=distribution(row["Distribution_Type"]),
                weighted=row["Is_Weighted"],
                reset_period=reset_period(row["Reset_Period"]),
                reset_date=row["Reset_Date"],
            )

        return await self._kept.get(key, fetch)
