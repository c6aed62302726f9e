"""Users who are invited to an event, and the child events that they have for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.checks.findings import ANYTHING, NONE, AtLeast, Finding
from scripts.checks.model import Area, Sure
from scripts.checks.org import NotRunError
from scripts.checks.visit import Visit, refusal

AREA = Area("Invitees of events")

_CHANGES = "Change Data Capture Developer Guide, Event Invitees"
_RELATION = "Object Reference, EventRelation"
_UNSURE = "background knowledge"

_START, _LATER = "2031-05-06T07:00:00.000+0000", "2031-05-06T09:00:00.000+0000"
_SEEN = (
    "Subject, Location, Description, StartDateTime, EndDateTime, DurationInMinutes, ShowAs, IsPrivate, OwnerId, "
    "IsChild, IsGroupEvent, GroupEventType"
)


def _event(visit: Visit, **values: Any) -> dict[str, Any]:
    """An event of the administrator's; as he reads it."""
    values = {"Subject": visit.name(), "StartDateTime": _START, "DurationInMinutes": 30, "ShowAs": "Free", **values}
    return _read(visit, visit.make("Event", **values))


def _read(visit: Visit, event_id: str) -> dict[str, Any]:
    row = visit.rows(f"SELECT Id, {_SEEN} FROM Event WHERE Id = '{event_id}'")[0]
    del row["attributes"]
    return row


def _another(visit: Visit, owner: str) -> str:
    """A user who is not the administrator."""
    soql = f"SELECT Id FROM User WHERE IsActive = true AND UserType = 'Standard' AND Id != '{owner}' LIMIT 1"
    for row in visit.rows(soql):
        return row["Id"]
    raise NotRunError("there is no second active user to invite")


def _children(visit: Visit, event: dict[str, Any]) -> list[dict[str, Any]]:
    """The child events that stand for an event of a name of its own, whose subject may have changed since."""
    rows = visit.rows(f"SELECT Id, IsChild FROM Event WHERE Subject LIKE '{event['Subject']}%'")
    return [_read(visit, row["Id"]) for row in rows if row["IsChild"]]


def _invited(visit: Visit) -> tuple[dict[str, Any], str, str]:
    """An event, the user who is invited to it, and the invitation."""
    event = _event(visit)
    invitee = _another(visit, event["OwnerId"])
    return event, invitee, visit.make("EventRelation", EventId=event["Id"], RelationId=invitee)


@AREA.check(
    "invitees.child",
    "A user who is invited has a child event of his own, with IsChild, the same subject, location, description, times, "
    "ShowAs and IsPrivate; both are group events, of type 1",
    source=f"{_CHANGES} (its example)",
    sure=Sure.DOC,
)
def child(visit: Visit) -> Iterator[Finding]:
    event = _event(visit, Location="Here", Description="Why")
    yield Finding("before", (False, "0"), (event["IsGroupEvent"], event["GroupEventType"]))
    invitee = _another(visit, event["OwnerId"])
    visit.make("EventRelation", EventId=event["Id"], RelationId=invitee)
    group = {"IsGroupEvent": True, "GroupEventType": "1"}
    yield Finding("the event", {**event, **group}, _read(visit, event["Id"]))
    expected = {**event, **group, "Id": ANYTHING, "OwnerId": invitee, "IsChild": True}
    yield Finding("the child", [expected], _children(visit, event))


@AREA.check(
    "invitees.no_user",
    "An invitee who is no user has no child event; the event is a group event nevertheless",
    source=f"{_CHANGES}; Object Reference, Event, IsGroupEvent",
    sure=Sure.DOC,
)
def no_user(visit: Visit) -> Iterator[Finding]:
    event = _event(visit)
    visit.make("EventRelation", EventId=event["Id"], RelationId=visit.make("Contact", LastName=visit.name()))
    yield Finding("children", NONE, _children(visit, event))
    yield Finding("group", True, _read(visit, event["Id"])["IsGroupEvent"])


@AREA.check(
    "invitees.follow",
    "A child event follows its event: another time, subject, location, description",
    source=_UNSURE,
    sure=Sure.BG,
)
def follow(visit: Visit) -> Iterator[Finding]:
    event, invitee, _ = _invited(visit)
    subject = f"{event['Subject']} moved"
    changed = {"Subject": subject, "StartDateTime": _LATER, "Location": "There", "Description": "Because"}
    visit.call("PATCH", f"/sobjects/Event/{event['Id']}", json={**changed, "DurationInMinutes": 45})
    expected = AtLeast({**changed, "OwnerId": invitee, "DurationInMinutes": 45})
    yield Finding("the child", [expected], _children(visit, event))


@AREA.check(
    "invitees.event_deleted",
    "With an event its EventRelations are deleted and the child events",
    source=f"{_RELATION}; of the child events background knowledge",
    sure=Sure.BG,
)
def event_deleted(visit: Visit) -> Iterator[Finding]:
    event, _, relation = _invited(visit)
    yield Finding("a child", 1, len(_children(visit, event)))
    visit.call("DELETE", f"/sobjects/Event/{event['Id']}")
    yield Finding("children", NONE, _children(visit, event))
    yield Finding("relations", NONE, visit.rows(f"SELECT Id FROM EventRelation WHERE Id = '{relation}'"))


@AREA.check(
    "invitees.uninvited",
    "With an EventRelation the child event is deleted, and with the last one the event is no group event any more",
    source=_UNSURE,
    sure=Sure.BG,
)
def uninvited(visit: Visit) -> Iterator[Finding]:
    event, _, relation = _invited(visit)
    yield Finding("a child", 1, len(_children(visit, event)))
    visit.call("DELETE", f"/sobjects/EventRelation/{relation}")
    yield Finding("children", NONE, _children(visit, event))
    yield Finding("the event", event, _read(visit, event["Id"]))


@AREA.check(
    "invitees.child_deleted",
    "A child event can be deleted; its EventRelation goes with it",
    source="Object Reference, Event, IsChild; of the relation background knowledge",
    sure=Sure.DOC,
)
def child_deleted(visit: Visit) -> Iterator[Finding]:
    event, _, relation = _invited(visit)
    deleted = [visit.call("DELETE", f"/sobjects/Event/{one['Id']}").status for one in _children(visit, event)]
    yield Finding("delete", [204], deleted)
    yield Finding("relations", NONE, visit.rows(f"SELECT Id FROM EventRelation WHERE Id = '{relation}'"))


@AREA.check(
    "invitees.child_is_fixed",
    "Of a child event nothing but the reminder can be changed, and nobody can be invited to it: 400",
    source=f"Object Reference, Event, IsChild; {_RELATION}; codes and texts are background knowledge",
    sure=Sure.DOC,
)
def child_is_fixed(visit: Visit) -> Iterator[Finding]:
    event, _, _ = _invited(visit)
    contact = visit.make("Contact", LastName=visit.name())
    for one in _children(visit, event):
        path = f"/sobjects/Event/{one['Id']}"
        yield Finding("reminder", 204, visit.call("PATCH", path, json={"IsReminderSet": False}).status)
        answer = visit.call("PATCH", path, json={"Subject": visit.name()})
        yield Finding("subject", (400, [ANYTHING]), (answer.status, answer.body))
        answer = visit.call("POST", "/sobjects/EventRelation", json={"EventId": one["Id"], "RelationId": contact})
        yield Finding("invitation", (400, [ANYTHING]), (answer.status, answer.body))


@AREA.check(
    "invitees.relation_is_fixed",
    "An EventRelation keeps its EventId and its RelationId: INVALID_FIELD_FOR_INSERT_UPDATE",
    source=f"{_RELATION}; that the refusal is that of any field that cannot be updated is background knowledge",
    sure=Sure.DOC,
)
def relation_is_fixed(visit: Visit) -> Iterator[Finding]:
    event, invitee, relation = _invited(visit)
    for field, value in (("EventId", event["Id"]), ("RelationId", invitee)):
        answer = visit.call("PATCH", f"/sobjects/EventRelation/{relation}", json={field: value})
        yield refusal(field, answer, 400, "INVALID_FIELD_FOR_INSERT_UPDATE", ANYTHING, [field])


@AREA.check(
    "invitees.owner",
    "An event's owner cannot be invited to it, nobody can be invited twice, and no invitee can become its owner: 400",
    source=_UNSURE,
    sure=Sure.BG,
)
def owner(visit: Visit) -> Iterator[Finding]:
    event, invitee, _ = _invited(visit)
    for who, user in (("the owner", event["OwnerId"]), ("twice", invitee)):
        answer = visit.call("POST", "/sobjects/EventRelation", json={"EventId": event["Id"], "RelationId": user})
        if answer.status == 201:
            visit.adopt("EventRelation", answer.body["id"])
        yield Finding(who, (400, [ANYTHING]), (answer.status, answer.body))
    answer = visit.call("PATCH", f"/sobjects/Event/{event['Id']}", json={"OwnerId": invitee})
    yield Finding("another owner", (400, [ANYTHING]), (answer.status, answer.body))


AREA.cannot_check(
    "invitees.sees",
    "A child event is its owner's like any event of his, and he reads his own EventRelation, not those of others",
    source="Object Reference, Event: an invitee can query the EventRelation object; that he reads no other is "
    "background knowledge",
    sure=Sure.DOC,
    because="it takes several users with known rights, and so several tokens",
    test="engine/test_invitees.py::test_a_child_is_seen_by_its_owner_as_any_event_of_his_and_found_by_it",
)
AREA.cannot_check(
    "invitees.new_owner",
    "Another owner of an event leaves its child events as they are",
    source=_UNSURE,
    sure=Sure.BG,
    because="it takes three users who may own events",
    test="engine/test_invitees.py::test_another_owner_of_the_event_leaves_the_children",
)
AREA.cannot_check(
    "invitees.inactive",
    "A user who is not active cannot be invited: INACTIVE_OWNER_OR_USER",
    source=_UNSURE,
    sure=Sure.BG,
    because="an org may have no such user",
    test="engine/test_invitees.py::test_the_owner_is_no_invitee_nor_anybody_twice_nor_an_inactive_user",
)
AREA.cannot_check(
    "invitees.declined",
    "An invitation that a user declines is refused loudly (501); a real org takes it, and what becomes of his child "
    "event is not known",
    source=f"{_RELATION}, Status",
    sure=Sure.DOC,
    because="the local org does not have it",
    test="engine/test_invitees.py::test_a_user_who_declines_is_refused_by_name",
)
AREA.cannot_check(
    "invitees.relations_of_child",
    "EventRelations that are asked for by a child's id are those of its event; the local org finds none",
    source=f"{_RELATION}, Usage",
    sure=Sure.DOC,
    because="the local org does not have it",
)
