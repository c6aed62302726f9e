"""One host: each rule in a sentence, the order of the reasons, and all of it against the minute-by-minute reading."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from app.scheduling.availability import Host, Reason, hosts_availability
from app.scheduling.days_off import Vacation
from app.scheduling.rules import reach
from app.scheduling.working_hours import WorkingHours
from tests.scheduling import naive_availability as naive
from tests.scheduling.availability_cases import (
    ALWAYS_OPEN,
    HOST,
    HOUR,
    MINUTE,
    MONDAY,
    NEW_YORK,
    OFFICE,
    RULES,
    answer,
    at,
    open_at,
    questions_of_hosts,
    shown,
)
from tests.scheduling.naive_availability import Question

KATHMANDU = ZoneInfo("Asia/Kathmandu")


@given(questions_of_hosts())
def test_starts_and_reasons_are_those_of_a_reading_minute_by_minute(case: tuple[Question, list[Host]]) -> None:
    asked, hosts = case
    found = hosts_availability(
        hosts, asked.rules, start=asked.start, end=asked.end, now=asked.now,
        viewer_zone=asked.viewer_zone, holidays=asked.holidays,
    )  # fmt: skip
    for host, own in zip(hosts, found, strict=True):
        expected = naive.availability(host, asked)
        assert own.starts == expected.starts
        assert own.reason == expected.reason
        for start, end in own.free:
            assert end - start >= asked.rules.duration
            inside = range(start + -start % MINUTE, end - MINUTE + 1, MINUTE)
            assert all(minute in expected.free for minute in inside if minute in asked.minutes)


@given(questions_of_hosts(most=1))
def test_what_lies_out_of_reach_changes_nothing(case: tuple[Question, list[Host]]) -> None:
    asked, [host] = case
    known = reach(asked.rules, asked.start, asked.end)
    near = replace(
        host,
        busy=[(start, end) for start, end in host.busy if start < known.busy[1] and end > known.busy[0]],
        hosted_starts=[start for start in host.hosted_starts if known.hosted[0] <= start < known.hosted[1]],
    )
    one, other = hosts_availability(
        [host, near], asked.rules, start=asked.start, end=asked.end, now=asked.now,
        viewer_zone=asked.viewer_zone, holidays=asked.holidays,
    )  # fmt: skip
    assert one == other


@given(questions_of_hosts(most=1))
def test_every_start_is_found_again_when_it_alone_is_asked_about(case: tuple[Question, list[Host]]) -> None:
    asked, [host] = case

    def found(start: int, end: int) -> list[int]:
        [alone] = hosts_availability(
            [host], asked.rules, start=start, end=end, now=asked.now,
            viewer_zone=asked.viewer_zone, holidays=asked.holidays,
        )  # fmt: skip
        return alone.starts

    for start in found(asked.start, asked.end)[:5]:
        assert found(start, start + 1) == [start]


def test_a_monday_of_office_hours() -> None:
    assert shown(answer().starts) == [f"Mon {hour}:00" for hour in ("09", "10", "11", "13", "14", "15", "16")]
    assert answer().reason is None


def test_a_meeting_has_to_end_inside_the_working_hours() -> None:
    assert shown(answer(rules=replace(RULES, duration=90 * MINUTE)).starts)[:3] == [
        "Mon 09:00", "Mon 10:00", "Mon 13:00",
    ]  # fmt: skip


def test_the_last_meeting_may_end_behind_the_range() -> None:
    assert shown(answer(end=f"{MONDAY}T10:00").starts) == ["Mon 09:00"]
    long = replace(RULES, duration=2 * HOUR)
    assert shown(answer(rules=long, end=f"{MONDAY}T10:01").starts) == ["Mon 09:00", "Mon 10:00"]


def test_a_range_that_cuts_free_time_begins_it_anew() -> None:
    every_45 = replace(RULES, slot_interval=45 * MINUTE)
    assert shown(answer(rules=every_45).starts)[:3] == ["Mon 09:00", "Mon 09:45", "Mon 10:30"]
    assert shown(answer(rules=every_45, start=f"{MONDAY}T10:05").starts)[:2] == ["Mon 10:15", "Mon 11:00"]


def test_starts_lie_on_round_minutes_of_the_viewer() -> None:
    assert shown(answer(viewer=KATHMANDU).starts)[:2] == ["Mon 09:15", "Mon 10:15"]  # 20:00 and 21:00 in Kathmandu


def test_the_type_s_own_hours_stand_in_for_the_host_s() -> None:
    evening = ((1080, 1140),)
    in_the_hosts_zone = replace(RULES, own_hours=(evening,) * 7)
    assert shown(answer(rules=in_the_hosts_zone).starts) == ["Mon 18:00"]
    in_their_own = replace(RULES, own_hours=WorkingHours(ZoneInfo("America/Los_Angeles"), (evening,) * 7))
    assert shown(answer(rules=in_their_own).starts) == ["Mon 21:00"]
    assert shown(answer(replace(HOST, hours=None), in_their_own).starts) == ["Mon 21:00"]


def test_notice_counts_from_now_to_the_start() -> None:
    rules = replace(RULES, minimum_notice=2 * HOUR)
    assert shown(answer(rules=rules, now=f"{MONDAY}T12:00").starts) == ["Mon 14:00", "Mon 15:00", "Mon 16:00"]
    assert shown(answer(rules=rules, now=f"{MONDAY}T12:00:01").starts) == ["Mon 15:00", "Mon 16:00"]
    assert answer(rules=rules, now=f"{MONDAY}T16:00").reason == Reason.MINIMUM_NOTICE


def test_the_past_is_not_bookable_without_any_notice() -> None:
    assert shown(answer(now=f"{MONDAY}T15:30").starts) == ["Mon 16:00"]


def test_a_window_of_three_days_ends_with_the_third_day_after_today() -> None:
    assert len(answer(rules=replace(RULES, booking_window_days=3)).starts) == 7  # Friday, and Monday is the third
    assert answer(rules=replace(RULES, booking_window_days=2)).reason == Reason.BOOKING_WINDOW
    assert len(answer(rules=replace(RULES, booking_window_days=0), now=MONDAY).starts) == 7


def test_the_window_s_days_are_the_host_s() -> None:
    host = replace(HOST, zone=KATHMANDU, hours=WorkingHours(KATHMANDU, ALWAYS_OPEN))
    rules = replace(RULES, booking_window_days=0)
    found = answer(host, rules, now=f"{MONDAY}T00:00")  # a quarter to eleven in the morning there
    assert shown(found.starts, KATHMANDU)[-1] == "Mon 22:45"


def test_both_days_of_a_custom_range_are_included() -> None:
    rules = replace(RULES, first_day=date(2026, 11, 24), last_day=date(2026, 11, 25))
    assert {text[:3] for text in shown(answer(HOST, rules, MONDAY, "2026-11-28").starts)} == {"Tue", "Wed"}
    assert answer(rules=rules).reason == Reason.CUSTOM_RANGE


def test_a_whole_meeting_lies_inside_the_custom_range() -> None:
    rules = replace(RULES, duration=2 * HOUR, last_day=date(2026, 11, 23))
    assert shown(answer(open_at((0, 1440)), rules).starts)[-1] == "Mon 22:00"


def test_each_check_closes_what_the_checks_before_it_left() -> None:
    """One check after the other is lifted; the next one of the order is then the reason."""
    monday = date(2026, 11, 23)
    host = replace(
        HOST,
        product_access=False,
        calendar="not_connected",
        active=False,
        paused=True,
        hours=None,
        vacations=(Vacation(monday, monday),),
        busy=[(at(MONDAY), at("2026-11-25"))],
        hosted_starts=[at(f"{MONDAY}T09:00")],
    )
    rules = replace(
        RULES,
        minimum_notice=96 * HOUR,
        booking_window_days=1,
        first_day=date(2026, 11, 24),
        max_per_day=1,
        max_per_week=1,
    )
    holidays = frozenset({monday})
    found: list[Reason | None] = []

    def ask() -> None:
        found.append(answer(host, rules, holidays=holidays).reason)

    ask()
    for lifted in (
        {"product_access": True},
        {"calendar": "expired"},
        {"calendar": "connected"},
        {"active": True},
        {"paused": False},
        {"vacations": ()},
    ):
        host = replace(host, **lifted)
        ask()
    holidays = frozenset[date]()
    ask()
    host = replace(host, hours=WorkingHours(NEW_YORK, OFFICE))
    ask()
    for lifted in ({"minimum_notice": 0}, {"booking_window_days": None}, {"first_day": None}):
        rules = replace(rules, **lifted)
        ask()
    host = replace(host, busy=())
    ask()
    rules = replace(rules, max_per_day=None)
    ask()
    rules = replace(rules, max_per_week=None)
    ask()
    assert found == [*list(Reason)[:-1], None]
    assert [reason.value for reason in Reason][:3] == ["product_access", "calendar_not_connected", "calendar_expired"]


def test_a_paused_host_on_vacation_is_paused_first() -> None:
    away = (Vacation(date(2026, 11, 20), date(2026, 11, 30)),)
    assert answer(replace(HOST, paused=True, vacations=away)).reason == Reason.PAUSED


def test_hours_that_cannot_be_read_are_no_hours() -> None:
    assert answer(replace(HOST, hours=None)).reason == Reason.WORKING_HOURS


def test_a_range_without_a_round_minute_has_no_start_and_no_reason() -> None:
    found = answer(start=f"{MONDAY}T09:05", end=f"{MONDAY}T09:20")
    assert found.starts == []
    assert found.reason is None


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        answer(end=MONDAY)
