"""Usage as charts and tables: calls of the last 30 days by day, by tool, and by how they ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.scheduling.zones import start_of_day
from app.store.usage import ANSWERED, OTHER, Calls, Usage

DAYS = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a table and one bar of its chart."""

    label: str
    calls: Calls


@dataclass(frozen=True, slots=True)
class Chart:
    """bars: in the order in which they are shown."""

    bars: Sequence[Bar]

    @property
    def tallest(self) -> int:
        """The calls of the tallest bar."""
        return max((bar.calls.total for bar in self.bars), default=0)

    @property
    def most(self) -> int:
        """What a full bar stands for: never 0."""
        return self.tallest or 1


@dataclass(frozen=True, slots=True)
class UsageCharts:
    """total: of all days together."""

    days: Chart
    tools: Chart
    outcomes: Chart
    total: int
    first: date
    last: date


async def usage_charts(usage: Usage, org_id: str, timezone: str, now: datetime, tools: Collection[str]) -> UsageCharts:
    """The org's calls on the last 30 days of that zone, today included."""
    zone = ZoneInfo(timezone)
    last = now.astimezone(zone).date()
    days = [last - timedelta(days=ago) for ago in reversed(range(-1, DAYS))]
    counts = await usage.count(org_id, [start_of_day(day, zone) for day in days], tools)
    return UsageCharts(
        days=Chart([Bar(f"{day:%a %-d %b}", calls) for day, calls in zip(days, counts.days, strict=False)]),
        tools=Chart([Bar("unknown tool" if name == OTHER else name, calls) for name, calls in counts.tools]),
        outcomes=Chart([Bar(name, _of_outcome(name, count)) for name, count in counts.outcomes]),
        total=sum(calls.total for calls in counts.days),
        first=days[0],
        last=last,
    )


def _of_outcome(name: str, count: int) -> Calls:
    return Calls(count, 0) if name in ANSWERED else Calls(0, count)
