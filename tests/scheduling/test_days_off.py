"""Vacations with their buffers, and holidays."""

from dataclasses import replace
from datetime import date

import pytest

from app.scheduling.availability import Reason
from app.scheduling.days_off import Vacation
from tests.scheduling.availability_cases import HOST, RULES, answer, shown

WEDNESDAY, THURSDAY = date(2026, 11, 25), date(2026, 11, 26)
WEEK = ("2026-11-23", "2026-11-28")


def days_of(vacation: Vacation, now: str) -> list[str]:
    found = answer(replace(HOST, vacations=(vacation,)), RULES, *WEEK, now=now)
    assert (found.reason == Reason.VACATION) == (not found.starts)
    return sorted({text[:3] for text in shown(found.starts)})


def test_both_ends_of_a_vacation_are_blocked() -> None:
    assert days_of(Vacation(WEDNESDAY, THURSDAY), "2026-11-20") == ["Fri", "Mon", "Tue"]


def test_during_a_vacation_its_host_takes_no_booking_for_any_time() -> None:
    vacation = Vacation(date(2026, 11, 17), date(2026, 11, 19))
    assert days_of(vacation, "2026-11-16T23:59") == ["Fri", "Mon", "Thu", "Tue", "Wed"]
    assert days_of(vacation, "2026-11-17T00:00") == []
    assert days_of(vacation, "2026-11-19T23:59") == []
    assert days_of(vacation, "2026-11-20T00:00") == ["Fri", "Mon", "Thu", "Tue", "Wed"]


def test_a_start_buffer_stops_bookings_days_before_the_vacation() -> None:
    vacation = Vacation(WEDNESDAY, THURSDAY, start_buffer_days=3)
    assert days_of(vacation, "2026-11-21T23:59") == ["Fri", "Mon", "Tue"]
    assert days_of(vacation, "2026-11-22T00:00") == []


def test_an_end_buffer_lets_bookings_in_again_but_not_into_the_vacation() -> None:
    vacation = Vacation(date(2026, 11, 16), WEDNESDAY, end_buffer_days=2)
    assert days_of(vacation, "2026-11-23T23:59") == []
    assert days_of(vacation, "2026-11-24T00:00") == ["Fri", "Thu"]


def test_an_end_buffer_longer_than_the_vacation_never_bars() -> None:
    assert days_of(Vacation(WEDNESDAY, WEDNESDAY, end_buffer_days=9), "2026-11-25T00:00") == ["Fri", "Thu"]


def test_a_vacation_over_the_whole_range_is_the_reason() -> None:
    assert days_of(Vacation(date(2026, 11, 23), date(2026, 11, 27)), "2026-11-20") == []


def test_a_holiday_is_a_day_of_the_host_s_zone() -> None:
    found = answer(HOST, RULES, *WEEK, holidays=frozenset({date(2026, 11, 26)}))
    assert sorted({text[:3] for text in shown(found.starts)}) == ["Fri", "Mon", "Tue", "Wed"]
    assert answer(holidays=frozenset({date(2026, 11, 23)})).reason == Reason.HOLIDAY


def test_a_vacation_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Vacation(THURSDAY, WEDNESDAY)
    with pytest.raises(ValueError, match="zero or more"):
        Vacation(WEDNESDAY, THURSDAY, start_buffer_days=-1)
