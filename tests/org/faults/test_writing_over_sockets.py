"""Transactions against the local org over real HTTP: done whole or not at all, and never told to be something else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.org.call_count import counting
from app.org.errors import OrgError, OrgErrorCode, WriteRefused
from app.org.failures import DuplicateKey, OutcomeUnknown, RecordChanged
from app.org.gateway import Gateway
from app.org.queries import BUSY_RETRIES
from app.org.writes import Create, Delete, Ref, Update, Write
from tests.org.faults.conftest import READ_SECONDS, FaultyOrg, Logged
from tests.org.grants_in_memory import INTEGRATION_USER

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

MEETING = "LeanData__BookIt_Meeting__c"
ATTENDEE = "LeanData__BookIt_Attendee__c"
ACTIVITY = "LeanData__BookIt_Meeting_Activity__c"
ENTRY = "LeanData__BookIt_Count_Entry__c"
LOG = "LeanData__Log__c"
CLAIM = "BookIt_MCP_Claim__c"
OPERATION = "BookIt_MCP_Operation__c"
TABLES = ("Event", "EventRelation", LOG, MEETING, ATTENDEE, ACTIVITY, ENTRY, CLAIM, OPERATION)
START = datetime(2027, 3, 2, 17, 0, tzinfo=UTC)
END = START + timedelta(minutes=30)
COMPOSITE = {"path": "/services/data/*/composite", "method": "POST"}


def rows(org: FaultyOrg, soql: str) -> list[dict[str, Any]]:
    """What stands in the org, whoever may see it."""
    return org.running.org.as_system().query(soql)["records"]


def counts(org: FaultyOrg) -> dict[str, int]:
    return {table: org.running.org.as_system().query(f"SELECT COUNT() FROM {table}")["totalSize"] for table in TABLES}


def booking(org: FaultyOrg, key: str, *, last: Sequence[Write] = ()) -> tuple[Write, ...]:
    """A meeting of rep1's with all that belongs to it. key: makes its unique keys."""
    host = org.people["rep1"]
    pooled = rows(
        org,
        f"SELECT Id, LeanData__Pool__c FROM LeanData__BookIt_Pool_Member__c WHERE LeanData__User_Owner__c = '{host}'",
    )
    meeting_type = rows(org, "SELECT Id FROM LeanData__BookIt_Meeting_Type__c LIMIT 1")[0]["Id"]
    contacts = [row["Id"] for row in rows(org, "SELECT Id FROM Contact ORDER BY Id LIMIT 2")]
    return (
        Create(
            "Event",
            {
                "OwnerId": host,
                "Subject": "Demo with Ada",
                "StartDateTime": START,
                "EndDateTime": END,
                "Location": "https://zoom.example/j/1",
                "Description": "Booked by an assistant",
                "WhoId": contacts[0],
                "ShowAs": "Busy",
            },
            name="event",
        ),
        Create(
            "Routing_Log",
            {"BookIt_Log_Id": key, "Trigger_Node": "Demo", "Result": "Calendar", "Routed_Date": START},
            name="log",
        ),
        Create(
            "Meeting",
            {
                "Meeting_Id": f"meeting {key}",
                "Status": "Scheduled",
                "Start": START,
                "End": END,
                "Timezone": "America/Los_Angeles",
                "Meeting_Type": meeting_type,
                "Main_Host": host,
                "Original_Host": host,
                "Booking_Method": "MCP",
                "Booked_Date": START - timedelta(days=3),
                "Prospect_Name": "Ada @{event.id} Lovelace",
                "Prospect_Email": "ada@acme.example",
                "Event_Id": Ref("event"),
                "Log": Ref("log"),
                "Reschedule_Count": 0,
                "Is_No_Show": False,
                "SMS_Consent": False,
            },
            name="meeting",
        ),
        Create(
            "Attendee",
            {"Meeting": Ref("meeting"), "Name": "Rep", "Email": "rep1@demo.example", "User": host, "Role": "Host"},
        ),
        Create(
            "Attendee",
            {"Meeting": Ref("meeting"), "Name": "Ada", "Email": "ada@acme.example", "Role": "Prospect"},
        ),
        Create("Meeting_Activity", {"Meeting": Ref("meeting"), "Kind": "Booked", "Actor": host, "Channel": "MCP"}),
        Create(
            "Claim",
            {
                "Claim_Key": f"{host}|2027-03-02|{key}",
                "Host": host,
                "Period": "2027-03-02",
                "Number": 1,
                "Meeting": f"meeting {key}",
            },
        ),
        Create(
            "Count_Entry",
            {
                "Pool": pooled[0]["LeanData__Pool__c"],
                "Member": pooled[0]["Id"],
                "Period_Start": START.date(),
                "Kind": "Scheduled",
                "Entry_Key": f"sched|{key}|1",
                "Delta": 1,
                "Reason": "Booked",
                "Meeting": Ref("meeting"),
                "Changed_By": "admin",
            },
        ),
        Create("Event_Relation", {"EventId": Ref("event"), "RelationId": contacts[1], "Status": "New"}),
        Create(
            "Operation",
            {"Operation_Key": key, "Request_Hash": "0" * 64, "Answer": "{}", "Actor": host, "Tool": "book_meeting"},
        ),
        *last,
    )


def operations(org: FaultyOrg, key: str) -> list[dict[str, Any]]:
    return rows(org, f"SELECT Id FROM {OPERATION} WHERE Operation_Key__c = '{key}'")


async def test_a_booking_is_one_call_and_everything_of_it_is_there(clear_org: FaultyOrg, gateway: Gateway) -> None:
    before = counts(clear_org)
    with counting() as count:
        ids = await gateway.writer(clear_org.org_id).write(*booking(clear_org, "whole"))
    assert count.calls == 1
    added = {table: after - before[table] for table, after in counts(clear_org).items()}
    assert added == dict.fromkeys(TABLES, 1) | {ATTENDEE: 2}
    (meeting,) = rows(
        clear_org,
        "SELECT Id, LeanData__Start__c, LeanData__Event_Id__c, LeanData__Log__c, LeanData__Prospect_Name__c,"
        f" LeanData__SMS_Consent__c FROM {MEETING} WHERE LeanData__Meeting_Id__c = 'meeting whole'",
    )
    del meeting["attributes"]
    assert meeting == {
        "Id": ids["meeting"],
        "LeanData__Start__c": "2027-03-02T17:00:00.000+0000",
        "LeanData__Event_Id__c": ids["event"],
        "LeanData__Log__c": ids["log"],
        "LeanData__Prospect_Name__c": "Ada @ {event.id} Lovelace",
        "LeanData__SMS_Consent__c": False,
    }
    event = rows(clear_org, f"SELECT OwnerId, CreatedById FROM Event WHERE Id = '{ids['event']}'")[0]
    assert (event["OwnerId"], event["CreatedById"]) == (clear_org.people["rep1"], clear_org.people["integration"])
    children = rows(
        clear_org, f"SELECT LeanData__Email__c FROM {ATTENDEE} WHERE LeanData__Meeting__c = '{ids['meeting']}'"
    )
    assert {child["LeanData__Email__c"] for child in children} == {"rep1@demo.example", "ada@acme.example"}


async def test_what_was_written_is_read_again_by_our_own_statements(clear_org: FaultyOrg, gateway: Gateway) -> None:
    host = clear_org.people["rep1"]
    last = Create("Claim", {"Claim_Key": "read|7", "Host": host, "Period": "week 2027-03-01", "Number": 7})
    await gateway.writer(clear_org.org_id).write(*booking(clear_org, "read", last=(last,)))
    reader = gateway.as_org_connection(clear_org.org_id)
    periods = ["2027-03-02", "week 2027-03-01", "2027-03-03"]
    claims = await reader.fetch("claims/last", {"hosts": [host, clear_org.people["admin"]], "periods": periods})
    found = {(row["Host"]["Id"], row["Period"]): row["highest"] for row in claims.rows}
    assert found == {(host, "2027-03-02"): 1, (host, "week 2027-03-01"): 7}
    (operation,) = (await reader.fetch("operations/by_key", {"key": "read"})).rows
    assert (operation["Request_Hash"], operation["Answer"], operation["Tool"]) == ("0" * 64, "{}", "book_meeting")
    assert (await reader.fetch("operations/by_key", {"key": "READ"})).rows == ()


async def test_a_host_and_his_event_change_and_the_event_ends(clear_org: FaultyOrg, gateway: Gateway) -> None:
    writer = gateway.writer(clear_org.org_id)
    ids = await writer.write(*booking(clear_org, "moved"))
    (relation,) = rows(clear_org, f"SELECT Id FROM EventRelation WHERE EventId = '{ids['event']}'")
    other = clear_org.people["rep2"]
    await writer.write(
        Update("Meeting", ids["meeting"], {"Main_Host": other, "Reassigned_From": clear_org.people["rep1"]}),
        Update("Event", ids["event"], {"OwnerId": other}),
        Delete("Event_Relation", relation["Id"]),
    )
    assert rows(clear_org, f"SELECT OwnerId FROM Event WHERE Id = '{ids['event']}'")[0]["OwnerId"] == other
    assert rows(clear_org, f"SELECT Id FROM EventRelation WHERE EventId = '{ids['event']}'") == []
    canceled = Update("Meeting", ids["meeting"], {"Status": "Canceled", "Canceled_Date": START, "Event_Id": None})
    await writer.write(canceled, Delete("Event", ids["event"]))
    (meeting,) = rows(
        clear_org,
        "SELECT LeanData__Status__c, LeanData__Main_Host__c, LeanData__Event_Id__c"
        f" FROM {MEETING} WHERE Id = '{ids['meeting']}'",
    )
    assert meeting["LeanData__Status__c"] == "Canceled"
    assert meeting["LeanData__Main_Host__c"] == other
    assert meeting["LeanData__Event_Id__c"] is None
    assert rows(clear_org, f"SELECT Id FROM Event WHERE Id = '{ids['event']}'") == []
    with pytest.raises(OrgError) as problem:
        await writer.write(Delete("Event", ids["event"]))
    assert problem.value.code is OrgErrorCode.NOT_FOUND


async def test_a_new_lead_has_the_log_id(clear_org: FaultyOrg, gateway: Gateway) -> None:
    lead = Create("Lead", {"LastName": "Lovelace", "Company": "Acme", "BookIt_Log_Id": "log-77"}, name="lead")
    writer = gateway.writer(clear_org.org_id)
    ids = await writer.write(lead)
    assert [row["Id"] for row in rows(clear_org, "SELECT Id FROM Lead WHERE LD_BookIt_Log_ID__c = 'log-77'")] == [
        ids["lead"]
    ]
    await writer.write(Update("Lead", ids["lead"], {"BookIt_Log_Id": "log-78"}))
    assert rows(clear_org, "SELECT Id FROM Lead WHERE LD_BookIt_Log_ID__c = 'log-78'")[0]["Id"] == ids["lead"]


async def test_one_bad_record_at_the_end_takes_back_everything(
    clear_org: FaultyOrg, gateway: Gateway, logged: Logged
) -> None:
    before = counts(clear_org)
    bad = Create("Attendee", {"Meeting": Ref("meeting"), "Email": "eve@acme.example", "Role": "Nobody knows"})
    with pytest.raises(OrgError) as problem:
        await gateway.writer(clear_org.org_id).write(*booking(clear_org, "bad", last=(bad,)))
    assert (problem.value.code, problem.value.salesforce_code) == (
        OrgErrorCode.FAILED,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    )
    assert counts(clear_org) == before
    told = f"{problem.value.message} {logged.text()}"
    assert "write_failed" in told
    for secret in ("Lovelace", "eve@", "Nobody knows", "LeanData__", *clear_org.grants.secrets()):
        assert secret not in told


async def test_a_bad_part_in_the_middle_takes_back_what_stood_before_it(clear_org: FaultyOrg, gateway: Gateway) -> None:
    before = counts(clear_org)
    whole = booking(clear_org, "middle")
    (meeting,) = (write for write in whole if isinstance(write, Create) and write.object == "Meeting")
    ends_first = Create("Meeting", {**meeting.values, "End": START}, name="meeting")
    with pytest.raises(OrgError) as problem:
        await gateway.writer(clear_org.org_id).write(*(ends_first if write is meeting else write for write in whole))
    assert problem.value.salesforce_code == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert counts(clear_org) == before


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("Operation", {"Operation_Key": "first"}),
        ("Claim", {"Claim_Key": "taken"}),
        ("Count_Entry", {"Entry_Key": "taken"}),
        ("Meeting", {"Meeting_Id": "taken"}),
    ],
)
async def test_a_key_that_stands_already_names_its_object(
    clear_org: FaultyOrg, gateway: Gateway, name: str, changes: dict[str, str]
) -> None:
    writer = gateway.writer(clear_org.org_id)

    def keyed(key: str) -> list[Write]:
        return [
            Create(write.object, {**write.values, **changes}, write.name)
            if isinstance(write, Create) and write.object == name
            else write
            for write in booking(clear_org, f"{name} {key}")
        ]

    await writer.write(*keyed("one"))
    before = counts(clear_org)
    with pytest.raises(DuplicateKey) as problem:
        await writer.write(*keyed("two"))
    assert problem.value.object == name
    assert counts(clear_org) == before


async def test_a_meeting_that_somebody_changed_meanwhile_is_not_changed(clear_org: FaultyOrg, gateway: Gateway) -> None:
    writer = gateway.writer(clear_org.org_id)
    ids = await writer.write(*booking(clear_org, "changed"))
    (read,) = rows(clear_org, f"SELECT LastModifiedDate FROM {MEETING} WHERE Id = '{ids['meeting']}'")
    since = datetime.fromisoformat(read["LastModifiedDate"])
    change = Update("Meeting", ids["meeting"], {"Timezone": "Europe/Berlin"}, unchanged_since=since)
    await writer.write(change)
    (mine,) = rows(clear_org, f"SELECT LastModifiedDate FROM {MEETING} WHERE Id = '{ids['meeting']}'")
    since = datetime.fromisoformat(mine["LastModifiedDate"])
    clear_org.running.fault("concurrent_edit", match=COMPOSITE, seconds=2)
    before = counts(clear_org)
    change = Update("Meeting", ids["meeting"], {"Timezone": "Asia/Tokyo"}, unchanged_since=since)
    with pytest.raises(RecordChanged):
        await writer.write(Delete("Event", ids["event"]), change)
    assert counts(clear_org) == before
    (there,) = rows(clear_org, f"SELECT LeanData__Timezone__c FROM {MEETING} WHERE Id = '{ids['meeting']}'")
    assert there["LeanData__Timezone__c"] == "Europe/Berlin"


@pytest.mark.parametrize("object_name", [MEETING, CLAIM])
async def test_a_lock_that_goes_away_costs_a_call_and_no_booking(
    clear_org: FaultyOrg, gateway: Gateway, object_name: str
) -> None:
    before = counts(clear_org)
    clear_org.running.fault("lock_row", match={"object": object_name})
    with counting() as count:
        await gateway.writer(clear_org.org_id).write(*booking(clear_org, f"lock {object_name}"))
    assert count.calls == 2
    assert {table: after - before[table] for table, after in counts(clear_org).items()}[MEETING] == 1


async def test_a_lock_that_stays_is_told(clear_org: FaultyOrg, gateway: Gateway) -> None:
    before = counts(clear_org)
    clear_org.running.fault("lock_row", match={"object": CLAIM}, times=None)
    with counting() as count, pytest.raises(OrgError) as problem:
        await gateway.writer(clear_org.org_id).write(*booking(clear_org, "locked"))
    assert (problem.value.code, problem.value.salesforce_code) == (OrgErrorCode.CONFLICT, "UNABLE_TO_LOCK_ROW")
    assert count.calls == BUSY_RETRIES + 1
    assert counts(clear_org) == before


@pytest.mark.parametrize(
    ("kind", "options", "done"),
    [
        ("drop", {"when": "after"}, True),
        ("truncate", {}, True),
        ("slow", {"when": "after", "seconds": READ_SECONDS * 2}, True),
        ("drop", {"when": "before"}, False),
        ("unavailable", {}, False),
        ("unavailable", {"html": True}, False),
        ("refuse", {"status": 500, "code": "UNKNOWN_EXCEPTION"}, False),
    ],
)
async def test_an_answer_that_is_lost_leaves_open_what_the_key_tells(
    clear_org: FaultyOrg, gateway: Gateway, kind: str, options: dict[str, Any], done: bool
) -> None:
    key = f"lost {kind} {options}".replace("'", "")
    before = counts(clear_org)
    clear_org.running.fault(kind, match=COMPOSITE, **options)
    with counting() as count, pytest.raises(OutcomeUnknown) as problem:
        await gateway.writer(clear_org.org_id).write(*booking(clear_org, key))
    assert problem.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    assert count.calls == 1  # never sent again by itself
    assert len(operations(clear_org, key)) == done
    assert (counts(clear_org) != before) == done
    found = await gateway.as_org_connection(clear_org.org_id).fetch("operations/by_key", {"key": key})
    assert len(found.rows) == done
    if done:
        with pytest.raises(DuplicateKey):
            await gateway.writer(clear_org.org_id).write(*booking(clear_org, key))
    else:
        await gateway.writer(clear_org.org_id).write(*booking(clear_org, key))
    assert len(operations(clear_org, key)) == 1


@pytest.mark.parametrize("limit", ["TotalRequests", "ConcurrentPerOrgLongTxn"])
async def test_a_limit_did_nothing_and_says_so(clear_org: FaultyOrg, gateway: Gateway, limit: str) -> None:
    before = counts(clear_org)
    clear_org.running.fault("request_limit", match=COMPOSITE, limit=limit)
    with pytest.raises(OrgError) as problem:
        await gateway.writer(clear_org.org_id).write(*booking(clear_org, f"limit {limit}"))
    assert problem.value.code is OrgErrorCode.SALESFORCE_LIMIT
    assert counts(clear_org) == before


async def test_an_expired_session_is_renewed_and_the_booking_is_done_once(
    clear_org: FaultyOrg, gateway: Gateway
) -> None:
    await clear_org.grants.by_user[INTEGRATION_USER].current()
    clear_org.running.fault("expire_session", match=COMPOSITE)
    with counting() as count:
        await gateway.writer(clear_org.org_id).write(*booking(clear_org, "expired"))
    assert count.calls == 2
    assert clear_org.grants.by_user[INTEGRATION_USER].renewals == 1
    assert len(operations(clear_org, "expired")) == 1


@pytest.mark.parametrize(
    "write",
    [
        Create("Meeting", {"Meeting_Id": "x", "SMS_Consent": True}),
        Create("Pool", {"Grouping_Name": "x"}),
        Create("Meeting", {"Meeting_Id": "x", "Name": "x"}),
        Create("Meeting", {"Meeting_Id": "x", "Main_Host": "../../limits"}),
    ],
)
async def test_what_is_not_listed_never_leaves(clear_org: FaultyOrg, gateway: Gateway, write: Write) -> None:
    with pytest.raises(WriteRefused):
        await gateway.writer(clear_org.org_id).write(*booking(clear_org, "unlisted", last=(write,)))
    assert clear_org.wire.to("/composite") == []


async def test_no_request_holds_more_than_it_says(clear_org: FaultyOrg, gateway: Gateway) -> None:
    await gateway.writer(clear_org.org_id).write(*booking(clear_org, "wire"))
    (arrived,) = clear_org.wire.to("/composite")
    parts = json.loads(arrived.body)["compositeRequest"]
    assert [part["referenceId"] for part in parts] == ["event", "log", "meeting", "4"]
