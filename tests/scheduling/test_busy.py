"""Busy time and the buffers around it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scheduling.availability import Reason
from app.scheduling.busy import ALWAYS, Closed, widened
from app.scheduling.intervals import Interval
from tests.scheduling.availability_cases import HOST, MINUTE, MONDAY, RULES, answer, at, shown

MORNING = ["Mon 09:00", "Mon 09:30", "Mon 10:00", "Mon 10:30", "Mon 11:00", "Mon 11:30"]
HALF_HOURS = replace(RULES, slot_interval=30 * MINUTE)
TEN, HALF_PAST_TEN = at(f"{MONDAY}T10:00"), at(f"{MONDAY}T10:30")

small = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda each: (each[0], sum(each))), max_size=6)


@given(small, small, small, st.integers(0, 5), st.integers(0, 5), st.integers(1, 9))
def test_free_time_is_what_nothing_covers(
    closed: list[Interval], busy: list[Interval], others: list[Interval], before: int, after: int, duration: int
) -> None:
    def seconds(ranges: list[Interval], before: int = 0, after: int = 0) -> set[int]:
        return {second for start, end in ranges for second in range(start - after, end + before)}

    open_ = [(n, n + 1) for n in range(90) if n not in seconds(closed)]
    together: list[Interval] = []
    for start, end in open_:
        if together and together[-1][1] == start:
            start = together.pop()[0]
        together.append((start, end))
    found = Closed.beside(together, before=before, after=after).free(busy, others, duration)
    left = seconds(together) - seconds(busy, before, after) - seconds(others)
    expected = [
        (start, next(end for end in range(start, 200) if end not in left)) for start in left if start - 1 not in left
    ]
    assert found == [(start, end) for start, end in sorted(expected) if end - start >= duration]


def test_a_closed_range_without_time_parts_nothing() -> None:
    """As the day that Samoa left out in 2011: somebody's vacation on it takes no time."""
    assert Closed.beside([(0, 100)], before=0, after=0).free([], [(50, 50)], 60) == [(0, 100)]


def morning(busy: list[Interval], before: int = 0, after: int = 0) -> list[str]:
    rules = replace(HALF_HOURS, buffer_before=before * MINUTE, buffer_after=after * MINUTE)
    return shown(answer(replace(HOST, busy=busy), rules, end=f"{MONDAY}T12:00").starts)


def test_a_meeting_may_touch_busy_time() -> None:
    assert morning([]) == MORNING
    assert morning([(TEN, HALF_PAST_TEN)]) == [text for text in MORNING if text != "Mon 10:00"]


def test_a_second_of_busy_time_is_in_the_way() -> None:
    assert morning([(TEN - 1, TEN)]) == [text for text in MORNING if text != "Mon 09:30"]


def test_the_new_type_s_buffer_before_lies_behind_what_is_busy() -> None:
    assert morning([(TEN, HALF_PAST_TEN)], before=10) == ["Mon 09:00", "Mon 09:30", "Mon 11:00", "Mon 11:30"]


def test_the_new_type_s_buffer_after_lies_before_what_is_busy() -> None:
    assert morning([(TEN, HALF_PAST_TEN)], after=10) == ["Mon 09:00", "Mon 10:30", "Mon 11:00", "Mon 11:30"]


def test_buffers_of_both_sides_add_up() -> None:
    existing = [(TEN - 20 * MINUTE, HALF_PAST_TEN + 20 * MINUTE)]  # widened by its own
    assert morning(existing) == ["Mon 09:00", "Mon 11:00", "Mon 11:30"]
    assert morning(existing, before=15, after=15) == ["Mon 11:30"]
    assert widened(existing, before=15, after=10) == [(existing[0][0] - 10, existing[0][1] + 15)]


def test_a_buffer_may_lie_outside_the_working_hours() -> None:
    assert morning([], before=60, after=60) == MORNING


def test_busy_time_may_overlap_in_any_order_and_take_no_time() -> None:
    busy = [(TEN + 60, TEN + 120), (TEN, HALF_PAST_TEN), (TEN + 600, HALF_PAST_TEN - 60)]
    assert morning(busy) == morning([(TEN, HALF_PAST_TEN)])
    nothing = [(TEN + 600, TEN + 600), (TEN + 900, TEN + 600)]
    assert morning(nothing, before=10, after=10) == MORNING


def test_a_host_who_is_busy_all_day_is_busy() -> None:
    assert answer(replace(HOST, busy=[(at(MONDAY), ALWAYS)])).reason == Reason.BUSY


@pytest.mark.parametrize("early", [-1, 0])
def test_busy_time_behind_the_range_is_in_the_way_of_its_last_meeting(early: int) -> None:
    busy = [(at(f"{MONDAY}T12:00") + early, ALWAYS)]
    host = replace(HOST, busy=busy)
    found = answer(host, HALF_HOURS, start=f"{MONDAY}T11:00", end=f"{MONDAY}T11:31")
    assert shown(found.starts) == ["Mon 11:00", "Mon 11:30"][: 2 + early]
