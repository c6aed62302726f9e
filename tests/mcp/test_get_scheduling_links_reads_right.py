"""The differential property: get_scheduling_links finds the links that a plain-Python reading of the rows finds."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.org.caller import Scope
from tests.mcp import plain_people
from tests.mcp.odd_people import POOL
from tests.mcp.paging import all_pages
from tests.mcp.plain_reading import snake, value
from tests.mcp.world import World

TYPES = ("Inbound Demo", "Outbound Demo", "30-minute intro", "Technical Deep Dive")
KINDS = ("individual", "group", "pool", "routing", "multi_type", "single_use", "managed")

OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "meeting_type": st.sampled_from(TYPES),
    "kind": st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True),
    "include_inactive": st.booleans(),
}
ADMIN_ONLY: dict[str, st.SearchStrategy[Any]] = {
    "user": st.sampled_from(("me", "rep1@demo.example", "rep3@demo.example", "rep30@demo.example")),
    "team": st.sampled_from(("West", "AMEA", "Sales Development")),
    "pool": st.sampled_from((POOL, "Pool West - USA", "SDR Pool")),
}


@st.composite
def questions(draw: st.DrawFn) -> tuple[Scope, str, dict[str, Any]]:
    """A scope, a person's handle, and arguments that say which links."""
    scope = draw(st.sampled_from(Scope))
    handle = draw(st.sampled_from(["admin"] if scope is Scope.ADMIN else ["rep1", "rep2", "rep9", "rep28", "minimum"]))
    optional = OPTIONAL | ADMIN_ONLY if scope is Scope.ADMIN else OPTIONAL
    return scope, handle, draw(st.fixed_dictionaries({}, optional=optional))


@pytest.mark.requirement("read.links.admin", "read.links.user", "read.links.filters")
@given(asked=questions(), sizes=st.lists(st.integers(3, 60), min_size=1, max_size=3))
@example((Scope.ADMIN, "admin", {}), [7])
@example((Scope.ADMIN, "admin", {"include_inactive": True}), [100])
@example((Scope.ADMIN, "admin", {"team": "West", "include_inactive": True}), [20])
@example((Scope.ADMIN, "admin", {"user": "me", "meeting_type": "30-minute intro"}), [1])
@example((Scope.USER, "rep1", {}), [1])
@example((Scope.USER, "rep28", {"include_inactive": True}), [25])
def test_pages_hold_every_link_once_in_order(
    a_peopled_world: World, asked: tuple[Scope, str, dict[str, Any]], sizes: list[int]
) -> None:
    world = a_peopled_world
    scope, handle, arguments = asked
    caller = world.caller(handle, scope)
    expected = plain_people.links(world, caller, arguments)
    pages = anyio.run(all_pages, world, caller, "get_scheduling_links", arguments, sizes)
    assert [item["link_id"] for item in pages.items] == [value(row, "Link_Id") for row in expected]
    assert pages.total == len(expected)
    for item, row in zip(pages.items, expected, strict=True):
        expires = value(row, "Expires")
        assert item["url"] == value(row, "URL")
        assert item["kind"] == snake(value(row, "Kind"))
        assert item["active"] is value(row, "Is_Active")
        assert item["expired"] is (expires is not None and expires <= world.clock())
        assert {each["meeting_type_id"] for each in item["meeting_types"]} == plain_people.offered(world, row)
        assert id_of(item["owner"], "user_id") == value(row, "Owner")
        assert id_of(item["main_host"], "user_id") == value(row, "Main_Host")
        assert id_of(item["team"], "team_id") == value(row, "Team")
        if scope is Scope.ADMIN:
            assert id_of(item["pool"], "pool_id") == value(row, "Pool")


def id_of(shown: dict[str, str] | None, name: str) -> str | None:
    """The id in a reference; an empty lookup is null."""
    return None if shown is None else shown[name]
