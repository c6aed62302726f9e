"""From a transaction to the parts of one request: names, values, ids, and what is refused before anything leaves."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from app.org.errors import WriteRefused
from app.org.schema_map import SchemaMap
from app.org.write_request import plan_request
from app.org.writes import Create, Delete, Ref, Update, Value, Write
from tests.org.grants_in_memory import REP
from tests.org.written import EVENT, MEETING

START = datetime(2026, 11, 27, 14, 0, tzinfo=timezone(timedelta(hours=-8)))


def claim(number: int = 1) -> Create:
    return Create("Claim", {"Claim_Key": f"host|2026-11-27|{number}", "Number": number})


def body_of(schema_map: SchemaMap, write: Write) -> Any:
    (planned,) = plan_request([write], schema_map)
    return planned.part.body


def test_a_booking_is_three_parts_and_a_collection_in_its_own_order(schema_map: SchemaMap) -> None:
    planned = plan_request(
        [
            Create("Event", {"Subject": "Demo", "OwnerId": REP}, name="event"),
            Create("Routing_Log", {"Result": "Calendar"}, name="log"),
            Create("Meeting", {"Meeting_Id": "m", "Event_Id": Ref("event"), "Log": Ref("log")}, name="meeting"),
            Create("Attendee", {"Meeting": Ref("meeting"), "Email": "ada@acme.example"}),
            claim(),
            Create("Attendee", {"Meeting": Ref("meeting"), "Email": "bo@acme.example"}),
        ],
        schema_map,
    )
    assert [(each.part.reference_id, each.part.method, each.part.path) for each in planned] == [
        ("event", "POST", "sobjects/Event"),
        ("log", "POST", "sobjects/LeanData__Log__c"),
        ("meeting", "POST", "sobjects/LeanData__BookIt_Meeting__c"),
        ("4", "POST", "composite/sobjects"),
    ]
    assert planned[2].part.body == {
        "LeanData__Meeting_Id__c": "m",
        "LeanData__Event_Id__c": "@{event.id}",
        "LeanData__Log__c": "@{log.id}",
    }
    assert planned[3].part.body == {
        "allOrNone": True,
        "records": [
            {
                "attributes": {"type": "LeanData__BookIt_Attendee__c"},
                "LeanData__Meeting__c": "@{meeting.id}",
                "LeanData__Email__c": "ada@acme.example",
            },
            {
                "attributes": {"type": "LeanData__BookIt_Attendee__c"},
                "LeanData__Meeting__c": "@{meeting.id}",
                "LeanData__Email__c": "bo@acme.example",
            },
            {
                "attributes": {"type": "BookIt_MCP_Claim__c"},
                "Claim_Key__c": "host|2026-11-27|1",
                "Number__c": 1,
            },
        ],
    }


def test_changes_and_deletions_are_parts_that_keep_their_place(schema_map: SchemaMap) -> None:
    planned = plan_request(
        [
            claim(1),
            Update("Meeting", MEETING[:15], {"Status": "Canceled"}, unchanged_since=START.replace(microsecond=999_000)),
            Delete("Event", EVENT[:15]),
            claim(2),
        ],
        schema_map,
    )
    assert [(each.part.method, each.part.path) for each in planned] == [
        ("POST", "composite/sobjects"),
        ("PATCH", f"sobjects/LeanData__BookIt_Meeting__c/{MEETING}"),
        ("DELETE", f"sobjects/Event/{EVENT}"),
        ("POST", "composite/sobjects"),
    ]
    assert planned[1].part.headers == {"If-Unmodified-Since": "Fri, 27 Nov 2026 22:00:00 GMT"}
    assert planned[2].part.body is None
    assert len({each.part.reference_id for each in planned}) == 4


@pytest.mark.parametrize(
    ("write", "api", "sent"),
    [
        (Create("Meeting", {"Start": START}), "LeanData__Start__c", "2026-11-27T22:00:00.000Z"),
        (
            Create("Meeting", {"Start": datetime(2026, 1, 2, 3, 4, 5, 6_999, tzinfo=UTC)}),
            "LeanData__Start__c",
            "2026-01-02T03:04:05.006Z",
        ),
        (Create("Count_Entry", {"Period_Start": date(2026, 10, 1)}), "LeanData__Period_Start__c", "2026-10-01"),
        (Create("Count_Entry", {"Delta": -1}), "LeanData__Delta__c", -1),
        (Create("Meeting", {"Is_No_Show": False}), "LeanData__Is_No_Show__c", False),
        (Create("Meeting", {"SMS_Consent": False}), "LeanData__SMS_Consent__c", False),
        (Update("Credit_Request", MEETING, {"Open_Key": None}), "LeanData__Open_Key__c", None),
        (Create("Meeting", {"Main_Host": REP[:15]}), "LeanData__Main_Host__c", REP),
        (Create("Lead", {"BookIt_Log_Id": "log-1"}), "LD_BookIt_Log_ID__c", "log-1"),
        (Create("Event", {"WhoId": REP}), "WhoId", REP),
    ],
)
def test_a_value_leaves_in_the_form_that_salesforce_takes(
    schema_map: SchemaMap, write: Write, api: str, sent: object
) -> None:
    body = body_of(schema_map, write)
    values = body["records"][0] if "records" in body else body
    assert values[api] == sent
    assert type(values[api]) is type(sent)


@pytest.mark.parametrize("typed", ["@{event.id}", "mail me @{work", "@@{event.id}}"])
def test_what_a_prospect_typed_is_never_a_reference(schema_map: SchemaMap, typed: str) -> None:
    planned = plan_request(
        [
            Create("Event", {"Subject": typed}, name="event"),
            Create("Meeting", {"Prospect_Name": typed, "Event_Id": Ref("event")}),
        ],
        schema_map,
    )
    text = json.dumps([each.part.body for each in planned])
    assert text.count("@{") == 1  # our own Ref
    assert typed.replace("@{", "@ {") in text


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("Meeting", "Start", datetime(2026, 11, 27, 14, 0)),  # noqa: DTZ001  without an offset it is nobody's time
        ("Meeting", "Start", "2026-11-27T14:00:00Z"),
        ("Meeting", "Start", date(2026, 11, 27)),
        ("Meeting", "Start", Ref("event")),
        ("Meeting", "Is_No_Show", 0),
        ("Meeting", "Is_No_Show", "false"),
        ("Meeting", "Reschedule_Count", True),
        ("Meeting", "Reschedule_Count", 1.5),
        ("Meeting", "Reschedule_Count", "1"),
        ("Meeting", "Status", 1),
        ("Meeting", "Status", False),
        ("Meeting", "Main_Host", "Ada"),
        ("Meeting", "Main_Host", ""),
        ("Meeting", "Main_Host", "../../limits"),
        ("Meeting", "Main_Host", "@{event.id}"),
        ("Meeting", "Main_Host", Ref("meeting")),
        ("Meeting", "Main_Host", Ref("later")),
        ("Count_Entry", "Period_Start", datetime(2026, 10, 1, tzinfo=UTC)),
        ("Count_Entry", "Period_Start", "2026-10-01"),
    ],
)
def test_a_value_of_another_type_is_refused_by_its_field(
    schema_map: SchemaMap, name: str, field: str, value: Value
) -> None:
    writes = (
        Create("Event", {"Subject": "x"}, name="event"),
        Create(name, {field: value}, name="meeting"),
        Create("Event", {"Subject": "x"}, name="later"),
    )
    with pytest.raises(WriteRefused, match=f"{name}.{field}") as problem:
        plan_request(writes, schema_map)
    assert "limits" not in str(problem.value)
    assert "Ada" not in str(problem.value)


@pytest.mark.parametrize(
    "bad", ["", "../../limits", "//evil.example/x", f"{MEETING}/x", MEETING[:-1] + "9", "@{event.id}"]
)
def test_what_is_no_record_id_enters_no_address(schema_map: SchemaMap, bad: str) -> None:
    for write in (Update("Meeting", bad, {"Status": "Canceled"}), Delete("Event", bad)):
        with pytest.raises(WriteRefused, match="no record id"):
            plan_request([write], schema_map)


@pytest.mark.parametrize("name", ["", "1st", "a-b", "a.id", "a" * 41, "é", "a\n"])
def test_a_name_that_is_no_reference_is_refused(schema_map: SchemaMap, name: str) -> None:
    with pytest.raises(WriteRefused, match="a name that is none"):
        plan_request([Create("Event", {"Subject": "x"}, name=name)], schema_map)


def test_a_name_stands_for_one_record(schema_map: SchemaMap) -> None:
    event = Create("Event", {"Subject": "x"}, name="event")
    with pytest.raises(WriteRefused, match="two records have the name event"):
        plan_request([event, event], schema_map)


def test_a_time_of_the_last_change_needs_an_offset(schema_map: SchemaMap) -> None:
    naive = datetime(2026, 11, 27, 14, 0)  # noqa: DTZ001  what is refused here
    with pytest.raises(WriteRefused, match="no offset"):
        plan_request([Update("Meeting", MEETING, {"Status": "Canceled"}, unchanged_since=naive)], schema_map)


def test_nothing_is_no_transaction(schema_map: SchemaMap) -> None:
    with pytest.raises(WriteRefused, match="nothing to write"):
        plan_request([], schema_map)


def test_a_collection_holds_two_hundred_records_and_the_rest_has_another(schema_map: SchemaMap) -> None:
    planned = plan_request([claim(number) for number in range(201)], schema_map)
    assert [len(each.writes) for each in planned] == [200, 1]
    assert planned[0].part.body is not None
    numbers = [record["Number__c"] for record in planned[0].part.body["records"]]
    assert numbers == list(range(200))


def test_more_than_one_request_can_hold_is_refused(schema_map: SchemaMap) -> None:
    changes = [Update("Event", EVENT, {"Subject": str(number)}) for number in range(26)]
    assert len(plan_request(changes[:25], schema_map)) == 25
    with pytest.raises(WriteRefused, match="26 parts"):
        plan_request(changes, schema_map)
    between = [write for number, change in enumerate(changes[:6]) for write in (claim(number), change)]
    assert len(plan_request(between[:10], schema_map)) == 10
    with pytest.raises(WriteRefused, match="6 collections"):
        plan_request(between, schema_map)


def test_records_of_one_object_stand_together_in_at_most_ten_runs(schema_map: SchemaMap) -> None:
    writes = [
        Create("Attendee", {"Email": "a@acme.example"}),
        claim(),
        Create("Operation", {"Tool": "x"}),
        Create("Meeting_Activity", {"Kind": "x"}),
        Create("Count_Entry", {"Delta": 1}),
        Create("Credit_Request", {"Status": "x"}),
        Create("Routing_Log", {"Result": "x"}),
        Create("Meeting", {"Status": "x"}),
        Create("Event", {"Subject": "x"}),
        Create("Event_Relation", {"Status": "New"}),
        Create("Lead", {"LastName": "x"}),
    ]
    planned = plan_request(writes + writes, schema_map)
    assert len(planned) == 2
    for each in planned:
        objects = [write.object for write in each.writes]
        runs = sum(1 for before, after in zip([None, *objects], objects, strict=False) if before != after)
        assert runs == len(set(objects)) <= 10
    assert sorted(write.object for each in planned for write in each.writes) == sorted(
        write.object for write in writes + writes
    )
