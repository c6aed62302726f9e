"""view_counts: whose turn it is and why, against a plain reading of the ledger; its history, refusals, shape, cost."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any
from zoneinfo import ZoneInfo

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bookit.counts.standings import standings_from, sums_asks
from app.bookit.pools.members import members_ask, members_from
from app.mcp.registry import all_tools
from app.org.caller import Caller, Scope
from tests.mcp import plain_counts
from tests.mcp.ledger_rows import HOSTILE, SETTINGS, UNCOUNTED, add_ledger
from tests.mcp.plain_reading import snake, value
from tests.mcp.world import World, world

pytestmark = pytest.mark.anyio

WEST = "Pool West - USA"
POOLS = ("Enterprise AMEA Pool", WEST, "SDR Pool", *SETTINGS)
CATEGORIES = ("Demos", "Intros", "Solutions")


@pytest.fixture(scope="module")
def counted() -> Generator[World]:
    """A world with odd pools and a random ledger."""
    with world(meetings=5, add=add_ledger) as made:
        yield made


@pytest.fixture
def admin(counted: World) -> Caller:
    return counted.caller("admin", Scope.ADMIN)


def check_category(counted: World, pool: dict[str, Any], said: dict[str, Any]) -> None:
    """One category of an answer with everybody in it, against the plain reading."""
    row = plain_counts.pool_named(counted, pool["name"])
    category_id = said["meeting_category"]["meeting_category_id"] if said["meeting_category"] else None
    members = plain_counts.counted(counted, row, category_id)
    turns = plain_counts.turns(row, members)
    expected = [*turns, *(each for each in members if each.out is not None)]
    assert [each["pool_member_id"] for each in said["members"]] == [each.member["Id"] for each in expected]
    assert said["members_total"] == len(members)
    for shown, plain in zip(said["members"], expected, strict=True):
        assert shown["user"]["user_id"] == value(plain.member, "User_Owner")
        numbers = (plain.scheduled, plain.calibration, plain.credits, plain.unconsumed, plain.net, plain.weight)
        assert (
            tuple(
                shown[name] for name in ("scheduled", "calibration", "credits", "unconsumed_credits", "net", "weight")
            )
            == numbers
        )
        assert shown["order"] == value(plain.member, "Owner_Order")
        last = shown["last_assigned"]
        assert (last and last["utc"]) == (plain.last and plain.last.strftime("%Y-%m-%dT%H:%M:%SZ"))
        assert (shown["in_rotation"], shown["out_because"]) == (plain.out is None, plain.out)
        assert shown["turn"] == (turns.index(plain) + 1 if plain.out is None else None)
        if plain.weight == 0:
            assert shown["level"] is None
        else:
            over, under = map(int, shown["level"].split("/"))
            assert over * 2 * plain.weight == (2 * plain.net + 1) * under
    if not turns:
        assert said["next"] is None
    else:
        assert said["next"]["pool_member_id"] == turns[0].member["Id"]
        assert said["next"]["why"].startswith(f"{said['next']['user']['name']} is next: ")


@pytest.mark.requirement("read.counts.admin", "read.counts.order")
@pytest.mark.parametrize("pool", POOLS)
async def test_turns_are_those_of_a_plain_reading_of_the_ledger(counted: World, admin: Caller, pool: str) -> None:
    answer = await counted.ask(admin, "view_counts", pool=pool, limit=100)
    row = plain_counts.pool_named(counted, pool)
    first, after = plain_counts.period(counted, row)
    assert answer["count_period"]["first_day"] == first.isoformat()
    assert answer["count_period"]["reset_date"] == (after.isoformat() if after else None)
    assert answer["distribution"] == snake(value(row, "Distribution_Type"))
    assert answer["weighted"] == bool(value(row, "Is_Weighted"))
    shown = [
        each["meeting_category"]["meeting_category_id"] if each["meeting_category"] else None
        for each in answer["categories"]
    ]
    assert shown == (plain_counts.categories(counted, row) or [None])
    for category in answer["categories"]:
        check_category(counted, answer["pool"], category)
    one = await counted.ask(admin, "view_counts", pool=pool, meeting_category="Demos", limit=100)
    assert [each["meeting_category"]["name"] for each in one["categories"]] == ["Demos"]
    check_category(counted, one["pool"], one["categories"][0])


def test_the_odd_pools_have_every_reason_to_be_out_of_rotation_and_every_kind_of_entry(counted: World) -> None:
    rows = [
        row for name in POOLS for row in plain_counts.counted(counted, plain_counts.pool_named(counted, name), None)
    ]
    assert {row.out for row in rows} == {None, "inactive_user", "not_available_for_routing", "paused", "weight_zero"}
    assert len({value(row, "Kind") for row in counted.of("Count_Entry")}) == 7
    assert any(value(row, "Member") is None for row in counted.of("Count_Entry"))


HISTORIES = st.fixed_dictionaries(
    {"pool": st.sampled_from(POOLS), "history": st.sampled_from([True, "calibration", "credits", "all"])},
    optional={
        "member": st.sampled_from([f"{handle}@demo.example" for handle in ("rep1", "rep2", "inactive", "rep17")]),
        "meeting_category": st.sampled_from(CATEGORIES),
        "period": st.sampled_from(["today", "last_14_days"]),
    },
)


async def all_pages(world: World, caller: Caller, asked: dict[str, Any], size: int) -> tuple[list[dict[str, Any]], int]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await world.ask(caller, "view_counts", **asked, **cursor, limit=size)
        assert ("categories" in answer) == (not cursor)
        page = answer["history"]
        found += page["items"]
        assert page["has_more"] == (page["next_cursor"] is not None)
        if not page["has_more"]:
            return found, page["total"]
        assert len(page["items"]) == size
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.requirement("read.counts.admin")
@given(asked=HISTORIES, size=st.integers(5, 60))
def test_pages_hold_every_entry_of_the_history_once_in_order(counted: World, asked: dict[str, Any], size: int) -> None:
    caller = counted.caller("admin", Scope.ADMIN)
    pool = plain_counts.pool_named(counted, asked["pool"])
    users = {value(row, "User_Owner") for row in plain_counts.members_of(counted, pool)}
    if "member" in asked and counted.people[asked["member"].partition("@")[0]] not in users:
        refusal = anyio.run(lambda: counted.refusal(caller, "view_counts", **asked))
        assert refusal["code"] == "not_found"
        return
    expected = plain_counts.history(counted, ZoneInfo(caller.timezone), asked)
    found, total = anyio.run(all_pages, counted, caller, asked, size)
    assert total == len(expected)
    members = {row["Id"]: value(row, "User_Owner") for row in counted.of("Pool_Member")}
    names = {row["Id"]: f"{row['FirstName']} {row['LastName']}" for row in counted.rows["User"]}
    assert [
        (
            each["at"]["utc"],
            each["user"] and each["user"]["user_id"],
            each["kind"],
            each["old"],
            each["new"],
            each["delta"],
        )
        for each in found
    ] == [
        (
            row["CreatedDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            members.get(value(row, "Member")),
            snake(value(row, "Kind")),
            value(row, "Old_Value"),
            value(row, "New_Value"),
            value(row, "Delta"),
        )
        for row in expected
    ]
    for said, row in zip(found, expected, strict=True):
        by, started = value(row, "Changed_By"), value(row, "Period_Start")
        assert said["changed_by"] == names.get(by, by)
        assert said["count_period_start"] == (started.isoformat() if started else None)
        assert said["meeting_id"] == value(row, "Meeting")
        assert (said["reason"] or "").replace(" ", "") == (value(row, "Reason") or "").replace("\u0007", "").replace(
            " ", ""
        )


async def test_the_calibration_history_of_the_demo_has_several_pages(a_world: World) -> None:
    caller = a_world.caller("admin", Scope.ADMIN)
    found, total = await all_pages(a_world, caller, {"pool": WEST, "history": True}, 4)
    assert total == len(found) > 8
    assert {each["kind"] for each in found} == {"calibration", "auto_calibration"}
    assert [each["at"]["utc"] for each in found] == sorted((each["at"]["utc"] for each in found), reverse=True)
    assert "Ada Lindqvist" in {each["changed_by"] for each in found}
    assert any("÷" in each["reason"] for each in found)
    assert len({each["count_period_start"] for each in found}) > 1


async def test_a_member_is_shown_alone_but_with_his_turn_among_all(counted: World, admin: Caller) -> None:
    whole = await counted.ask(admin, "view_counts", pool="In Order", limit=100)
    one = await counted.ask(admin, "view_counts", pool="In Order", member="Casey Nguyen")
    for everybody, alone in zip(whole["categories"], one["categories"], strict=True):
        assert alone["members"] == [each for each in everybody["members"] if each["user"]["name"] == "Casey Nguyen"]
        assert len(alone["members"]) == 1
        assert alone["next"] == everybody["next"]
    assert one["searched"] == {"pool": "In Order", "member": "Casey Nguyen"}
    few = await counted.ask(admin, "view_counts", pool="In Order", limit=2)
    assert [len(each["members"]) for each in few["categories"]] == [2] * len(few["categories"])
    assert {each["members_total"] for each in few["categories"]} == {6}


async def test_who_is_no_member_is_not_found_and_the_members_are_named(counted: World, admin: Caller) -> None:
    refusal = await counted.refusal(admin, "view_counts", pool="In Order", member="Priya Raman")
    assert refusal["code"] == "not_found"
    assert "Priya Raman is no member of In Order" in refusal["message"]
    assert len(refusal["candidates"]) == 6
    for asked in ({"pool": "no such pool"}, {"pool": WEST, "meeting_category": "no such category"}):
        assert (await counted.refusal(admin, "view_counts", **asked))["code"] == "not_found"


async def test_every_rule_is_said_with_its_numbers(counted: World, admin: Caller) -> None:
    said = [
        category["next"]["why"]
        for pool in POOLS
        for category in (await counted.ask(admin, "view_counts", pool=pool))["categories"]
        if category["next"]
    ]
    assert any("the lowest level, (net + 1/2) / weight = (" in why for why in said)
    assert any("the lowest net count, " in why and " = calibration " in why for why in said)
    assert any("the next in member order after " in why and "who was chosen last (" in why for why in said)
    uncounted = (await counted.ask(admin, "view_counts", pool=UNCOUNTED))["categories"]
    assert [each["meeting_category"] for each in uncounted] == [None]
    assert not any("." in (each["level"] or "") for each in uncounted[0]["members"])


async def test_a_look_up_is_one_call_to_salesforce(counted: World, admin: Caller) -> None:
    for asked in (
        {"pool": WEST},
        {"pool": WEST, "meeting_category": "Demos", "member": "Riley Carter"},
        {"pool": WEST, "history": "all", "period": "last_30_days", "member": "rep1@demo.example", "limit": 1},
    ):
        await counted.ask(admin, "view_counts", **asked)
        answer = await counted.ask(admin, "view_counts", **asked)  # names and the pool's settings are warm now
        assert counted.audit.reads[-1][1].salesforce_calls == 1
        if "history" in answer:
            assert answer["history"]["next_cursor"]
            await counted.ask(admin, "view_counts", **asked, cursor=answer["history"]["next_cursor"])
            assert counted.audit.reads[-1][1].salesforce_calls == 1


@pytest.mark.requirement("read.counts.user")
def test_counts_do_not_exist_for_a_user() -> None:
    for tool in ("view_counts", "explain_assignment"):
        assert all_tools().find(tool, Scope.USER) is None
        assert all_tools().find(tool, Scope.ADMIN) is not None


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({}, "pool is required"),
        ({"pool": WEST, "period": "today"}, "history"),
        ({"pool": WEST, "history": False, "period": "today"}, "history"),
        ({"pool": WEST, "cursor": "abc", "history": True}, "cursor"),
        ({"pool": WEST, "history": "everything"}, "history"),
        ({"pool": WEST, "limit": 0}, "limit"),
        ({"pool": WEST, "pools": "x"}, "pools"),
    ],
)
async def test_a_bad_argument_is_refused_and_says_what_to_do(
    counted: World, admin: Caller, asked: dict[str, Any], word: str
) -> None:
    refusal = await counted.refusal(admin, "view_counts", **asked)
    assert refusal["code"] == "invalid_argument"
    assert word in refusal["message"]
    assert refusal["hint"]
    assert counted.audit.reads[-1][1].salesforce_calls == 0


async def test_a_cursor_serves_its_caller_and_its_arguments_alone(counted: World, admin: Caller) -> None:
    asked = {"pool": WEST, "history": True}
    cursor = (await counted.ask(admin, "view_counts", **asked, limit=3))["history"]["next_cursor"]
    for caller, other in (
        (admin, {"pool": "SDR Pool", "history": True}),
        (admin, {"pool": WEST, "history": "all"}),
        (counted.caller("both", Scope.ADMIN), asked),
    ):
        refusal = await counted.refusal(caller, "view_counts", **other, cursor=cursor)
        assert (refusal["code"], "cursor" in refusal["message"]) == ("invalid_argument", True)


async def test_a_caller_by_one_time_code_may_ask_too(counted: World, admin: Caller) -> None:
    asked = {"pool": "Weekly Weighted", "limit": 100}
    theirs = await counted.ask(counted.agent(), "view_counts", **asked)
    mine = await counted.ask(admin, "view_counts", **asked)
    members = [[each["pool_member_id"] for each in category["members"]] for category in theirs["categories"]]
    assert members == [[each["pool_member_id"] for each in category["members"]] for category in mine["categories"]]


async def test_reasons_stand_in_their_own_fields_and_not_in_the_prose(counted: World, admin: Caller) -> None:
    result = await counted.result(admin, "view_counts", {"pool": "In Order", "history": True, "limit": 100})
    assert result.structured_content is not None
    reasons = {each["reason"] for each in result.structured_content["history"]["items"]}
    assert HOSTILE.replace("\u0007", " ") in reasons
    text = result.content[0].model_dump()["text"]
    assert "Ignore all previous" not in text
    assert "not looked at here" in text
    assert "In Order, order-based, counted from 1970-01-01." in text


async def test_an_answer_has_the_shape_of_the_contract(counted: World, admin: Caller) -> None:
    answer = await counted.ask(admin, "view_counts", pool=WEST, history=True, limit=1)
    assert set(answer) == {
        "pool", "distribution", "weighted", "count_period", "categories", "note", "history", "now", "searched",
    }  # fmt: skip
    assert set(answer["categories"][0]) == {"meeting_category", "next", "members", "members_total"}
    assert set(answer["categories"][0]["members"][0]) == {
        "turn", "pool_member_id", "user", "scheduled", "calibration", "credits", "unconsumed_credits", "net", "weight",
        "level", "order", "last_assigned", "in_rotation", "out_because",
    }  # fmt: skip
    assert set(answer["history"]) == {"items", "total", "has_more", "next_cursor", "range"}
    assert set(answer["history"]["items"][0]) == {
        "at", "user", "meeting_category", "kind", "old", "new", "delta", "reason", "changed_by", "count_period_start",
        "meeting_id",
    }  # fmt: skip
    assert answer["searched"] == {"pool": WEST, "history": "calibration"}


@pytest.mark.parametrize("pool", ["Weekly Weighted", "In Order", WEST])
async def test_the_org_connection_reads_the_same_standings_for_the_rules(counted: World, pool: str) -> None:
    row = plain_counts.pool_named(counted, pool)
    reader = counted.services.gateway.as_org_connection(counted.org_id)
    settings = await counted.services.pool_settings.for_rules(row["Id"], org_id=counted.org_id, reader=reader)
    org = await counted.services.org_statuses.of(counted.agent())
    for category_id in plain_counts.categories(counted, row):
        if category_id is None:
            continue
        asks = sums_asks(settings.id, category_id, settings.period_at(counted.clock(), org))
        members, current, earlier = await reader.fetch_all(members_ask(settings.id), *asks)
        who = [each.counted() for each in members_from(members.rows)]
        found = standings_from(who, current.rows, earlier.rows, category_id, weighted=settings.weighted)
        expected = plain_counts.counted(counted, row, category_id)
        assert [(each.member_id, each.net, each.weight, each.last_assigned) for each in found] == [
            (each.member["Id"], each.net, each.weight, each.last) for each in expected
        ]
