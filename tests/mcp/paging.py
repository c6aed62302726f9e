"""Reading a list to its end, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.org.caller import Caller
from tests.mcp.world import World


@dataclass(frozen=True)
class Pages:
    """What all pages held, and the total, the same on each."""

    items: list[dict[str, Any]]
    total: int


async def all_pages(world: World, caller: Caller, tool: str, asked: Mapping[str, Any], sizes: Sequence[int]) -> Pages:
    """Every item through the cursors, the pages of the given sizes in turn. Each page but the last must be full."""
    items: list[dict[str, Any]] = []
    totals: set[int] = set()
    cursor: dict[str, str] = {}
    number = 0
    while True:
        size = sizes[number % len(sizes)]
        page = await world.ask(caller, tool, **asked, **cursor, limit=size)
        items += page["items"]
        totals.add(page["total"])
        assert page["has_more"] == (page["next_cursor"] is not None)
        if not page["has_more"]:
            assert len(totals) == 1
            return Pages(items, totals.pop())
        assert len(page["items"]) == size
        cursor = {"cursor": page["next_cursor"]}
        number += 1
