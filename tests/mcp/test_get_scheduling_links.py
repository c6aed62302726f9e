"""get_scheduling_links, beyond that it finds what it should: the guide's question, refusals, shapes, cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import jsonschema
import pytest

from app.mcp.tools import get_scheduling_links
from app.org.caller import Caller, Scope
from tests.mcp import plain_people
from tests.mcp.odd_people import POOL, SECRET
from tests.mcp.plain_reading import snake, value
from tests.mcp.world import World

pytestmark = pytest.mark.anyio

TOOL = "get_scheduling_links"
KEYS = {
    "link_id", "url", "kind", "active", "expired", "expires", "owner", "main_host", "team", "meeting_types",
    "single_use_status", "parent_link_id",
}  # fmt: skip


@pytest.fixture
def odd(a_peopled_world: World) -> World:
    return a_peopled_world


@pytest.fixture
def admin(odd: World) -> Caller:
    return odd.caller("admin", Scope.ADMIN)


@pytest.fixture
def rep(odd: World) -> Caller:
    return odd.caller("rep1")


@pytest.mark.requirement("question.my_link", "read.links.my_links")
@pytest.mark.parametrize("scope", Scope)
async def test_my_link_for_the_intro_meeting_is_one_call_and_in_the_text(a_world: World, scope: Scope) -> None:
    caller = a_world.caller("rep1", scope)
    asked = {"meeting_type": "30-minute intro"} | ({"user": "me"} if scope is Scope.ADMIN else {})
    result = await a_world.result(caller, TOOL, asked)
    assert result.structured_content is not None
    (link,) = result.structured_content["items"]
    assert link["url"] == "https://bookit.example/rep1-intro"
    assert [each["name"] for each in link["meeting_types"]] == ["30-minute intro"]
    assert link["url"] in result.content[0].model_dump()["text"]


async def test_a_link_has_the_shape_of_the_contract(odd: World, admin: Caller, rep: Caller) -> None:
    for caller, keys in ((admin, KEYS | {"pool"}), (rep, KEYS)):
        answer = await odd.ask(caller, TOOL, meeting_type="30-minute intro", limit=1)
        assert set(answer) == {"items", "total", "has_more", "next_cursor", "now", "searched"}
        link = answer["items"][0]
        assert set(link) == keys
        assert set(link["owner"]) == {"user_id", "name", "email"}
        assert set(link["meeting_types"][0]) == {"meeting_type_id", "name", "duration_minutes"}


async def test_answers_are_of_the_shape_that_the_tool_promises(odd: World, admin: Caller, rep: Caller) -> None:
    for caller in (admin, rep):
        answer = await odd.ask(caller, TOOL, limit=100, include_inactive=True)
        jsonschema.validate(answer, get_scheduling_links.TOOL.exposures[caller.scope].output_schema)


async def test_a_single_use_link_tells_its_status_and_its_parent(odd: World, admin: Caller) -> None:
    ids = {row["Id"]: value(row, "Link_Id") for row in odd.of("Link")}
    children = [row for row in odd.of("Link") if value(row, "Parent_Link")]
    assert children
    for row in children:
        (link,) = (await odd.ask(admin, TOOL, link_id=value(row, "Link_Id")))["items"]
        assert link["kind"] == "single_use"
        assert link["single_use_status"] == snake(value(row, "Single_Use_Status"))
        assert link["parent_link_id"] == ids[value(row, "Parent_Link")]


async def test_links_that_do_not_work_are_left_out_unless_asked_for(odd: World, admin: Caller) -> None:
    working = await odd.ask(admin, TOOL, user="rep1@demo.example", limit=100)
    everything = await odd.ask(admin, TOOL, user="rep1@demo.example", limit=100, include_inactive=True)
    assert all(each["active"] and not each["expired"] for each in working["items"])
    assert {True, False} == {each["active"] for each in everything["items"]}
    assert {True, False} == {each["expired"] for each in everything["items"]}
    states = {each["link_id"] for each in everything["items"] if each["active"] and not each["expired"]}
    assert states == {each["link_id"] for each in working["items"]}


async def test_a_link_is_found_by_its_id_and_its_address_whether_it_works_or_not(odd: World, rep: Caller) -> None:
    own = [row for row in odd.of("Link") if value(row, "Owner") == rep.user_id]
    dead = next(row for row in own if not value(row, "Is_Active"))
    for name in (value(dead, "Link_Id"), value(dead, "URL"), dead["Id"], dead["Id"][:15]):
        (link,) = (await odd.ask(odd.caller("rep1"), TOOL, link_id=name))["items"]
        assert link["link_id"] == value(dead, "Link_Id")
        assert link["active"] is False


@pytest.mark.requirement("scope.hidden_record")
async def test_a_hidden_link_is_not_found_in_the_same_words_as_a_missing_one(odd: World, rep: Caller) -> None:
    hidden = next(row for row in odd.of("Link") if value(row, "Link_Id") == "rep2-intro")
    hosted = next(
        row
        for row in odd.of("Link")
        if value(row, "Main_Host") == rep.user_id and value(row, "Owner") not in (rep.user_id, None)
    )
    names = (value(hidden, "Link_Id"), value(hidden, "URL"), hidden["Id"], value(hosted, "Link_Id"), "rep99-intro")
    refusals = [await odd.refusal(rep, TOOL, link_id=name) for name in names]
    assert {refusal["code"] for refusal in refusals} == {"not_found"}
    assert len({(refusal["message"], refusal["hint"]) for refusal in refusals}) == 1
    assert all("candidates" not in refusal for refusal in refusals)


async def test_the_links_of_a_team_are_its_people_s_and_its_own(odd: World, admin: Caller) -> None:
    team = next(row["Id"] for row in odd.of("Team") if row["Name"] == "West")
    members = {value(row, "User") for row in odd.of("Team_Member") if value(row, "Team") == team}
    found = (await odd.ask(admin, TOOL, team="west", limit=100))["items"]
    of_people = [each for each in found if each["owner"] and each["owner"]["user_id"] in members]
    of_team = [each for each in found if each["team"] and each["team"]["team_id"] == team]
    assert of_people
    assert [each for each in of_team if each not in of_people]
    assert all(each in of_people or each in of_team for each in found)


async def test_a_look_up_is_one_call_to_salesforce(odd: World, admin: Caller, rep: Caller) -> None:
    for caller, asked in (
        (admin, {}),
        (admin, {"user": "rep1@demo.example", "pool": POOL, "meeting_type": "Inbound Demo", "limit": 100}),
        (admin, {"team": "West"}),
        (rep, {"meeting_type": "30-minute intro"}),
        (rep, {"link_id": "rep1-intro"}),
    ):
        await odd.ask(caller, TOOL, **asked)
        await odd.ask(caller, TOOL, **asked)  # the names are warm now
        assert odd.audit.reads[-1][1].salesforce_calls == 1


async def test_an_empty_answer_says_what_was_searched(odd: World, admin: Caller) -> None:
    asked = {"user": "rep30@demo.example", "team": "AMEA", "meeting_type": "outbound", "kind": "Multi-Type"}
    result = await odd.result(admin, TOOL, asked)
    assert result.structured_content is not None
    assert (result.structured_content["items"], result.structured_content["total"]) == ([], 0)
    assert result.structured_content["searched"] == {
        "user": "Zoe L.",
        "team": "AMEA",
        "meeting_type": "Outbound Demo",
        "kind": ["multi_type"],
    }
    text = result.content[0].model_dump()["text"]
    assert text.startswith("No booking links.")
    for word in ("active ones", "AMEA", "Outbound Demo", "multi_type"):
        assert word in text


@pytest.mark.parametrize(
    ("asked", "code", "word"),
    [
        ({"user": "alex mor"}, "ambiguous", "2 records"),
        ({"team": "No such team anywhere"}, "not_found", "No team"),
        ({"pool": "No such pool anywhere"}, "not_found", "No pool"),
        ({"meeting_type": "bound"}, "ambiguous", "meeting type"),
        ({"link_id": "no-such-link"}, "not_found", "no such booking link"),
        ({"link_id": "rep1-intro", "meeting_type": "Outbound Demo"}, "not_found", "that match"),
        ({"kind": ["forever"]}, "invalid_argument", "'single_use'"),
        ({"limit": 0}, "invalid_argument", "1"),
        ({"cursor": "abc"}, "invalid_argument", "cursor"),
    ],
)
async def test_a_bad_argument_is_refused_and_says_what_to_do(
    odd: World, admin: Caller, asked: dict[str, Any], code: str, word: str
) -> None:
    refusal = await odd.refusal(admin, TOOL, **asked)
    assert refusal["code"] == code
    assert word in refusal["message"]
    assert refusal["hint"]


async def test_a_user_cannot_ask_for_anybody_s_links(odd: World, rep: Caller) -> None:
    for asked in ({"user": "me"}, {"team": "West"}, {"pool": POOL}):
        refusal = await odd.refusal(rep, TOOL, **asked)
        assert refusal["code"] == "invalid_argument"
        assert refusal["hint"] == "The arguments are: link_id, meeting_type, kind, include_inactive, cursor, limit."


async def test_my_links_need_a_salesforce_user(odd: World, admin: Caller) -> None:
    mine = await odd.ask(admin, TOOL, user="me", limit=100)
    expected = plain_people.links(odd, admin, {"user": "me"})
    assert [each["link_id"] for each in mine["items"]] == [value(row, "Link_Id") for row in expected]
    refusal = await odd.refusal(odd.agent(), TOOL, user="me")
    assert "one-time code" in refusal["message"]
    assert (await odd.ask(odd.agent(), TOOL, team="West"))["total"] > 0


async def test_a_later_page_goes_on_at_the_time_of_the_first(odd: World, admin: Caller) -> None:
    """What expires between two pages stays in the list, so that none is shown twice and none is left out."""
    first = await odd.ask(admin, TOOL, limit=30)
    later = replace(odd, services=replace(odd.services, clock=lambda: odd.clock() + timedelta(hours=1)))
    rest = await later.ask(admin, TOOL, limit=100, cursor=first["next_cursor"])
    expected = [value(row, "Link_Id") for row in plain_people.links(odd, admin, {})]
    assert [each["link_id"] for each in first["items"] + rest["items"]] == expected[: 30 + len(rest["items"])]
    assert rest["total"] == first["total"]
    assert any(each["expired"] for each in rest["items"])


async def test_a_cursor_serves_its_caller_and_its_arguments_alone(odd: World, admin: Caller, rep: Caller) -> None:
    cursor = (await odd.ask(rep, TOOL, limit=1))["next_cursor"]
    for caller, asked in (
        (rep, {"include_inactive": True}),
        (odd.caller("rep2"), {}),
        (odd.caller("rep1", Scope.ADMIN), {}),
        (admin, {}),
    ):
        refusal = await odd.refusal(caller, TOOL, cursor=cursor, **asked)
        assert "cursor" in refusal["message"]
    assert not (await odd.result(rep, TOOL, {"cursor": cursor, "limit": 50})).is_error


async def test_pools_are_the_admin_s_alone(odd: World, rep: Caller) -> None:
    answer = await odd.result(rep, TOOL, {"limit": 100, "include_inactive": True})
    own = plain_people.links(odd, rep, {"include_inactive": True})
    pools = {row["Id"] for row in odd.of("Pool")}
    assert pools & {value(row, "Pool") for row in own}
    text = answer.model_dump_json()
    assert [pool for pool in pools if pool in text] == []


async def test_nothing_secret_is_in_any_answer(odd: World, admin: Caller, rep: Caller) -> None:
    for caller in (admin, rep):
        answer = (await odd.result(caller, TOOL, {"limit": 100, "include_inactive": True})).model_dump_json()
        assert SECRET not in answer
        assert odd.running.url not in answer
        assert not [1 for each in odd.grants.made.values() if each.token.access_token.get_secret_value() in answer]
