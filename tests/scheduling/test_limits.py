"""Daily and weekly limits."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from app.scheduling.availability import Reason
from app.scheduling.limits import full_days, full_weeks
from app.scheduling.local_days import local_days
from app.scheduling.weekdays import Weekday
from app.scheduling.working_hours import WorkingHours
from tests.scheduling.availability_cases import ALWAYS_OPEN, HOST, HOUR, NEW_YORK, RULES, answer, at, open_at, shown

WEEK = ("2026-11-22", "2026-11-29")  # Sunday to Saturday


def days_open(*hosted: str, day: int | None = None, week: int | None = None, week_start: int = 0) -> list[str]:
    host = replace(open_at((540, 720)), hosted_starts=[at(text) for text in hosted])
    rules = replace(RULES, max_per_day=day, max_per_week=week, week_start=Weekday(week_start))
    return list(dict.fromkeys(text[:3] for text in shown(answer(host, rules, *WEEK).starts)))


ALL = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]


def test_a_count_below_the_limit_passes() -> None:
    assert days_open("2026-11-24T09:00", day=2) == ALL


def test_a_full_day_is_closed_as_a_whole() -> None:
    assert days_open("2026-11-24T09:00", "2026-11-24T23:30", day=2) == [day for day in ALL if day != "Tue"]


def test_a_day_over_its_limit_is_closed_too() -> None:
    assert days_open(*["2026-11-24T09:00"] * 5, day=2) == [day for day in ALL if day != "Tue"]


def test_a_full_day_is_named_once() -> None:
    days = local_days(NEW_YORK, at("2026-11-24"), at("2026-11-25"))
    hosted = [at(f"2026-11-24T{hour}:00") for hour in (13, 10, 12, 11)]
    assert full_days(hosted, 2, days) == [(at("2026-11-24"), at("2026-11-25"))]
    assert full_weeks(hosted, 2, days) == [(at("2026-11-23"), at("2026-11-30"))]


def test_a_full_week_is_closed_as_a_whole() -> None:
    assert days_open("2026-11-23T00:00", "2026-11-29T23:59", week=2) == ["Sun"]
    assert days_open("2026-11-22T00:00", "2026-11-29T23:59", week=2) == ALL


def test_the_week_starts_where_the_organisation_says() -> None:
    assert days_open("2026-11-23T00:00", "2026-11-28T23:59", week=2, week_start=Weekday.SUNDAY) == []
    assert days_open("2026-11-23T00:00", "2026-11-29T00:00", week=2, week_start=Weekday.SUNDAY) == ALL


def test_days_are_those_of_the_host_s_zone() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    host = replace(HOST, zone=kathmandu, hours=WorkingHours(NEW_YORK, ALWAYS_OPEN))
    host = replace(host, hosted_starts=[at("2026-11-23T14:00")])  # Tuesday, a quarter to one at night
    found = answer(host, replace(RULES, max_per_day=1), *WEEK)
    closed = range(at("2026-11-24", kathmandu), at("2026-11-25", kathmandu))
    assert found.starts
    assert not any(start in closed for start in found.starts)
    assert any(start in range(at("2026-11-23T12:00"), closed.start) for start in found.starts)


def test_a_meeting_does_not_reach_into_a_full_day() -> None:
    host = replace(open_at((0, 1440)), hosted_starts=[at("2026-11-24T09:00")])
    found = answer(host, replace(RULES, duration=2 * HOUR, max_per_day=1))
    assert shown(found.starts)[-1] == "Mon 22:00"


def test_the_daily_limit_is_named_before_the_weekly_one() -> None:
    host = replace(HOST, hosted_starts=[at("2026-11-23T09:00")])
    assert answer(host, replace(RULES, max_per_day=1, max_per_week=1)).reason == Reason.DAILY_LIMIT
    assert answer(host, replace(RULES, max_per_day=2, max_per_week=1)).reason == Reason.WEEKLY_LIMIT


def test_a_limit_of_none_at_all_closes_every_day() -> None:
    assert days_open(day=0) == days_open(week=0) == []
