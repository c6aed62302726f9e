"""Actions over the socket: asked through the client where it can ask, shown and confirmed where it cannot."""

from __future__ import annotations

from typing import Any

import mcp_types as types
import pytest
from mcp.client import Client
from mcp.client.client import ConnectMode
from mcp.client.context import ClientRequestContext

from app.demo.deeds import deeds
from app.demo.reading import field
from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio


class Person:
    """Who sits behind a client and is asked. answer: what he says; asked: what he was shown."""

    def __init__(self, answer: types.ElicitResult) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def __call__(self, context: ClientRequestContext, params: types.ElicitRequestParams) -> types.ElicitResult:
        del context
        assert isinstance(params, types.ElicitRequestFormParams)
        self.asked.append(params.message)
        return self.answer


YES = types.ElicitResult(action="accept", content={"confirm": True})
REFUSALS = {
    "declines": types.ElicitResult(action="decline"),
    "closes the question": types.ElicitResult(action="cancel"),
    "sends the form without yes": types.ElicitResult(action="accept", content={"confirm": False}),
    "sends an empty form": types.ElicitResult(action="accept", content={}),
}


def to_cancel(server: RunningServer) -> str:
    return deeds(server.reading)[0].expected


async def answer(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.structured_content
    assert result.structured_content is not None
    return result.structured_content


def status(server: RunningServer, meeting_id: str) -> str:
    soql = f"SELECT LeanData__Status__c FROM LeanData__BookIt_Meeting__c WHERE Id = '{meeting_id}'"
    return server.org.org.as_system().query(soql)["records"][0]["LeanData__Status__c"]


@pytest.mark.requirement("write.confirmation")
async def test_a_client_that_can_ask_asks_its_person_in_the_middle_of_the_call(own_server: RunningServer) -> None:
    meeting_id, person = to_cancel(own_server), Person(YES)
    async with own_server.signed_in("rep1", elicitation=person) as client:
        done = await answer(client, "cancel_meeting", meeting_id=meeting_id)
    assert done["status"] == "done"
    (asked,) = person.asked
    assert "Jordan Lee" in asked
    assert "Inbound Demo that Riley Carter hosts on" in asked
    assert status(own_server, meeting_id) == "Canceled"
    rows = own_server.eventually("SELECT * FROM audit WHERE tool = 'cancel_meeting' ORDER BY rowid", 2)
    assert [row["outcome"] for row in rows] == ["asked", "ok"]


@pytest.mark.requirement("write.confirmation")
@pytest.mark.parametrize("said", REFUSALS.values(), ids=REFUSALS)
async def test_whoever_does_not_say_yes_has_nothing_done(own_server: RunningServer, said: types.ElicitResult) -> None:
    meeting_id = to_cancel(own_server)
    async with own_server.signed_in("rep1", elicitation=Person(said)) as client:
        answered = await answer(client, "cancel_meeting", meeting_id=meeting_id)
    assert answered == {"status": "declined"}
    assert status(own_server, meeting_id) == "Scheduled"


@pytest.mark.requirement("write.confirmation", "question.cancel_friday", "question.no_show_credit")
@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
async def test_a_client_that_cannot_ask_comes_back_with_the_token_of_the_preview(
    own_server: RunningServer, mode: ConnectMode, version: str
) -> None:
    async with own_server.signed_in("rep1", mode) as client:
        assert client.protocol_version == version
        for deed in deeds(own_server.reading):
            asked = {"meeting_id": deed.expected, **deed.arguments}
            before = await answer(client, "query_meetings", meeting_id=deed.expected)
            preview = await answer(client, deed.tool, **asked)
            assert preview["status"] == "preview"
            assert (await answer(client, "query_meetings", meeting_id=deed.expected))["items"] == before["items"]
            done = await answer(client, deed.tool, **asked, confirm_token=preview["confirm_token"])
            again = await answer(client, deed.tool, **asked, confirm_token=preview["confirm_token"])
            assert done["status"] == "done"
            assert again == done
            after = (await answer(client, "query_meetings", meeting_id=deed.expected))["items"][0]
            assert {name: after[name] for name in deed.afterwards} == deed.afterwards


async def test_a_client_of_2025_is_never_asked_even_if_it_could_be(own_server: RunningServer) -> None:
    person = Person(YES)
    async with own_server.signed_in("rep1", "legacy", elicitation=person) as client:
        preview = await answer(client, "cancel_meeting", meeting_id=to_cancel(own_server))
    assert (preview["status"], person.asked) == ("preview", [])


@pytest.mark.requirement("write.book.admin", "write.sms_off", "write.book.user")
async def test_an_admin_routes_a_prospect_and_books_him(own_server: RunningServer) -> None:
    prospect = {
        "email": "newcomer@freshfields.example",
        "first_name": "Nia",
        "last_name": "Newcomer",
        "company": "Freshfields",
    }
    async with own_server.signed_in("admin") as client:
        routed = await answer(
            client, "route_prospect", meeting_type="Outbound Demo", pool="SDR Pool", prospect=prospect,
            period="next_14_days", bookit_log_id="form-4711",
        )  # fmt: skip
        assert routed["result"] == "calendar"
        day = next(day for day in routed["days"] if day["starts"])
        asked = {
            "offer_id": routed["offer_id"],
            "start": f"{day['date']}T{day['starts'][0][:5]}:00{day['starts'][0][5:]}",
        }
        preview = await answer(client, "book_meeting", **asked)
        done = await answer(client, "book_meeting", **asked, confirm_token=preview["confirm_token"])
        assert {each["what"]: each["status"] for each in done["follow_up"]} == {"lead": "done", "invite": "skipped"}
        found = (await answer(client, "query_meetings", meeting_id=done["meeting"]["meeting_id"], detail=True))[
            "items"
        ][0]
        why = await answer(client, "explain_assignment", meeting_id=done["meeting"]["meeting_id"])
    assert found["host"]["user_id"] == preview["preview"]["host"]["user_id"]
    assert (found["booking_method"], found["detail"]["bookit_log_id"]) == ("mcp", "form-4711")
    assert found["detail"]["activities"][0]["channel"] == "mcp"
    assert why["outcome"] == "explained"
    soql = "SELECT LeanData__SMS_Consent__c, LeanData__Lead__r.Email FROM LeanData__BookIt_Meeting__c WHERE Id = "
    row = own_server.org.org.as_system().query(f"{soql}'{found['meeting_id']}'")["records"][0]
    assert row["LeanData__SMS_Consent__c"] is False
    assert row["LeanData__Lead__r"]["Email"] == prospect["email"]
    async with own_server.signed_in("rep1") as client:
        assert not {"book_meeting", "route_prospect"} & {tool.name for tool in (await client.list_tools()).tools}


@pytest.mark.requirement("write.cancel.user", "scope.hidden_record")
async def test_a_rep_acts_on_his_own_meetings_alone(own_server: RunningServer) -> None:
    reading = own_server.reading
    rep = reading.user("rep1@demo.example")["Id"]
    own = {row["Id"] for row in reading.own("rep1@demo.example")}
    live = [row for row in reading.meetings if field(row, "Status") != "Canceled" and field(row, "Start") > reading.now]
    hidden = next(row["Id"] for row in live if row["Id"] not in own)
    attended = next((row["Id"] for row in live if row["Id"] in own and field(row, "Main_Host") != rep), None)
    async with own_server.signed_in("rep1") as client:
        codes = {
            tool: (await client.call_tool(tool, {"meeting_id": hidden, **more})).structured_content["error"]["code"]
            for tool, more in (
                ("cancel_meeting", {}),
                ("reschedule_meeting", {"start": "2026-12-01T10:00:00-08:00"}),
                ("request_credit", {"reason": "other"}),
            )
        }
        assert set(codes.values()) == {"not_found"}
        if attended is not None:
            refused = (await client.call_tool("cancel_meeting", {"meeting_id": attended})).structured_content
            assert refused["error"]["code"] == "not_available"
    assert status(own_server, hidden) in {"Scheduled", "Rescheduled"}
