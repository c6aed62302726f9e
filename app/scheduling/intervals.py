"""Half-open ranges of time in whole epoch seconds, and the set operations on them.

A list of ranges is *in order* when it is sorted and no two of its ranges touch; that is what every function here
answers. An empty range (its end at or before its start) takes no time: it is dropped.
"""

from collections.abc import Iterable, Sequence

Interval = tuple[int, int]
"""From the first second to the last one, excluded."""


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time, in order: overlapping and touching ranges become one."""
    joined: list[Interval] = []
    current_start, current_end = 0, 0
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if start > current_end or current_start == current_end:
            if current_start < current_end:
                joined.append((current_start, current_end))
            current_start, current_end = start, end
        elif end > current_end:
            current_end = end
    if current_start < current_end:
        joined.append((current_start, current_end))
    return joined


def subtracted(free: Sequence[Interval], busy: Sequence[Interval]) -> list[Interval]:
    """What of `free` is not in `busy`; both in order."""
    left: list[Interval] = []
    first = 0
    for start, end in free:
        while first < len(busy) and busy[first][1] <= start:
            first += 1
        cursor, index = start, first
        while index < len(busy) and busy[index][0] < end:
            if cursor < busy[index][0]:
                left.append((cursor, busy[index][0]))
            cursor = busy[index][1]
            index += 1
        if cursor < end:
            left.append((cursor, end))
    return left


def intersected(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """What is in both; both in order."""
    common: list[Interval] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            common.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return common


def clipped(intervals: Sequence[Interval], start: int, end: int) -> list[Interval]:
    """What of the ranges, in order, lies from start to end (excluded)."""
    return intersected(intervals, [(start, end)]) if start < end else []
