"""Offers to book on, bookings of them, and every row that a booking could write: read from the org itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio

from app.local_org.demo_data.model import bookit, custom
from app.org.caller import Caller, Scope
from tests.mcp.credit_world import Rows, bare, custom_names, member_id, person, pool_id, query
from tests.mcp.moving_world import ALL_FIELDS, MEETING_FIELDS
from tests.mcp.world import World

TOOL = "book_meeting"
WEDNESDAY, WALL = "2026-11-25T09:00:00-08:00", "2026-11-25T09:00"
"""Of the week of the demo, whose today is Monday the 23rd: free for the three of the western pool who can be booked."""
FREE_IN_WEST = ("rep1", "rep3", "rep8")
STRANGER: Mapping[str, str] = {
    "email": "pat.new@stranger.example",
    "first_name": "Pat",
    "last_name": "New",
    "company": "New Co",
    "phone": "+1 555 0100",
}
COYOTE: Mapping[str, str] = {
    "email": "wile.coyote@acmecorp.example",
    "first_name": "Wile",
    "last_name": "Coyote",
    "company": "Acme Corp",
}
"""A contact of the demo's."""
WHAT_A_BOOKING_WRITES: Mapping[str, tuple[str, ...]] = {
    **ALL_FIELDS,
    bookit("Meeting"): (
        *MEETING_FIELDS,
        *custom_names("Lead Contact Account Form_Answers BookIt_Log_Id Trigger_Node"),
        "OwnerId",
    ),
    "Event": ("OwnerId", "Subject", "StartDateTime", "EndDateTime", "ShowAs", "IsPrivate", "WhoId", "Location"),
    "EventRelation": ("EventId", "RelationId"),
    "LeanData__Log__c": custom_names(
        "BookIt_Log_Id Graph Trigger_Node Inputs Path Result Meeting_Type Pool Routed_To Prospect_Email"
    ),
    "Lead": ("FirstName", "LastName", "Company", "Email", "Phone", "OwnerId", "LD_BookIt_Log_ID__c"),
    "Contact": ("Email", "LD_BookIt_Log_ID__c"),
}


def everything(world: World) -> Rows:
    """All rows that a booking could write, by object and id, fields by their names without prefix."""
    return {
        (object_name, row["Id"]): {bare(name): row[name] for name in fields}
        for object_name, fields in WHAT_A_BOOKING_WRITES.items()
        for row in query(world, f"SELECT Id, {', '.join(fields)} FROM {object_name}")
    }


def meeting_of(world: World, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The row of the meeting that was booked, fields by their names without prefix."""
    return everything(world)[bookit("Meeting"), answer["meeting"]["meeting_id"]]


async def an_offer(
    world: World, caller: Caller, *, kind: str = "Inbound Demo", period: str = "wednesday", **whose: str
) -> str:
    """Of what preview_availability finds: in the western pool, unless it is told whose time to look at."""
    asked = {"meeting_type": kind, "period": period, "timezone": "America/Los_Angeles"}
    found = await world.ask(caller, "preview_availability", **asked, **(whose or {"pool": "Pool West - USA"}))
    return found["offer_id"]


async def a_request(world: World, caller: Caller, *, start: str = WEDNESDAY, **offered: str) -> dict[str, Any]:
    """The arguments of one booking, on an offer of its own."""
    return {"offer_id": await an_offer(world, caller, **offered), "start": start, "prospect": dict(STRANGER)}


async def booked(world: World, caller: Caller, **arguments: Any) -> dict[str, Any]:
    """The answer after the preview was agreed to."""
    preview = await world.ask(caller, TOOL, **arguments)
    assert preview["status"] == "preview"
    answer = await world.ask(caller, TOOL, **arguments, confirm_token=preview["confirm_token"])
    assert answer["status"] == "done"
    return answer


async def at_once(world: World, caller: Caller, calls: list[dict[str, Any]], tool: str = TOOL) -> list[dict[str, Any]]:
    """The answers, or errors, of calls that are made at the same time, in the order of the calls."""
    answers: list[dict[str, Any]] = [{} for _ in calls]

    async def go(number: int) -> None:
        result = await world.result(caller, tool, calls[number])
        assert result.structured_content is not None
        answers[number] = result.structured_content

    async with anyio.create_task_group() as group:
        for number in range(len(calls)):
            group.start_soon(go, number)
    return answers


def outcome(answer: Mapping[str, Any]) -> str:
    return answer["error"]["code"] if "error" in answer else answer["status"]


def counted(world: World, handle: str, kind: str, delta: int, *, pool: str = "Pool West - USA", key: str) -> None:
    """Somebody's count changes in the ledger, in the category of demos and this month."""
    category = query(world, f"SELECT Id FROM {bookit('Meeting_Category')} WHERE Name = 'Demos'")[0]["Id"]
    values = custom(
        Pool=pool_id(world, pool),
        Member=member_id(world, pool, handle),
        Meeting_Category=category,
        Period_Start="2026-11-01",
        Kind=kind,
        Entry_Key=key,
        Delta=delta,
        Changed_By="BookIt",
    )
    world.running.org.as_system().create(bookit("Count_Entry"), values)


async def standing(world: World, handle: str, pool: str = "Pool West - USA") -> dict[str, Any]:
    """Where a member stands in the category of demos, as view_counts says it."""
    admin = world.caller("admin", Scope.ADMIN)
    answer = await world.ask(admin, "view_counts", pool=pool, meeting_category="Demos")
    [category] = answer["categories"]
    return next(each for each in category["members"] if each["user"]["user_id"] == person(world, handle))
