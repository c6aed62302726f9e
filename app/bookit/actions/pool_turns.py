"""Whose turn it is in the pool that a meeting is booked through, as the ledger says it just now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.bookit.counts.pools import PoolSettings
from app.bookit.counts.standings import standings_from, sums_asks
from app.bookit.picklists import entry_kind_value
from app.bookit.pools.members import member_from
from app.org.reader import Ask, Result, Row
from app.scheduling.count_periods import CountPeriod
from app.scheduling.standings import Distribution, Standing


@dataclass(frozen=True, slots=True)
class PoolTurns:
    """What decides whose turn it is. standings: of every member; consumed: credits that each ever consumed, by member
    id."""

    pool_id: str
    category_id: str | None
    period_start: date
    distribution: Distribution
    weighted: bool
    standings: tuple[Standing, ...]
    consumed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TurnsOf:
    """The count that decides: of a pool, in one meeting category (None: of what has none) and count period."""

    pool: PoolSettings
    category_id: str | None
    period: CountPeriod

    def asks(self) -> tuple[Ask, Ask]:
        return sums_asks(self.pool.id, self.category_id, self.period)

    def read(self, members: Iterable[Row], sums: Sequence[Result]) -> PoolTurns:
        """members: rows of availability/members; sums: the answers to `asks`."""
        current, earlier = (each.rows for each in sums)
        counted = [member_from(row).counted() for row in members]
        return PoolTurns(
            pool_id=self.pool.id,
            category_id=self.category_id,
            period_start=self.period.first,
            distribution=self.pool.distribution,
            weighted=self.pool.weighted,
            standings=tuple(standings_from(counted, current, earlier, self.category_id, weighted=self.pool.weighted)),
            consumed=_consumed((*current, *earlier)),
        )


def _consumed(sums: Iterable[Row]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for row in sums:
        if row["Kind"] == entry_kind_value("credit_consumed") and row["Member"] is not None:
            member: str = row["Member"]["Id"]
            found[member] = found.get(member, 0) + (row["total"] or 0)
    return found
