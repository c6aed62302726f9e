"""reassign_meeting: who could take a meeting over, every row that it writes, the counts that it moves, its refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import anyio
import pytest
from structlog.testing import capture_logs

from app.bookit.org_status import OrgStatus
from app.local_org.demo_data.model import bookit, custom
from app.mcp.registry import all_tools
from app.org.caller import Caller, Scope
from tests.mcp.credit_world import (
    WEST,
    agreed,
    calls_of_last_write,
    changed,
    made,
    member_id,
    person,
    pool_id,
    query,
    stamp,
    update,
    wrote,
)
from tests.mcp.moving_world import (
    busy,
    everything,
    local,
    meeting_at,
    the_meeting,
    told,
    type_id,
    with_invites,
)
from tests.mcp.world import FixedStatus, World, world

pytestmark = pytest.mark.anyio

TOOL = "reassign_meeting"
NOON = local(25, 11)


async def nets(world: World, caller: Caller) -> dict[str, tuple[int, int, int]]:
    """Scheduled, credits and net of each member of the western pool, by user id."""
    answer = await world.ask(caller, "view_counts", pool=WEST, meeting_category="Demos", limit=100)
    [category] = answer["categories"]
    return {each["user"]["user_id"]: (each["scheduled"], each["credits"], each["net"]) for each in category["members"]}


def entries(world: World, meeting: str) -> list[tuple[Any, ...]]:
    rows = query(
        world,
        "SELECT LeanData__Entry_Key__c, LeanData__Kind__c, LeanData__Member__c, LeanData__Delta__c,"
        f" LeanData__Period_Start__c FROM {bookit('Count_Entry')} WHERE LeanData__Meeting__c = '{meeting}'"
        " ORDER BY LeanData__Entry_Key__c",
    )
    return [tuple(row.values()) for row in rows]


async def test_without_a_new_host_every_other_member_is_listed_with_why_not(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, NOON)
    await office.ask(admin, TOOL, meeting_id=meeting)  # warms what is kept
    before = everything(office)
    answer = await office.ask(admin, TOOL, meeting_id=meeting)
    assert answer["status"] == "candidates"
    assert everything(office) == before
    shown = {each["user_id"]: (each["free"], each["reason"]) for each in answer["candidates"]}
    assert shown == {
        person(office, "rep2"): (False, "calendar_not_connected"),
        person(office, "rep3"): (True, None),
        person(office, "rep4"): (False, "calendar_expired"),
        person(office, "rep5"): (False, "not_in_rotation"),
        person(office, "rep6"): (False, "vacation"),
        person(office, "rep7"): (False, "calendar_not_connected"),
        person(office, "rep8"): (True, None),
    }
    assert calls_of_last_write(office) == 3


async def test_candidates_stand_in_the_order_of_their_turns(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, NOON)
    for day in (1, 2):
        meeting_at(office, local(day, 11), host="rep3")
    meeting_at(office, local(3, 11), host="rep2")
    counts = await office.ask(admin, "view_counts", pool=WEST, meeting_category="Demos", limit=100)
    members = counts["categories"][0]["members"]
    turns = [each["user"]["user_id"] for each in sorted(members, key=lambda each: each["turn"] or 99) if each["turn"]]
    answer = await office.ask(admin, TOOL, meeting_id=meeting)
    listed = [each["user_id"] for each in answer["candidates"]]
    assert [user for user in listed if user in turns] == [user for user in turns if user != person(office, "rep1")]


async def test_candidates_are_busy_full_or_on_the_meeting_already(office: World, admin: Caller) -> None:
    update(office, "Meeting_Type", type_id(office, "Inbound Demo"), Max_Per_Day=1)
    meeting = meeting_at(office, NOON, others=[("Attendee", "rep3")])
    meeting_at(office, local(25, 14), host="rep8")
    answer = await office.ask(admin, TOOL, meeting_id=meeting)
    shown = {each["user_id"]: (each["free"], each["reason"]) for each in answer["candidates"]}
    assert shown[person(office, "rep3")] == (False, "on_the_meeting")
    assert shown[person(office, "rep8")] == (False, "daily_limit")


@pytest.mark.requirement("write.reassign.admin", "write.reassign.same_time")
async def test_done_moves_host_event_link_and_counts_and_keeps_the_time(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, NOON)
    old, new = person(office, "rep1"), person(office, "rep3")
    preview = await office.ask(admin, TOOL, meeting_id=meeting, new_host="Casey Nguyen")
    before = everything(office)
    answer = await agreed(office, admin, TOOL, meeting_id=meeting, new_host="Casey Nguyen")
    after = everything(office)
    row = the_meeting(office, meeting)
    [own] = query(
        office,
        f"SELECT LeanData__Provider__c, LeanData__Link__c FROM {bookit('Conference_Connection')} WHERE"
        f" LeanData__User__c = '{new}'",
    )
    link = own["LeanData__Link__c"]
    [host_row] = [
        key[1] for key, each in before.items() if each.get("Meeting") == meeting and each.get("Role") == "Host"
    ]
    assert changed(before, after) == {
        ("Meeting", meeting): {
            "OwnerId": (old, new),
            "Main_Host": (old, new),
            "Pool_Member": (member_id(office, WEST, "rep1"), member_id(office, WEST, "rep3")),
            "Conference_Provider": ("Zoom", "Microsoft Teams"),
            "Conference_Link": ("https://zoom.example/j/1", link),
            "Reassigned_From": (None, old),
            "Reassigned_Date": (None, wrote(office.clock())),
        },
        ("Attendee", host_row): {
            "Name": ("Colleague rep1", "Casey Nguyen"),
            "Email": ("rep1@demo.example", "rep3@demo.example"),
            "User": (old, new),
        },
        ("Event", row["Event_Id"]): {"OwnerId": (old, new)},
    }
    written = made(before, after)
    assert written.keys() == {"Meeting_Activity", "Claim", "Operation", "Count_Entry"}
    [activity] = written["Meeting_Activity"]
    assert (activity["Kind"], activity["Old_Value"], activity["New_Value"]) == ("Reassigned", old, new)
    assert (activity["Actor"], activity["Channel"]) == (admin.user_id, "MCP")
    keys = {f"{old}|meeting {meeting}|1", f"{new}|2026-11-25|1"}
    assert {claim["Claim_Key"] for claim in written["Claim"]} == keys
    one, three = member_id(office, WEST, "rep1"), member_id(office, WEST, "rep3")
    assert entries(office, meeting) == [
        (f"sched|{meeting}|1", "Scheduled", one, 1, "2026-11-01"),
        (f"sched|{meeting}|2", "Unscheduled", one, -1, "2026-11-01"),
        (f"sched|{meeting}|3", "Scheduled", three, 1, "2026-11-01"),
    ]
    assert {row["Meeting_Category"] for row in written["Count_Entry"]} == {row["Meeting_Category"]}
    assert {row["Pool"] for row in written["Count_Entry"]} == {pool_id(office, WEST)}
    assert answer["meeting"]["host"]["user_id"] == new
    assert answer["meeting"]["start"]["utc"] == "2026-11-25T19:00:00Z"
    assert preview["preview"]["conference_link"] == link
    assert calls_of_last_write(office) == 4


async def test_a_preview_changes_nothing_and_says_what_would(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, NOON)
    before = everything(office)
    answer = await office.ask(admin, TOOL, meeting_id=meeting, new_host="rep8@demo.example")
    assert everything(office) == before
    assert answer["status"] == "preview"
    assert answer["preview"]["meeting"]["host"]["name"] == "Riley Carter"
    assert answer["preview"]["new_host"]["name"] == "Rowan Fischer"
    assert [each["what"] for each in answer["preview"]["changes"]] == [
        "host",
        "conferencing link",
        "calendar event",
        "meetings counted for Riley Carter",
        "meetings counted for Rowan Fischer",
    ]


async def test_there_and_back_leaves_every_count_as_it_was(office: World, admin: Caller) -> None:
    current = meeting_at(office, NOON)
    earlier = meeting_at(office, local(25, 14), period="2026-10-01")
    uncounted = meeting_at(office, local(25, 15), counted=False)
    before = await nets(office, admin)
    for meeting in (current, earlier, uncounted):
        for handle in ("rep3", "rep1"):
            await agreed(office, admin, TOOL, meeting_id=meeting, new_host=f"{handle}@demo.example")
            between = await nets(office, admin)
            moved = meeting == current and handle == "rep3"
            expected = dict(before)
            if moved:
                for user, by in ((person(office, "rep1"), -1), (person(office, "rep3"), 1)):
                    scheduled, credits, net = before[user]
                    expected[user] = (scheduled + by, credits, net + by)
            assert between == expected
    assert [(key, delta, period) for key, _, _, delta, period in entries(office, earlier)] == [
        (f"sched|{earlier}|{n}", delta, "2026-10-01") for n, delta in ((1, 1), (2, -1), (3, 1), (4, -1), (5, 1))
    ]
    assert entries(office, uncounted) == []
    assert the_meeting(office, current)["Original_Host"] == person(office, "rep1")


async def test_the_meeting_s_provider_is_kept_where_the_new_host_has_it(office: World, admin: Caller) -> None:
    meeting, new = meeting_at(office, NOON), person(office, "rep3")
    system = office.running.org.as_system()
    for status, link in (("Expired", "https://zoom.example/j/old"), ("Connected", "https://zoom.example/j/casey")):
        values = custom(User=new, Provider="Zoom", Status=status, Link=link, Is_Default=False)
        system.create(bookit("Conference_Connection"), values)
    await agreed(office, admin, TOOL, meeting_id=meeting, new_host="Casey Nguyen")
    row = the_meeting(office, meeting)
    assert (row["Conference_Provider"], row["Conference_Link"]) == ("Zoom", "https://zoom.example/j/casey")


async def test_a_new_host_without_conferencing_leaves_none_and_the_preview_says_so(
    office: World, admin: Caller
) -> None:
    meeting, new = meeting_at(office, NOON), person(office, "rep3")
    for row in query(office, f"SELECT Id FROM {bookit('Conference_Connection')} WHERE LeanData__User__c = '{new}'"):
        update(office, "Conference_Connection", row["Id"], Status="Expired")
    result = await office.result(admin, TOOL, {"meeting_id": meeting, "new_host": "Casey Nguyen"})
    assert "loses its conferencing link: the new host has none" in result.content[0].model_dump()["text"]
    answer = await agreed(office, admin, TOOL, meeting_id=meeting, new_host="Casey Nguyen")
    assert answer["status"] == "done"
    row = the_meeting(office, meeting)
    assert (row["Conference_Provider"], row["Conference_Link"]) == (None, None)


@pytest.mark.parametrize(
    ("new_host", "code", "words"),
    [
        ("rep1@demo.example", "already_done", "hosts the meeting already"),
        ("rep2@demo.example", "not_available", "calendar is not connected"),
        ("rep4@demo.example", "not_available", "expired"),
        ("rep6@demo.example", "not_available", "vacation"),
        ("rep9@demo.example", "not_available", "no member of Pool West - USA"),
        ("admin@demo.example", "not_available", "no member of Pool West - USA"),
        ("nobody@demo.example", "not_found", ""),
        ("rep8@demo.example", "slot_taken", "No free time"),
        ("rep3@demo.example", "not_available", "on this meeting already, as additional host"),
    ],
)
async def test_who_cannot_take_it_over(office: World, admin: Caller, new_host: str, code: str, words: str) -> None:
    meeting = meeting_at(office, NOON, others=[("Additional Host", "rep3")])
    busy(office, "rep8", NOON + timedelta(minutes=20))
    before = everything(office)
    refused = await office.refusal(admin, TOOL, meeting_id=meeting, new_host=new_host)
    assert (refused["code"], words in refused["message"]) == (code, True), refused
    assert everything(office) == before


async def test_buffers_and_limits_of_the_new_host_hold(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, NOON)
    meeting_at(office, local(25, 10), host="rep3", kind="Technical deep dive", minutes=60, pool=None, event=False)
    refused = await office.refusal(admin, TOOL, meeting_id=meeting, new_host="Casey Nguyen")  # until 11:10
    assert refused["code"] == "slot_taken"
    update(office, "Meeting_Type", type_id(office, "Inbound Demo"), Max_Per_Day=1)
    office.clock.advance(timedelta(minutes=2))  # meeting types are kept for a minute
    meeting_at(office, local(25, 14), host="rep8")
    refused = await office.refusal(admin, TOOL, meeting_id=meeting, new_host="Rowan Fischer")
    assert (refused["code"], "limit of 1" in refused["message"]) == ("slot_taken", True)


async def test_notice_window_and_grid_do_not_bind_a_meeting_that_has_its_time(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, local(25, 11, 7), minutes=22)
    update(office, "Meeting_Type", type_id(office, "Inbound Demo"), Minimum_Notice_Minutes=9999, Booking_Window_Days=0)
    assert (await agreed(office, admin, TOOL, meeting_id=meeting, new_host="Casey Nguyen"))["status"] == "done"


async def test_what_cannot_be_reassigned(office: World, admin: Caller) -> None:
    cases = {
        "canceled": meeting_at(office, NOON, status="Canceled"),
        "begun": meeting_at(office, office.clock() - timedelta(minutes=5)),
        "pool": meeting_at(office, local(25, 14), pool=None),
    }
    for words, meeting in cases.items():
        for asked in ({}, {"new_host": "Casey Nguyen"}):
            refused = await office.refusal(admin, TOOL, meeting_id=meeting, **asked)
            assert (refused["code"], words in refused["message"]) == ("not_available", True)
    refused = await office.refusal(admin, TOOL, meeting_id="MOV-99999")
    assert refused["code"] == "not_found"


async def test_the_same_token_answers_the_same_again_and_writes_nothing(office: World, admin: Caller) -> None:
    asked = {"meeting_id": meeting_at(office, NOON), "new_host": "Casey Nguyen"}
    preview = await office.ask(admin, TOOL, **asked)
    first = await office.ask(admin, TOOL, **asked, confirm_token=preview["confirm_token"])
    after = everything(office)
    assert await office.ask(admin, TOOL, **asked, confirm_token=preview["confirm_token"]) == first
    assert everything(office) == after


async def test_a_conflict_where_a_shown_field_changed_and_none_where_another_did(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, NOON)
    asked = {"meeting_id": meeting, "new_host": "Casey Nguyen"}
    token = (await office.ask(admin, TOOL, **asked))["confirm_token"]
    update(office, "Meeting", meeting, Start=stamp(NOON + timedelta(hours=2)), End=stamp(NOON + timedelta(hours=3)))
    before = everything(office)
    result = await office.result(admin, TOOL, {**asked, "confirm_token": token})
    assert result.structured_content is not None
    assert result.structured_content["error"]["code"] == "conflict"
    assert everything(office) == before
    update(office, "Meeting", meeting, Trigger_Node="Elsewhere")
    token = result.structured_content["confirm_token"]
    assert (await office.ask(admin, TOOL, **asked, confirm_token=token))["status"] == "done"


async def at_once(world: World, caller: Caller, *asked: dict[str, str]) -> list[str]:
    """How calls end that were agreed to one after the other and are made at the same time: statuses and errors."""
    tokens = [(await world.ask(caller, TOOL, **each))["confirm_token"] for each in asked]
    ended: list[str] = []

    async def go(arguments: dict[str, str], token: str) -> None:
        found = (await world.result(caller, TOOL, {**arguments, "confirm_token": token})).structured_content
        assert found is not None
        ended.append(found["error"]["code"] if "error" in found else found["status"])

    async with anyio.create_task_group() as group:
        for arguments, token in zip(asked, tokens, strict=True):
            group.start_soon(go, arguments, token)
    return sorted(ended)


async def test_of_meetings_at_one_time_a_new_host_gets_only_one(office: World, admin: Caller) -> None:
    meetings = [meeting_at(office, NOON, host=host) for host in ("rep1", "rep2", "rep4", "rep5", "rep8")]
    ended = await at_once(office, admin, *({"meeting_id": meeting, "new_host": "Casey Nguyen"} for meeting in meetings))
    assert ended == ["done", *["slot_taken"] * 4]
    hosts = [the_meeting(office, meeting)["Main_Host"] for meeting in meetings]
    assert hosts.count(person(office, "rep3")) == 1


async def test_of_two_new_hosts_for_one_meeting_one_gets_it(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, NOON)
    names = ("Casey Nguyen", "Rowan Fischer")
    ended = await at_once(office, admin, *({"meeting_id": meeting, "new_host": name} for name in names))
    assert ended == ["conflict", "done"]
    assert len(entries(office, meeting)) == 3


async def test_a_caller_by_one_time_code_is_named_by_his_address(office: World) -> None:
    meeting = meeting_at(office, NOON)
    before = everything(office)
    await agreed(office, office.agent(), TOOL, meeting_id=meeting, new_host="Casey Nguyen")
    rows = made(before, everything(office))
    assert {row["Changed_By"] for row in rows["Count_Entry"]} == {"agent@demo.example"}
    assert [row["Actor"] for row in rows["Meeting_Activity"]] == ["agent@demo.example"]


async def test_an_event_that_is_gone_stays_gone(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, NOON)
    office.running.org.as_system().delete("Event", the_meeting(office, meeting)["Event_Id"])
    before = everything(office)
    await agreed(office, admin, TOOL, meeting_id=meeting, new_host="Casey Nguyen")
    assert "Event" not in made(before, everything(office))
    assert the_meeting(office, meeting)["Main_Host"] == person(office, "rep3")


async def test_the_old_host_is_uninvited_and_all_others_get_the_new_one(office: World, admin: Caller) -> None:
    meeting = meeting_at(office, NOON)
    async with with_invites(office) as server:
        await agreed(office, admin, TOOL, meeting_id=meeting, new_host="Casey Nguyen")
        await agreed(office, admin, "cancel_meeting", meeting_id=meeting)
    old, new = "mailto:rep1@demo.example", "mailto:rep3@demo.example"
    prospect = "jordan.lee@acmecorp.example"
    assert [told(each) for each in server.received] == [
        ("rep1@demo.example", "CANCEL", 1, old),
        ("rep3@demo.example", "REQUEST", 1, new),
        (prospect, "REQUEST", 1, new),
        ("rep3@demo.example", "CANCEL", 2, new),
        (prospect, "CANCEL", 2, new),
    ]


@pytest.mark.requirement("write.reassign.user")
def test_a_user_has_no_such_tool() -> None:
    assert all_tools().find(TOOL, Scope.USER) is None
    assert TOOL not in {tool.name for tool in all_tools().listed(Scope.USER)}


@pytest.mark.requirement("write.reassign.version_7")
async def test_bookit_7_answers_one_generic_error_and_only_our_log_says_why() -> None:
    with world(meetings=0, bookit_version=7) as old:
        status = OrgStatus("Demo Org", "7.4", "America/Los_Angeles")
        old.services = replace(old.services, org_statuses=FixedStatus(status))
        admin = old.caller("admin", Scope.ADMIN)
        meeting = query(old, f"SELECT Id FROM {bookit('Meeting')} LIMIT 1")[0]["Id"]
        refusals = [
            {"meeting_id": meeting},
            {"meeting_id": meeting, "new_host": "Casey Nguyen"},
            {"meeting_id": "none"},
        ]
        for asked in refusals:
            with capture_logs() as logs:
                refused = await old.refusal(admin, TOOL, **asked)
            assert {key: value for key, value in refused.items() if key != "request_id"} == {
                "code": "failed",
                "message": "The meeting could not be reassigned.",
                "hint": "Do not try again; tell the person, who can report it to LeanData Support with the request_id.",
            }
            [why] = [each for each in logs if each["event"] == "reassign_needs_bookit_8"]
            assert why["bookit_version"] == "7.4"
            assert calls_of_last_write(old) == 0
    assert TOOL in {tool.name for tool in all_tools().listed(Scope.ADMIN)}
