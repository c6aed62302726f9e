"""How far around a range one has to look, and rules that have no meaning."""

from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from app.scheduling.local_days import local_days
from app.scheduling.rules import horizon, reach
from tests.scheduling.availability_cases import DAY, MINUTE, RULES, questions, zones
from tests.scheduling.naive_availability import Question


def test_busy_time_is_needed_for_the_last_meeting_and_the_new_type_s_buffers() -> None:
    rules = replace(RULES, duration=30 * MINUTE, buffer_before=5 * MINUTE, buffer_after=10 * MINUTE)
    assert reach(rules, 0, DAY).busy == (-5 * MINUTE, DAY - 1 + 40 * MINUTE)


def test_no_starts_are_needed_where_no_limit_is_set() -> None:
    begins, ends = reach(RULES, 0, DAY).hosted
    assert begins == ends


@given(questions(), zones)
def test_starts_are_needed_for_each_day_or_week_that_a_limit_can_close(asked: Question, zone: ZoneInfo) -> None:
    days = local_days(zone, asked.start, horizon(asked.rules, asked.end), asked.rules.week_start)
    daily, weekly = (replace(asked.rules, max_per_day=1, max_per_week=week) for week in (None, 1))
    for rules, edges in ((daily, days.midnights), (weekly, days.weeks)):
        known = reach(rules, asked.start, asked.end).hosted
        for begins, ends in pairwise(edges):
            if begins < horizon(rules, asked.end) and ends > asked.start:
                assert known[0] <= begins
                assert ends <= known[1]


@pytest.mark.parametrize(
    "wrong",
    [{"duration": 0}, {"slot_interval": 0}, {"slot_interval": 90}, {"buffer_before": -1}, {"booking_window_days": -1}],
)
def test_rules_without_meaning_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"longer than nothing|whole minutes|zero or more"):
        replace(RULES, **wrong)
