"""Bookings of the same time at the same moment, through several processes: whoever wins, nobody is booked twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from app.local_org.demo_data.setup import DEEP_DIVE, INBOUND_DEMO, INTRO, POOL_WEST, RENEWAL
from tests.end_to_end.integrity.stage import (
    BUFFER,
    CALLS,
    MAX_PER_DAY,
    MAX_PER_WEEK,
    Stage,
    booking,
    free_at,
    starts_of,
    workday,
)

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]


async def test_of_bookings_of_overlapping_times_of_one_host_exactly_one_wins(stage: Stage) -> None:
    host, day = stage.server.data.people["rep25"], workday(0)
    async with stage.http() as http:
        offers = await asyncio.gather(
            *(stage.previewed(http, n, day, meeting_type=INTRO, user=host) for n in range(CALLS))
        )
    first, second, *_ = starts_of(offers[0])
    assert _instant(second) - _instant(first) == timedelta(minutes=15)
    calls = [booking(offer, (first, second)[n % 2]) for n, offer in enumerate(offers)]
    answers = await stage.all_at_once("book_meeting", calls)
    assert Counter(each.status for each in answers) == {"done": 1, "slot_taken": CALLS - 1}
    assert len(stage.hosted(host, day)) == 1
    refused = next(each.body["error"] for each in answers if each.code == "slot_taken")
    assert refused["candidates"]
    assert stage.problems() == []


async def test_of_bookings_of_a_pool_as_many_win_as_hosts_are_free(stage: Stage) -> None:
    day = workday(1)
    async with stage.http() as http:
        offers = await asyncio.gather(
            *(
                stage.previewed(http, n, day, meeting_type=INBOUND_DEMO, pool=POOL_WEST, detail=True)
                for n in range(CALLS)
            )
        )
    free = free_at(offers[0])
    start = max(free, key=lambda each: len(free[each]))
    hosts = len(free[start])
    assert 2 < hosts < CALLS
    answers = await stage.all_at_once("book_meeting", [booking(offer, start) for offer in offers])
    assert Counter(each.status for each in answers) == {"done": hosts, "slot_taken": CALLS - hosts}
    booked = {each.body["meeting"]["host"]["user_id"] for each in answers if each.status == "done"}
    assert len(booked) == hosts
    assert stage.problems() == []


async def test_a_daily_limit_and_buffers_hold(stage: Stage) -> None:
    host, day = stage.server.data.people["rep26"], workday(2)
    async with stage.http() as http:
        offers = await asyncio.gather(
            *(stage.previewed(http, n, day, meeting_type=DEEP_DIVE, user=host) for n in range(CALLS))
        )
    starts = starts_of(offers[0])
    answers = await stage.all_at_once(
        "book_meeting", [booking(offer, starts[n % len(starts)]) for n, offer in enumerate(offers)]
    )
    assert Counter(each.status for each in answers) == {"done": MAX_PER_DAY, "slot_taken": CALLS - MAX_PER_DAY}
    times = [(row["Start"], row["End"]) for row in stage.hosted(host, day)]
    assert len(times) == MAX_PER_DAY
    for (_, ended), (began, _) in pairwise(times):
        assert _instant(began) - _instant(ended) >= BUFFER
    assert stage.problems() == []


async def test_a_weekly_limit_holds_over_all_days_of_the_week(stage: Stage) -> None:
    host, monday = stage.server.data.people["rep27"], workday(0)
    async with stage.http() as http:
        offers = await asyncio.gather(
            *(stage.previewed(http, n, monday, 5, meeting_type=RENEWAL, user=host) for n in range(CALLS))
        )
    starts = starts_of(offers[0])
    spread = [starts[n * len(starts) // CALLS] for n in range(CALLS)]
    assert len({start[:10] for start in spread}) == 5
    answers = await stage.all_at_once(
        "book_meeting", [booking(offer, start) for offer, start in zip(offers, spread, strict=True)]
    )
    assert Counter(each.status for each in answers) == {"done": MAX_PER_WEEK, "slot_taken": CALLS - MAX_PER_WEEK}
    assert len(stage.hosted(host, monday, 5)) == MAX_PER_WEEK
    assert stage.problems() == []


async def test_the_same_confirmed_call_many_times_at_once_books_once_and_answers_the_same(stage: Stage) -> None:
    host, day = stage.server.data.people["rep28"], workday(0)
    async with stage.http() as http:
        offer = await stage.previewed(http, 0, day, meeting_type=INTRO, user=host)
        agreed = await stage.agreed(http, 0, "book_meeting", booking(offer, starts_of(offer)[0]))
        answers = await asyncio.gather(*(stage.call(http, n, "book_meeting", agreed.body) for n in range(CALLS)))
    assert Counter(each.status for each in answers) == {"done": CALLS}
    assert len({each.body["meeting"]["meeting_id"] for each in answers}) == 1
    assert len(stage.hosted(host, day)) == 1
    assert stage.problems() == []


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
