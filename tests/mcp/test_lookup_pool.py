"""lookup_pool: reads what a plain-Python reading of the rows does, refuses in words, costs one call."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import anyio
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.bookit.directory import Directory
from app.local_org.demo_data.model import DemoData, NewId, bookit
from app.mcp.registry import all_tools
from app.org.caller import Caller, Scope
from tests.mcp import plain_setup
from tests.mcp.odd_setup import LARGE_POOL, LARGE_POOL_MEMBERS
from tests.mcp.plain_reading import value
from tests.mcp.world import World, world

pytestmark = pytest.mark.anyio

GROUPS = ("identity", "configuration", "membership")


@pytest.fixture
def admin(an_odd_world: World) -> Caller:
    return an_odd_world.caller("admin", Scope.ADMIN)


async def all_pages(made: World, caller: Caller, tool: str, limit: int, **asked: Any) -> list[list[dict[str, Any]]]:
    """The items of every page, through the cursors; the total is the same on each."""
    pages: list[list[dict[str, Any]]] = []
    totals: set[int] = set()
    cursor: dict[str, str] = {}
    while True:
        answer = await made.ask(caller, tool, **asked, **cursor, limit=limit)
        pages.append(answer["items"])
        totals.add(answer["total"])
        assert answer["has_more"] == (answer["next_cursor"] is not None)
        if not answer["has_more"]:
            assert totals == {sum(map(len, pages))}
            return pages
        assert len(answer["items"]) == limit
        cursor = {"cursor": answer["next_cursor"]}


def read_as(item: dict[str, Any]) -> dict[str, Any]:
    """The item as the plain reading has it: whether all members are there, instead of the words that they are not."""
    if "membership" not in item:
        return item
    membership = dict(item["membership"])
    note = membership.pop("note")
    return item | {"membership": membership | {"all_here": note is None}}


@pytest.mark.requirement("read.pool.admin", "read.pool.identity", "read.pool.configuration", "read.pool.membership")
@given(groups=st.lists(st.sampled_from(GROUPS), unique=True), limit=st.sampled_from((1, 3, 8, 10, 25, 100)))
@example(["membership"], 100)
@example([], 3)
@settings(max_examples=settings().max_examples // 4)
def test_pages_hold_every_pool_once_as_the_rows_say(an_odd_world: World, groups: list[str], limit: int) -> None:
    admin = an_odd_world.caller("admin", Scope.ADMIN)
    asked = {"groups": groups} if groups else {}

    async def ask() -> list[list[dict[str, Any]]]:
        return await all_pages(an_odd_world, admin, "lookup_pool", limit, **asked)

    pages = anyio.run(ask)
    sizes = {item["pool_id"]: len(page) for page in pages for item in page}
    assert set(sizes) == {row["Id"] for row in an_odd_world.of("Pool")}
    expected = plain_setup.pools(an_odd_world, admin, groups, sizes)
    assert [read_as(item) for page in pages for item in page] == expected


async def test_a_pool_is_found_by_id_and_name_with_every_group(an_odd_world: World, admin: Caller) -> None:
    for row in an_odd_world.of("Pool"):
        expected = plain_setup.pool(an_odd_world, admin, row, GROUPS, 1)
        for name in (row["Id"], row["Id"][:15]):
            answer = await an_odd_world.ask(admin, "lookup_pool", pool=name, groups=GROUPS)
            assert [read_as(item) for item in answer["items"]] == [expected]
            assert (answer["total"], answer["has_more"], answer["next_cursor"]) == (1, False, None)
            assert answer["searched"] == {"pool": value(row, "Grouping_Name")}
    for asked, found in (("zulu", "zulu"), ("ZULU", "zulu"), ("west", "Pool West - USA"), ("everybdy", LARGE_POOL)):
        answer = await an_odd_world.ask(admin, "lookup_pool", pool=asked)
        assert [item["name"] for item in answer["items"]] == [found]


async def test_of_a_large_pool_the_first_members_are_shown_with_a_note(an_odd_world: World, admin: Caller) -> None:
    answer = await an_odd_world.ask(admin, "lookup_pool", pool=LARGE_POOL, groups="membership")
    membership = answer["items"][0]["membership"]
    assert membership["member_count"] == LARGE_POOL_MEMBERS
    assert len(membership["members"]) == 200
    assert f"200 of {LARGE_POOL_MEMBERS}" in membership["note"]
    assert "lookup_user" in membership["note"]


async def test_a_look_up_is_one_call_to_salesforce(an_odd_world: World, admin: Caller) -> None:
    await an_odd_world.ask(admin, "lookup_pool", limit=1)  # the names are warm now
    for asked in ({}, {"groups": GROUPS, "limit": 100}, {"pool": LARGE_POOL, "groups": GROUPS}, {"limit": 1}):
        await an_odd_world.ask(admin, "lookup_pool", **asked)
        assert an_odd_world.audit.reads[-1][1].salesforce_calls == 1


async def test_a_pool_has_the_shape_of_the_contract(an_odd_world: World, admin: Caller) -> None:
    identity = {"pool_id", "name", "object_type", "description", "distribution"}
    for groups, keys in (
        (None, {"member_count", "in_rotation_count"}),
        (["identity"], set[str]()),
        (["configuration"], {"configuration"}),
        (["membership", "identity"], {"membership"}),
    ):
        answer = await an_odd_world.ask(admin, "lookup_pool", groups=groups)
        assert set(answer) == {"items", "total", "has_more", "next_cursor", "now", "searched"}
        assert all(set(item) == identity | keys for item in answer["items"])


@pytest.mark.requirement("read.pool.user")
def test_there_is_no_pool_look_up_for_a_user() -> None:
    assert all_tools().find("lookup_pool", Scope.USER) is None
    assert "lookup_pool" not in {tool.name for tool in all_tools().listed(Scope.USER)}
    assert all_tools().find("lookup_pool", Scope.ADMIN) is not None


async def test_pools_added_renamed_and_deleted_between_pages_shift_no_other(admin: Caller) -> None:
    with world(meetings=0) as made:
        system = made.running.org.as_system()
        made_of = {"LeanData__Distribution_Type__c": "Count-Based"}
        ids = {
            name: system.create("LeanData__BookIt_Pool__c", made_of | {"LeanData__Grouping_Name__c": name})
            for name in ("b", "d", "f", "h")
        }
        first = await made.ask(admin, "lookup_pool", limit=2)
        assert [item["name"] for item in first["items"]] == ["b", "d"]
        system.delete("LeanData__BookIt_Pool__c", ids["b"])
        system.create("LeanData__BookIt_Pool__c", made_of | {"LeanData__Grouping_Name__c": "a new one, before"})
        system.create("LeanData__BookIt_Pool__c", made_of | {"LeanData__Grouping_Name__c": "e new one, behind"})
        for old, new in (("d", "aa"), ("h", "zz")):
            system.update("LeanData__BookIt_Pool__c", ids[old], {"LeanData__Grouping_Name__c": new})
        moved = replace(made, services=replace(made.services, directory=Directory(made.clock)))
        rest = await moved.ask(admin, "lookup_pool", limit=100, cursor=first["next_cursor"])
        shown = [item["name"] for item in rest["items"]]
        assert shown == ["e new one, behind", "Enterprise AMEA Pool", "f", "Pool West - USA", "SDR Pool", "zz"]
        assert not rest["has_more"]


async def test_a_pool_that_is_gone_while_its_name_is_kept_is_not_found_and_in_no_list(admin: Caller) -> None:
    with world(meetings=0) as made:
        system = made.running.org.as_system()
        values = {"LeanData__Distribution_Type__c": "Count-Based", "LeanData__Grouping_Name__c": "Going"}
        gone = system.create("LeanData__BookIt_Pool__c", values)
        everything = await made.ask(admin, "lookup_pool")
        system.delete("LeanData__BookIt_Pool__c", gone)
        for name in ("Going", gone):
            refusal = await made.refusal(admin, "lookup_pool", pool=name)
            assert (refusal["code"], name in refusal["message"]) == ("not_found", True)
        left = await made.ask(admin, "lookup_pool")
        assert left["items"] == [item for item in everything["items"] if item["pool_id"] != gone]
        assert len(left["items"]) == len(everything["items"]) - 1


def without_pools(data: DemoData, _: NewId) -> None:
    for name in ("Pool", "Pool_Member", "Pool_Manager", "Count_Entry"):
        data.rows.pop(bookit(name), None)
    for row in (row for rows in data.rows.values() for row in rows):
        row.update(dict.fromkeys({"LeanData__Pool__c", "LeanData__Pool_Member__c"} & row.keys()))


async def test_an_org_without_pools_answers_an_empty_list_that_says_what_was_searched(admin: Caller) -> None:
    with world(meetings=0, add=without_pools) as made:
        result = await made.result(admin, "lookup_pool", {})
        assert result.structured_content is not None
        assert (result.structured_content["items"], result.structured_content["total"]) == ([], 0)
        assert result.content[0].model_dump()["text"] == "No pools. Searched: all pools of the org."
        await made.result(admin, "lookup_pool", {})
        assert made.audit.reads[-1][1].salesforce_calls == 0


async def test_names_that_mean_several_pools_or_none_give_candidates(an_odd_world: World, admin: Caller) -> None:
    refusal = await an_odd_world.refusal(admin, "lookup_pool", pool="twin")
    assert refusal["code"] == "ambiguous"
    twins = {row["Id"] for row in an_odd_world.of("Pool") if value(row, "Grouping_Name") == "Twin"}
    assert {each["id"] for each in refusal["candidates"]} == twins
    refusal = await an_odd_world.refusal(admin, "lookup_pool", pool="Entrprs AMEA")
    assert refusal["code"] == "not_found"
    assert [each["name"] for each in refusal["candidates"]] == ["Enterprise AMEA Pool"]
    refusal = await an_odd_world.refusal(admin, "lookup_pool", pool=an_odd_world.people["rep1"])
    assert refusal["code"] == "not_found"


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"groups": ["members"]}, "'membership'"),
        ({"groups": ["identity", 7]}, "'identity'"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "100"),
        ({"pool": "  "}, "pool"),
        ({"pool": "x" * 201}, "pool"),
        ({"pol": "SDR Pool"}, "perhaps pool"),
        ({"user": "me"}, "user"),
        ({"cursor": "abc"}, "cursor"),
        ({"cursor": "abc", "pool": "SDR Pool"}, "cursor"),
    ],
)
async def test_a_bad_argument_is_refused_and_says_what_to_do(
    an_odd_world: World, admin: Caller, asked: dict[str, Any], word: str
) -> None:
    refusal = await an_odd_world.refusal(admin, "lookup_pool", **asked)
    assert refusal["code"] == "invalid_argument"
    assert word in refusal["message"]
    assert refusal["hint"]
    assert an_odd_world.audit.reads[-1][1].salesforce_calls == 0


async def test_lenient_groups_mean_the_same(an_odd_world: World, admin: Caller) -> None:
    strict = await an_odd_world.ask(admin, "lookup_pool", groups=["membership"])
    for lenient in ("Membership", json.dumps(["membership"]), ["membership", "Membership"]):
        assert await an_odd_world.ask(admin, "lookup_pool", groups=lenient) == strict


async def test_a_cursor_serves_its_caller_its_tool_and_its_groups_alone(an_odd_world: World, admin: Caller) -> None:
    first = await an_odd_world.ask(admin, "lookup_pool", limit=2)
    second = await an_odd_world.ask(admin, "lookup_pool", limit=3, cursor=first["next_cursor"])
    assert not {item["pool_id"] for item in first["items"]} & {item["pool_id"] for item in second["items"]}
    for caller, tool, asked in (
        (admin, "lookup_pool", {"groups": ["identity"]}),
        (admin, "lookup_pool", {"pool": "SDR Pool"}),
        (admin, "lookup_meeting_type", {}),
        (an_odd_world.caller("rep1", Scope.ADMIN), "lookup_pool", {}),
        (an_odd_world.agent(), "lookup_pool", {}),
    ):
        refusal = await an_odd_world.refusal(caller, tool, cursor=first["next_cursor"], **asked)
        assert (refusal["code"], "cursor" in refusal["message"]) == ("invalid_argument", True)


async def test_who_came_by_a_one_time_code_reads_pools_too(an_odd_world: World, admin: Caller) -> None:
    agent = replace(an_odd_world.agent(), timezone=admin.timezone)
    answer = await an_odd_world.ask(agent, "lookup_pool", groups=GROUPS)
    assert answer["items"] == (await an_odd_world.ask(admin, "lookup_pool", groups=GROUPS))["items"]


async def test_who_made_and_changed_a_pool_and_when_is_told(admin: Caller) -> None:
    with world(meetings=0) as made:
        pool = made.of("Pool")[0]
        made.clock.advance(timedelta(hours=3))
        as_admin = made.running.org.acting(made.people["admin"])
        as_admin.update("LeanData__BookIt_Pool__c", pool["Id"], {"LeanData__Is_Weighted__c": True})
        answer = await made.ask(admin, "lookup_pool", pool=pool["Id"], groups="membership")
        changed = answer["items"][0]["membership"]["last_modified"]
        assert changed["by"] == plain_setup.person(made, made.people["admin"])
        assert changed["at"] == plain_setup.told(made.clock(), ZoneInfo(admin.timezone))
        assert answer["items"][0]["membership"]["created"]["at"]["utc"] < changed["at"]["utc"]


async def test_on_bookit_7_a_pool_reads_the_same(admin: Caller) -> None:
    with world(meetings=0, bookit_version=7) as made:
        answer = await made.ask(admin, "lookup_pool", groups=GROUPS)
        sizes = dict.fromkeys((row["Id"] for row in made.of("Pool")), len(made.of("Pool")))
        assert [read_as(item) for item in answer["items"]] == plain_setup.pools(made, admin, GROUPS, sizes)
