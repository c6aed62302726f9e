"""Who is invited to an event. A user who is invited has an event of his own for it, the child of the one he comes to.

- [DOC] Change Data Capture Developer Guide, Event Invitees: the child has IsChild, the invitee as its owner, who
  invited him as its creator, and the parent's subject, location, description, times, ShowAs and IsPrivate; both are
  group events of type 1. Who is no user has no child.
- [DOC] Object Reference, Event: a group event is one with invitees; of a child nothing but the reminder can be changed;
  it can be deleted.
- [DOC] Object Reference, EventRelation: none is made for a child; its event and its invitee never change; it is deleted
  with its event.
- [BG] Unconfirmed: that a child has its parent's WhoId and WhatId, and follows each change of what it has of its
  parent; that it goes with its parent and with its invitation, and the invitation with it; that it stays when its
  parent gets another owner; that an event whose last invitee went is no group event; that the owner is no invitee,
  nobody is invited twice, and nobody who is inactive; the codes and texts of these refusals.

An invitation that a user declines is refused by name. Not modelled: EventRelations that are asked for by a child's id,
to which an org answers with the parent's. A bulk load makes no children.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.local_org.engine import defaults, ids
from app.local_org.engine.names import Names, ObjectNames, quoted
from app.local_org.engine.ownership import Ownership
from app.local_org.engine.permits import Actor
from app.local_org.engine.storage import SqlValue, Storage
from app.local_org.errors import ApiError, Unsupported

StoredRow = dict[str, SqlValue]

SHARED = (
    "Subject",
    "Location",
    "Description",
    "IsAllDayEvent",
    "ActivityDateTime",
    "ActivityDate",
    "DurationInMinutes",
    "StartDateTime",
    "EndDateTime",
    "EndDate",
    "ShowAs",
    "IsPrivate",
    "WhoId",
    "WhatId",
    "AccountId",
)
"""What a child has of its parent."""

_REMINDER = frozenset({"IsReminderSet", "ReminderDateTime"})

_CHILDREN = (
    "SELECT made.child FROM _child_event made JOIN EventRelation relation ON relation.Id = made.relation"
    " WHERE relation.EventId = ? AND relation._deleted = 0"
)


class Invitees:
    """Keeps the events of one org in step with its EventRelations."""

    def __init__(self, storage: Storage, names: Names, ownership: Ownership) -> None:
        self._storage = storage
        self._names = names
        self._ownership = ownership

    def refuse_declined(self, relation: Mapping[str, SqlValue]) -> None:
        """Raises Unsupported where a user declines: what an org does with his event is not known."""
        if relation.get("Status") == "Declined" and _is_user(relation.get("RelationId")):
            raise Unsupported("an invitation that a user declines")

    def invite(self, actor: Actor, relation: Mapping[str, SqlValue]) -> None:
        """Make of a new EventRelation's event a group event, and a user's child event.

        Raises FIELD_INTEGRITY_EXCEPTION for a child event, its owner, or somebody who is invited already, and
        INACTIVE_OWNER_OR_USER.
        """
        event, invitee = self._event(), relation["RelationId"]
        columns = ("IsChild", "OwnerId", *SHARED)
        sql = f'SELECT {", ".join(columns)} FROM "Event" WHERE Id = ?'  # noqa: S608 - names from the schema
        found = self._storage.connection().execute(sql, (relation["EventId"],)).fetchone()
        parent: StoredRow = dict(zip(columns, found, strict=True))
        if parent["IsChild"]:
            raise _contradiction("Event ID: nobody can be invited to a child event", "EventId")
        if parent["OwnerId"] == invitee:
            raise _contradiction("Relation ID: the owner of an event cannot be invited to it", "RelationId")
        sql = "SELECT 1 FROM EventRelation WHERE EventId = ? AND RelationId = ? AND Id <> ? AND _deleted = 0"
        keys = (relation["EventId"], invitee, relation["Id"])
        if self._storage.connection().execute(sql, keys).fetchone() is not None:
            raise _contradiction("Relation ID: already invited to this event", "RelationId")
        if _is_user(invitee):
            self._ownership.check(event, invitee)
            self._make_child(actor, event, parent, relation)
        self._mark_group(str(relation["EventId"]), relation["SystemModstamp"])

    def check_change(self, event: Mapping[str, SqlValue], given: Mapping[str, SqlValue]) -> None:
        """Raises FIELD_INTEGRITY_EXCEPTION for a change of a child, or of the owner to one of the invitees."""
        if event.get("IsChild"):
            refused = next((name for name in given if name not in _REMINDER), None)
            if refused is not None:
                raise _contradiction(f"{refused}: of a child event only the reminder can be changed", refused)
        owner = given.get("OwnerId")
        if owner is None or owner == event.get("OwnerId"):
            return
        sql = "SELECT 1 FROM EventRelation WHERE EventId = ? AND RelationId = ? AND _deleted = 0"
        if self._storage.connection().execute(sql, (event["Id"], owner)).fetchone() is not None:
            raise _contradiction("Assigned To ID: an invitee of an event cannot be its owner", "OwnerId")

    def follow_change(self, actor: Actor, event_id: SqlValue, changed: Mapping[str, SqlValue]) -> None:
        """Change the children of an event as it was changed itself."""
        values: StoredRow = {name: changed[name] for name in SHARED if name in changed}
        if not values:
            return
        defaults.stamp_change(self._event(), values, actor.user_id, actor.now)
        sets = ", ".join(f"{quoted(name)} = ?" for name in values)
        sql = f'UPDATE "Event" SET {sets} WHERE Id IN ({_CHILDREN})'  # noqa: S608 - names from the schema
        self._storage.connection().execute(sql, (*values.values(), event_id))

    def going_along(self, relation_or_child: str, instant: int) -> list[tuple[ObjectNames, str]]:
        """The other one of an invitation and its child event, once one of them is deleted; each pair is told once.

        instant: the SystemModstamp of an event that has no invitees any more.
        """
        connection = self._storage.connection()
        row = connection.execute("SELECT EventId FROM EventRelation WHERE Id = ?", (relation_or_child,)).fetchone()
        if row is not None:
            self._mark_group(str(row[0]), instant)
        sql = "DELETE FROM _child_event WHERE relation = :id OR child = :id RETURNING relation, child"
        pair = connection.execute(sql, {"id": relation_or_child}).fetchone()
        others = [] if pair is None else [str(one) for one in pair if one != relation_or_child]
        return [(found, other) for other in others if (found := self._names.with_prefix(other)) is not None]

    def _make_child(
        self, actor: Actor, event: ObjectNames, parent: StoredRow, relation: Mapping[str, SqlValue]
    ) -> None:
        child: StoredRow = {name: parent[name] for name in SHARED}
        child.update(OwnerId=relation["RelationId"], IsChild=1, IsGroupEvent=1, GroupEventType="1")
        defaults.fill_defaults(event, child)
        defaults.stamp_new(event, child, actor.user_id, actor.now)
        child.pop("IsDeleted", None)
        child["Id"] = ids.minted(event.sobject.key_prefix, self._storage.take_numbers(event.name))
        self._storage.insert(event.name, list(child), [list(child.values())])
        self._storage.insert("_child_event", ("relation", "child"), [(relation["Id"], child["Id"])])

    def _mark_group(self, event_id: str, instant: SqlValue) -> None:
        """A group event is one that has invitees."""
        sql = "SELECT EXISTS (SELECT 1 FROM EventRelation WHERE EventId = ? AND _deleted = 0)"
        (invited,) = self._storage.connection().execute(sql, (event_id,)).fetchone()
        sql = (
            'UPDATE "Event" SET IsGroupEvent = :invited, GroupEventType = :kind, SystemModstamp = :instant'
            " WHERE Id = :id AND _deleted = 0 AND IsGroupEvent <> :invited"
        )
        values = {"invited": invited, "kind": str(invited), "instant": instant, "id": event_id}
        self._storage.connection().execute(sql, values)
        self._storage.touched("Event")

    def _event(self) -> ObjectNames:
        found = self._names.object("Event")
        if found is None:
            raise KeyError("Event")
        return found


def _is_user(record_id: SqlValue) -> bool:
    return str(record_id).startswith("005")


def _contradiction(message: str, field: str) -> ApiError:
    return ApiError(400, "FIELD_INTEGRITY_EXCEPTION", message, [field])
