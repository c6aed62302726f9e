"""Meetings that are moved or handed over to the same time of one host at the same moment: one of them gets it."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from app.local_org.demo_data.model import bookit
from app.local_org.demo_data.setup import INBOUND_DEMO, INTRO, POOL_WEST
from tests.end_to_end.integrity.stage import CALLS, Stage, booking, free_at, keyed, starts_of, workday

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]

LOST = {"slot_taken", "already_done", "conflict"}
"""How a call ends that somebody else was faster than."""


async def test_of_meetings_that_are_moved_to_one_start_exactly_one_gets_it(stage: Stage) -> None:
    host, day, free_day = stage.server.data.people["rep29"], workday(3), workday(4)
    meetings = await _intros(stage, host, day, 8)
    async with stage.http() as http:
        target = starts_of(await stage.previewed(http, 0, free_day, meeting_type=INTRO, user=host))[3]
    calls = [keyed({"meeting_id": meetings[n % 8], "start": target}) for n in range(CALLS)]
    answers = await stage.all_at_once("reschedule_meeting", calls)
    ended = Counter(each.status for each in answers)
    assert ended["done"] == 1, ended
    assert set(ended) <= {"done", *LOST}, ended
    assert len(stage.hosted(host, free_day)) == 1
    assert len(stage.hosted(host, day)) == 7
    moved = await _field(stage, "Reschedule_Count", meetings)
    assert sorted(moved) == [0] * 7 + [1]
    assert stage.problems() == []


async def test_of_meetings_that_are_handed_to_one_member_exactly_one_comes_to_him(stage: Stage) -> None:
    day = workday(5)
    start, hosts = await _pool_start(stage, day)
    meetings = await _of_pool(stage, day, start, len(hosts) - 1)
    taken = set(await _field(stage, "Main_Host", meetings))
    (free,) = set(hosts) - taken
    calls = [keyed({"meeting_id": meetings[n % len(meetings)], "new_host": free}) for n in range(CALLS)]
    answers = await stage.all_at_once("reassign_meeting", calls)
    ended = Counter(each.status for each in answers)
    assert ended["done"] == 1, ended
    assert set(ended) <= {"done", *LOST}, ended
    assert len(stage.hosted(free, day)) == 1
    assert len(set(await _field(stage, "Main_Host", meetings)) - taken) == 1
    assert stage.problems() == []


async def test_a_booking_a_move_and_a_handing_over_exclude_each_other(stage: Stage) -> None:
    day, other_day = workday(6), workday(7)
    start, hosts = await _pool_start(stage, day)
    meetings = await _of_pool(stage, day, start, len(hosts) - 1)
    (free,) = set(hosts) - set(await _field(stage, "Main_Host", meetings))
    own = await _intros(stage, free, other_day, 4)
    async with stage.http() as http:
        count = CALLS // 3
        offers = await asyncio.gather(
            *(stage.previewed(http, n, day, meeting_type=INTRO, user=free) for n in range(count))
        )
        calls: list[tuple[str, dict[str, Any]]] = [("book_meeting", booking(offer, start)) for offer in offers]
        for n in range(count):
            calls.insert(3 * n, ("reschedule_meeting", keyed({"meeting_id": own[n % 4], "start": start})))
            handed = {"meeting_id": meetings[n % len(meetings)], "new_host": free}
            calls.insert(3 * n, ("reassign_meeting", keyed(handed)))
        agreed = await asyncio.gather(*(stage.agreed(http, n, tool, each) for n, (tool, each) in enumerate(calls)))
        answers = await asyncio.gather(
            *(stage.carried_out(http, n, calls[n][0], confirmed.body) for n, confirmed in enumerate(agreed))
        )
    ended = Counter(each.status for each in answers)
    assert ended["done"] == 1, ended
    assert set(ended) <= {"done", *LOST}, ended
    assert len(stage.hosted(free, day)) == 1
    assert stage.problems() == []


async def _intros(stage: Stage, host: str, day: Any, number: int) -> list[str]:
    """Meetings of one host, one after the other on that day."""
    async with stage.http() as http:
        offers = [await stage.previewed(http, n, day, meeting_type=INTRO, user=host) for n in range(number)]
    starts = starts_of(offers[0])[::2]
    return await stage.booked([booking(offer, start) for offer, start in zip(offers, starts, strict=False)])


async def _pool_start(stage: Stage, day: Any) -> tuple[str, list[str]]:
    """A start of the pool, and the user ids of those who are free for it: more than two."""
    async with stage.http() as http:
        offer = await stage.previewed(http, 0, day, meeting_type=INBOUND_DEMO, pool=POOL_WEST, detail=True)
    free = free_at(offer)
    start = max(free, key=lambda each: len(free[each]))
    assert len(free[start]) > 2
    return start, free[start]


async def _of_pool(stage: Stage, day: Any, start: str, number: int) -> list[str]:
    """Meetings of the pool at that start."""
    async with stage.http() as http:
        offers = [await stage.previewed(http, n, day, meeting_type=INBOUND_DEMO, pool=POOL_WEST) for n in range(number)]
    return await stage.booked([booking(offer, start) for offer in offers])


async def _field(stage: Stage, name: str, meetings: list[str]) -> list[Any]:
    listed = ", ".join(f"'{each}'" for each in meetings)
    rows = stage.rows(f"SELECT LeanData__{name}__c FROM {bookit('Meeting')} WHERE Id IN ({listed})")
    return [row[name] for row in rows]
