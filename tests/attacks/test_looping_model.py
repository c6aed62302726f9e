"""A model that repeats itself meets a limit, instead of using up the org's."""

from __future__ import annotations

import asyncio
import queue
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio.to_thread
import mcp_types as types
import pytest
from mcp.client import Client
from starlette.types import ASGIApp, Receive, Scope, Send

from app.metrics import REGISTRY
from tests.support.running_server import running_server
from tests.support.wire import Wire

pytestmark = pytest.mark.anyio


def codes(results: list[types.CallToolResult]) -> list[str]:
    """How each call ended."""
    found: list[str] = []
    for result in results:
        content: dict[str, Any] = result.structured_content or {}
        found.append(content["error"]["code"] if result.is_error else "ok")
    return found


async def loop(client: Client, times: int) -> list[types.CallToolResult]:
    return [await client.call_tool("query_meetings", {"limit": 1}) for _ in range(times)]


def refused_calls() -> float:
    labels = {"tool": "query_meetings", "scope": "user", "outcome": "rate_limited"}
    return REGISTRY.get_sample_value("bookit_tool_calls_total", labels) or 0.0


@pytest.mark.requirement("security.rate_limits")
async def test_the_same_call_again_and_again_stops_at_the_limit_and_costs_the_org_nothing(tmp_path: Path) -> None:
    """It asks 40 times; 5 a minute are its own. Another person is not touched, and after the time that it was told to
    wait it goes on."""
    wire = Wire()
    before = refused_calls()
    with running_server(tmp_path, around_org=wire.around, CALLS_PER_MINUTE="5") as server:
        async with server.signed_in("rep1") as looping, server.signed_in("rep2") as other:
            assert codes(await loop(looping, 5)) == ["ok"] * 5
            arrived = len(wire.requests)
            refused = await loop(looping, 35)
            assert codes(refused) == ["rate_limited"] * 35
            assert len(wire.requests) == arrived
            content: dict[str, Any] = refused[0].structured_content or {}
            assert content["retry_after_seconds"] == 12
            assert "Wait 12 seconds" in content["error"]["hint"]
            assert "Do not repeat" in content["error"]["hint"]
            assert refused[0].content
            assert codes(await loop(other, 1)) == ["ok"]
            server.clock.advance(timedelta(seconds=12))
            assert codes(await loop(looping, 2)) == ["ok", "rate_limited"]
    # The server has stopped, and with it every row of the audit is written.
    audited = server.rows("SELECT salesforce_calls, user_id FROM audit WHERE outcome = 'rate_limited'")
    assert len(audited) == 36
    assert {(row["salesforce_calls"], row["user_id"]) for row in audited} == {(0, server.data.people["rep1"])}
    assert refused_calls() - before == 36


class Gate:
    """Stands in front of the org and, while it is shut, lets nothing through."""

    def __init__(self) -> None:
        self.waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.opened = threading.Event()
        self.opened.set()

    def around(self, app: ASGIApp) -> ASGIApp:
        async def held(scope: Scope, receive: Receive, send: Send) -> None:
            if not self.opened.is_set():
                self.waiting.put(scope["path"])
                await anyio.to_thread.run_sync(self.opened.wait)
            await app(scope, receive, send)

        return held


@pytest.mark.requirement("security.rate_limits")
async def test_no_more_calls_are_under_way_at_once_than_may_be(tmp_path: Path) -> None:
    """It sends call after call without waiting, from three clients of one person, to an org that is slow to answer."""
    gate = Gate()
    with running_server(tmp_path, around_org=gate.around, CALLS_AT_ONCE="2") as server:
        async with server.signed_in("rep1") as one, server.signed_in("rep1") as two, server.signed_in("rep1") as three:
            await loop(one, 1)  # what is read once is read
            gate.opened.clear()
            try:
                held = asyncio.gather(*(client.call_tool("query_meetings", {"limit": 1}) for client in (one, two)))
                for _ in range(2):
                    await anyio.to_thread.run_sync(gate.waiting.get)
                assert codes(await loop(three, 3)) == ["rate_limited"] * 3
                assert gate.waiting.empty()
            finally:
                gate.opened.set()
            assert codes(await held) == ["ok"] * 2
            assert codes(await loop(three, 3)) == ["ok"] * 3


@pytest.mark.requirement("security.rate_limits")
async def test_many_people_of_one_org_share_its_limit(tmp_path: Path) -> None:
    """Two persons who stay below their own limits use up their org's."""
    with running_server(tmp_path, ORG_CALLS_PER_MINUTE="6") as server:
        async with server.signed_in("rep1") as one, server.signed_in("rep2") as other:
            assert codes(await loop(one, 3)) == ["ok"] * 3
            assert codes(await loop(other, 4)) == ["ok"] * 3 + ["rate_limited"]
            assert codes(await loop(one, 1)) == ["rate_limited"]
