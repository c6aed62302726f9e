"""Events and who is invited to them: the busy time of a calendar."""

from __future__ import annotations

from dataclasses import replace

from app.local_org.schema.catalogue.standard_object import standard_object
from app.local_org.schema.fields import (
    boolean,
    date,
    integer,
    long_text,
    moment,
    owner,
    picklist,
    reference,
    system_fields,
    text,
)
from app.local_org.schema.model import DeleteRule, Field, FieldType, Sharing

_ID, _IS_DELETED, *_AUDIT = system_fields()


def _fixed(field: Field) -> Field:
    """A field that cannot be changed once it is given (Object Reference, EventRelation)."""
    return replace(field, updateable=False)


_SUBJECT = Field("Subject", "Subject", FieldType.COMBOBOX, length=255, name_field=True)

ACTIVITIES = (
    standard_object(
        "Event",
        "Event",
        "Events",
        "00U",
        _ID,
        _IS_DELETED,
        reference("WhoId", "Name ID", "Contact", "Lead", children="Events"),
        reference("WhatId", "Related To ID", "Account", children="Events"),
        _SUBJECT,
        text("Location", "Location"),
        boolean("IsAllDayEvent", "All-Day Event"),
        moment("ActivityDateTime", "Due Date Time"),
        date("ActivityDate", "Due Date Only"),
        integer("DurationInMinutes", "Duration"),
        moment("StartDateTime", "Start Date Time"),
        moment("EndDateTime", "End Date Time"),
        date("EndDate", "End Date", written=False),
        long_text("Description", "Description"),
        reference("AccountId", "Account ID", "Account", written=False),
        owner("Calendar", "User"),
        boolean("IsPrivate", "Private"),
        picklist("ShowAs", "Show Time As", "Busy", "OutOfOffice", "Free", default="Busy"),
        boolean("IsChild", "Is Child", written=False),
        boolean("IsGroupEvent", "Is Group Event", written=False),
        picklist("GroupEventType", "Group Event Type", "0", "1", "2", "3", default="0", written=False),
        boolean("IsRecurrence", "Create Recurring Series of Events"),
        reference("RecurrenceActivityId", "Recurrence Activity ID", "Event", written=False),
        boolean("IsRecurrence2", "Repeat", written=False),
        boolean("IsRecurrence2Exception", "Is Exception", written=False),
        boolean("IsRecurrence2Exclusion", "Historical Event Recurrence Change", written=False),
        text("Recurrence2PatternText", "Recurrence Pattern", 512),
        text("Recurrence2PatternVersion", "Pattern Version", 255, written=False),
        moment("Recurrence2PatternStartDate", "Repeat Start Date", written=False),
        text("Recurrence2PatternTimeZone", "Pattern Time Zone Reference", 255, written=False),
        moment("ReminderDateTime", "Reminder Date/Time"),
        boolean("IsReminderSet", "Reminder Set"),
        picklist("EventSubtype", "Event Subtype", "Event", default="Event", written=False),
        boolean("IsArchived", "Archived", written=False),
        *_AUDIT,
        sharing=Sharing.PRIVATE,
    ),
    standard_object(
        "EventRelation",
        "Event Relation",
        "Event Relations",
        "0RE",
        _ID,
        _IS_DELETED,
        _fixed(reference("RelationId", "Relation ID", "Calendar", "Contact", "Lead", "User", required=True)),
        _fixed(
            reference(
                "EventId",
                "Event ID",
                "Event",
                children="EventRelations",
                required=True,
                delete_rule=DeleteRule.CASCADE,
            )
        ),
        picklist("Status", "Status", "New", "Accepted", "Declined", default="New"),
        moment("RespondedDate", "Response Date", written=False),
        text("Response", "Comment", 255),
        *_AUDIT,
        sharing=Sharing.CONTROLLED_BY_PARENT,
    ),
)
"""Sharing of activities is Private by default: a user sees his own Events (Object Reference, Event)."""
