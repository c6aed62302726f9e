"""Working hours: how they are read, and what they leave open, on days when the clock changes too."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scheduling.errors import HoursError
from app.scheduling.working_hours import Week, WorkingHours, open_intervals, parse_hours, parse_week
from tests.scheduling.availability_cases import HOUR, MINUTE, NEW_YORK, ZONES, at, questions, weeks
from tests.scheduling.naive_availability import Question, is_open, latest_walls

SANTIAGO = ZoneInfo("America/Santiago")


@given(questions(), st.sampled_from(ZONES), weeks)
def test_open_time_is_that_of_a_reading_minute_by_minute(asked: Question, zone: ZoneInfo, week: Week) -> None:
    hours = WorkingHours(zone, week)
    latest = latest_walls(asked.minutes, zone)
    found = open_intervals(hours, asked.minutes.start, asked.minutes.stop)
    covered = {minute for start, end in found for minute in range(start, end, MINUTE)}
    assert covered == {minute for minute in asked.minutes if is_open(latest[minute], hours)}
    assert all(end < start for (_, end), (start, _) in pairwise(found))


def opened(day: str, *blocks: tuple[int, int], zone: ZoneInfo = NEW_YORK) -> list[tuple[int, int]]:
    """What is open on one local day, in minutes since it began."""
    begins = at(day, zone)
    found = open_intervals(WorkingHours(zone, (blocks,) * 7), begins, begins + 25 * HOUR)
    return [((start - begins) // MINUTE, (end - begins) // MINUTE) for start, end in found]


def test_a_block_s_edge_inside_a_spring_gap_is_the_instant_of_the_jump() -> None:
    assert opened("2026-03-08", (60, 150))[:1] == [(60, 120)]  # 1:00 to 2:30, but at 2:00 it is 3:00
    assert opened("2026-03-08", (150, 240))[:1] == [(120, 180)]  # 2:30 to 4:00
    assert opened("2026-03-08", (125, 175)) == []


def test_a_block_s_edge_inside_an_autumn_fold_is_the_first_occurrence() -> None:
    assert opened("2026-11-01", (0, 90)) == [(0, 90)]  # to the first 1:30
    assert opened("2026-11-01", (90, 180)) == [(90, 240)]  # from the first 1:30 to 3:00, an hour more
    assert opened("2026-11-01", (60, 120)) == [(60, 180)]


def test_a_day_that_begins_with_a_jump_is_open_from_its_first_instant() -> None:
    before = at("2026-09-05T23:00", SANTIAGO)  # at midnight it is 1:00
    assert open_intervals(WorkingHours(SANTIAGO, (((30, 120),),) * 7), before, before + 12 * HOUR) == [
        (before + HOUR, before + 2 * HOUR)
    ]


def test_blocks_that_touch_are_one_over_midnight_too() -> None:
    hours = WorkingHours(NEW_YORK, (((0, 60), (60, 120), (1380, 1440)),) * 7)
    assert open_intervals(hours, at("2026-11-23T22:00"), at("2026-11-24T12:00")) == [
        (at("2026-11-23T23:00"), at("2026-11-24T02:00"))
    ]


def test_a_week_is_read_monday_first_and_a_missing_day_is_closed() -> None:
    week = parse_week({"tuesday": [["13:00", "17:30"], ["09:00", "12:00"]], "sunday": []})
    assert week == ((), ((540, 720), (780, 1050)), (), (), (), (), ())


@pytest.mark.parametrize("end", ["24:00", "23:59"])
def test_both_ends_of_a_day_mean_the_next_midnight(end: str) -> None:
    assert parse_week({"monday": [["20:00", end]]})[0] == ((1200, 1440),)


def test_a_zone_that_the_hours_name_is_theirs() -> None:
    assert parse_hours({"timezone": "america/santiago"}, NEW_YORK).zone is SANTIAGO
    for none in ({}, {"timezone": None}, {"timezone": ""}):
        assert parse_hours(none, NEW_YORK).zone is NEW_YORK


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "an object of days"),
        ([], "an object of days"),
        ({"Monday": []}, "'Monday' is not a day"),
        ({"holiday": []}, "'holiday' is not a day"),
        ({1: []}, "1 is not a day"),
        ({"monday": None}, "monday is None"),
        ({"monday": "09:00-17:00"}, "not a list of blocks"),
        ({"friday": [["09:00"]]}, "friday has the block"),
        ({"friday": [["09:00", "12:00", "13:00"]]}, "friday has the block"),
        ({"friday": [[9, 12]]}, "friday has the block"),
        ({"friday": ["09:00"]}, "friday has the block"),
        ({"friday": [["9:00", "12:00"]]}, "'9:00', not a time of day"),
        ({"friday": [["09:00", "12:60"]]}, "'12:60', not a time of day"),
        ({"friday": [["09:00", "24:01"]]}, "'24:01', not a time of day"),
        ({"friday": [["24:00", "24:00"]]}, "'24:00', not a time of day"),
        ({"friday": [["０９:00", "12:00"]]}, "not a time of day"),
        ({"friday": [["12:00", "12:00"]]}, "ends at 12:00, not after"),
        ({"friday": [["22:00", "02:00"]]}, "ends at 02:00, not after"),
        ({"friday": [["09:00", "12:00"], ["11:59", "13:00"]]}, "overlap at 11:59"),
        ({"timezone": "PST8"}, "not an IANA time zone"),
        ({"timezone": 5}, "not the name of a time zone"),
    ],
)
def test_what_cannot_be_read_is_named(data: object, message: str) -> None:
    with pytest.raises(HoursError, match=message) as refusal:
        parse_hours(data, NEW_YORK)
    assert refusal.value.message == str(refusal.value)


json = st.recursive(
    st.none() | st.integers() | st.sampled_from(["09:00", "24:00", "x", "monday", "timezone"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["monday", "sunday", "timezone", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(json)
def test_any_data_is_a_week_or_a_refusal(data: object) -> None:
    try:
        week = parse_hours(data, NEW_YORK).week
    except HoursError:
        return
    assert len(week) == 7
    assert all(0 <= opens < closes <= 1440 for day in week for opens, closes in day)
