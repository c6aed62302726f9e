"""How much an org's callers use BookIt MCP: counts out of the audit, made by the database. Never a name or an argument.

An admin sees them on the integration page when the org has turned that on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, case, func, literal, select

from app.store.database import Database
from app.store.tables import AuditRow

ANSWERED = frozenset({"ok", "previewed", "asked", "declined"})
"""Outcomes of calls that did what they should, as the audit has them. An action is previewed, or the person asked,
before it is done."""
OTHER = "other"
MOST_OUTCOMES = 30
"""They are ours and few; the database is not asked for more all the same."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Tool calls that were answered, and the others: refused, failed, or not yet ended."""

    answered: int
    other: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.answered + self.other


@dataclass(frozen=True, slots=True)
class UsageCounts:
    """days: one for each day asked for. tools: those that were called, the most used first; OTHER is a name that no
    tool has. outcomes: as the audit has them, the most frequent first."""

    days: Sequence[Calls]
    tools: Sequence[tuple[str, Calls]]
    outcomes: Sequence[tuple[str, int]]


class Usage:
    """Counts of the table of calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, org_id: str, bounds: Sequence[datetime], tools: Collection[str]) -> UsageCounts:
        """The org's calls between the first and the last of `bounds`, of which each pair is a day.

        The days are counted by their instants, so they are days of any zone, those of 23 and 25 hours too. tools: the
        names that are counted apart: what a client calls is its own text.
        """
        within = (AuditRow.org_id == org_id, AuditRow.at >= bounds[0], AuditRow.at < bounds[-1])
        day: ColumnElement[int] = case(
            *(
                (and_(AuditRow.at >= start, AuditRow.at < end), literal(number))
                for number, (start, end) in enumerate(pairwise(bounds))
            )
        )
        tool: ColumnElement[str] = case((AuditRow.tool.in_(sorted(tools)), AuditRow.tool), else_=literal(OTHER))
        answered = func.sum(case((AuditRow.outcome.in_(sorted(ANSWERED)), 1), else_=0))
        calls = func.count()
        by_day = select(day.label("day"), answered, calls).where(*within).group_by("day")
        by_tool = select(tool.label("called"), answered, calls).where(*within).group_by("called")
        by_outcome = (
            select(AuditRow.outcome, calls)
            .where(*within)
            .group_by(AuditRow.outcome)
            .order_by(calls.desc(), AuditRow.outcome)
            .limit(MOST_OUTCOMES)
        )
        async with self._database.reading() as session:
            days = {number: Calls(good, total - good) for number, good, total in await session.execute(by_day)}
            named = [(name, Calls(good, total - good)) for name, good, total in await session.execute(by_tool)]
            outcomes = [(outcome, count) for outcome, count in await session.execute(by_outcome)]
        return UsageCounts(
            days=[days.get(number, Calls(0, 0)) for number in range(len(bounds) - 1)],
            tools=sorted(named, key=lambda each: (-each[1].total, each[0])),
            outcomes=outcomes,
        )
