"""lookup_user, beyond that it finds whom it should: the guide's question, what each group says, refusals, cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from app.mcp.calling import REQUEST_ID
from app.mcp.tools.lookup_user import TOOL
from app.org.caller import Caller, Scope
from tests.mcp import plain_people
from tests.mcp.odd_people import MANY_LINKS, POOL, SECRET
from tests.mcp.plain_reading import snake, value
from tests.mcp.world import World

pytestmark = pytest.mark.anyio

ALL = ["identity", "schedule", "integrations", "links"]
IDENTITY = {
    "user_id", "name", "email", "phone", "picture_url", "active", "set_up", "calendar_status", "is_paused",
}  # fmt: skip
OFFICE_DAY = ["09:00-12:00", "13:00-17:00"]


@pytest.fixture
def odd(a_peopled_world: World) -> World:
    return a_peopled_world


@pytest.fixture
def admin(odd: World) -> Caller:
    return odd.caller("admin", Scope.ADMIN)


async def one(world: World, handle: str, *groups: str) -> dict[str, Any]:
    """What an admin sees of one person, which must be what that person sees of himself."""
    seen = await world.ask(
        world.caller("admin", Scope.ADMIN), "lookup_user", user=f"{handle}@demo.example", groups=list(groups) or None
    )
    own = await world.ask(world.caller(handle), "lookup_user", groups=list(groups) or None)
    assert seen["items"] == own["items"]
    assert (seen["total"], own["total"]) == (1, 1)
    return seen["items"][0]


@pytest.mark.requirement("question.calendars_not_connected")
async def test_reps_of_a_pool_without_a_calendar_are_one_call(a_world: World) -> None:
    asked = {"pool": "Pool West - USA", "calendar_status": ["not_connected"]}
    result = await a_world.result(a_world.caller("admin", Scope.ADMIN), "lookup_user", asked)
    assert result.structured_content is not None
    assert [each["email"] for each in result.structured_content["items"]] == ["rep2@demo.example", "rep7@demo.example"]
    text = result.content[0].model_dump()["text"]
    assert "Morgan Diaz" in text
    assert "Skyler Brooks" in text


async def test_a_member_who_is_not_set_up_has_not_connected_a_calendar(odd: World, admin: Caller) -> None:
    asked = {"pool": POOL, "calendar_status": ["not_connected"]}
    result = await odd.result(admin, "lookup_user", asked)
    assert result.structured_content is not None
    found = {each["email"]: each["set_up"] for each in result.structured_content["items"]}
    assert found == {"rep2@demo.example": True, "both@demo.example": False, "integration@demo.example": False}
    assert "not set up in BookIt" in result.content[0].model_dump()["text"]
    members = await odd.ask(admin, "lookup_user", pool=POOL)
    states = {each["email"].partition("@")[0]: (each["active"], each["is_paused"]) for each in members["items"]}
    assert states["inactive"] == (False, False)
    assert states["rep5"] == (True, True)


async def test_who_is_not_set_up_is_found_by_name_alone(odd: World, admin: Caller) -> None:
    found = (await odd.ask(admin, "lookup_user", user="both@demo.example", groups=ALL))["items"][0]
    assert found["set_up"] is False
    assert found["calendar_status"] == "not_connected"
    assert found["integrations"]["calendar"] == {"provider": None, "status": "not_connected"}
    assert found["integrations"]["product_access"] == {"forms": False, "links": False, "handoff": False}
    assert found["schedule"]["working_hours"]["is_org_default"] is True
    everybody = await odd.ask(admin, "lookup_user", limit=100)
    emails = {each["email"] for each in everybody["items"]}
    assert "both@demo.example" not in emails
    assert "inactive@demo.example" not in emails


@pytest.mark.requirement("read.user.identity")
async def test_identity_is_who_he_is(odd: World) -> None:
    row = next(row for row in odd.rows["User"] if row["Id"] == odd.people["rep1"])
    found = await one(odd, "rep1")
    assert found == {
        "user_id": row["Id"],
        "name": plain_people.name_of(row),
        "email": "rep1@demo.example",
        "phone": row["Phone"],
        "picture_url": "https://pictures.example/rep1",
        "active": True,
        "set_up": True,
        "calendar_status": "connected",
        "is_paused": False,
    }
    assert await one(odd, "rep1", "identity") == found
    assert set(await one(odd, "rep1", *ALL)) == IDENTITY | {"schedule", "integrations", "links"}


@pytest.mark.requirement("read.user.schedule")
async def test_a_schedule_has_zone_hours_vacations_and_pause(odd: World) -> None:
    schedule = (await one(odd, "rep29", "schedule"))["schedule"]
    assert schedule["timezone"] == "Europe/London"
    hours = schedule["working_hours"]
    assert (hours["name"], hours["is_org_default"], hours["timezone"]) == ("Nights", False, "Asia/Tokyo")
    assert hours["weekly"]["friday"] == ["20:00-24:00"]
    assert hours["weekly"]["saturday"] == ["00:00-04:30", "09:00-10:00"]
    assert hours["weekly"]["monday"] == []
    assert schedule["vacations"] == [
        {"first": "2026-11-20", "last": "2026-11-23", "start_buffer_days": 2, "end_buffer_days": 3},
        {"first": "2026-11-28", "last": "2026-11-28", "start_buffer_days": 0, "end_buffer_days": 1},
        {"first": "2026-12-23", "last": "2027-01-06", "start_buffer_days": 0, "end_buffer_days": 0},
    ]
    assert schedule["paused"] == {"is_paused": False, "until": None}


async def test_a_vacation_is_past_when_it_is_in_the_person_s_own_zone(odd: World) -> None:
    """It is the 24th in Sydney already, so what ended on the 23rd is over there."""
    vacations = (await one(odd, "rep13", "schedule"))["schedule"]["vacations"]
    assert [each["first"] for each in vacations] == ["2026-11-28", "2026-12-23"]


async def test_who_has_no_hours_of_his_own_has_the_org_s_default_in_his_zone(odd: World) -> None:
    hours = (await one(odd, "rep30", "schedule"))["schedule"]["working_hours"]
    assert (hours["name"], hours["is_org_default"], hours["timezone"]) == ("Office hours", True, "America/Denver")
    assert hours["weekly"]["tuesday"] == OFFICE_DAY
    own = (await one(odd, "rep1", "schedule"))["schedule"]["working_hours"]
    assert (own["is_org_default"], own["timezone"]) == (False, "America/Los_Angeles")


@pytest.mark.parametrize(
    ("handle", "word"), [("rep26", "Mars"), ("rep27", "JSON"), ("rep28", "overlap"), ("rep24", "None")]
)
async def test_hours_that_cannot_be_read_say_so(odd: World, handle: str, word: str) -> None:
    hours = (await one(odd, handle, "schedule"))["schedule"]["working_hours"]
    assert (hours["timezone"], hours["weekly"]) == (None, None)
    assert word in hours["problem"]


@pytest.mark.parametrize(
    ("handle", "until"),
    [("rep21", False), ("rep22", False), ("rep23", None), ("rep24", False), ("rep25", "2026-11-23T15:30:01+00:00")],
)
async def test_a_pause_ends_at_its_time(odd: World, handle: str, until: str | bool | None) -> None:
    found = await one(odd, handle, "schedule")
    paused = found["schedule"]["paused"]
    assert paused["is_paused"] is found["is_paused"] is (until is not False)
    assert (paused["until"]["local"] if paused["until"] else None) == (until or None)


@pytest.mark.requirement("read.user.integrations")
async def test_integrations_name_each_provider_and_never_what_opens_it(odd: World) -> None:
    settings = plain_people.settings_of(odd, odd.people["rep1"])
    assert settings is not None
    found = (await one(odd, "rep1", "integrations"))["integrations"]
    assert found["calendar"] == {"provider": "google", "status": "connected"}
    assert found["conferencing"] == [
        {"provider": "zoom", "status": "connected", "is_default": True},
        {"provider": "google_meet", "status": "connected", "is_default": False},
        {"provider": "webex", "status": "expired", "is_default": False},
        {"provider": "custom", "status": "not_connected", "is_default": False},
    ]
    for product in ("forms", "links", "handoff"):
        assert found["product_access"][product] is value(settings, f"Product_Access_{product.capitalize()}")
    level = value(settings, "Access_Level")
    assert found["access_level"] == (snake(level) if level else None)


@pytest.mark.requirement("read.user.links_library")
async def test_the_library_has_the_links_that_he_owns_active_ones_first(odd: World) -> None:
    rows = [row for row in odd.of("Link") if value(row, "Owner") == odd.people["rep1"]]
    rows.sort(key=lambda row: (not value(row, "Is_Active"), value(row, "Link_Id")))
    library = (await one(odd, "rep1", "links"))["links"]
    assert [each["link_id"] for each in library["items"]] == [value(row, "Link_Id") for row in rows][:50]
    for shown, row in zip(library["items"], rows, strict=True):
        expires = value(row, "Expires")
        assert shown["active"] is value(row, "Is_Active")
        assert shown["expired"] is (expires is not None and expires <= odd.clock())
        assert shown["url"] == value(row, "URL")
        assert {each["meeting_type_id"] for each in shown["meeting_types"]} == plain_people.offered(odd, row)
    assert (library["has_more"], library["note"]) == (False, None)
    assert any(each["expired"] for each in library["items"])


async def test_a_large_library_says_how_to_get_the_rest(odd: World) -> None:
    library = (await one(odd, MANY_LINKS, "links"))["links"]
    assert len(library["items"]) == 50
    assert library["has_more"] is True
    assert "get_scheduling_links" in library["note"]


async def test_a_look_up_is_one_call_to_salesforce(odd: World, admin: Caller) -> None:
    rep = odd.caller("rep1")
    asked: list[tuple[Caller, dict[str, Any]]] = [
        (admin, {}),
        (admin, {"groups": ALL, "limit": 100}),
        (admin, {"user": "rep1@demo.example", "groups": ALL}),
        (admin, {"pool": POOL, "calendar_status": ["not_connected"], "groups": ALL}),
        (rep, {}),
        (rep, {"groups": ALL}),
    ]
    for caller, arguments in asked:
        await odd.ask(caller, "lookup_user", **arguments)
        await odd.ask(caller, "lookup_user", **arguments)  # the names are warm now
        assert odd.audit.reads[-1][1].salesforce_calls == 1


async def test_an_empty_answer_says_what_was_searched(odd: World, admin: Caller) -> None:
    asked = {"pool": "corner", "calendar_status": ["not_connected"], "product_access": "handoff"}
    asked |= {"user": "rep1@demo.example"}
    result = await odd.result(admin, "lookup_user", asked)
    assert result.structured_content is not None
    assert (result.structured_content["items"], result.structured_content["total"]) == ([], 0)
    assert result.structured_content["searched"] == {
        "user": "Riley Carter",
        "pool": POOL,
        "calendar_status": ["not_connected"],
        "product_access": ["handoff"],
    }
    text = result.content[0].model_dump()["text"]
    assert text.startswith("Nobody.")
    assert POOL in text


@pytest.mark.parametrize(
    ("asked", "code", "word"),
    [
        ({"user": "alex mor"}, "ambiguous", "2 records"),
        ({"user": "Nobody Whatsoever"}, "not_found", "No person"),
        ({"user": "005000000000001AAA"}, "not_found", "No person"),
        ({"pool": "No such pool anywhere"}, "not_found", "No pool"),
        ({"calendar_status": ["disconnected"]}, "invalid_argument", "'not_connected'"),
        ({"product_access": ["everything"]}, "invalid_argument", "'handoff'"),
        ({"groups": ["secrets"]}, "invalid_argument", "'schedule'"),
        ({"limit": 101}, "invalid_argument", "100"),
        ({"cursor": "abc"}, "invalid_argument", "cursor"),
    ],
)
async def test_a_bad_argument_is_refused_and_says_what_to_do(
    odd: World, admin: Caller, asked: dict[str, Any], code: str, word: str
) -> None:
    refusal = await odd.refusal(admin, "lookup_user", **asked)
    assert refusal["code"] == code
    assert word in refusal["message"]
    assert refusal["hint"]


async def test_a_user_cannot_name_anybody(odd: World) -> None:
    rep = odd.caller("rep1")
    for asked in ({"user": "rep2@demo.example"}, {"user": "me"}, {"pool": POOL}, {"calendar_status": ["expired"]}):
        refusal = await odd.refusal(rep, "lookup_user", **asked)
        assert refusal["code"] == "invalid_argument"
        assert refusal["hint"] == "The arguments are: groups."


async def test_me_is_the_caller_who_must_be_a_salesforce_user(odd: World, admin: Caller) -> None:
    found = await odd.ask(admin, "lookup_user", user="me")
    assert [each["user_id"] for each in found["items"]] == [admin.user_id]
    refusal = await odd.refusal(odd.agent(), "lookup_user", user="me")
    assert "one-time code" in refusal["message"]
    assert (await odd.ask(odd.agent(), "lookup_user"))["total"] > 0


async def test_answers_are_of_the_shape_that_the_tool_promises(odd: World, admin: Caller) -> None:
    for caller, asked in (
        (admin, {"limit": 100, "groups": ALL}),
        (admin, {"pool": POOL, "groups": ALL}),
        (admin, {"limit": 2}),
        (odd.caller("rep1"), {"groups": ALL}),
    ):
        jsonschema.validate(await odd.ask(caller, "lookup_user", **asked), TOOL.exposures[caller.scope].output_schema)


async def test_a_cursor_serves_its_caller_and_its_arguments_alone(odd: World, admin: Caller) -> None:
    cursor = (await odd.ask(admin, "lookup_user", limit=3))["next_cursor"]
    for caller, asked in (
        (admin, {"pool": POOL}),
        (admin, {"groups": ["links"]}),
        (odd.caller("both", Scope.ADMIN), {}),
        (replace(admin, org_id="00Dxx0000000002EAA"), {}),
    ):
        refusal = await odd.refusal(caller, "lookup_user", cursor=cursor, **asked)
        assert "cursor" in refusal["message"]
    assert not (await odd.result(admin, "lookup_user", {"cursor": cursor, "limit": 50})).is_error


async def test_nothing_secret_is_in_any_answer(odd: World, admin: Caller) -> None:
    for caller in (admin, odd.caller("rep1")):
        answer = (await odd.result(caller, "lookup_user", {"groups": ALL})).model_dump_json()
        assert SECRET not in answer
        assert "pwd" not in answer
        assert odd.running.url not in answer
        assert not [1 for each in odd.grants.made.values() if each.token.access_token.get_secret_value() in answer]


async def test_every_call_is_audited_with_its_request_id(odd: World, admin: Caller) -> None:
    answer = await odd.result(admin, "lookup_user", {"limit": 2})
    call, outcome = odd.audit.reads[-1]
    assert answer.meta == {REQUEST_ID: call.request_id}
    assert (call.tool, call.scope, outcome.code, outcome.rows) == ("lookup_user", "admin", "ok", 2)
