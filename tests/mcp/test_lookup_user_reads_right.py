"""The differential property: lookup_user says of whom a plain-Python reading of the same rows says it."""

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
from tests.mcp.world import World

HANDLES = ("admin", "rep1", "rep2", "rep4", "rep22", "rep25", "inactive", "both", "integration")
GROUPS = ("identity", "schedule", "integrations", "links")


def some(*values: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


ASKED = st.fixed_dictionaries(
    {},
    optional={
        "user": st.sampled_from((*(f"{handle}@demo.example" for handle in HANDLES), "me")),
        "pool": st.sampled_from((POOL, "Pool West - USA", "SDR Pool")),
        "calendar_status": some("connected", "expired", "not_connected"),
        "product_access": some("forms", "links", "handoff"),
        "groups": some(*GROUPS),
    },
)


@pytest.mark.requirement("read.user.admin")
@given(asked=ASKED, sizes=st.lists(st.integers(1, 30), min_size=1, max_size=3))
@example({"pool": POOL, "calendar_status": ["not_connected"]}, [1])
@example({"pool": POOL, "calendar_status": ["not_connected", "expired"], "groups": ["schedule"]}, [2])
@example({"pool": POOL, "calendar_status": ["not_connected"], "product_access": ["forms"]}, [1])
@example({"pool": POOL, "calendar_status": ["connected", "expired", "not_connected"]}, [3])
@example({"calendar_status": ["not_connected"]}, [100])
@example({}, [1])
@example({}, [100])
def test_pages_hold_everybody_once_in_order(a_peopled_world: World, asked: dict[str, Any], sizes: list[int]) -> None:
    world = a_peopled_world
    admin = world.caller("admin", Scope.ADMIN)
    expected = [row["Id"] for row in plain_people.people(world, admin, asked)]
    if not expected and set(asked) - {"groups"} == {"user"}:
        raise AssertionError("a person who is there is always found")
    pages = anyio.run(all_pages, world, admin, "lookup_user", asked, sizes)
    assert [item["user_id"] for item in pages.items] == expected
    assert pages.total == len(expected)
    for item in pages.items:
        assert {"schedule", "integrations", "links"} & item.keys() == set(asked.get("groups", ())) - {"identity"}
        settings = plain_people.settings_of(world, item["user_id"])
        assert item["set_up"] == (settings is not None)


@pytest.mark.requirement("read.user.user")
@given(handle=st.sampled_from(("rep1", "rep13", "rep24", "rep25", "rep27", "rep30")), groups=st.none() | some(*GROUPS))
def test_a_user_finds_himself_alone(a_peopled_world: World, handle: str, groups: list[str] | None) -> None:
    caller = a_peopled_world.caller(handle)
    asked = {"groups": groups} if groups else {}

    async def ask() -> dict[str, Any]:
        return await a_peopled_world.ask(caller, "lookup_user", **asked)

    answer = anyio.run(ask)
    assert [item["user_id"] for item in answer["items"]] == [caller.user_id]
    assert (answer["total"], answer["has_more"], answer["next_cursor"]) == (1, False, None)
