"""`bookit-mcp doctor --org`: each way in which what was written can come apart is found, and named with its ids."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client

from app.clock import system_clock
from app.local_org.demo_data.model import bookit, custom
from app.local_org.demo_data.setup import INBOUND_DEMO, INTRO, POOL_WEST
from app.local_org.org import Session
from tests.cli.conftest import Shell
from tests.support.consistency import problems_of
from tests.support.running_server import RunningServer, apart, running_server

CLAIM, OPERATION = "BookIt_MCP_Claim__c", "BookIt_MCP_Operation__c"
HOST = "rep8"
_numbers = count(1)


@pytest.fixture
def server(tmp_path: Path) -> Generator[RunningServer]:
    """At the real time, which doctor goes by."""
    with running_server(tmp_path, now=system_clock(), meetings=40) as running:
        yield running


@pytest.fixture
def booked(server: RunningServer) -> list[str]:
    """Five meetings of one host, then one of a pool: as book_meeting writes them."""
    return apart(lambda: _book(server))


def test_what_the_actions_write_fits_together(shell: Shell, server: RunningServer, booked: list[str]) -> None:
    result = shell("doctor", "--org", server=server)
    assert result.exit_code == 0, result.stdout
    assert "what the actions wrote fits together (" in result.stdout
    assert f"{len(booked)} operations" in result.stdout


def test_without_the_option_nobody_looks_inside(shell: Shell, server: RunningServer) -> None:
    _delete(server, bookit("Attendee"), _first(server, bookit("Attendee"), _host_row())["Id"])
    assert shell("doctor", server=server).exit_code == 0
    assert shell("doctor", "--org", server=server).exit_code == 1


def test_a_window_of_fewer_days_leaves_out_what_is_further_away(shell: Shell, server: RunningServer) -> None:
    far = _first(server, bookit("Meeting"), _between("LeanData__Start__c", 40, 10))
    row = _first(server, bookit("Attendee"), f"LeanData__Role__c = 'Host' AND LeanData__Meeting__c = '{far['Id']}'")
    _delete(server, bookit("Attendee"), row["Id"])
    assert far["Id"] in shell("doctor", "--org", server=server).stdout
    result = shell("doctor", "--org", "--days", "5", server=server)
    assert (result.exit_code, far["Id"] in result.stdout) == (0, False)


def test_each_thing_that_is_broken_is_named_and_nothing_else(
    shell: Shell, server: RunningServer, booked: list[str]
) -> None:
    found: set[str] = set()
    for broken in (
        _overlapping,
        _event_gone,
        _event_of_another,
        _no_host_row,
        _not_counted,
        _counted_for_two,
        _entry_of_no_meeting,
        _no_operation,
        _unreadable_operation,
        _operation_of_no_meeting,
        _no_claims,
        _claim_of_no_meeting,
        _canceled_with_event,
        _two_open_requests,
        _approved_without_entry,
        _entry_without_request,
    ):
        expected = broken(server, booked)
        problems = problems_of(server)
        assert len(problems) == len(set(problems))
        assert set(problems) - found == expected, broken.__name__
        found = set(problems)
    result = shell("doctor", "--org", server=server)
    assert result.exit_code == 1
    lines = [line for line in result.stdout.splitlines() if line.startswith("problem")]
    assert {line.split("): ", 1)[1] for line in lines} == found
    assert len(lines) == len(found)


def _overlapping(server: RunningServer, booked: list[str]) -> set[str]:
    one, other = _meeting(server, booked[0]), _meeting(server, booked[1])
    _system(server).update(bookit("Meeting"), other["Id"], custom(Start=one["Start"], End=one["End"]))
    first, second = sorted((one, other), key=lambda each: each["Id"])
    user = server.data.people[HOST]
    return {
        f"User {user} hosts {_named(first)} and {_named(second)} at the same time.",
        f"The calendar event {other['Event_Id']} of {_named(other)} is at another time than the meeting.",
    }


def _event_gone(server: RunningServer, booked: list[str]) -> set[str]:
    meeting = _meeting(server, booked[2])
    _delete(server, "Event", meeting["Event_Id"])
    return {f"The live {_named(meeting)} has no calendar event ({meeting['Event_Id']})."}


def _event_of_another(server: RunningServer, booked: list[str]) -> set[str]:
    meeting, other = _meeting(server, booked[3]), server.data.people["rep1"]
    _system(server).update("Event", meeting["Event_Id"], {"OwnerId": other})
    return {f"The calendar event {meeting['Event_Id']} of {_named(meeting)} is user {other}'s, not its host's."}


def _no_host_row(server: RunningServer, booked: list[str]) -> set[str]:
    """Of a meeting that was not booked here."""
    row = _first(server, bookit("Attendee"), _host_row(), "Meeting", "User")
    assert row["Meeting"] not in booked
    _delete(server, bookit("Attendee"), row["Id"])
    meeting = _meeting(server, row["Meeting"])
    return {f"The host of {_named(meeting)} is user {row['User']}, its attendee rows of role Host are of: none."}


def _not_counted(server: RunningServer, booked: list[str]) -> set[str]:
    meeting = _meeting(server, booked[5])
    _delete(server, bookit("Count_Entry"), _entry_of(server, meeting)["Id"])
    return {_miscounted(meeting, "0")}


def _counted_for_two(server: RunningServer, booked: list[str]) -> set[str]:
    """Of a meeting that was not booked here."""
    when = _between("LeanData__Meeting__r.LeanData__Start__c", 30, 0)
    entry = _first(
        server, bookit("Count_Entry"), f"LeanData__Kind__c = 'Scheduled' AND {when}", "Meeting", "Pool", "Member"
    )
    assert entry["Meeting"] not in booked
    other = _first(
        server, bookit("Pool_Member"), f"LeanData__Pool__c = '{entry['Pool']}' AND Id > '{entry['Member']}'"
    )["Id"]
    _entry(server, Kind="Scheduled", Entry_Key="sched|twice|2", Meeting=entry["Meeting"], Member=other)
    return {_miscounted(_meeting(server, entry["Meeting"]), f"{entry['Member']}: +1, {other}: +1")}


def _entry_of_no_meeting(server: RunningServer, booked: list[str]) -> set[str]:
    del booked
    made = _entry(server, Kind="Unscheduled", Entry_Key="sched|gone|2", Meeting=None, Member=None)
    return {f"Ledger row {made} (Unscheduled, sched|gone|2) is of a meeting that is not there."}


def _no_operation(server: RunningServer, booked: list[str]) -> set[str]:
    meeting = _meeting(server, booked[0])
    _delete(server, OPERATION, _operation_of(server, meeting))
    return {f"The {_named(meeting)} has no operation that booked it."}


def _unreadable_operation(server: RunningServer, booked: list[str]) -> set[str]:
    meeting = _meeting(server, booked[1])
    operation = _operation_of(server, meeting)
    _system(server).update(OPERATION, operation, {"Answer__c": '{"meeting": {"bookit'})
    return {
        f"The answer of operation {operation} (book_meeting) cannot be read.",
        f"The {_named(meeting)} has no operation that booked it.",
    }


def _operation_of_no_meeting(server: RunningServer, booked: list[str]) -> set[str]:
    del booked
    answer = json.dumps({"meeting": {"bookit_meeting_id": "MCP-gone"}})
    values = {"Operation_Key": "k", "Request_Hash": "h", "Answer": answer, "Tool": "book_meeting", "Actor": "nobody"}
    made = _system(server).create(OPERATION, {f"{name}__c": value for name, value in values.items()})
    return {f"Operation {made} booked meeting MCP-gone, which is not there."}


def _no_claims(server: RunningServer, booked: list[str]) -> set[str]:
    meeting = _meeting(server, booked[2])
    found = _rows(server, f"SELECT Id, Period__c FROM {CLAIM} WHERE Meeting__c = '{meeting['Meeting_Id']}'")
    for row in found:
        _delete(server, CLAIM, row["Id"])
    (day,) = [row["Period"] for row in found if row["Period"].startswith("20")]
    return {
        f"The live {_named(meeting)} has no claim of its offer.",
        f"The live {_named(meeting)} has no claim of its host {server.data.people[HOST]} for {day}.",
    }


def _claim_of_no_meeting(server: RunningServer, booked: list[str]) -> set[str]:
    del booked
    host = server.data.people[HOST]
    values = {"Claim_Key__c": "k", "Host__c": host, "Period__c": "2026-01-01", "Number__c": 1, "Meeting__c": "MCP-gone"}
    made = _system(server).create(CLAIM, values)
    return {f"Claim {made} is for meeting MCP-gone, which is not there."}


def _canceled_with_event(server: RunningServer, booked: list[str]) -> set[str]:
    meeting = _meeting(server, booked[4])
    canceled = custom(Status="Canceled", Canceled_Date=system_clock().replace(microsecond=0))
    _system(server).update(bookit("Meeting"), meeting["Id"], canceled)
    return {f"The canceled {_named(meeting)} still has its calendar event {meeting['Event_Id']}."}


def _two_open_requests(server: RunningServer, booked: list[str]) -> set[str]:
    for _ in range(2):
        _credit_request(server, booked[0], "Pending")
    return {f"The meeting {booked[0]} has 2 open credit requests of user {server.data.people[HOST]}."}


def _approved_without_entry(server: RunningServer, booked: list[str]) -> set[str]:
    made = _credit_request(server, booked[1], "Approved")
    return {f"Credit request {made} is approved and has no row in the ledger."}


def _entry_without_request(server: RunningServer, booked: list[str]) -> set[str]:
    key = f"credit|{booked[0]}|{server.data.people[HOST]}"
    made = _entry(server, Kind="Credit", Entry_Key=key, Meeting=booked[0], Member=None)
    return {f"Ledger row {made} ({key}) has no approved credit request."}


def _host_row() -> str:
    """Of a meeting of the last weeks."""
    return f"LeanData__Role__c = 'Host' AND {_between('LeanData__Meeting__r.LeanData__Start__c', 30, 0)}"


def _between(field: str, first: int, last: int) -> str:
    """From so many days ago to so many days ago."""
    now = system_clock()
    bounds = [f"{now - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (first, last)]
    return f"{field} > {bounds[0]} AND {field} < {bounds[1]}"


async def _book(server: RunningServer) -> list[str]:
    async with server.signed_in("admin", mode="legacy") as client:
        user = {"meeting_type": INTRO, "user": server.data.people[HOST]}
        hosted = [await _booked(client, user, number) for number in range(5)]
        return [*hosted, await _booked(client, {"meeting_type": INBOUND_DEMO, "pool": POOL_WEST}, 0)]


async def _booked(client: Client, asked: Mapping[str, Any], start: int) -> str:
    day = datetime.combine(system_clock().date(), time(), UTC) + timedelta(days=7, seconds=next(_numbers))
    window = {"start": day.isoformat(), "end": (day + timedelta(days=5)).isoformat()}
    offer: Any = (await client.call_tool("preview_availability", {**asked, **window})).structured_content
    starts = [f"{each['date']}T{at[:5]}:00{at[5:]}" for each in offer["days"] for at in each["starts"]]
    prospect = {"email": f"p{next(_numbers)}@acme.example", "first_name": "Pat", "last_name": "Lee", "company": "Acme"}
    arguments = {"offer_id": offer["offer_id"], "start": starts[start], "prospect": prospect}
    shown: Any = (await client.call_tool("book_meeting", arguments)).structured_content
    confirmed = {**arguments, "confirm_token": shown["confirm_token"]}
    done: Any = (await client.call_tool("book_meeting", confirmed)).structured_content
    meeting_id: str = done["meeting"]["meeting_id"]
    return meeting_id


def _system(server: RunningServer) -> Session:
    return server.org.org.as_system()


def _delete(server: RunningServer, name: str, record_id: str) -> None:
    _system(server).delete(name, record_id)


def _rows(server: RunningServer, soql: str) -> list[dict[str, Any]]:
    found = _system(server).query(soql)["records"]
    return [{name.removeprefix("LeanData__").removesuffix("__c"): row[name] for name in row} for row in found]


def _first(server: RunningServer, name: str, where: str, *fields: str) -> dict[str, Any]:
    listed = ", ".join(["Id", *(f"LeanData__{each}__c" for each in fields)])
    return _rows(server, f"SELECT {listed} FROM {name} WHERE {where} ORDER BY Id LIMIT 1")[0]


def _meeting(server: RunningServer, record_id: str) -> dict[str, Any]:
    fields = ("Meeting_Id", "Start", "End", "Event_Id", "Pool_Member")
    return _first(server, bookit("Meeting"), f"Id = '{record_id}'", *fields)


def _named(meeting: Mapping[str, Any]) -> str:
    return f"meeting {meeting['Id']} ({meeting['Meeting_Id']})"


def _miscounted(meeting: Mapping[str, Any], says: str) -> str:
    member = meeting["Pool_Member"]
    return f"The {_named(meeting)} has to count once for pool member {member}, and the ledger's rows of it say: {says}."


def _entry_of(server: RunningServer, meeting: Mapping[str, Any]) -> dict[str, Any]:
    where = f"LeanData__Meeting__c = '{meeting['Id']}' AND LeanData__Kind__c = 'Scheduled'"
    return _first(server, bookit("Count_Entry"), where)


def _operation_of(server: RunningServer, meeting: Mapping[str, Any]) -> str:
    rows = _rows(server, f"SELECT Id, Answer__c FROM {OPERATION}")
    (found,) = [
        row["Id"] for row in rows if json.loads(row["Answer"])["meeting"]["bookit_meeting_id"] == meeting["Meeting_Id"]
    ]
    return found


def _entry(server: RunningServer, **values: Any) -> str:
    pool = _first(server, bookit("Pool"), "Id != null")["Id"]
    common = {"Pool": pool, "Period_Start": f"{system_clock():%Y-%m-01}", "Delta": 1}
    return _system(server).create(bookit("Count_Entry"), custom(**common, **values))


def _credit_request(server: RunningServer, meeting: str, status: str) -> str:
    pool = _first(server, bookit("Pool"), "Id != null")["Id"]
    decided = system_clock().replace(microsecond=0) if status == "Approved" else None
    values = {"Meeting": meeting, "Host": server.data.people[HOST], "Pool": pool, "Reason": "Other", "Status": status}
    values |= {"Decided_Date": decided}
    return _system(server).create(bookit("Credit_Request"), custom(**values))
