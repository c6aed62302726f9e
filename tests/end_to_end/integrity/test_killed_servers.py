"""A server that is killed in the middle of a booking: the same call again, to another one, leaves one meeting whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from random import Random
from time import perf_counter
from typing import Any

import anyio
import httpx2
import pytest

from tests.end_to_end.integrity.one_meeting import AT_CLAIMS, agreed_booking, meetings_with, one_whole_meeting
from tests.end_to_end.integrity.stage import KILLS, Stage, told_by, workday
from tests.support.replicas import Replica

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(1800)]

SEED = 11
STEPS: Mapping[str, tuple[Mapping[str, Any], bool]] = {
    "the claims are being read": ({"when": "before"}, False),
    "all was read, the write is on its way, and comes after the next call": ({"when": "before", "skip": 1}, False),
    "all was read, the write is on its way, and comes before the next call": ({"when": "before", "skip": 1}, True),
    "it was written, the answer is on its way": ({"when": "after", "skip": 1}, False),
    "the lead is on its way, and comes after the next call": ({"when": "before", "skip": 2}, False),
    "the lead is on its way, and comes before the next call": ({"when": "before", "skip": 2}, True),
    "the lead was made, the answer is on its way": ({"when": "after", "skip": 2}, False),
}
"""Where the org holds the request of a server that is killed then; whether it is done with it before the next call."""


@pytest.mark.parametrize("step", STEPS)
async def test_a_server_that_is_killed_while(stage: Stage, step: str) -> None:
    day = workday(20 + list(STEPS).index(step))
    async with stage.http() as http, _doomed(stage) as doomed:
        confirmed, preview = await agreed_booking(stage, http, day, doomed)
        where, is_done_first = STEPS[step]
        fault = stage.server.org.fault("slow", seconds=1.0, **AT_CLAIMS, **where)
        calling = asyncio.create_task(told_by(http, doomed, stage.token, "book_meeting", confirmed))
        await stage.server.org.met(fault["id"])
        doomed.kill()
        with pytest.raises(httpx2.TransportError):
            await calling
        if is_done_first:
            await stage.quiet()
        await one_whole_meeting(stage, http, confirmed, preview)


async def test_servers_that_are_killed_at_any_moment(stage: Stage) -> None:
    rng = Random(SEED)
    ended = written = 0
    async with stage.http() as http:
        longest = await _seconds_of_one(stage, http)
        spare = stage.source.start()
        for number in range(KILLS):
            doomed, spare = spare, stage.source.start(wait=False)
            doomed.listens()
            confirmed, preview = await agreed_booking(stage, http, workday(27 + number % 5), doomed)
            calling = asyncio.create_task(told_by(http, doomed, stage.token, "book_meeting", confirmed))
            await anyio.sleep(rng.uniform(0, longest))
            doomed.kill()
            try:
                first = await calling
            except httpx2.TransportError:
                first = None
                ended += 1
                await stage.quiet()
                written += len(meetings_with(stage, confirmed))
            again = await one_whole_meeting(stage, http, confirmed, preview)
            if first is not None:
                assert again.body["meeting"] == first.body["meeting"]
        spare.kill()
    print(f"{KILLS} servers killed: {ended} calls got no answer, {written} of them had written their meeting")
    assert ended, "every call was over before its server was killed"


@asynccontextmanager
async def _doomed(stage: Stage) -> AsyncGenerator[Replica]:
    replica = stage.source.start()
    yield replica
    stage.clear_faults()


async def _seconds_of_one(stage: Stage, http: httpx2.AsyncClient) -> float:
    """How long a booking takes now that nobody interrupts."""
    confirmed, _ = await agreed_booking(stage, http, workday(27), stage.replicas[0])
    began = perf_counter()
    assert (await stage.call(http, 0, "book_meeting", confirmed)).status == "done"
    return perf_counter() - began
