"""Daily and weekly limits: a period that has reached its limit is closed as a whole.

What counts is the start of a live meeting, in the host's local day or week (our own choice). A count below the limit
passes. Closed as a whole, a full day takes no part of a meeting, not even the end of one that starts the day before.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from app.scheduling.intervals import Interval
from app.scheduling.local_days import DAY, LocalDays

_LONGEST_DAY: Final = DAY + 8 * 60 * 60
_LONGEST_WEEK: Final = 7 * DAY + 8 * 60 * 60
"""No zone was ever set back by as much as eight hours; what lies further apart need not be looked up."""


def full_days(starts: Sequence[int], limit: int | None, days: LocalDays) -> list[Interval]:
    """The days with `limit` starts or more, each once, in order of time; starts in any order. None is no limit."""
    return [] if limit is None else _full(starts, limit, days.midnights, _LONGEST_DAY)


def full_weeks(starts: Sequence[int], limit: int | None, days: LocalDays) -> list[Interval]:
    """The weeks with `limit` starts or more, as full_days."""
    return [] if limit is None else _full(starts, limit, days.weeks, _LONGEST_WEEK)


def _full(starts: Sequence[int], limit: int, edges: Sequence[int], longest: int) -> list[Interval]:
    if limit <= 0:
        return [(edges[0], edges[-1])]
    ordered = sorted(starts)
    full: list[Interval] = []
    for first, last in zip(ordered, ordered[limit - 1 :], strict=False):
        if last - first < longest:
            index = bisect_right(edges, first)
            if 0 < index < len(edges) and last < edges[index] and (not full or full[-1][1] < edges[index]):
                full.append((edges[index - 1], edges[index]))
    return full
