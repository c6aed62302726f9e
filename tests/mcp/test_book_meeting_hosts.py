"""book_meeting: who hosts a pool's meeting, and that counts and explanation agree with it."""

from __future__ import annotations

from typing import Any

import pytest

from app.org.caller import Caller
from tests.mcp.booking_world import (
    FREE_IN_WEST,
    TOOL,
    a_request,
    booked,
    counted,
    everything,
    standing,
)
from tests.mcp.credit_world import (
    WEST,
    category_id,
    made,
    member_id,
    person,
)
from tests.mcp.world import World

pytestmark = pytest.mark.anyio


async def test_the_host_of_the_preview_is_kept_though_the_counts_have_changed(office: World, admin: Caller) -> None:
    request = await a_request(office, admin)
    preview = await office.ask(admin, TOOL, **request)
    counted(office, "rep3", "Scheduled", 9, key="meanwhile")
    answer = await office.ask(admin, TOOL, **request, confirm_token=preview["confirm_token"])
    assert answer["meeting"]["host"] == preview["preview"]["host"]
    explained = await office.ask(admin, "explain_assignment", meeting_id=answer["meeting"]["meeting_id"])
    passed_over = {each["name"] for each in explained["candidates"] if each["skipped"] == "kept_as_previewed"}
    assert passed_over == {"Riley Carter", "Rowan Fischer"}
    assert (await a_preview(office, admin))["host"]["name"] in passed_over


async def a_preview(world: World, caller: Caller) -> dict[str, Any]:
    request = await a_request(world, caller, start="2026-11-25T14:00:00-08:00")
    return (await world.ask(caller, TOOL, **request))["preview"]


async def test_counts_and_explanation_agree_with_the_booking(office: World, admin: Caller) -> None:
    before = await standing(office, "rep3")
    answer = await booked(office, admin, **await a_request(office, admin))
    after = await standing(office, "rep3")
    assert (after["scheduled"], after["net"]) == (before["scheduled"] + 1, before["net"] + 1)
    assert after["last_assigned"] is not None
    explained = await office.ask(admin, "explain_assignment", meeting_id=answer["meeting"]["meeting_id"])
    others = {handle: await standing(office, handle) for handle in FREE_IN_WEST if handle != "rep3"}
    second = min(others.values(), key=lambda each: each["net"])
    assert f"the lowest net count, {before['net']} = calibration" in explained["why"]
    assert f"with {second['net']}." in explained["why"]
    assert before["net"] < second["net"]
    free = {each["user_id"] for each in explained["candidates"] if each["skipped"] is None}
    assert free == {person(office, handle) for handle in FREE_IN_WEST}
    assert [each["user_id"] for each in explained["candidates"] if each["chosen"]] == [person(office, "rep3")]


async def test_a_turn_that_only_a_credit_won_consumes_it(office: World, admin: Caller) -> None:
    nets = {handle: (await standing(office, handle))["net"] for handle in FREE_IN_WEST}
    # Riley comes just one before Casey, and by his credit alone.
    counted(office, "rep1", "Calibration", nets["rep3"] - nets["rep1"], key="level with Casey")
    counted(office, "rep1", "Credit", 1, key="credit|x|y")
    before = everything(office)
    answer = await booked(office, admin, **await a_request(office, admin))
    assert answer["meeting"]["host"]["name"] == "Riley Carter"
    member = member_id(office, WEST, "rep1")
    rows = [row for row in made(before, everything(office))["Count_Entry"] if row["Kind"] == "Credit-Consumed"]
    assert [(row["Entry_Key"], row["Member"], row["Delta"], row["Meeting"]) for row in rows] == [
        (f"consume|{member}|{category_id(office)}|1", member, 1, answer["meeting"]["meeting_id"])
    ]
    assert (await standing(office, "rep1"))["unconsumed_credits"] == 0
    explained = await office.ask(admin, "explain_assignment", meeting_id=answer["meeting"]["meeting_id"])
    assert explained["credit_consumed"] is True
    assert "only because of a credit" in explained["why"]
