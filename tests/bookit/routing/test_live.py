"""How long the live graph is kept, and that a broken one is not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.bookit.errors import BookItError
from app.bookit.routing.live import TTL_SECONDS, LiveGraphs
from app.org.reader import Row
from tests.bookit.naive_reader import NaiveReader
from tests.bookit.routing.plain_routing import Json
from tests.support.movable_clock import MovableClock

pytestmark = pytest.mark.anyio


def definition(trigger: str) -> str:
    nodes: list[Json] = [
        {"name": trigger, "kind": "trigger", "inputs": [], "next": "end"},
        {"name": "end", "kind": "end_of_flow"},
    ]
    return json.dumps({"nodes": nodes})


def rows(stored: list[str]) -> tuple[Row, ...]:
    return tuple({"Id": "g", "Name": "Graph", "Definition": each} for each in stored)


async def test_a_graph_is_read_once_a_minute_for_each_org() -> None:
    clock, stored = MovableClock(), [definition("old")]
    graphs, reader = LiveGraphs(clock), NaiveReader(lambda _ask: rows(stored))
    first = await graphs.of("org", reader)
    stored[0] = definition("new")
    clock.advance(timedelta(seconds=TTL_SECONDS - 1))
    assert await graphs.of("org", reader) is first
    assert [each.name for each in (await graphs.of("other org", reader)).triggers] == ["new"]
    clock.advance(timedelta(seconds=1))
    assert [each.name for each in (await graphs.of("org", reader)).triggers] == ["new"]
    assert [ask.name for ask in reader.asks] == ["routing/graph"] * 3


async def test_a_graph_that_is_missing_or_broken_is_looked_for_again_at_once() -> None:
    stored: list[str] = []
    graphs, reader = LiveGraphs(MovableClock()), NaiveReader(lambda _ask: rows(stored))
    with pytest.raises(BookItError, match="no live routing graph"):
        await graphs.of("org", reader)
    stored.append("{}")
    with pytest.raises(BookItError, match="has a mistake"):
        await graphs.of("org", reader)
    stored[0] = definition("form")
    assert (await graphs.of("org", reader)).name == "Graph"
    assert len(reader.asks) == 3
