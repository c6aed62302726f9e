"""Whatever the instant: the data loads without a refusal, and each of the guide's questions has something to find."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import example, given, settings

from app.demo.environment import ADMIN, REP
from app.demo.reading import (
    Reading,
    between,
    booked_by_month,
    canceled_last_week,
    coming_up_this_week,
    conference_link_at,
    field,
    local_day,
)
from app.local_org.demo_data import load
from app.local_org.demo_data.options import DEFAULT_SEED
from app.local_org.org import LocalOrg
from tests.local_org.demo_data.demos import Demos
from tests.local_org.demo_data.instants import INSTANTS

LAST_MINUTE_OF_THE_REPS_WEEK = datetime(2026, 11, 23, 7, 59, 40, tzinfo=UTC)
LAST_MINUTE_OF_THE_ADMINS_WEEK = datetime(2026, 11, 23, 4, 59, 59, tzinfo=UTC)
ADMINS_MONTH_IS_A_MINUTE_OLD = datetime(2026, 12, 1, 5, 1, tzinfo=UTC)


@given(now=INSTANTS)
@example(now=LAST_MINUTE_OF_THE_REPS_WEEK)
@example(now=LAST_MINUTE_OF_THE_ADMINS_WEEK)
@example(now=ADMINS_MONTH_IS_A_MINUTE_OLD)
@settings(max_examples=60)
def test_every_question_has_something_to_find_without_any_ordinary_meeting(demos: Demos, now: datetime) -> None:
    reading = Reading(demos.at(now, DEFAULT_SEED, 0).rows, now)
    zone, today = reading.zone(REP), local_day(reading, reading.zone(REP))
    assert len(canceled_last_week(reading, ADMIN, "Enterprise AMEA Pool")) == 3
    assert coming_up_this_week(reading, REP)
    assert conference_link_at(reading, REP, 1, time(14)).startswith("https://")
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    with_jordan = [
        row
        for row in between(reading.own(REP), "Start", zone, friday, friday)
        if field(row, "Prospect_Name") == "Jordan Lee"
        and field(row, "Start") >= now
        and field(row, "Status") != "Canceled"
    ]
    assert len(with_jordan) == 1
    yesterday = today - timedelta(days=1)
    with_acme = [
        row
        for row in between(reading.own(REP), "Start", zone, yesterday, yesterday)
        if field(row, "Company") == "Acme Corp" and field(row, "Start") < now
    ]
    assert len(with_acme) == 1
    this_month = local_day(reading, reading.zone(ADMIN)).replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    booked = booked_by_month(reading, ADMIN, "Inbound Demo", last_month, this_month + timedelta(days=30))
    first_minute = now - timedelta(minutes=1)
    if local_day(Reading(reading.rows, first_minute), reading.zone(ADMIN)) >= this_month:
        assert booked[f"{this_month:%Y-%m}"] > 0


@given(now=INSTANTS)
@example(now=LAST_MINUTE_OF_THE_REPS_WEEK)
@settings(max_examples=5)
def test_an_org_takes_every_row(demos: Demos, now: datetime) -> None:
    data = demos.at(now, DEFAULT_SEED, 40)
    org = LocalOrg(":memory:", demos.schema, lambda: now)
    try:
        load.load(org, data)
        for name, rows in data.rows.items():
            held = org.as_system().query(f"SELECT COUNT() FROM {name}")["totalSize"]
            assert held >= len(rows), name
    finally:
        org.close()
