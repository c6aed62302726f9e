"""How far bookings of one pool that run at the same time may stray from the turns that they had one by one.

Claims exclude the same host on the same day alone, and a confirmed booking keeps the host whom its preview showed. So n
bookings of different days that were previewed before any of them was done may all have the same host.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping

import pytest

from app.local_org.demo_data.model import bookit
from app.local_org.demo_data.setup import INBOUND_DEMO, POOL_WEST
from tests.end_to_end.integrity.stage import Stage, booking, free_at, workday

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]

AT_ONCE = 5
FIRST_DAY = 10


async def test_simultaneous_picks_stray_by_less_than_their_number_and_the_next_ones_even_it_out(stage: Stage) -> None:
    start_counts = _nets(stage)
    members = await _free_all_along(stage, start_counts)
    calls = [await _booking(stage, FIRST_DAY + n) for n in range(AT_ONCE)]
    answers = await stage.all_at_once("book_meeting", calls)
    assert [each.status for each in answers] == ["done"] * AT_ONCE
    after = _nets(stage)
    assert sum(after.values()) - sum(start_counts.values()) == AT_ONCE
    in_turn = _one_by_one(start_counts, AT_ONCE, members)
    strayed = {member: abs(after[member] - in_turn[member]) for member in after}
    assert max(strayed.values()) <= AT_ONCE - 1
    assert max(strayed.values()) > 0, "they were previewed together, so they were not one by one"
    # Each one after that is for whoever is lowest, until nobody is more than one ahead of anybody.
    number = 0
    while _spread(_nets(stage), members) > 1:
        before = _nets(stage)
        await stage.booked([await _booking(stage, FIRST_DAY + number % AT_ONCE)])
        (chosen,) = [member for member, net in _nets(stage).items() if net != before[member]]
        assert before[chosen] == min(before[member] for member in members)
        number += 1
    print(f"{AT_ONCE} at once strayed by {max(strayed.values())} at most; {number} more evened it out")
    assert number <= _to_level(after, members)
    assert _spread(_one_by_one(start_counts, AT_ONCE + number, members), members) <= 1, "as they would have been"
    assert stage.problems() == []


async def test_one_by_one_previews_and_bookings_take_turns_exactly(stage: Stage) -> None:
    before = _nets(stage)
    members = await _free_all_along(stage, before)
    for n in range(AT_ONCE):
        counts = _nets(stage)
        await stage.booked([await _booking(stage, FIRST_DAY + AT_ONCE + n)])
        (chosen,) = [member for member, net in _nets(stage).items() if net != counts[member]]
        assert counts[chosen] == min(counts[member] for member in members)


async def _booking(stage: Stage, day: int) -> Mapping[str, object]:
    """Of a start of that day for which all members are free who are free on it at all."""
    async with stage.http() as http:
        offer = await stage.previewed(http, day, workday(day), meeting_type=INBOUND_DEMO, pool=POOL_WEST, detail=True)
    free = free_at(offer)
    return booking(offer, max(free, key=lambda each: len(free[each])))


async def _free_all_along(stage: Stage, counts: Mapping[str, int]) -> set[str]:
    """Users of members who are free on each of the days; the rotation of this test is theirs."""
    async with stage.http() as http:
        offers = await asyncio.gather(
            *(
                stage.previewed(http, n, workday(FIRST_DAY + n), meeting_type=INBOUND_DEMO, pool=POOL_WEST, detail=True)
                for n in range(2 * AT_ONCE)
            )
        )
    free = [max(free_at(offer).values(), key=len) for offer in offers]
    members = set(free[0]).intersection(*free)
    assert len(members) > 2
    assert members <= set(counts)
    assert all(set(each) == members for each in free), "somebody is free on some days alone"
    return members


def _nets(stage: Stage) -> dict[str, int]:
    """Calibration + scheduled − credits of this month in the category of demos, by user: every row of the ledger that
    is not of an earlier month, added up in plain Python (credits of earlier months are left over where unconsumed)."""
    rows = stage.rows(
        "SELECT LeanData__Kind__c, LeanData__Delta__c, LeanData__Period_Start__c, "
        "LeanData__Member__r.LeanData__User_Owner__c "
        f"FROM {bookit('Count_Entry')} WHERE LeanData__Pool__r.LeanData__Grouping_Name__c = '{POOL_WEST}'"
    )
    month = max(row["Period_Start"] for row in rows)
    nets: Counter[str] = Counter()
    for row in stage.rows(
        f"SELECT LeanData__User_Owner__c FROM {bookit('Pool_Member')} "
        f"WHERE LeanData__Pool__r.LeanData__Grouping_Name__c = '{POOL_WEST}'"
    ):
        nets[row["User_Owner"]] = 0
    for row in rows:
        if row["Period_Start"] != month:
            continue
        user = row["Member__r"]["LeanData__User_Owner__c"]
        sign = {"Credit": -1, "Credit-Consumed": 0}.get(row["Kind"], 1)
        nets[user] += sign * int(row["Delta"])
    return dict(nets)


def _one_by_one(counts: Mapping[str, int], number: int, members: set[str]) -> dict[str, int]:
    nets = dict(counts)
    for _ in range(number):
        lowest = min(members, key=lambda member: (nets[member], member))
        nets[lowest] += 1
    return nets


def _spread(counts: Mapping[str, int], members: set[str]) -> int:
    return max(counts[member] for member in members) - min(counts[member] for member in members)


def _to_level(counts: Mapping[str, int], members: set[str]) -> int:
    """How many meetings the others are behind the first."""
    highest = max(counts[member] for member in members)
    return sum(highest - counts[member] for member in members)
