"""Date literals: the days that each covers, for a user's date and locale."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.local_org.engine.date_literals import Today, days_of, instants_of
from app.local_org.engine.locales import first_weekday
from app.local_org.errors import Unsupported

_WEDNESDAY = date(2026, 11, 25)
_MONDAY, _SUNDAY = 0, 6


@pytest.mark.parametrize(
    ("name", "n", "first", "after"),
    [
        ("YESTERDAY", None, "2026-11-24", "2026-11-25"),
        ("TODAY", None, "2026-11-25", "2026-11-26"),
        ("TOMORROW", None, "2026-11-26", "2026-11-27"),
        ("LAST_WEEK", None, "2026-11-15", "2026-11-22"),
        ("THIS_WEEK", None, "2026-11-22", "2026-11-29"),
        ("NEXT_WEEK", None, "2026-11-29", "2026-12-06"),
        ("LAST_MONTH", None, "2026-10-01", "2026-11-01"),
        ("THIS_MONTH", None, "2026-11-01", "2026-12-01"),
        ("NEXT_MONTH", None, "2026-12-01", "2027-01-01"),
        ("LAST_90_DAYS", None, "2026-08-27", "2026-11-26"),
        ("NEXT_90_DAYS", None, "2026-11-26", "2027-02-24"),
        ("LAST_QUARTER", None, "2026-07-01", "2026-10-01"),
        ("THIS_QUARTER", None, "2026-10-01", "2027-01-01"),
        ("NEXT_QUARTER", None, "2027-01-01", "2027-04-01"),
        ("LAST_YEAR", None, "2025-01-01", "2026-01-01"),
        ("THIS_FISCAL_YEAR", None, "2026-01-01", "2027-01-01"),
        ("NEXT_FISCAL_QUARTER", None, "2027-01-01", "2027-04-01"),
        ("LAST_N_DAYS", 7, "2026-11-18", "2026-11-26"),
        ("NEXT_N_DAYS", 7, "2026-11-26", "2026-12-03"),
        ("N_DAYS_AGO", 7, "2026-11-18", "2026-11-19"),
        ("LAST_N_WEEKS", 2, "2026-11-08", "2026-11-22"),
        ("NEXT_N_WEEKS", 1, "2026-11-29", "2026-12-06"),
        ("LAST_N_MONTHS", 11, "2025-12-01", "2026-11-01"),
        ("N_MONTHS_AGO", 2, "2026-09-01", "2026-10-01"),
        ("NEXT_N_QUARTERS", 2, "2027-01-01", "2027-07-01"),
        ("LAST_N_YEARS", 3, "2023-01-01", "2026-01-01"),
        ("N_FISCAL_YEARS_AGO", 1, "2025-01-01", "2026-01-01"),
    ],
)
def test_a_literal_covers_its_days_in_an_american_week(name: str, n: int | None, first: str, after: str) -> None:
    found = days_of(name, n, Today(_WEDNESDAY, _SUNDAY))
    assert [day.isoformat() for day in found] == [first, after]


def test_a_german_week_starts_on_monday() -> None:
    assert days_of("THIS_WEEK", None, Today(_WEDNESDAY, _MONDAY))[0] == date(2026, 11, 23)
    assert days_of("THIS_WEEK", None, Today(date(2026, 11, 22), _MONDAY))[0] == date(2026, 11, 16)


def test_the_end_of_a_month_counts_from_the_month() -> None:
    assert days_of("NEXT_MONTH", None, Today(date(2026, 1, 31), _SUNDAY)) == (date(2026, 2, 1), date(2026, 3, 1))


def test_an_unknown_literal_is_named() -> None:
    with pytest.raises(Unsupported, match="LAST_CENTURY"):
        days_of("LAST_CENTURY", None, Today(_WEDNESDAY, _SUNDAY))


@pytest.mark.parametrize("n", [9999, 10**30])
def test_a_literal_that_leads_out_of_the_calendar_stops_at_its_end(n: int) -> None:
    today = Today(_WEDNESDAY, _SUNDAY)
    for unit in ("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS"):
        (first, after), (last, end) = days_of(f"LAST_N_{unit}", n, today), days_of(f"NEXT_N_{unit}", n, today)
        assert first < after <= last < end
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            assert instants_of((first, end), ZoneInfo(zone))[0] < instants_of((first, end), ZoneInfo(zone))[1]


def test_days_begin_in_the_users_zone() -> None:
    days = days_of("TODAY", None, Today(_WEDNESDAY, _SUNDAY))
    start, end = instants_of(days, ZoneInfo("Asia/Kathmandu"))
    assert start == datetime(2026, 11, 24, 18, 15, tzinfo=UTC)
    assert end == datetime(2026, 11, 25, 18, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "weekday"), [("en_US", 6), ("en", 6), ("de_DE", 0), ("ar_EG", 5), ("zh_Hans_CN", 0), ("fr_CA", 6)]
)
def test_weeks_start_where_the_locale_starts_them(locale: str, weekday: int) -> None:
    assert first_weekday(locale) == weekday
