"""query_meetings, beyond that its reading is right: the guide's questions, refusals, shapes, cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.bookit.org_status import OrgStatus
from app.mcp.calling import REQUEST_ID
from app.org.caller import Caller, Scope
from app.scheduling.weekdays import Weekday
from tests.mcp import plain_reading
from tests.mcp.plain_reading import value
from tests.mcp.world import FixedStatus, World

pytestmark = pytest.mark.anyio


@pytest.fixture
def admin(a_world: World) -> Caller:
    return a_world.caller("admin", Scope.ADMIN)


@pytest.fixture
def rep(a_world: World) -> Caller:
    return a_world.caller("rep1")


def ids(answer: dict[str, Any]) -> list[str]:
    return [each["meeting_id"] for each in answer["items"]]


@pytest.mark.requirement("question.canceled_pool_last_week")
async def test_canceled_meetings_of_a_pool_last_week_are_one_call(a_world: World, admin: Caller) -> None:
    answer = await a_world.ask(
        admin, "query_meetings", pool="Enterprise AMEA Pool", status=["cancelled"], period="last_week"
    )
    assert answer["items"]
    assert {each["status"] for each in answer["items"]} == {"canceled"}
    assert {each["pool"]["name"] for each in answer["items"]} == {"Enterprise AMEA Pool"}
    assert answer["range"]["start"]["local"] == "2026-11-16T00:00:00-05:00"
    assert answer["range"]["end"]["local"] == "2026-11-23T00:00:00-05:00"
    assert answer["total"] == len(answer["items"])


@pytest.mark.requirement("question.month_comparison")
async def test_two_months_of_bookings_of_a_type_are_one_call(a_world: World, admin: Caller) -> None:
    asked = {
        "meeting_type": "Inbound Demo",
        "date_field": "booked",
        "start": "2026-10-01",
        "end": "2026-11-30",
        "group_by": ["month"],
    }
    answer = await a_world.ask(admin, "query_meetings", **asked)
    bounds = {"start": "2026-10-01T00:00:00-04:00", "end": "2026-12-01T00:00:00-05:00"}
    expected = plain_reading.count(a_world, admin, asked | bounds)
    assert {(group["key"]["month"],): group["count"] for group in answer["groups"]} == expected
    assert set(expected) == {("2026-10",), ("2026-11",)}


@pytest.mark.requirement("question.my_week")
async def test_my_meetings_coming_up_this_week_are_one_call(a_world: World, rep: Caller) -> None:
    answer = await a_world.ask(rep, "query_meetings", period="this_week", upcoming_only=True)
    assert answer["items"]
    assert {each["status"] for each in answer["items"]} <= {"scheduled", "rescheduled"}
    assert all(each["start"]["utc"] >= answer["now"]["utc"] for each in answer["items"])


@pytest.mark.requirement("question.conference_link")
async def test_the_link_of_a_meeting_at_two_tomorrow_is_in_the_answer_and_its_text(a_world: World, rep: Caller) -> None:
    result = await a_world.result(rep, "query_meetings", {"period": "tomorrow", "status": ["scheduled"]})
    assert result.structured_content is not None
    at_two = [
        each for each in result.structured_content["items"] if each["start"]["local"].startswith("2026-11-24T14:00")
    ]
    assert len(at_two) == 1
    assert at_two[0]["conference_link"] in result.content[0].model_dump()["text"]


async def test_a_meeting_has_the_shape_of_the_contract(a_world: World, admin: Caller, rep: Caller) -> None:
    common = {
        "meeting_id", "meeting_type", "status", "start", "end", "booked", "host", "attendees", "booking_method",
        "prospect", "conference_link", "is_no_show", "credit_status", "canceled",
    }  # fmt: skip
    for caller, keys in ((admin, common | {"pool"}), (rep, common)):
        meeting = (await a_world.ask(caller, "query_meetings", limit=1))["items"][0]
        assert set(meeting) == keys
        assert set(meeting["start"]) == {"local", "utc", "timezone", "weekday"}
        assert set(meeting["attendees"][0]) == {"name", "email", "role"}
        assert set(meeting["prospect"]) == {"name", "email", "company"}
        assert set(meeting["host"]) == {"user_id", "name", "email"}
        detailed = (await a_world.ask(caller, "query_meetings", limit=1, detail=True))["items"][0]
        assert set(detailed) == keys | {"detail"}
        assert set(detailed["attendees"][0]) == {"name", "email", "role", "response"}


async def test_a_meeting_is_found_by_either_id_whatever_its_date(a_world: World, admin: Caller) -> None:
    oldest = min(a_world.of("Meeting"), key=lambda row: value(row, "Start"))
    for name in (oldest["Id"], oldest["Id"][:15], value(oldest, "Meeting_Id")):
        answer = await a_world.ask(admin, "query_meetings", meeting_id=name)
        assert ids(answer) == [oldest["Id"]]
        assert (answer["total"], answer["range"]) == (1, None)


@pytest.mark.requirement("scope.hidden_record")
async def test_a_hidden_meeting_is_not_found_in_the_same_words_as_a_missing_one(a_world: World, rep: Caller) -> None:
    on_it = plain_reading.people_on(a_world)
    hidden = next(row for row in a_world.of("Meeting") if not plain_reading.is_own(row, on_it[row["Id"]], rep.user_id))
    refusals = [
        await a_world.refusal(rep, "query_meetings", meeting_id=name)
        for name in (hidden["Id"], value(hidden, "Meeting_Id"), f"{hidden['Id'][:11]}zzzz", "RND-99999")
    ]
    assert {refusal["code"] for refusal in refusals} == {"not_found"}
    assert len({(refusal["message"], refusal["hint"]) for refusal in refusals}) == 1


async def test_a_look_up_is_one_call_to_salesforce(a_world: World, admin: Caller, rep: Caller) -> None:
    named = {"host": "rep1@demo.example", "pool": "SDR Pool", "meeting_type": "Inbound Demo"}
    for caller, asked in (
        (admin, named),
        (admin, named | {"group_by": ["month", "meeting_type"]}),
        (admin, named | {"group_by": ["day"]}),
        (rep, {"period": "today", "participant": "me", "detail": True}),
        (rep, {"group_by": ["week", "host"], "prospect": "Acme"}),
    ):
        await a_world.ask(caller, "query_meetings", **asked)
        await a_world.ask(caller, "query_meetings", **asked)  # the names are warm now
        assert a_world.audit.reads[-1][1].salesforce_calls == 1


async def test_an_empty_answer_says_what_was_searched(a_world: World, admin: Caller) -> None:
    result = await a_world.result(
        admin, "query_meetings", {"pool": "sdr", "meeting_type": "inbound", "participant": "nobody at all"}
    )
    assert result.structured_content is not None
    assert result.structured_content["items"] == []
    searched = result.structured_content["searched"]
    assert searched["pool"] == "SDR Pool"
    assert searched["meeting_type"] == "Inbound Demo"
    assert searched["participant"] == "nobody at all"
    text = result.content[0].model_dump()["text"]
    assert "No meetings" in text
    assert "SDR Pool" in text
    assert "2026-10-24 00:00" in text


async def test_prospects_words_are_bounded_and_never_in_the_prose(a_world: World, admin: Caller) -> None:
    for asked in ({"limit": 100}, {"limit": 3}, {"group_by": ["cancellation_reason"]}, {"status": ["canceled"]}):
        result = await a_world.result(admin, "query_meetings", asked)
        text = result.content[0].model_dump()["text"]
        for word in ("Ignore all previous", "Ünal", "DROP", "xxxxxxxx", "elsewhere", "O'Brien"):
            assert word not in text


async def test_what_a_caller_cannot_see_cannot_be_counted_or_matched(a_world: World) -> None:
    stranger = a_world.caller("rep9")
    mine = await a_world.ask(stranger, "query_meetings")
    for text in ("rep1", "Colleague", "someone@elsewhere"):
        found = await a_world.ask(stranger, "query_meetings", participant=text)
        assert set(ids(found)) <= set(ids(mine))
    everybody = await a_world.ask(stranger, "query_meetings", group_by=["host"])
    assert everybody["total"] == mine["total"]


async def test_names_resolve_and_ambiguous_ones_give_candidates(a_world: World, admin: Caller) -> None:
    by_name = await a_world.ask(admin, "query_meetings", host="Riley Carter", limit=1)
    by_id = await a_world.ask(admin, "query_meetings", host=a_world.people["rep1"], limit=1)
    assert ids(by_name) == ids(by_id)
    assert by_name["searched"]["host"] == "Riley Carter"
    assert (await a_world.ask(admin, "query_meetings", host="Rilye Carter", limit=1))["searched"][
        "host"
    ] == "Riley Carter"
    refusal = await a_world.refusal(admin, "query_meetings", meeting_type="bound")
    assert refusal["code"] == "ambiguous"
    assert {each["name"] for each in refusal["candidates"]} == {"Inbound Demo", "Outbound Demo"}
    assert all(each["id"] in {row["Id"] for row in a_world.of("Meeting_Type")} for each in refusal["candidates"])
    refusal = await a_world.refusal(admin, "query_meetings", host="alex mor")
    assert {each["detail"] for each in refusal["candidates"]} == {"rep19@demo.example", "rep20@demo.example"}
    refusal = await a_world.refusal(admin, "query_meetings", pool="No such pool anywhere")
    assert refusal["code"] == "not_found"


async def test_me_and_mine_need_a_salesforce_user(a_world: World, admin: Caller) -> None:
    mine = await a_world.ask(admin, "query_meetings", mine=True)
    assert ids(mine) == ids(await a_world.ask(admin, "query_meetings", participant="me"))
    assert 0 < mine["total"] < (await a_world.ask(admin, "query_meetings"))["total"]
    for asked in ({"mine": True}, {"host": "me"}, {"participant": "me"}):
        refusal = await a_world.refusal(a_world.agent(), "query_meetings", **asked)
        assert refusal["code"] == "invalid_argument"
        assert "one-time code" in refusal["message"]
    assert (await a_world.ask(a_world.agent(), "query_meetings"))["total"] > 0


@pytest.mark.parametrize(
    ("asked", "code", "word"),
    [
        ({"period": "someday"}, "invalid_argument", "'today'"),
        ({"status": ["noshow"]}, "invalid_argument", "'canceled'"),
        ({"limit": 101}, "invalid_argument", "100"),
        ({"participant": " "}, "invalid_argument", "participant"),
        ({"group_by": ["day", "week"]}, "invalid_argument", "only one of day"),
        ({"group_by": ["status", "host", "day", "meeting_type"]}, "invalid_argument", "up to 3"),
        ({"group_by": ["pool"]}, "invalid_argument", "group_by"),
        ({"group_by": ["status"], "meeting_id": "RND-00001"}, "invalid_argument", "meeting_id"),
        ({"period": "today", "start": "2026-11-27"}, "invalid_time", "both"),
        ({"start": "2026-11-27T09:00:00"}, "invalid_time", "no offset"),
        ({"timezone": "Pacific"}, "invalid_time", "not an IANA"),
        ({"start": "2026-11-27T09:00:00-04:00", "timezone": "America/New_York"}, "invalid_time", "offset"),
        ({"cursor": "abc"}, "invalid_argument", "cursor"),
        ({"hots": "me"}, "invalid_argument", "hots"),
    ],
)
async def test_a_bad_argument_is_refused_and_says_what_to_do(
    a_world: World, rep: Caller, asked: dict[str, Any], code: str, word: str
) -> None:
    refusal = await a_world.refusal(rep, "query_meetings", **asked)
    assert refusal["code"] == code
    assert word in refusal["message"]
    assert refusal["hint"]
    assert a_world.audit.reads[-1][1].salesforce_calls == 0


async def test_lenient_forms_mean_the_same(a_world: World, rep: Caller) -> None:
    strict = await a_world.ask(rep, "query_meetings", status=["canceled"], booking_method=["routing_link"])
    lenient = await a_world.ask(rep, "query_meetings", status="Cancelled", booking_method="Routing Link", period=None)
    assert ids(strict) == ids(lenient)
    assert strict["searched"] == lenient["searched"]


async def test_a_cursor_serves_its_caller_and_its_arguments_alone(a_world: World, admin: Caller, rep: Caller) -> None:
    async def refused(caller: Caller, cursor: str, **asked: Any) -> bool:
        refusal = await a_world.refusal(caller, "query_meetings", cursor=cursor, **asked)
        return refusal["code"] == "invalid_argument" and "cursor" in refusal["message"]

    cursor = (await a_world.ask(rep, "query_meetings", limit=3))["next_cursor"]
    for at in range(0, len(cursor), 7):
        other = "A" if cursor[at] != "A" else "B"
        assert await refused(rep, f"{cursor[:at]}{other}{cursor[at + 1 :]}")
    assert await refused(rep, cursor, period="this_month")
    assert await refused(rep, cursor, order="descending")
    assert await refused(a_world.caller("rep2"), cursor)
    assert await refused(admin, cursor)
    assert await refused(a_world.caller("rep1", Scope.ADMIN), cursor)
    assert not (await a_world.result(rep, "query_meetings", {"cursor": cursor, "limit": 50})).is_error


async def test_every_call_is_audited_with_its_request_id(a_world: World, rep: Caller) -> None:
    answer = await a_world.result(rep, "query_meetings", {"limit": 2})
    call, outcome = a_world.audit.reads[-1]
    assert answer.meta == {REQUEST_ID: call.request_id}
    assert (call.tool, call.scope, call.user_id, call.org_id) == ("query_meetings", "user", rep.user_id, a_world.org_id)
    assert (outcome.code, outcome.rows) == ("ok", 2)
    refusal = await a_world.refusal(rep, "query_meetings", period="never")
    call, outcome = a_world.audit.reads[-1]
    assert (call.request_id, outcome.code) == (refusal["request_id"], "invalid_argument")


@pytest.mark.requirement("security.no_credentials_out")
async def test_no_answer_holds_a_token_or_an_address_of_salesforce(a_world: World, admin: Caller, rep: Caller) -> None:
    for caller in (admin, rep):
        for tool, asked in (
            ("whoami", {}),
            ("query_meetings", {"limit": 100, "detail": True}),
            ("query_meetings", {"group_by": ["host"]}),
            ("query_meetings", {"pool": "no such"}),
        ):
            answer = (await a_world.result(caller, tool, asked)).model_dump_json()
            assert a_world.running.url not in answer
            assert not [
                1 for each in a_world.grants.made.values() if each.token.access_token.get_secret_value() in answer
            ]


async def test_weeks_begin_when_the_org_s_do(a_world: World, rep: Caller) -> None:
    status = OrgStatus("Demo Org", "8.2", "UTC", week_start=Weekday.SUNDAY)
    sunday_org = replace(a_world, services=replace(a_world.services, org_statuses=FixedStatus(status)))
    answer = await sunday_org.ask(rep, "query_meetings", period="this_week")
    assert answer["range"]["start"]["local"] == "2026-11-22T00:00:00-08:00"
    grouped = await sunday_org.ask(rep, "query_meetings", group_by=["week"])
    assert {date.fromisoformat(group["key"]["week"]).weekday() for group in grouped["groups"]} == {Weekday.SUNDAY}


async def test_a_later_page_goes_on_in_the_range_of_the_first(a_world: World) -> None:
    """Between two pages a day ends; what was today then is still what is paged through."""
    rep = a_world.caller("rep1")
    asked = {"period": "tomorrow", "limit": 1}
    whole = ids(await a_world.ask(rep, "query_meetings", period="tomorrow"))
    first = await a_world.ask(rep, "query_meetings", **asked)
    moved = replace(a_world, services=replace(a_world.services, clock=lambda: a_world.clock() + timedelta(hours=5)))
    later = replace(a_world, services=replace(a_world.services, clock=lambda: a_world.clock() + timedelta(hours=24)))
    second = await moved.ask(rep, "query_meetings", **asked, cursor=first["next_cursor"])
    assert ids(first) + ids(second) == whole[:2]
    assert second["range"] == first["range"]
    refusal = await later.refusal(rep, "query_meetings", **asked, cursor=first["next_cursor"])
    assert "expired" in refusal["message"]
