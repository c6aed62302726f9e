"""The starts that a meeting can have inside free ranges.

Our own choice: in each range the first start lies on a round minute of the viewer's clock, and the others follow at
the slot interval, in absolute time. Round means on the grid: the first of 60, 30, 20, 15, 10 and 5 minutes that
divides the slot interval, else one minute.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.scheduling.intervals import Interval
from app.scheduling.local_days import local_days


def grid_of(slot_interval: int) -> int:
    """The grid of a slot interval; both in seconds."""
    return next((minutes * 60 for minutes in (60, 30, 20, 15, 10, 5) if slot_interval % (minutes * 60) == 0), 60)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the starts of meetings of `duration` seconds may lie, for a viewer.

    points: every instant of the grid, from a duration before the range that it was made for to its end. step: from one
    start to the next. size: from one point to the next, 0 where that is not the same for all of them, because the
    viewer's clock changes by no whole number of grids. All in seconds.
    """

    duration: int
    step: int
    size: int
    points: list[int]

    @classmethod
    def over(cls, duration: int, slot_interval: int, viewer_zone: ZoneInfo, start: int, end: int) -> "Grid":
        """The grid for free ranges that lie from start to end (excluded)."""
        size = grid_of(slot_interval)
        start -= duration
        points: list[int] = []
        offsets = local_days(viewer_zone, start, end).offsets()
        for (since, offset), (until, _) in pairwise([*offsets, (end, 0)]):
            since = max(start, since)
            points += range(since + (-since - offset) % size, min(end, until), size)
        is_even = all(later - earlier == size for earlier, later in pairwise(points))
        return cls(duration, slot_interval, size if is_even else 0, points)

    def starts(self, free: Sequence[Interval]) -> list[int]:
        """Every start in the free ranges (in order) whose whole meeting lies in one of them, sorted."""
        points, size = self.points, self.size
        found: list[int] = []
        if not points:
            return found
        if not size:
            for start, end in free:
                index = bisect_left(points, start)
                if index < len(points):
                    found += range(points[index], end - self.duration + 1, self.step)
            return found
        # Slices of one list: its numbers are shared by all hosts, which makes their union cheap.
        to_first = size - 1 - points[0]
        to_last = size - self.duration - points[0]
        stride = self.step // size
        for start, end in free:
            found += points[(start + to_first) // size : (end + to_last) // size : stride]
        return found
