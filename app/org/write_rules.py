"""What may be written to an org at all: each pair of object and field, for a new record and for a change of one.

All of it by logical names; default deny. A review of this file is a review of all that the server can write: nothing
else reaches Salesforce (app.org.writer asks here before anything leaves). Ledger, claims, operations, activities and
routing logs are append-only: no rule changes or deletes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.org.errors import WriteRefused
from app.org.writes import Create, Delete, Update, Value, Write

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WriteRule:
    """The fields of one object that a Create and that an Update may name, and whether its records may be deleted."""

    create: frozenset[str] = NOTHING
    update: frozenset[str] = NOTHING
    delete: bool = False


WRITE_RULES: Mapping[str, WriteRule] = {
    "Meeting": WriteRule(
        create=frozenset(
            {
                "OwnerId",
                "Meeting_Id",
                "Status",
                "Calendar_Status",
                "Start",
                "End",
                "Timezone",
                "Meeting_Type",
                "Main_Host",
                "Original_Host",
                "Pool",
                "Pool_Member",
                "Meeting_Category",
                "Booking_Method",
                "Link",
                "Booked_By",
                "Booked_Date",
                "Prospect_Name",
                "Prospect_Email",
                "Company",
                "Lead",
                "Contact",
                "Account",
                "Event_Id",
                "Conference_Provider",
                "Conference_Link",
                "Form_Answers",
                "Log",
                "BookIt_Log_Id",
                "Trigger_Node",
                "Reschedule_Count",
                "Is_No_Show",
                "Selection_Snapshot",
                "SMS_Consent",
            }
        ),
        update=frozenset(
            {
                "OwnerId",
                "Status",
                "Calendar_Status",
                "Start",
                "End",
                "Timezone",
                "Main_Host",
                "Pool_Member",
                "Lead",
                "Contact",
                "Account",
                "Event_Id",
                "Conference_Provider",
                "Conference_Link",
                "Canceled_Date",
                "Canceled_By_Type",
                "Cancellation_Reason",
                "Reschedule_Count",
                "Previous_Start",
                "Reassigned_From",
                "Reassigned_Date",
                "Is_No_Show",
                "Credit_Status",
                "Selection_Snapshot",
                "SMS_Consent",
            }
        ),
    ),
    "Attendee": WriteRule(
        create=frozenset({"Name", "Meeting", "Email", "User", "Role", "Response_Status"}),
        update=frozenset({"Name", "Email", "User", "Role", "Response_Status"}),
    ),
    "Meeting_Activity": WriteRule(create=frozenset({"Meeting", "Kind", "Actor", "Channel", "Old_Value", "New_Value"})),
    "Count_Entry": WriteRule(
        create=frozenset(
            {
                "Pool",
                "Member",
                "Meeting_Category",
                "Period_Start",
                "Kind",
                "Entry_Key",
                "Delta",
                "Old_Value",
                "New_Value",
                "Reason",
                "Meeting",
                "Changed_By",
            }
        )
    ),
    "Credit_Request": WriteRule(
        create=frozenset(
            {
                "Meeting",
                "Host",
                "Pool",
                "Meeting_Category",
                "Reason",
                "Comment",
                "Status",
                "Is_Automatic",
                "Requested_By",
                "Decided_By",
                "Decided_Date",
                "Decision_Comment",
                "Open_Key",
            }
        ),
        update=frozenset({"Status", "Decided_By", "Decided_Date", "Decision_Comment", "Open_Key"}),
    ),
    "Routing_Log": WriteRule(
        create=frozenset(
            {
                "BookIt_Log_Id",
                "Graph",
                "Trigger_Node",
                "Inputs",
                "Path",
                "Result",
                "Meeting_Type",
                "Pool",
                "Routed_To",
                "Routed_Date",
                "Prospect_Email",
            }
        )
    ),
    "Claim": WriteRule(create=frozenset({"Claim_Key", "Host", "Period", "Number", "Meeting"})),
    "Operation": WriteRule(create=frozenset({"Operation_Key", "Request_Hash", "Answer", "Actor", "Tool"})),
    "Event": WriteRule(
        create=frozenset(
            {
                "OwnerId",
                "Subject",
                "StartDateTime",
                "EndDateTime",
                "Location",
                "Description",
                "WhoId",
                "ShowAs",
                "IsPrivate",
            }
        ),
        update=frozenset({"OwnerId", "Subject", "StartDateTime", "EndDateTime", "Location", "Description", "WhoId"}),
        delete=True,
    ),
    "Event_Relation": WriteRule(
        create=frozenset({"EventId", "RelationId", "Status"}),
        update=frozenset({"Status"}),
        delete=True,
    ),
    "Lead": WriteRule(
        create=frozenset({"FirstName", "LastName", "Company", "Email", "Phone", "OwnerId", "BookIt_Log_Id"}),
        update=frozenset({"BookIt_Log_Id"}),
    ),
    "Contact": WriteRule(update=frozenset({"BookIt_Log_Id"})),
}

ONLY_VALUE: Mapping[tuple[str, str], Value] = {("Meeting", "SMS_Consent"): False}
"""Fields that take this value and no other. Consent to text messages cannot be collected here, so it is never given
(guide, Route and book a prospect)."""


def check_write(write: Write) -> None:
    """Raises WriteRefused naming the object and the field that no rule allows to be written so."""
    rule = WRITE_RULES.get(write.object, WriteRule())
    match write:
        case Delete():
            if not rule.delete:
                raise WriteRefused(f"no rule allows to delete a record of {write.object}")
        case Create():
            _check_values(write.object, write.values, rule.create, "create a record of")
        case Update():
            _check_values(write.object, write.values, rule.update, "change a record of")


def _check_values(object_name: str, values: Mapping[str, Value], allowed: frozenset[str], what: str) -> None:
    if not values:
        raise WriteRefused(f"there is nothing to write to a record of {object_name}")
    for field in sorted(values.keys() - allowed):
        raise WriteRefused(f"no rule allows to {what} {object_name} with {field}")
    for field, value in values.items():
        only = ONLY_VALUE.get((object_name, field), value)
        if value is not only:
            raise WriteRefused(f"{object_name}.{field} may be written as {only} alone")
