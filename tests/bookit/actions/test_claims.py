"""Which days and weeks a meeting claims, and under what numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bookit.actions.claims import Claimed, claim_writes, claims_ask, time_claims
from app.bookit.actions.taking_time import claims_in_any_zone, claims_of_hosts, taken_by
from app.bookit.meeting_types.records import MeetingType
from app.scheduling.weekdays import Weekday
from tests.bookit.meeting_types import a_type

LA, KATHMANDU, LORD_HOWE = (ZoneInfo(n) for n in ("America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe"))
ZONES = (LA, KATHMANDU, LORD_HOWE, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago"), ZoneInfo("UTC"))


def periods(zone: ZoneInfo, first: datetime, last: datetime, week_start: Weekday | None = None) -> list[str]:
    time = int(first.timestamp()), int(last.timestamp())
    return [claimed.period for claimed in time_claims("h", zone, time, week_start=week_start)]


def at(zone: ZoneInfo, day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_day_ends_at_the_host_s_own_midnight(zone: ZoneInfo) -> None:
    assert periods(zone, at(zone, 25, 23), at(zone, 26, 0)) == ["2026-11-25"]
    assert periods(zone, at(zone, 25, 23), at(zone, 26, 0, 1)) == ["2026-11-25", "2026-11-26"]
    assert periods(zone, at(zone, 26, 0), at(zone, 26, 0, 30)) == ["2026-11-26"]
    assert periods(zone, at(zone, 25, 23), at(zone, 27, 0, 1)) == ["2026-11-25", "2026-11-26", "2026-11-27"]


def test_weeks_are_claimed_once_each_and_start_when_the_org_says() -> None:
    sunday = at(LA, 29, 23), at(LA, 30, 1)
    assert periods(LA, *sunday, week_start=Weekday.MONDAY) == [
        "2026-11-29", "2026-11-30", "week 2026-11-23", "week 2026-11-30",
    ]  # fmt: skip
    assert periods(LA, *sunday, week_start=Weekday.SUNDAY) == ["2026-11-29", "2026-11-30", "week 2026-11-29"]


def test_days_of_clock_changes_are_days() -> None:
    assert periods(LA, at(LA, 1, 0), at(LA, 1, 23, 59)) == ["2026-11-01"]  # 25 hours
    assert periods(LA, at(LA, 8, 0, month=3), at(LA, 9, 0, month=3)) == ["2026-03-08"]  # 23 hours


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
KIND = a_type(buffer_before_minutes=10, buffer_after_minutes=5, max_per_week=3)


@given(
    start=st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes)),
    minutes=st.integers(5, 600),
    zone=st.sampled_from(ZONES),
    weekly=st.booleans(),
    week_start=st.sampled_from(Weekday),
)
def test_what_is_read_before_the_zones_are_known_holds_all_that_is_claimed(
    start: datetime, minutes: int, zone: ZoneInfo, weekly: bool, week_start: Weekday
) -> None:
    kind: MeetingType = KIND if weekly else a_type()
    time = taken_by(kind, start, start + timedelta(minutes=minutes))
    read = set(claims_in_any_zone(["h"], kind, time, week_start))
    assert set(claims_of_hosts([("h", zone)], kind, time, week_start)) <= read
    # Two meetings that overlap with their buffers have a day in common: its claim is the one that both want.
    other = taken_by(a_type(), start + timedelta(minutes=minutes - 1), start + timedelta(minutes=minutes + 30))
    both = (
        set(claims_of_hosts([("h", zone)], kind, time, week_start)),
        set(claims_of_hosts([("h", zone)], a_type(), other, week_start)),
    )
    assert both[0] & both[1]


def test_numbers_go_on_from_the_last_of_each_host_and_period() -> None:
    wanted = [
        Claimed("a", "2026-11-25"),
        Claimed("b", "2026-11-25"),
        Claimed("a", "2026-11-25"),
        Claimed("a", "week x"),
    ]
    asked = claims_ask(wanted)
    assert asked.binds == {"hosts": ["a", "b"], "periods": ["2026-11-25", "week x"]}
    last = [
        {"Host": {"Id": "a"}, "Period": "2026-11-25", "highest": 4},
        {"Host": {"Id": "b"}, "Period": "week x", "highest": 9},
    ]
    keys = [(row.values["Claim_Key"], row.values["Number"]) for row in claim_writes(wanted, last, "MCP-1")]
    assert keys == [("a|2026-11-25|5", 5), ("b|2026-11-25|1", 1), ("a|week x|1", 1)]
