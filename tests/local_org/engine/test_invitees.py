"""Users who are invited to an event have a child event each, which follows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.local_org.errors import ApiError, Unsupported
from app.local_org.org import Session
from tests.support.small_org import SmallOrg

_CALL = {
    "Subject": "Demo with Ada",
    "Location": "https://zoom.example/j/1",
    "Description": "Booked by an assistant",
    "StartDateTime": "2026-11-25T10:00:00.000+0000",
    "EndDateTime": "2026-11-25T10:30:00.000+0000",
    "ShowAs": "OutOfOffice",
    "IsPrivate": True,
}
_TIMES = ("ActivityDateTime", "ActivityDate", "DurationInMinutes", "EndDate", "IsAllDayEvent")
_SEEN = (*_CALL, *_TIMES, "WhoId", "WhatId", "OwnerId", "IsChild", "IsGroupEvent", "GroupEventType", "CreatedById")


def _call(small: SmallOrg, **more: object) -> str:
    return small.acting("admin").create("Event", {**_CALL, "OwnerId": small.people["rep"], **more})


def _invite(small: SmallOrg, event: str, invitee: str, **more: object) -> str:
    return small.acting("admin").create("EventRelation", {"EventId": event, "RelationId": invitee, **more})


def _get(small: SmallOrg, event: str) -> dict[str, Any]:
    record = small.acting("admin").get("Event", event, _SEEN)
    return {name: record[name] for name in _SEEN}


def _events_of(session: Session, *owners: str) -> list[str]:
    listed = ", ".join(f"'{owner}'" for owner in owners)
    return [row["Id"] for row in session.query(f"SELECT Id FROM Event WHERE OwnerId IN ({listed})")["records"]]


def _child_of(small: SmallOrg, invitee: str) -> str:
    (child,) = _events_of(small.org.as_system(), invitee)
    return child


def _refused(small: SmallOrg, values: Mapping[str, Any]) -> tuple[str, tuple[str, ...] | None]:
    with pytest.raises(ApiError) as refused:
        small.acting("admin").create("EventRelation", values)
    return refused.value.code, refused.value.fields


def test_a_user_who_is_invited_has_the_event_in_his_own_calendar(small: SmallOrg) -> None:
    lead = small.org.load("Lead", [{"LastName": "Lovelace", "Company": "Acme"}])[0]
    account = small.org.load("Account", [{"Name": "Acme"}])[0]
    event, other = _call(small, WhoId=lead, WhatId=account), small.people["other"]
    before = _get(small, event)
    assert (before["IsGroupEvent"], before["GroupEventType"]) == (False, "0")
    _invite(small, event, other)
    group = {"IsGroupEvent": True, "GroupEventType": "1"}
    assert _get(small, event) == {**before, **group}
    child = _child_of(small, other)
    assert _get(small, child) == {**before, **group, "IsChild": True, "OwnerId": other}
    assert before["WhoId"] == lead
    assert before["Subject"] == "Demo with Ada"


def test_a_child_is_seen_by_its_owner_as_any_event_of_his_and_found_by_it(small: SmallOrg) -> None:
    event, rep, other = _call(small), small.people["rep"], small.people["other"]
    _invite(small, event, other)
    child = _child_of(small, other)
    assert _events_of(small.acting("other"), rep, other) == [child]
    assert _events_of(small.acting("rep"), rep, other) == [event]
    assert _events_of(small.acting("guest"), rep, other) == []
    assert sorted(_events_of(small.acting("admin"), rep, other)) == sorted([event, child])


def test_an_invitee_reads_his_own_invitation_alone(small: SmallOrg) -> None:
    event = _call(small)
    mine, _ = _invite(small, event, small.people["other"]), _invite(small, event, small.people["guest"])
    read = "SELECT Id, EventId FROM EventRelation"
    assert [(row["Id"], row["EventId"]) for row in small.acting("other").query(read)["records"]] == [(mine, event)]
    assert small.acting("rep").query(read)["totalSize"] == 2


def test_an_invitee_who_is_no_user_has_no_event(small: SmallOrg) -> None:
    contact = small.org.load("Contact", [{"LastName": "Lovelace"}])[0]
    event = _call(small)
    relation = _invite(small, event, contact)
    assert small.org.as_system().query("SELECT COUNT() FROM Event")["totalSize"] == 1
    assert (_get(small, event)["IsGroupEvent"], _get(small, event)["GroupEventType"]) == (True, "1")
    small.acting("admin").delete("EventRelation", relation)
    assert (_get(small, event)["IsGroupEvent"], _get(small, event)["GroupEventType"]) == (False, "0")


@pytest.mark.parametrize(
    "change",
    [
        {"StartDateTime": "2026-11-26T08:00:00.000+0000"},
        {"StartDateTime": "2026-11-26T08:00:00.000+0000", "EndDateTime": "2026-11-26T09:00:00.000+0000"},
        {"DurationInMinutes": 45},
        {"IsAllDayEvent": True, "ActivityDate": "2026-11-27", "DurationInMinutes": 1440},
        {"Subject": "Moved", "Location": None, "Description": "Elsewhere"},
        {"ShowAs": "Free", "IsPrivate": False},
    ],
)
def test_the_children_follow_their_event(small: SmallOrg, change: Mapping[str, Any]) -> None:
    event, invitees = _call(small), [small.people["other"], small.people["guest"]]
    for invitee in invitees:
        _invite(small, event, invitee)
    before = _get(small, event)
    small.acting("admin").update("Event", event, change)
    after = _get(small, event)
    assert after != before
    for invitee in invitees:
        child = _get(small, _child_of(small, invitee))
        assert child == {**after, "IsChild": True, "OwnerId": invitee}


def test_a_child_that_follows_has_the_stamps_of_who_changed_its_event(small: SmallOrg) -> None:
    event, other = _call(small), small.people["other"]
    _invite(small, event, other)
    lone = _call(small, Subject="Another")
    small.clock.advance(timedelta(minutes=5))
    small.acting("admin").update("Event", event, {"Subject": "Moved"})
    stamps = ["LastModifiedDate", "LastModifiedById", "SystemModstamp", "CreatedDate"]
    child = small.acting("admin").get("Event", _child_of(small, other), stamps)
    assert child["LastModifiedDate"] == child["SystemModstamp"] == "2026-11-25T12:05:00.000+0000"
    assert child["LastModifiedById"] == small.people["admin"]
    assert child["CreatedDate"] == "2026-11-25T12:00:00.000+0000"
    assert _get(small, lone)["Subject"] == "Another"


def test_another_owner_of_the_event_leaves_the_children(small: SmallOrg) -> None:
    event, other = _call(small), small.people["other"]
    _invite(small, event, other)
    child = _child_of(small, other)
    small.acting("admin").update("Event", event, {"OwnerId": small.people["guest"]})
    assert _get(small, event)["OwnerId"] == small.people["guest"]
    assert _child_of(small, other) == child
    small.acting("admin").update("Event", event, {"Subject": "Moved"})
    assert _get(small, child)["Subject"] == "Moved"


def test_with_the_event_go_its_invitations_and_children(small: SmallOrg) -> None:
    event, system = _call(small), small.org.as_system()
    lone = _call(small, OwnerId=small.people["admin"])
    for invitee in ("other", "guest"):
        _invite(small, event, small.people[invitee])
    small.acting("admin").delete("Event", event)
    assert [row["Id"] for row in system.query("SELECT Id FROM Event")["records"]] == [lone]
    assert system.query("SELECT COUNT() FROM EventRelation")["totalSize"] == 0
    binned = system.query("SELECT IsChild, IsGroupEvent FROM Event WHERE IsDeleted = true", all_rows=True)["records"]
    assert sorted((row["IsChild"], row["IsGroupEvent"]) for row in binned) == [
        (False, True),
        (True, True),
        (True, True),
    ]


def test_with_an_invitation_goes_the_child_and_with_the_last_one_the_group(small: SmallOrg) -> None:
    event, other, guest = _call(small), small.people["other"], small.people["guest"]
    first, last = _invite(small, event, other), _invite(small, event, guest)
    small.acting("admin").delete("EventRelation", first)
    assert _events_of(small.org.as_system(), other) == []
    assert _child_of(small, guest)
    assert _get(small, event)["IsGroupEvent"] is True
    small.acting("admin").delete("EventRelation", last)
    assert _events_of(small.org.as_system(), guest) == []
    assert (_get(small, event)["IsGroupEvent"], _get(small, event)["GroupEventType"]) == (False, "0")
    _invite(small, event, other)
    assert _get(small, _child_of(small, other))["IsChild"] is True


def test_with_a_child_that_its_owner_deletes_goes_his_invitation(small: SmallOrg) -> None:
    event, other = _call(small), small.people["other"]
    _invite(small, event, other)
    kept = _invite(small, event, small.people["guest"])
    small.acting("admin").update("User", other, {"ProfileId": small.id_of("Profile", "Standard User")})
    small.acting("other").delete("Event", _child_of(small, other))
    relations = small.org.as_system().query("SELECT Id FROM EventRelation")["records"]
    assert [row["Id"] for row in relations] == [kept]
    assert _get(small, event)["IsGroupEvent"] is True


def test_of_a_child_only_the_reminder_changes(small: SmallOrg) -> None:
    event, other = _call(small), small.people["other"]
    _invite(small, event, other)
    child, admin = _child_of(small, other), small.acting("admin")
    reminder = "2026-11-25T09:45:00.000+0000"
    admin.update("Event", child, {"IsReminderSet": True, "ReminderDateTime": reminder})
    assert admin.get("Event", child, ["ReminderDateTime"])["ReminderDateTime"] == reminder
    assert admin.get("Event", event, ["ReminderDateTime"])["ReminderDateTime"] is None
    for change in ({"Subject": "x"}, {"OwnerId": small.people["guest"]}, {"IsReminderSet": False, "ShowAs": "Free"}):
        with pytest.raises(ApiError, match="FIELD_INTEGRITY_EXCEPTION"):
            admin.update("Event", child, change)
    assert _get(small, child)["OwnerId"] == other
    assert admin.get("Event", child, ["IsReminderSet"])["IsReminderSet"] is True


def test_nobody_is_invited_to_a_child_event(small: SmallOrg) -> None:
    _invite(small, _call(small), small.people["other"])
    child = _child_of(small, small.people["other"])
    values = {"EventId": child, "RelationId": small.people["guest"]}
    assert _refused(small, values) == ("FIELD_INTEGRITY_EXCEPTION", ("EventId",))
    assert _events_of(small.org.as_system(), small.people["guest"]) == []


def test_the_owner_is_no_invitee_nor_anybody_twice_nor_an_inactive_user(small: SmallOrg) -> None:
    event, admin = _call(small), small.acting("admin")
    owner = {"EventId": event, "RelationId": small.people["rep"]}
    assert _refused(small, owner) == ("FIELD_INTEGRITY_EXCEPTION", ("RelationId",))
    _invite(small, event, small.people["other"])
    twice = {"EventId": event, "RelationId": small.people["other"]}
    assert _refused(small, twice) == ("FIELD_INTEGRITY_EXCEPTION", ("RelationId",))
    with pytest.raises(ApiError, match="FIELD_INTEGRITY_EXCEPTION"):
        admin.update("Event", event, {"OwnerId": small.people["other"]})
    admin.update("User", small.people["guest"], {"IsActive": False})
    assert _refused(small, {"EventId": event, "RelationId": small.people["guest"]})[0] == "INACTIVE_OWNER_OR_USER"
    system = small.org.as_system()
    assert system.query("SELECT COUNT() FROM EventRelation")["totalSize"] == 1
    assert system.query("SELECT COUNT() FROM Event")["totalSize"] == 2


def test_a_co_host_becomes_the_owner_once_he_is_no_invitee(small: SmallOrg) -> None:
    event, other = _call(small), small.people["other"]
    relation = _invite(small, event, other)
    small.acting("admin").delete("EventRelation", relation)
    small.acting("admin").update("Event", event, {"OwnerId": other})
    assert _events_of(small.org.as_system(), other) == [event]


def test_an_invitation_keeps_its_event_and_its_invitee(small: SmallOrg) -> None:
    relation = _invite(small, _call(small), small.people["other"])
    admin = small.acting("admin")
    for change in ({"EventId": _call(small)}, {"RelationId": small.people["guest"]}):
        with pytest.raises(ApiError) as refused:
            admin.update("EventRelation", relation, change)
        assert (refused.value.code, refused.value.fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", tuple(change))
    admin.update("EventRelation", relation, {"Status": "Accepted"})
    assert admin.get("EventRelation", relation, ["Status"])["Status"] == "Accepted"


def test_a_user_who_declines_is_refused_by_name(small: SmallOrg) -> None:
    event, other = _call(small), small.people["other"]
    with pytest.raises(Unsupported, match="declines"):
        _invite(small, event, other, Status="Declined")
    relation = _invite(small, event, other)
    with pytest.raises(Unsupported, match="declines"):
        small.acting("admin").update("EventRelation", relation, {"Status": "Declined"})
    contact = small.org.load("Contact", [{"LastName": "Lovelace"}])[0]
    _invite(small, event, contact, Status="Declined")


def test_who_invites_edits_the_event_and_may_edit_events_at_all(small: SmallOrg) -> None:
    event, guest = _call(small), {"RelationId": small.people["guest"]}
    with pytest.raises(ApiError, match="INSUFFICIENT_ACCESS_OR_READONLY"):
        small.acting("rep").create("EventRelation", {"EventId": event, **guest})
    profile = small.id_of("Profile", "Standard User")
    for handle in ("rep", "other"):
        small.acting("admin").update("User", small.people[handle], {"ProfileId": profile})
    with pytest.raises(ApiError, match="INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"):
        small.acting("other").create("EventRelation", {"EventId": event, **guest})
    assert _events_of(small.org.as_system(), small.people["guest"]) == []
    small.acting("rep").create("EventRelation", {"EventId": event, **guest})
    assert _get(small, _child_of(small, small.people["guest"]))["CreatedById"] == small.people["rep"]


def test_a_transaction_takes_back_children_and_what_became_of_them(small: SmallOrg) -> None:
    event, other = _call(small), small.people["other"]
    kept = _invite(small, event, small.people["guest"])
    before = _get(small, event)

    def work() -> None:
        with small.org.transaction():
            _invite(small, event, other)
            small.acting("admin").update("Event", event, {"Subject": "Moved"})
            small.acting("admin").delete("Event", event)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert _events_of(small.org.as_system(), other) == []
    assert _get(small, event) == before
    child = _child_of(small, small.people["guest"])
    assert _get(small, child)["Subject"] == before["Subject"]
    small.acting("admin").delete("EventRelation", kept)
    assert _events_of(small.org.as_system(), small.people["guest"]) == []


def test_a_bulk_load_makes_no_children(small: SmallOrg) -> None:
    event, other = _call(small), small.people["other"]
    small.org.load("EventRelation", [{"EventId": event, "RelationId": other}])
    assert _events_of(small.org.as_system(), other) == []
    small.acting("admin").update("Event", event, {"Subject": "Moved"})
    small.acting("admin").delete("Event", event)
    assert small.org.as_system().query("SELECT COUNT() FROM EventRelation")["totalSize"] == 0
