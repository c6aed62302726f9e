"""Counters of what is limited over all replicas: so often within a span of time, and then no more until it ends.

A span begins with the first time and ends at a fixed instant: simple, atomic in one statement, and at worst twice the
limit passes around the end of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case

from app.clock import Clock
from app.store.database import Database
from app.store.tables import CounterRow


@dataclass(frozen=True, slots=True)
class Count:
    """How often within the span, this time included, and when the span ends."""

    count: int
    until: datetime


class Counters:
    """The table of counters. Names are ours; what comes from outside is hashed before it stands in one."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, name: str, span: timedelta) -> Count:
        """Counts once more. The span that runs stays as it is; where none does, one begins now."""
        now = self._clock()
        runs = CounterRow.until > now
        statement = (
            self._database.insert(CounterRow)
            .values(name=name, count=1, until=now + span)
            .on_conflict_do_update(
                index_elements=[CounterRow.name],
                set_={
                    "count": case((runs, CounterRow.count + 1), else_=1),
                    "until": case((runs, CounterRow.until), else_=now + span),
                },
            )
            .returning(CounterRow.count, CounterRow.until)
        )
        async with self._database.session() as session:
            count, until = (await session.execute(statement)).one()
        return Count(count, until)
