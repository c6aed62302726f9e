"""Count periods, against a reference that walks from reset date to reset date."""

from calendar import monthrange
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.scheduling.count_periods import BEGINNING, CountPeriod, ResetPeriod, count_period

days = st.dates(date(2019, 1, 1), date(2033, 12, 31))
periods = st.sampled_from([each for each in get_args(ResetPeriod) if each != "never"])


def resets(period: ResetPeriod, anchor: date) -> set[date]:
    """Every reset date of thirty years around, found day by day: does this day begin a period?"""
    step = {"monthly": 1, "quarterly": 3, "yearly": 12}
    found: set[date] = set()
    day = date(2010, 1, 1)
    while day < date(2042, 1, 1):
        if period == "weekly":
            begins = day.weekday() == anchor.weekday()
        else:
            months = day.year * 12 + day.month - anchor.year * 12 - anchor.month
            last_of_month = monthrange(day.year, day.month)[1]
            begins = months % step[period] == 0 and day.day == min(anchor.day, last_of_month)
        if begins:
            found.add(day)
        day += timedelta(days=1)
    return found


@given(day=days, period=periods, anchor=days)
@example(date(2026, 2, 28), "monthly", date(2026, 1, 31))
@example(date(2026, 3, 30), "monthly", date(2030, 8, 31))
@example(date(2027, 2, 28), "yearly", date(2024, 2, 29))
@example(date(2026, 11, 30), "quarterly", date(2026, 8, 31))
def test_a_period_reaches_from_one_reset_date_to_the_next(day: date, period: ResetPeriod, anchor: date) -> None:
    dates = resets(period, anchor)
    found = count_period(day, period, anchor)
    assert found.first == max(each for each in dates if each <= day)
    assert found.after_last == min(each for each in dates if each > day)
    assert day in found
    assert found.after_last is not None
    assert found.after_last not in found


@given(day=days, period=periods, anchor=st.none() | days)
def test_every_day_of_a_period_has_the_same_and_the_next_day_the_next(
    day: date, period: ResetPeriod, anchor: date | None
) -> None:
    found = count_period(day, period, anchor)
    assert found.after_last is not None
    each = found.first
    while each < found.after_last:
        assert count_period(each, period, anchor) == found
        each += timedelta(days=7 if period == "yearly" else 1)
    assert count_period(found.after_last, period, anchor).first == found.after_last
    before = count_period(found.first - timedelta(days=1), period, anchor)
    assert before.after_last == found.first


@given(day=days, period=periods, anchor=days)
@example(date(2026, 5, 15), "monthly", date(2026, 1, 31))
def test_a_reset_date_that_was_rolled_forward_means_the_same_if_no_month_cut_it_short(
    day: date, period: ResetPeriod, anchor: date
) -> None:
    rolled = count_period(day, period, anchor).after_last
    assert rolled is not None
    if period == "weekly" or rolled.day == anchor.day:
        assert count_period(day, period, rolled) == count_period(day, period, anchor)


@given(day=days, anchor=st.none() | days)
def test_never_is_one_period_without_end(day: date, anchor: date | None) -> None:
    assert count_period(day, "never", anchor) == CountPeriod(BEGINNING, None)
    assert day in count_period(day, "never", anchor)


@pytest.mark.parametrize(
    ("period", "first", "after_last"),
    [
        ("weekly", "2026-11-23", "2026-11-30"),
        ("monthly", "2026-11-01", "2026-12-01"),
        ("quarterly", "2026-10-01", "2027-01-01"),
        ("yearly", "2026-01-01", "2027-01-01"),
    ],
)
def test_without_a_reset_date_periods_are_the_calendar_s(period: ResetPeriod, first: str, after_last: str) -> None:
    expected = CountPeriod(date.fromisoformat(first), date.fromisoformat(after_last))
    assert count_period(date(2026, 11, 25), period, None) == expected
