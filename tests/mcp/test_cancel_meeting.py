"""cancel_meeting: what it shows, every row that it writes, who may, and that it happens once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.local_org.demo_data.model import bookit
from app.org.caller import Caller
from tests.mcp.booking_world import a_request, at_once, booked, everything, outcome, standing
from tests.mcp.credit_world import (
    SDR,
    WEST,
    Rows,
    agreed,
    calls_of_last_write,
    category_id,
    made,
    member_id,
    new_request,
    person,
    pool_id,
    query,
    update,
    wrote,
)
from tests.mcp.moving_world import local, meeting_at, the_meeting, told, with_invites
from tests.mcp.world import World

pytestmark = pytest.mark.anyio

TOOL = "cancel_meeting"


@pytest.fixture
def rep(office: World) -> Caller:
    return office.caller("rep1")


def differs(before: Rows, after: Rows) -> dict[tuple[str, str], dict[str, tuple[Any, Any]]]:
    """(before, after) of each field that is otherwise, of rows that were there before and after."""
    return {
        key: {name: (value, after[key][name]) for name, value in row.items() if after[key][name] != value}
        for key, row in before.items()
        if key in after and after[key] != row
    }


def credit_on_cancel(world: World, pool: str = WEST, *, given: bool = True) -> None:
    update(world, "Pool", pool_id(world, pool), Credit_On_Cancel=given)


@pytest.mark.requirement("write.confirmation")
async def test_a_preview_shows_the_meeting_and_changes_nothing(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, local(25, 9), others=[("Attendee", "rep8")])
    before = everything(office)
    answer = await office.ask(admin, TOOL, meeting_id=meeting, reason="Double booked")
    assert calls_of_last_write(office) == 2
    assert everything(office) == before
    shown = answer["preview"]
    assert (answer["status"], shown["meeting"]["status"]) == ("preview", "scheduled")
    assert (shown["meeting"]["start"]["local"], shown["meeting"]["start"]["weekday"]) == (
        "2026-11-25T12:00:00-05:00", "Wednesday",
    )  # fmt: skip
    assert shown["changes"] == [
        {"what": "status", "before": "scheduled", "after": "canceled"},
        {"what": "calendar event", "before": "there", "after": "removed"},
    ]
    assert shown["told"] == []
    assert answer["confirm_token"]


@pytest.mark.requirement("write.cancel.admin")
async def test_done_writes_the_meeting_and_removes_its_event(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, local(25, 9), host="rep3")
    event, before = the_meeting(office, meeting)["Event_Id"], everything(office)
    answer = await agreed(office, admin, TOOL, meeting_id=meeting, reason="Double booked")
    assert calls_of_last_write(office) == 3
    after = everything(office)
    assert before.keys() - after.keys() == {("Event", event)}
    assert differs(before, after) == {
        (bookit("Meeting"), meeting): {
            "Status": ("Scheduled", "Canceled"),
            "Canceled_Date": (None, wrote(office.clock())),
        }
    }
    reason = query(
        office,
        "SELECT LeanData__Cancellation_Reason__c, LeanData__Canceled_By_Type__c "
        f"FROM {bookit('Meeting')} WHERE Id = '{meeting}'",
    )[0]
    assert list(reason.values()) == ["Double booked", "Admin"]
    new = made(before, after)
    assert new.keys() == {"Meeting_Activity", "Claim", "Operation"}
    [activity], [claim], [operation] = new["Meeting_Activity"], new["Claim"], new["Operation"]
    assert {name: value for name, value in activity.items() if name != "Id"} == {
        "Meeting": meeting,
        "Kind": "Canceled",
        "Actor": admin.user_id,
        "Channel": "MCP",
        "Old_Value": "Scheduled",
        "New_Value": "Canceled",
    }
    assert claim["Claim_Key"] == f"{person(office, 'rep3')}|meeting {meeting}|1"
    assert (operation["Tool"], operation["Actor"]) == (TOOL, admin.user_id)
    assert answer["meeting"]["status"] == "canceled"
    assert answer["follow_up"] == [{"what": "invite", "status": "skipped", "detail": answer["follow_up"][0]["detail"]}]


async def test_a_pool_that_gives_credits_for_cancellations_gives_one_and_the_preview_says_so(
    office: World, admin: Caller
) -> None:
    credit_on_cancel(office)
    meeting = meeting_at(office, local(25, 9))
    before, was = everything(office), await standing(office, "rep1")
    preview = await office.ask(admin, TOOL, meeting_id=meeting)
    assert {"what": "credit for the host", "before": None, "after": "approved"} in preview["preview"]["changes"]
    await office.ask(admin, TOOL, meeting_id=meeting, confirm_token=preview["confirm_token"])
    assert calls_of_last_write(office) == 3
    new, host, member = made(before, everything(office)), person(office, "rep1"), member_id(office, WEST, "rep1")
    [request], [entry] = new["Credit_Request"], new["Count_Entry"]
    assert {name: value for name, value in request.items() if value is not None and name != "Id"} == {
        "Meeting": meeting,
        "Host": host,
        "Pool": pool_id(office, WEST),
        "Meeting_Category": category_id(office),
        "Reason": "Other",
        "Comment": "The meeting was canceled.",
        "Status": "Approved",
        "Is_Automatic": True,
        "Requested_By": admin.user_id,
        "Decided_By": admin.user_id,
        "Decided_Date": wrote(office.clock()),
    }
    assert (entry["Entry_Key"], entry["Kind"], entry["Delta"], entry["Member"], entry["Period_Start"]) == (
        f"credit|{meeting}|{host}", "Credit", 1, member, "2026-11-01",
    )  # fmt: skip
    assert the_meeting(office, meeting)["Credit_Status"] == "Approved"
    now = await standing(office, "rep1")
    assert (now["credits"], now["net"]) == (was["credits"] + 1, was["net"] - 1)


@pytest.mark.parametrize("why", ["the pool gives none", "there is one", "no pool"])
async def test_no_credit_is_given(office: World, admin: Caller, why: str) -> None:
    credit_on_cancel(office, given=why != "the pool gives none")
    meeting = meeting_at(office, local(25, 9), pool=None if why == "no pool" else WEST)
    if why == "there is one":
        new_request(office, meeting)
    before = everything(office)
    preview = await office.ask(admin, TOOL, meeting_id=meeting)
    assert [each["what"] for each in preview["preview"]["changes"]] == ["status", "calendar event"]
    await agreed(office, admin, TOOL, meeting_id=meeting)
    assert not made(before, everything(office)).keys() & {"Credit_Request", "Count_Entry"}


async def test_a_pool_that_begins_to_give_credits_makes_it_another_action(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, local(25, 9))
    preview = await office.ask(admin, TOOL, meeting_id=meeting)
    credit_on_cancel(office)
    refused = await office.refusal(admin, TOOL, meeting_id=meeting, confirm_token=preview["confirm_token"])
    assert refused["code"] == "conflict"


async def test_the_time_is_free_again(office: World, admin: Caller) -> None:
    request = await a_request(office, admin, user="Riley Carter")
    meeting = (await booked(office, admin, **request))["meeting"]["meeting_id"]
    again = await a_request(office, admin, user="Riley Carter")
    assert (await office.refusal(admin, "book_meeting", **again))["code"] == "slot_taken"
    await agreed(office, admin, TOOL, meeting_id=meeting)
    answer = await booked(office, admin, **again)
    assert answer["meeting"]["start"]["local"] == again["start"]


@pytest.mark.requirement("write.cancel.user")
async def test_a_user_cancels_what_he_hosts(office: World, rep: Caller) -> None:
    meeting = meeting_at(office, local(25, 9))
    answer = await agreed(office, rep, TOOL, meeting_id=meeting)
    assert (answer["meeting"]["status"], calls_of_last_write(office)) == ("canceled", 3)
    row = query(office, f"SELECT LeanData__Canceled_By_Type__c FROM {bookit('Meeting')} WHERE Id = '{meeting}'")
    assert row == [{"LeanData__Canceled_By_Type__c": "Host"}]


@pytest.mark.requirement("write.cancel.user")
@pytest.mark.parametrize("role", ["Attendee", "Additional Host"])
async def test_a_user_does_not_cancel_what_he_only_attends(office: World, rep: Caller, role: str) -> None:
    meeting = meeting_at(office, local(25, 9), host="rep3", others=[(role, "rep1")])
    before = everything(office)
    refused = await office.refusal(rep, TOOL, meeting_id=meeting)
    assert (refused["code"], "Casey Nguyen" in refused["message"]) == ("not_available", True)
    assert everything(office) == before


@pytest.mark.requirement("write.cancel.user")
async def test_a_hidden_meeting_is_not_found_just_as_a_missing_one(office: World, rep: Caller) -> None:
    hidden = meeting_at(office, local(25, 9), host="rep3")
    found = [await office.refusal(rep, TOOL, meeting_id=each) for each in (hidden, "MOV-99999", "a0Bxx0000000001AAA")]
    for each in found:
        del each["request_id"]
    assert found[0]["code"] == "not_found"
    assert found[0] == found[1] == found[2]


async def test_neither_a_canceled_meeting_nor_one_that_has_begun(office: World, admin: Caller) -> None:
    canceled = meeting_at(office, local(25, 9), status="Canceled")
    begun = meeting_at(office, office.clock(), host="rep3")
    soon = meeting_at(office, office.clock() + timedelta(minutes=1), host="rep8")
    assert (await office.refusal(admin, TOOL, meeting_id=canceled))["code"] == "already_done"
    refused = await office.refusal(admin, TOOL, meeting_id=begun)
    assert (refused["code"], "request_credit" in refused["hint"]) == ("not_available", True)
    preview = await office.ask(admin, TOOL, meeting_id=soon)
    office.clock.advance(timedelta(minutes=2))
    refused = await office.refusal(admin, TOOL, meeting_id=soon, confirm_token=preview["confirm_token"])
    assert refused["code"] == "not_available"


async def test_an_event_that_somebody_deleted_before_is_nothing_to_remove(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, local(25, 9))
    preview = await office.ask(admin, TOOL, meeting_id=meeting)
    office.running.org.as_system().delete("Event", the_meeting(office, meeting)["Event_Id"])
    result = await office.result(admin, TOOL, {"meeting_id": meeting, "confirm_token": preview["confirm_token"]})
    found = result.structured_content
    assert found is not None
    assert (found["error"]["code"], [each["what"] for each in found["preview"]["changes"]]) == ("conflict", ["status"])
    answer = await office.ask(admin, TOOL, meeting_id=meeting, confirm_token=found["confirm_token"])
    assert answer["meeting"]["status"] == "canceled"


async def test_a_shown_change_meanwhile_is_a_conflict_and_another_is_none(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, local(25, 9))
    preview = await office.ask(admin, TOOL, meeting_id=meeting)
    update(office, "Meeting", meeting, Prospect_Name="Somebody Else")
    before = everything(office)
    result = await office.result(admin, TOOL, {"meeting_id": meeting, "confirm_token": preview["confirm_token"]})
    found = result.structured_content
    assert found is not None
    assert (found["error"]["code"], found["preview"]["meeting"]["prospect"]["name"]) == ("conflict", "Somebody Else")
    assert everything(office) == before
    update(office, "Meeting", meeting, Trigger_Node="Elsewhere")
    answer = await office.ask(admin, TOOL, meeting_id=meeting, confirm_token=found["confirm_token"])
    assert answer["status"] == "done"


async def test_a_caller_by_one_time_code_is_named_by_his_address(office: World) -> None:
    credit_on_cancel(office, SDR)
    meeting = meeting_at(office, local(25, 9), host="rep16", pool=SDR)
    before = everything(office)
    await agreed(office, office.agent(), TOOL, meeting_id=meeting)
    new = made(before, everything(office))
    assert new["Meeting_Activity"][0]["Actor"] == new["Count_Entry"][0]["Changed_By"] == "agent@demo.example"
    assert (new["Credit_Request"][0]["Requested_By"], new["Credit_Request"][0]["Decided_By"]) == (None, None)
    assert new["Operation"][0]["Actor"] == "agent@demo.example"


async def test_of_ten_cancellations_at_once_one_is_done(office: World, admin: Caller) -> None:
    credit_on_cancel(office)
    meeting = meeting_at(office, local(25, 9))
    calls: list[dict[str, Any]] = [{"meeting_id": meeting, "idempotency_key": f"{number}"} for number in range(10)]
    for call in calls:
        call["confirm_token"] = (await office.ask(admin, TOOL, **call))["confirm_token"]
    before = everything(office)
    answers = await at_once(office, admin, calls, TOOL)
    assert sorted(outcome(each) for each in answers) == [*["already_done"] * 9, "done"]
    new = made(before, everything(office))
    assert {name: len(rows) for name, rows in new.items()} == {
        "Meeting_Activity": 1, "Claim": 1, "Operation": 1, "Credit_Request": 1, "Count_Entry": 1,
    }  # fmt: skip


async def test_everybody_is_told_that_it_is_off(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, local(25, 9))
    async with with_invites(office) as server:
        preview = await office.ask(admin, TOOL, meeting_id=meeting)
        assert [each["role"] for each in preview["preview"]["told"]] == ["host", "prospect"]
        answer = await agreed(office, admin, TOOL, meeting_id=meeting)
    assert answer["follow_up"][0]["status"] == "done"
    people = ("rep1@demo.example", "jordan.lee@acmecorp.example")
    assert [told(each) for each in server.received] == [
        (email, "CANCEL", 1, "mailto:rep1@demo.example") for email in people
    ]


@pytest.mark.requirement("question.cancel_friday")
async def test_cancel_my_meeting_with_jordan_lee_on_friday(office: World, rep: Caller) -> None:
    [friday] = [  # of the demo's own
        row["Id"]
        for row in office.of("Meeting")
        if row["LeanData__Main_Host__c"] == rep.user_id
        and row["LeanData__Prospect_Name__c"] == "Jordan Lee"
        and local(27, 0) <= row["LeanData__Start__c"] < local(28, 0)
    ]
    meeting_at(office, local(26, 10))
    meeting_at(office, local(27, 10), host="rep3")
    found = await office.ask(rep, "query_meetings", prospect="Jordan Lee", period="friday")
    assert [each["meeting_id"] for each in found["items"]] == [friday]
    answer = await agreed(office, rep, TOOL, meeting_id=found["items"][0]["meeting_id"])
    assert (answer["meeting"]["status"], answer["meeting"]["start"]["weekday"]) == ("canceled", "Friday")
    found = await office.ask(rep, "query_meetings", prospect="Jordan Lee", period="friday", status=["canceled"])
    assert [each["meeting_id"] for each in found["items"]] == [friday]
