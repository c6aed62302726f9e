"""Set operations on ranges, against sets of seconds."""

from hypothesis import given
from hypothesis import strategies as st

from app.scheduling.intervals import Interval, clipped, intersected, merged, subtracted

ranges = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def seconds(intervals: list[Interval]) -> set[int]:
    return {second for start, end in intervals for second in range(start, end)}


def ranges_of(wanted: set[int]) -> list[Interval]:
    """The ranges in order of a set of seconds."""
    starts = sorted(second for second in wanted if second - 1 not in wanted)
    ends = sorted(second + 1 for second in wanted if second + 1 not in wanted)
    return list(zip(starts, ends, strict=True))


@given(ranges)
def test_merged_ranges_are_in_order_and_cover_the_same(one: list[Interval]) -> None:
    assert merged(one) == ranges_of(seconds(one))


@given(ranges, ranges)
def test_what_is_subtracted_is_gone_and_nothing_else(one: list[Interval], other: list[Interval]) -> None:
    assert subtracted(merged(one), merged(other)) == ranges_of(seconds(one) - seconds(other))


@given(ranges, ranges)
def test_an_intersection_is_what_both_cover(one: list[Interval], other: list[Interval]) -> None:
    assert intersected(merged(one), merged(other)) == ranges_of(seconds(one) & seconds(other))


@given(ranges, st.integers(0, 40), st.integers(0, 40))
def test_what_is_clipped_lies_inside(one: list[Interval], start: int, end: int) -> None:
    assert clipped(merged(one), start, end) == ranges_of(seconds(one) & set(range(start, end)))
