"""The demo's notes of choices, read with the engine that will make them: what they say is what the ledger then said."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.demo.reading import field
from app.local_org.demo_data import load
from app.local_org.demo_data.model import DemoData, bookit
from app.local_org.demo_data.options import ORG_ZONE, DemoOptions
from app.local_org.demo_data.turns import SNAPSHOT_DAYS
from app.local_org.org import LocalOrg
from app.local_org.schema.model import Schema
from app.scheduling.calibration import auto_calibration
from app.scheduling.ledger import EntryKind, EntrySum, Member, fold
from app.scheduling.round_robin import by_turn, pick
from app.scheduling.standings import Standing, level_text
from tests.local_org.demo_data.demos import Demos
from tests.local_org.demo_data.instants import INSTANTS

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
FIRST_OF_THREE_AT_ONCE_CONSUMES_A_CREDIT = datetime(2039, 4, 21, 6, tzinfo=UTC)
Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def whole(compiled_schema: Schema) -> DemoData:
    return load.demo_data(compiled_schema, DemoOptions(NOW))


def org_month(instant: datetime) -> Any:
    return instant.astimezone(ZoneInfo(ORG_ZONE)).date().replace(day=1)


def standings(data: DemoData, pool: Row, before: Sequence[Row], period: Any) -> list[Standing]:
    """As they stood when the ledger held no more than `before`."""
    members = [
        Member(row["Id"], field(row, "User_Owner"), field(row, "Weighting_Value"), field(row, "Owner_Order"))
        for row in data.of(bookit("Pool_Member"))
        if field(row, "Pool") == pool["Id"]
    ]

    def sums(current: bool) -> list[EntrySum]:
        return [
            EntrySum(
                field(row, "Member"),
                cast("EntryKind", field(row, "Kind").lower().replace("-", "_")),
                field(row, "Delta"),
                row["CreatedDate"],
            )
            for row in before
            if (field(row, "Period_Start") == period) == current and field(row, "Period_Start") <= period
        ]

    return fold(members, sums(True), sums(False), weighted=field(pool, "Is_Weighted"))


def ledger(data: DemoData) -> list[Row]:
    """In the order in which it was written: a consumed credit right behind the booking that consumed it, for there may
    be others of the same host at that instant."""
    rows = data.of(bookit("Count_Entry"))
    booked = {field(row, "Meeting"): at for at, row in enumerate(rows) if field(row, "Kind") == "Scheduled"}

    def written(at: int) -> tuple[datetime, int, bool]:
        row = rows[at]
        consumed = field(row, "Kind") == "Credit-Consumed"
        return row["CreatedDate"], booked[field(row, "Meeting")] if consumed else at, consumed

    return [rows[at] for at in sorted(range(len(rows)), key=written)]


def test_recent_meetings_of_a_pool_have_a_note_and_no_others(whole: DemoData) -> None:
    recent = NOW - timedelta(days=SNAPSHOT_DAYS)
    kinds: Counter[tuple[bool, bool]] = Counter()
    for row in whole.of(bookit("Meeting")):
        noted = row.get("LeanData__Selection_Snapshot__c") is not None
        pooled, new = field(row, "Pool") is not None, field(row, "Booked_Date") >= recent
        assert noted == (pooled and new)
        kinds[pooled, new] += 1
    assert min(kinds.values()) > 20
    assert len(kinds) == 4


def test_a_note_says_what_the_ledger_said_then(whole: DemoData) -> None:
    check_notes(whole)


@given(now=INSTANTS, seed=st.integers(0, 99))
@example(now=FIRST_OF_THREE_AT_ONCE_CONSUMES_A_CREDIT, seed=79)
@settings(max_examples=5)
def test_it_does_on_any_day(demos: Demos, now: datetime, seed: int) -> None:
    check_notes(demos.at(now, seed, 250))


def check_notes(whole: DemoData) -> None:
    meetings = {row["Id"]: row for row in whole.of(bookit("Meeting"))}
    pools = {row["Id"]: row for row in whole.of(bookit("Pool"))}
    consumed = {
        field(row, "Meeting") for row in whole.of(bookit("Count_Entry")) if field(row, "Kind")[-8:] == "Consumed"
    }
    rows = ledger(whole)
    for at, entry in enumerate(rows):
        meeting = meetings.get(field(entry, "Meeting"))
        if field(entry, "Kind") != "Scheduled" or meeting is None:
            continue
        if meeting.get("LeanData__Selection_Snapshot__c") is None:
            continue
        note = json.loads(meeting["LeanData__Selection_Snapshot__c"])
        pool, period = pools[note["pool_id"]], field(entry, "Period_Start")
        assert (note["version"], note["weighted"]) == (1, field(pool, "Is_Weighted"))
        assert note["period_start"] == period.isoformat()
        assert note["chosen"] == field(entry, "Member")
        found = standings(whole, pool, rows[:at], period)
        expected = by_turn(found)
        assert [each["member_id"] for each in note["candidates"]] == [each.member_id for each in expected]
        for said, standing in zip(note["candidates"], expected, strict=True):
            assert said["net"] == standing.net
            assert said["level"] == level_text(standing.level)
            last = said["last_assigned"]
            assert (None if last is None else datetime.fromisoformat(last)) == standing.last_assigned
            numbers = (standing.scheduled, standing.calibration, standing.credits, standing.weight, standing.order)
            assert (said["scheduled"], said["calibration"], said["credits"], said["weight"], said["order"]) == numbers
        free = {each["member_id"] for each in note["candidates"] if each["skip"] is None}
        choice = pick(found, free, "count_based")
        assert choice is not None
        assert choice.member.member_id == note["chosen"]
        assert choice.credit_consumed == note["credit_consumed"] == (meeting["Id"] in consumed)


def test_somebody_won_by_a_credit_and_people_were_skipped_for_several_reasons(whole: DemoData) -> None:
    notes = [
        json.loads(text)
        for row in whole.of(bookit("Meeting"))
        if (text := row.get("LeanData__Selection_Snapshot__c")) is not None
    ]
    assert any(note["credit_consumed"] for note in notes)
    skipped = {each["skip"] for note in notes for each in note["candidates"]}
    assert skipped == {None, "busy", "calendar_not_connected", "calendar_expired", "paused", "vacation"}


def test_calibrations_add_up_and_auto_calibrations_follow_the_formula(whole: DemoData) -> None:
    rows, pools = ledger(whole), {row["Id"]: row for row in whole.of(bookit("Pool"))}
    by_pool: Counter[str] = Counter()
    for at, entry in enumerate(rows):
        if field(entry, "Kind") not in ("Calibration", "Auto-Calibration"):
            continue
        pool, period = pools[field(entry, "Pool")], field(entry, "Period_Start")
        found = {each.member_id: each for each in standings(whole, pool, rows[:at], period)}
        own = found.pop(field(entry, "Member"))
        assert field(entry, "Old_Value") == own.calibration
        assert field(entry, "New_Value") == own.calibration + field(entry, "Delta")
        if field(entry, "Kind") == "Auto-Calibration":
            expected = auto_calibration(own, found.values())
            assert field(entry, "Delta") == expected.value
            assert field(entry, "Reason").endswith(expected.arithmetic.removesuffix(", rounded half up"))
        by_pool[pool["Id"]] += 1
    assert len(by_pool) == 3
    assert min(by_pool.values()) >= 9


@given(now=INSTANTS, seed=st.integers(0, 99))
@settings(max_examples=8)
def test_entries_lie_in_the_org_s_count_period_and_never_ahead(demos: Demos, now: datetime, seed: int) -> None:
    data = demos.at(now, seed, 300)
    for row in data.of(bookit("Count_Entry")):
        assert field(row, "Period_Start") == org_month(row["CreatedDate"])
        assert row["CreatedDate"] <= now
    keys = [field(row, "Entry_Key") for row in data.of(bookit("Count_Entry"))]
    assert len(keys) == len(set(keys))
    for pool in data.of(bookit("Pool")):
        assert field(pool, "Reset_Date") == org_month(org_month_start(now) + timedelta(days=32))


def org_month_start(now: datetime) -> datetime:
    return datetime.combine(org_month(now), time(12), ZoneInfo(ORG_ZONE))


@given(now=INSTANTS, seed=st.integers(0, 99))
@settings(max_examples=8)
def test_whoever_is_away_all_day_has_no_live_meeting_then(demos: Demos, now: datetime, seed: int) -> None:
    data = demos.at(now, seed, 300)
    users = {row["Id"]: row for row in data.of("User")}
    meetings = {row["Id"]: row for row in data.of(bookit("Meeting")) if field(row, "Status") != "Canceled"}
    away = [row for row in data.of("Event") if row["IsAllDayEvent"]]
    assert {row["ShowAs"] for row in away} == {"Busy", "OutOfOffice"}
    assert any(row["EndDateTime"] > row["StartDateTime"] for row in away)
    for event in away:
        zone = ZoneInfo(users[event["OwnerId"]]["TimeZoneSidKey"])
        first, last = event["StartDateTime"].date(), event["EndDateTime"].date()
        for attendee in data.of(bookit("Attendee")):
            meeting = meetings.get(field(attendee, "Meeting"))
            if meeting is not None and field(attendee, "User") == event["OwnerId"]:
                ends = field(meeting, "End") - timedelta(seconds=1)
                assert ends.astimezone(zone).date() < first or field(meeting, "Start").astimezone(zone).date() > last
    assert [row["Name"] for row in data.of(bookit("Holiday"))] == ["New Year's Day", "Company day"]


def test_an_org_keeps_the_time_of_each_entry(compiled_schema: Schema) -> None:
    org = LocalOrg(":memory:", compiled_schema, lambda: NOW)
    try:
        assert org.info.zone == ORG_ZONE
        data = load.demo_data(compiled_schema, replace(DemoOptions(NOW), meetings=60))
        load.load(org, data)
        held = org.as_system().query(f"SELECT Id, CreatedDate FROM {bookit('Count_Entry')}")["records"]
        at = {row["Id"]: row["CreatedDate"] for row in data.of(bookit("Count_Entry"))}
        assert {row["Id"]: datetime.fromisoformat(row["CreatedDate"]) for row in held} == at
    finally:
        org.close()
