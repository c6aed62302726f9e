"""The list of what may be written, held to the map, and the denial of all else."""

from __future__ import annotations

import pytest

from app.org.errors import WriteRefused
from app.org.schema_map import SchemaMap
from app.org.write_rules import ONLY_VALUE, WRITE_RULES, check_write
from app.org.writes import Create, Delete, Update, Value, Write
from tests.org.written import MEETING

APPEND_ONLY = ("Meeting_Activity", "Count_Entry", "Routing_Log", "Claim", "Operation")


def test_every_name_of_the_list_is_in_the_schema_map(schema_map: SchemaMap) -> None:
    for name, rule in WRITE_RULES.items():
        for field in rule.create | rule.update:
            assert schema_map.field(name, field)


def test_nothing_that_salesforce_keeps_itself_is_on_the_list() -> None:
    kept = {"Id", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp"}
    for rule in WRITE_RULES.values():
        assert kept.isdisjoint(rule.create | rule.update)


@pytest.mark.parametrize("name", APPEND_ONLY)
def test_what_is_append_only_is_never_changed_or_deleted(name: str) -> None:
    assert WRITE_RULES[name].create
    assert not WRITE_RULES[name].update
    assert not WRITE_RULES[name].delete


def test_calendar_events_and_their_invitees_alone_may_be_deleted() -> None:
    assert {name for name, rule in WRITE_RULES.items() if rule.delete} == {"Event", "Event_Relation"}


def test_configuration_and_people_are_not_on_the_list() -> None:
    assert WRITE_RULES.keys().isdisjoint(
        {"Meeting_Type", "Pool", "Pool_Member", "Working_Hours", "Vacation", "User", "User_Setting", "Graph", "Link"}
    )


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (Create("Pool", {"Grouping_Name": "x"}), "create a record of Pool with Grouping_Name"),
        (Create("Nothing", {"Name": "x"}), "create a record of Nothing"),
        (Create("Meeting", {"Status": "Scheduled", "Name": "x"}), "create a record of Meeting with Name"),
        (Create("Meeting", {}), "nothing to write to a record of Meeting"),
        (Update("Meeting", MEETING, {"Meeting_Id": "x"}), "change a record of Meeting with Meeting_Id"),
        (Update("Meeting", MEETING, {}), "nothing to write to a record of Meeting"),
        (Update("Claim", MEETING, {"Number": 2}), "change a record of Claim with Number"),
        (Update("Lead", MEETING, {"Email": "x@example.com"}), "change a record of Lead with Email"),
        (Create("Contact", {"BookIt_Log_Id": "x"}), "create a record of Contact with BookIt_Log_Id"),
        (Delete("Meeting", MEETING), "delete a record of Meeting"),
        (Delete("Nothing", MEETING), "delete a record of Nothing"),
    ],
)
def test_what_no_rule_allows_is_refused_by_name(write: Write, said: str) -> None:
    with pytest.raises(WriteRefused, match=said):
        check_write(write)


@pytest.mark.parametrize("value", [True, None, 1, 0, "false"])
def test_consent_to_text_messages_is_written_as_false_or_not_at_all(value: Value) -> None:
    assert ONLY_VALUE[("Meeting", "SMS_Consent")] is False
    check_write(Create("Meeting", {"SMS_Consent": False}))
    check_write(Update("Meeting", MEETING, {"SMS_Consent": False}))
    for write in (Create("Meeting", {"SMS_Consent": value}), Update("Meeting", MEETING, {"SMS_Consent": value})):
        with pytest.raises(WriteRefused, match=r"Meeting.SMS_Consent may be written as False alone"):
            check_write(write)
