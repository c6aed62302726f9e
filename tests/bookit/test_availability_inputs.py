"""What an org may hold that no rule can be asked about: it is said, and bars whom it concerns and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.bookit.availability.hosts import known_hosts
from app.bookit.availability.preview import rules_of
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meeting_types.records import MeetingType
from app.scheduling.errors import HoursError
from app.scheduling.weekdays import Weekday
from tests.bookit.meeting_types import a_type

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
TYPE = a_type(name="Demo", product="forms", duration_minutes=30, slot_interval_minutes=30, hours_source="host")


def person(number: int) -> dict[str, Any]:
    return {
        "Id": f"005xx000000000{number}AAA",
        "Name": f"Person {number}",
        "Email": f"{number}@x.example",
        "IsActive": True,
        "TimeZoneSidKey": "UTC",
    }


def vacation(number: int, first: date, last: date, before: int = 0) -> dict[str, Any]:
    return {
        "User": {"Id": person(number)["Id"]},
        "Start": first,
        "End": last,
        "Start_Buffer_Days": before,
        "End_Buffer_Days": None,
    }


@pytest.mark.parametrize(
    "bad", [vacation(1, date(2026, 12, 9), date(2026, 12, 1)), vacation(1, date(2026, 12, 1), date(2026, 12, 9), -1)]
)
def test_a_vacation_that_makes_no_sense_bars_its_own_host_alone(bad: dict[str, Any]) -> None:
    good = vacation(2, date(2026, 12, 1), date(2026, 12, 9))
    one, other = known_hosts([person(1), person(2)], [], [bad, good], [], product="forms", now=NOW)
    assert one.barred is not None
    assert (one.barred[0], "2026-12-01" in one.barred[1]) == ("vacation", True)
    assert (other.barred, len(other.vacations)) == (None, 1)


@pytest.mark.parametrize(
    "bad",
    [replace(TYPE, duration_minutes=0), replace(TYPE, slot_interval_minutes=0), replace(TYPE, buffer_after_minutes=-5)],
)
def test_a_meeting_type_whose_lengths_make_no_sense_is_named(bad: MeetingType) -> None:
    with pytest.raises(BookItError, match="Demo cannot be booked as it is set up") as refusal:
        rules_of(bad, Weekday.MONDAY)
    assert refusal.value.code is ErrorCode.NOT_AVAILABLE


def test_hours_of_a_meeting_type_s_own_are_read_only_where_they_count() -> None:
    broken = replace(TYPE, hours_stored="nine to five")
    assert rules_of(broken, Weekday.MONDAY).own_hours is None
    with pytest.raises(HoursError):
        rules_of(replace(broken, hours_source="meeting_type"), Weekday.MONDAY)
