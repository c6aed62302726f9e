"""Periods and bounds, against a reference that walks through the days one by one."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.scheduling.errors import TimeError
from app.scheduling.periods import Period, TimeRange, range_of_period, resolve_range
from app.scheduling.weekdays import Weekday
from app.scheduling.zones import instant_of, zone_named

ZONES = [
    "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "UTC",
]  # fmt: skip
NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)  # a Monday, noon in New York

zones = st.sampled_from(ZONES).map(ZoneInfo)
wall = datetime.fromisoformat
walls = st.datetimes(wall("2015-01-01"), wall("2035-12-31"))
instants = walls.map(lambda naive: naive.replace(tzinfo=UTC))
week_starts = st.sampled_from(Weekday)


def days_of_reference(period: str, today: date, week_start: Weekday) -> set[date]:
    """The days of a period, found by looking at each day around today and asking what it is called."""
    near = [today + timedelta(days=n) for n in range(-70, 71)]
    week_of = {day: sum(1 for n in near if n <= day and n.weekday() == week_start) for day in near}
    month_of = {day: day.year * 12 + day.month for day in near}
    shift = {"this": 0, "next": 1, "last": -1}
    word, _, unit = period.partition("_")
    match unit:
        case "week":
            return {day for day in near if week_of[day] == week_of[today] + shift[word]}
        case "month":
            return {day for day in near if month_of[day] == month_of[today] + shift[word]}
        case "":
            if word in ("today", "tomorrow", "yesterday"):
                return {today + timedelta(days={"today": 0, "tomorrow": 1, "yesterday": -1}[word])}
            return {next(day for day in near if day >= today and f"{day:%A}".lower() == word)}
        case _:
            count = int(unit.removesuffix("_days"))
            return set(near[71 - count : 71] if word == "last" else near[70 : 70 + count])


@given(period=st.sampled_from(get_args(Period)), now=instants, zone=zones, week_start=week_starts)
@example("today", datetime(2026, 9, 6, 12, tzinfo=UTC), ZoneInfo("America/Santiago"), Weekday.MONDAY)
@example("this_week", datetime(2026, 4, 5, 12, tzinfo=UTC), ZoneInfo("Australia/Lord_Howe"), Weekday.SUNDAY)
def test_a_period_holds_exactly_the_instants_of_its_days(
    period: str, now: datetime, zone: ZoneInfo, week_start: Weekday
) -> None:
    found = range_of_period(period, now=now, zone=zone, week_start=week_start)
    if period == "upcoming":
        assert found.start == now
        return
    days = days_of_reference(period, now.astimezone(zone).date(), week_start)
    instant = found.start - timedelta(days=2)
    while instant < found.end + timedelta(days=2):
        assert (instant in found) == (instant.astimezone(zone).date() in days)
        instant += timedelta(minutes=30)
    for edge in (found.start, found.end):  # half-open, to the second
        just_before = edge - timedelta(seconds=1)
        assert (just_before in found) == (just_before.astimezone(zone).date() in days)
        assert (edge in found) == (edge.astimezone(zone).date() in days)


@given(zone=zones, naive=walls)
@example(ZoneInfo("America/New_York"), wall("2026-03-08T02:30"))
@example(ZoneInfo("Australia/Lord_Howe"), wall("2026-10-04T02:15"))
@example(ZoneInfo("America/Santiago"), wall("2026-09-06"))
def test_an_instant_is_the_first_at_which_the_wall_shows_that_time_or_a_later_one(
    zone: ZoneInfo, naive: datetime
) -> None:
    instant = instant_of(naive, zone)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    assert shown >= naive
    if shown > naive:  # a gap: the second before, the wall had not yet reached it
        assert (instant - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None) < naive
    else:
        assert instant == naive.replace(tzinfo=zone, fold=0).astimezone(UTC)


def resolve(
    *, period: str | None = None, start: str | None = None, end: str | None = None, timezone: str | None = None
) -> TimeRange:
    zone = ZoneInfo(timezone) if timezone else NEW_YORK
    return resolve_range(now=NOON, zone=zone, zone_is_given=timezone is not None, period=period, start=start, end=end)


def test_no_time_at_all_means_thirty_days_back_to_thirty_ahead() -> None:
    found = resolve()
    assert found.start == datetime(2026, 10, 24, 4, tzinfo=UTC)
    assert found.end == datetime(2026, 12, 24, 5, tzinfo=UTC)


def test_an_offset_is_taken_as_it_is() -> None:
    found = resolve(start="2026-11-27T09:00:00-08:00", end="2026-11-27T18:30:00Z")
    assert found.start == datetime(2026, 11, 27, 17, tzinfo=UTC)
    assert found.end == datetime(2026, 11, 27, 18, 30, tzinfo=UTC)


def test_a_time_without_offset_is_read_in_the_given_zone() -> None:
    found = resolve(start="2026-11-27T09:00", end="2026-11-27 10:00:00.5", timezone="Asia/Kathmandu")
    assert found.start == datetime(2026, 11, 27, 3, 15, tzinfo=UTC)
    assert found.end == datetime(2026, 11, 27, 4, 15, 0, 500_000, tzinfo=UTC)


def test_a_time_without_offset_or_zone_is_refused_with_both_right_forms() -> None:
    with pytest.raises(TimeError) as refusal:
        resolve(start="2026-11-27T09:00:00")
    assert "2026-11-27T09:00:00-05:00" in refusal.value.hint
    assert "2026-11-27T09:00:00 with timezone America/New_York" in refusal.value.hint


def test_an_offset_that_contradicts_the_zone_is_refused() -> None:
    with pytest.raises(TimeError, match="offset that America/New_York does not have") as refusal:
        resolve(start="2026-11-27T09:00:00-04:00", timezone="America/New_York")
    assert "2026-11-27T09:00:00-05:00" in refusal.value.hint


def test_either_offset_of_an_autumn_hour_is_the_zone_s_own() -> None:
    first = resolve(start="2026-11-01T01:30:00-04:00", end="2026-11-01T01:30:00-05:00", timezone="America/New_York")
    assert first.end - first.start == timedelta(hours=1)


def test_a_universal_time_contradicts_no_zone() -> None:
    assert resolve(start="2026-11-27T09:00:00Z", timezone="Asia/Kathmandu").start.hour == 9


def test_dates_are_whole_days_and_the_last_one_is_included() -> None:
    found = resolve(start="2026-10-31", end="2026-11-01")
    assert found.start == datetime(2026, 10, 31, 4, tzinfo=UTC)
    assert found.end == datetime(2026, 11, 2, 5, tzinfo=UTC)


def test_a_lone_start_reaches_at_least_as_far_as_no_start_would() -> None:
    assert resolve(start="2026-09-01").end == resolve().end
    assert resolve(start="2027-09-01").end == datetime(2027, 10, 1, 4, tzinfo=UTC)
    assert resolve(end="2026-12-01").start == resolve().start
    assert resolve(end="2025-12-01").start == datetime(2025, 11, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"period": "today", "start": "2026-11-27"}, "both given"),
        ({"period": "someday"}, "not a period"),
        ({"start": "2026-11-27", "end": "2026-11-25"}, "not before end"),
        ({"start": "2026-11-27T09:00Z", "end": "2026-11-27T09:00Z"}, "not before end"),
        ({"start": "next friday"}, "not a time"),
        ({"start": "2026-02-30"}, "not a day"),
        ({"start": "2026-02-20T25:00:00Z"}, "not a time of day"),
        ({"start": "2026-02-20T12:60Z"}, "not a time of day"),
        ({"start": "2026-02-20T12:00:00+25:00"}, "impossible offset"),
        ({"start": "9999-12-31"}, "out of reach"),
        ({"end": "0001-01-01T00:00:00Z"}, "out of reach"),
        ({"start": "２０２６-11-27"}, "not a time"),
    ],
)
def test_what_has_no_meaning_is_refused(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(TimeError, match=message):
        resolve(**arguments)


@given(st.text(max_size=40) | st.from_regex(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}Z?)?", fullmatch=True))
def test_any_text_is_a_range_or_a_refusal(text: str) -> None:
    with suppress(TimeError):
        found = resolve(start=text)
        assert found.start < found.end


def test_a_zone_is_found_without_regard_to_case_and_others_get_a_suggestion() -> None:
    assert zone_named("america/new_york").key == "America/New_York"
    with pytest.raises(TimeError) as refusal:
        zone_named("New York")
    assert "America/New_York" in refusal.value.hint
    with pytest.raises(TimeError):
        zone_named("../../etc/passwd")
