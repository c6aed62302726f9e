"""Counts out of the audit, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.scheduling.zones import start_of_day
from app.store.database import Database
from app.store.usage import MOST_OUTCOMES, OTHER, Calls, Usage
from tests.store.people import ORG, OTHER_ORG
from tests.web.used import call, plant

pytestmark = pytest.mark.anyio

START = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)
BOUNDS = [START, START + DAY, START + 2 * DAY]
TOOLS = ("whoami", "query_meetings")


async def test_an_org_without_calls_has_days_without_calls(database: Database) -> None:
    counts = await Usage(database).count(ORG, BOUNDS, TOOLS)
    assert counts.days == [Calls(0, 0), Calls(0, 0)]
    assert (counts.tools, counts.outcomes) == ([], [])


async def test_a_day_begins_at_its_bound_and_ends_before_the_next(database: Database) -> None:
    moment = timedelta(microseconds=1)
    instants = (START - moment, START, START + DAY - moment, START + DAY, START + 2 * DAY - moment, START + 2 * DAY)
    await plant(database, *(call(ORG, at, "whoami", "ok") for at in instants))
    counts = await Usage(database).count(ORG, BOUNDS, TOOLS)
    assert counts.days == [Calls(2, 0), Calls(2, 0)]
    assert counts.tools == [("whoami", Calls(4, 0))]


async def test_counts_are_by_day_tool_and_outcome_and_of_one_org(database: Database) -> None:
    await plant(
        database,
        call(ORG, START, "query_meetings", "ok"),
        call(ORG, START, "query_meetings", "previewed"),
        call(ORG, START, "query_meetings", "started"),
        call(ORG, START + DAY, "whoami", "not_found"),
        call(ORG, START + DAY, "what a client made up", "unknown_tool"),
        call(ORG, START + DAY, "and this", "unknown_tool"),
        call(OTHER_ORG, START, "whoami", "ok"),
    )
    counts = await Usage(database).count(ORG, BOUNDS, TOOLS)
    assert counts.days == [Calls(2, 1), Calls(0, 3)]
    assert counts.tools == [("query_meetings", Calls(2, 1)), (OTHER, Calls(0, 2)), ("whoami", Calls(0, 1))]
    assert counts.outcomes == [("unknown_tool", 2), ("not_found", 1), ("ok", 1), ("previewed", 1), ("started", 1)]


async def test_a_day_of_25_hours_is_one_day(database: Database) -> None:
    zone = ZoneInfo("America/New_York")
    bounds = [start_of_day(date(2026, 11, day), zone) for day in (1, 2, 3)]
    assert bounds[1] - bounds[0] == timedelta(hours=25)
    await plant(database, *(call(ORG, bounds[0] + timedelta(hours=hour), "whoami", "ok") for hour in range(49)))
    assert (await Usage(database).count(ORG, bounds, TOOLS)).days == [Calls(25, 0), Calls(24, 0)]


async def test_outcomes_are_bounded(database: Database) -> None:
    await plant(database, *(call(ORG, START, "whoami", f"outcome {number}") for number in range(MOST_OUTCOMES + 5)))
    assert len((await Usage(database).count(ORG, BOUNDS, TOOLS)).outcomes) == MOST_OUTCOMES
