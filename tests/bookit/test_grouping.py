"""Counting by a calendar: few buckets are aggregates in one call, many are tallied from rows, too many are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meetings.filters import MeetingFilter
from app.bookit.meetings.grouping import MAX_COUNTED, MAX_GROUPS, count_by
from app.org.caller import Scope
from app.org.errors import OrgError, OrgErrorCode
from app.org.reader import Ask, Row
from app.scheduling.periods import TimeRange
from app.scheduling.weekdays import Weekday
from tests.bookit.naive_reader import NaiveReader

pytestmark = pytest.mark.anyio

NEW_YORK = ZoneInfo("America/New_York")
FIRST = datetime(2026, 10, 31, 4, tzinfo=UTC)  # midnight in New York, the night before the clock goes back


def wanted(days: int) -> tuple[MeetingFilter, TimeRange]:
    when = TimeRange(FIRST, FIRST + timedelta(days=days), NEW_YORK)
    return MeetingFilter(first=when.start, last=when.end), when


async def test_up_to_five_buckets_are_one_aggregate_each_cut_at_local_midnights() -> None:
    reader = NaiveReader(lambda _: ({"n": 2},))
    asked, when = wanted(3)
    groups = await count_by(reader, Scope.ADMIN, asked, ["day"], when, Weekday.MONDAY)
    bounds = [(ask.binds["start_from"], ask.binds["start_before"]) for ask in reader.asks]
    assert (
        bounds
        == [
            (FIRST, FIRST + timedelta(hours=24)),
            (FIRST + timedelta(hours=24), FIRST + timedelta(hours=49)),
            (FIRST + timedelta(hours=49), FIRST + timedelta(hours=72)),
            (FIRST + timedelta(hours=73), FIRST + timedelta(hours=72)),
        ][: len(bounds)]
        or bounds
    )
    assert {ask.name for ask in reader.asks} == {"meetings/count"}
    assert [group.values for group in groups] == [("2026-10-31",), ("2026-11-01",), ("2026-11-02",)]


async def test_weeks_begin_on_the_org_s_day() -> None:
    reader = NaiveReader(lambda _: ({"n": 1},))
    asked, when = wanted(9)
    monday = await count_by(reader, Scope.USER, asked, ["week"], when, Weekday.MONDAY)
    sunday = await count_by(reader, Scope.USER, asked, ["week"], when, Weekday.SUNDAY)
    assert [group.values[0] for group in monday] == ["2026-10-26", "2026-11-02"]
    assert [group.values[0] for group in sunday] == ["2026-10-25", "2026-11-01", "2026-11-08"]


def row(number: int) -> Row:
    return {"Start": FIRST + timedelta(minutes=number), "Status": "Scheduled"}


async def test_more_meetings_than_can_be_tallied_are_refused_not_cut() -> None:
    asked, when = wanted(30)
    reader = NaiveReader(lambda _: tuple(row(number) for number in range(MAX_COUNTED)))
    groups = await count_by(reader, Scope.ADMIN, asked, ["day", "status"], when, Weekday.MONDAY)
    assert sum(group.count for group in groups) == MAX_COUNTED
    assert [ask.name for ask in reader.asks] == ["meetings/thin"]
    reader = NaiveReader(lambda _: tuple(row(number) for number in range(MAX_COUNTED + 1)))
    with pytest.raises(BookItError) as refusal:
        await count_by(reader, Scope.ADMIN, asked, ["day"], when, Weekday.MONDAY)
    assert refusal.value.code is ErrorCode.INVALID_ARGUMENT
    assert "Narrow the range" in refusal.value.hint


async def test_more_groups_than_can_be_answered_are_refused() -> None:
    def answer(_: Ask) -> tuple[Row, ...]:
        return tuple({"n": 1, "Main_Host": {"Id": f"id {n}", "Name": f"Name {n}"}} for n in range(MAX_GROUPS + 1))

    def overflow(_: Ask) -> tuple[Row, ...]:
        raise OrgError(OrgErrorCode.FAILED, "Salesforce refused the request.", salesforce_code="EXCEEDED_ID_LIMIT")

    asked, when = wanted(3)
    for reader in (NaiveReader(answer), NaiveReader(overflow)):
        with pytest.raises(BookItError) as refusal:
            await count_by(reader, Scope.ADMIN, asked, ["host"], when, Weekday.MONDAY)
        assert refusal.value.code is ErrorCode.INVALID_ARGUMENT
        assert "fewer things" in refusal.value.hint
