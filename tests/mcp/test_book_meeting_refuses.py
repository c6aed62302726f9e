"""book_meeting: everything is checked again when it books, and an offer books once."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.local_org.demo_data.model import bookit
from app.mcp.call import Call
from app.mcp.offers import Offer, make_offer
from app.org.caller import Caller, Scope
from tests.mcp.booking_world import (
    FREE_IN_WEST,
    STRANGER,
    TOOL,
    WEDNESDAY,
    a_request,
    an_offer,
    at_once,
    booked,
    everything,
    outcome,
)
from tests.mcp.credit_world import WEST, person, query, update
from tests.mcp.moving_world import busy, local, meeting_at, type_id
from tests.mcp.world import World, world

pytestmark = pytest.mark.anyio

RENEWAL = "Renewal Check-in"
QUESTIONS = json.dumps(
    [
        {"name": "email", "label": "E-mail", "required": True},
        {"name": "phone", "label": "Phone", "required": True},
        {"name": "team", "label": "Team", "required": True, "options": ["small", "large"]},
        {"name": "why", "label": "Why"},
    ]
)


@pytest.fixture(scope="module")
def still() -> Generator[World]:
    """For tests that change nothing in it."""
    with world(meetings=0) as made_world:
        yield made_world


@pytest.fixture
def asker(still: World) -> Caller:
    return still.caller("admin", Scope.ADMIN)


def booked_here(world: World) -> list[str]:
    """The host of each meeting that was booked through MCP."""
    rows = query(world, f"SELECT LeanData__Main_Host__c, LeanData__Booking_Method__c FROM {bookit('Meeting')}")
    return [row["LeanData__Main_Host__c"] for row in rows if row["LeanData__Booking_Method__c"] == "MCP"]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("2026-11-26T09:00:00-08:00", "invalid_time"),  # outside of the offer's range
        ("2026-11-25", "invalid_time"),
        ("soon", "invalid_time"),
        ("2026-11-25T09:07:00-08:00", "not_available"),  # off the grid
        ("2026-11-25T05:00:00-08:00", "not_available"),  # nobody works then
    ],
)
async def test_a_start_that_is_none_of_the_offer_s(still: World, asker: Caller, start: str, code: str) -> None:
    request = await a_request(still, asker, start=start)
    before = everything(still)
    refused = await still.refusal(asker, TOOL, **request)
    assert refused["code"] == code, refused
    assert everything(still) == before


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("2026-11-25T09:07:00-08:00", "No meeting of this type begins at that time of day."),
        ("2026-11-23T08:00:00-08:00", "minimum_notice"),
        ("2026-11-25T05:00:00-08:00", "working_hours"),
    ],
)
async def test_why_nobody_can_take_it_is_said(still: World, asker: Caller, start: str, says: str) -> None:
    request = await a_request(still, asker, start=start, period="this_week", pool=WEST)
    assert says in (await still.refusal(asker, TOOL, **request))["message"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"prospect": None}, "prospect is required"),
        ({"prospect": {"email": "nobody"}}, "e-mail"),
        ({"prospect": {"email": "a@b.example"}}, "requires prospect.first_name, prospect.last_name, prospect.company"),
        ({"prospect": {**STRANGER, "employees": 250}}, "inputs are for trigger nodes alone"),
        ({"answers": {"shoe_size": "44"}}, "no question 'shoe_size'"),
        ({"guests": ["nobody"]}, "e-mail"),
        ({"guests": [f"g{number}@x.example" for number in range(11)]}, "guests"),
        ({"sms_consent": True}, "sms_consent"),
        ({"offer_id": "made up"}, "not one of yours"),
    ],
)
async def test_arguments_that_cannot_be(still: World, asker: Caller, given: Mapping[str, Any], says: str) -> None:
    request = {name: value for name, value in {**await a_request(still, asker), **given}.items() if value is not None}
    before = everything(still)
    refused = await still.refusal(asker, TOOL, **request)
    assert refused["code"] == "invalid_argument"
    assert says in refused["message"], refused
    assert everything(still) == before


async def test_the_form_s_questions_are_held_to(office: World, admin: Caller) -> None:
    update(office, "Meeting_Type", type_id(office, "Inbound Demo"), Form_Fields=QUESTIONS)
    request = await a_request(office, admin)
    del request["prospect"]["phone"]
    refused = await office.refusal(admin, TOOL, **request)
    assert "requires prospect.phone, answers.team." in refused["message"]
    request["prospect"]["phone"] = "1"
    refused = await office.refusal(admin, TOOL, **request, answers={"team": "medium"})
    assert (refused["code"], refused["hint"]) == ("invalid_argument", "Take one of: small, large.")
    answer = await office.ask(admin, TOOL, **request, answers={"team": "large", "why": "because"})
    assert answer["status"] == "preview"


async def test_what_a_routed_prospect_lacks_is_given_to_the_routing(office: World, admin: Caller) -> None:
    update(office, "Meeting_Type", type_id(office, "Inbound Demo"), Form_Fields=QUESTIONS)
    asked = {"meeting_type": "Inbound Demo", "pool": WEST, "prospect": {"email": "a@b.example"}, "period": "wednesday"}
    routed = await office.ask(admin, "route_prospect", **asked)
    refused = await office.refusal(admin, TOOL, offer_id=routed["offer_id"], start=WEDNESDAY)
    assert "prospect.phone" in refused["message"]
    assert "route_prospect" in refused["hint"]


async def test_an_offer_is_its_caller_s_alone_and_for_a_new_meeting(office: World, admin: Caller) -> None:
    request = await a_request(office, admin)
    other = office.caller("both", Scope.ADMIN)
    elsewhere = replace(admin, org_id="00Dxx0000000009EAA")
    call = Call(elsewhere, TOOL, "request", office.clock(), office.services.gateway.as_caller(admin), office.services)
    start, end = local(25, 0), local(26, 0)
    foreign, _ = make_offer(call, Offer(type_id(office, "Inbound Demo"), None, ("x",), False, start, end, "UTC"))
    meeting = meeting_at(office, local(25, 13))
    moving = await office.ask(
        admin, "preview_availability", meeting_type="Inbound Demo", reschedule_of=meeting, period="wednesday"
    )
    for caller, offer, says in (
        (other, request["offer_id"], "not one of yours"),
        (office.agent(), request["offer_id"], "not one of yours"),
        (admin, foreign, "not one of yours"),
        (admin, f"{request['offer_id']}A", "not one of yours"),
        (admin, moving["offer_id"], "for moving a meeting"),
    ):
        refused = await office.refusal(caller, TOOL, **{**request, "offer_id": offer})
        assert refused["code"] == "invalid_argument"
        assert says in refused["message"]
    office.clock.advance(timedelta(minutes=15))
    refused = await office.refusal(admin, TOOL, **request)
    assert refused["message"] == "The offer has expired."


async def test_a_meeting_type_that_was_switched_off_meanwhile(office: World, admin: Caller) -> None:
    request = await a_request(office, admin)
    update(office, "Meeting_Type", type_id(office, "Inbound Demo"), Is_Active=False)
    assert (await office.refusal(admin, TOOL, **request))["code"] == "not_available"


async def test_a_start_that_was_taken_meanwhile_is_answered_with_free_ones(office: World, admin: Caller) -> None:
    request = await a_request(office, admin)
    preview = await office.ask(admin, TOOL, **request)
    for handle in FREE_IN_WEST:
        busy(office, handle, local(25, 9))
    before = everything(office)
    refused = await office.refusal(admin, TOOL, **request, confirm_token=preview["confirm_token"])
    assert refused["code"] == "slot_taken"
    assert everything(office) == before
    starts = [each["id"] for each in refused["candidates"]]
    assert (len(starts), starts[0]) == (5, "2026-11-25T09:30:00-08:00")
    for start in starts:
        answer = await office.ask(admin, TOOL, **{**request, "start": start})
        assert answer["status"] == "preview"


async def test_when_the_host_of_the_preview_was_taken_another_is_shown(office: World, admin: Caller) -> None:
    request = await a_request(office, admin)
    preview = await office.ask(admin, TOOL, **request)
    busy(office, "rep3", local(25, 9))
    before = everything(office)
    result = await office.result(admin, TOOL, {**request, "confirm_token": preview["confirm_token"]})
    found = result.structured_content
    assert found is not None
    assert found["error"]["code"] == "conflict"
    assert everything(office) == before
    assert preview["preview"]["host"]["name"] == "Casey Nguyen"
    another = found["preview"]["host"]
    assert another["user_id"] in {person(office, "rep1"), person(office, "rep8")}
    answer = await office.ask(admin, TOOL, **request, confirm_token=found["confirm_token"])
    assert (answer["status"], answer["meeting"]["host"]) == ("done", another)


async def test_a_named_person_who_is_taken_or_cannot_be_booked(office: World, admin: Caller) -> None:
    request = await a_request(office, admin, user="Riley Carter")
    busy(office, "rep1", local(25, 9))
    assert (await office.refusal(admin, TOOL, **request))["code"] == "slot_taken"
    request = await a_request(office, admin, user="Morgan Diaz")
    refused = await office.refusal(admin, TOOL, **request)
    assert (refused["code"], "calendar_not_connected" in refused["message"]) == ("not_available", True)


@pytest.mark.parametrize("limit", ["Max_Per_Day", "Max_Per_Week"])
async def test_limits_of_day_and_week_hold(office: World, admin: Caller, limit: str) -> None:
    update(office, "Meeting_Type", type_id(office, RENEWAL), **{limit: 1})
    request = await a_request(office, admin, kind=RENEWAL, user="Riley Carter")
    preview = await office.ask(admin, TOOL, **request)
    meeting_at(office, local(25 if limit == "Max_Per_Day" else 27, 15), kind=RENEWAL, pool=None)
    refused = await office.refusal(admin, TOOL, **request, confirm_token=preview["confirm_token"])
    assert refused["code"] == "slot_taken"
    first = refused["candidates"][0]["id"]
    assert first.startswith("2026-11-26" if limit == "Max_Per_Day" else "2026-11-30")


async def test_buffers_of_both_meetings_hold(office: World, admin: Caller) -> None:
    meeting_at(office, local(25, 14), event=False)
    request = await a_request(office, admin, kind="Technical deep dive", user="Riley Carter")
    # Ten minutes are kept free around a deep dive, before it and after it.
    for start, expected in (("13:00", "slot_taken"), ("14:30", "slot_taken"), ("15:00", "preview")):
        result = await office.result(admin, TOOL, {**request, "start": f"2026-11-25T{start}:00-08:00"})
        assert result.structured_content is not None
        assert outcome(result.structured_content) == expected


async def test_an_offer_books_once(office: World, admin: Caller) -> None:
    request = await a_request(office, admin)
    answer = await booked(office, admin, **request)
    assert answer["status"] == "done"
    after = everything(office)
    later = {**request, "start": "2026-11-25T13:00:00-08:00"}
    for again in (request, later, {**request, "idempotency_key": "another"}):
        assert (await office.refusal(admin, TOOL, **again))["code"] == "already_done"
    assert everything(office) == after


async def test_an_offer_books_once_however_many_take_it_at_once(office: World, admin: Caller) -> None:
    """Each with a start and key of its own."""
    offer = await an_offer(office, admin)
    starts = [f"2026-11-25T{hour:02}:{minute}:00-08:00" for hour in (8, 9, 10, 13) for minute in ("00", "30")]
    calls: list[dict[str, Any]] = [
        {"offer_id": offer, "start": start, "prospect": dict(STRANGER), "idempotency_key": start} for start in starts
    ]
    for call in calls:
        call["confirm_token"] = (await office.ask(admin, TOOL, **call))["confirm_token"]
    answers = await at_once(office, admin, calls)
    assert sorted({outcome(each) for each in answers}) == ["already_done", "done"]
    assert [outcome(each) for each in answers].count("done") == 1
    assert len(booked_here(office)) == 1


async def test_one_call_that_runs_ten_times_at_once_books_once_and_answers_alike(office: World, admin: Caller) -> None:
    request = {**await a_request(office, admin), "idempotency_key": "one"}
    request["confirm_token"] = (await office.ask(admin, TOOL, **request))["confirm_token"]
    answers = await at_once(office, admin, [request] * 10)
    assert {outcome(each) for each in answers} == {"done"}
    assert all(each == answers[0] for each in answers)
    assert len(booked_here(office)) == 1
    assert len(query(office, f"SELECT Id FROM Lead WHERE Email = '{STRANGER['email']}'")) == 1


async def test_of_ten_who_want_overlapping_times_of_one_host_one_gets_his(office: World, admin: Caller) -> None:
    update(office, "Meeting_Type", type_id(office, "Technical deep dive"), Slot_Interval_Minutes=5)
    calls: list[dict[str, Any]] = []
    for number in range(10):
        start = f"2026-11-25T09:{5 * number:02}:00-08:00"  # each an hour long
        request = await a_request(office, admin, start=start, kind="Technical deep dive", user="Riley Carter")
        calls.append({**request, "confirm_token": (await office.ask(admin, TOOL, **request))["confirm_token"]})
    answers = await at_once(office, admin, calls)
    assert sorted(outcome(each) for each in answers) == ["done", *["slot_taken"] * 9]
    assert len(booked_here(office)) == 1
    assert (
        len(
            query(
                office,
                f"SELECT Id FROM Event WHERE OwnerId = '{person(office, 'rep1')}'"
                " AND StartDateTime >= 2026-11-25T17:00:00Z AND StartDateTime < 2026-11-25T18:00:00Z",
            )
        )
        == 1
    )


async def test_a_pool_with_three_who_are_free_takes_three_of_ten_at_once(office: World, admin: Caller) -> None:
    calls = [await a_request(office, admin) for _ in range(10)]
    for call in calls:
        call["confirm_token"] = (await office.ask(admin, TOOL, **call))["confirm_token"]
    done: list[str] = []
    rounds = 0
    while calls:
        rounds += 1
        answers = await at_once(office, admin, calls)
        done += [each["meeting"]["host"]["user_id"] for each in answers if outcome(each) == "done"]
        again: list[dict[str, Any]] = []
        for call, answer in zip(calls, answers, strict=True):
            assert outcome(answer) in {"done", "slot_taken", "conflict"}
            if "confirm_token" in answer:  # another host is shown, and agreed to
                again.append({**call, "confirm_token": answer["confirm_token"]})
        calls = again
        assert rounds < 10
    assert sorted(done) == sorted(person(office, handle) for handle in FREE_IN_WEST)
    assert sorted(booked_here(office)) == sorted(done)
