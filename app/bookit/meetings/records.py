"""A meeting as the statements meetings/search and meetings/detail read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.bookit.picklists import snake
from app.org.reader import Row


@dataclass(frozen=True, slots=True)
class Person:
    """A Salesforce user on a meeting."""

    user_id: str
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A record that a meeting points to, with the name that people know it by."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Attendee:
    name: str | None
    email: str | None
    role: str
    response: str | None


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that happened to a meeting. channel: ui, prospect, mcp or api."""

    at: datetime
    kind: str
    actor: str | None
    channel: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Detail:
    """What is known beyond the ordinary, read on request."""

    timezone: str | None
    calendar_status: str | None
    conference_provider: str | None
    meeting_category: str | None
    original_host: Person | None
    reassigned_from: Person | None
    reassigned: datetime | None
    reschedule_count: int
    previous_start: datetime | None
    trigger_node: str | None
    bookit_log_id: str | None
    form_answers: str | None
    activities: tuple[Activity, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting; times in UTC, enums in snake_case. pool is None too where the caller's scope has no pools.

    id: Salesforce's; meeting_id: BookIt's own. Text that prospects typed is whole here; views bound it.
    """

    id: str
    meeting_id: str
    status: str
    start: datetime
    end: datetime
    booked: datetime | None
    booking_method: str
    meeting_type: Reference
    host: Person
    pool: Reference | None
    attendees: tuple[Attendee, ...]
    prospect_name: str | None
    prospect_email: str | None
    company: str | None
    conference_link: str | None
    is_no_show: bool
    credit_status: str | None
    canceled_at: datetime | None
    canceled_by: str | None
    cancellation_reason: str | None
    detail: Detail | None


def meeting_from(row: Row, *, detail: bool) -> Meeting:
    """The meeting of a row of meetings/search, or with `detail` of meetings/detail."""
    return Meeting(
        id=row["Id"],
        meeting_id=row["Meeting_Id"],
        status=snake(row["Status"]),
        start=row["Start"],
        end=row["End"],
        booked=row["Booked_Date"],
        booking_method=snake(row["Booking_Method"]),
        meeting_type=Reference(row["Meeting_Type"]["Id"], row["Meeting_Type"]["Display_Name"]),
        host=_person(row["Main_Host"]),
        pool=Reference(pool["Id"], pool["Grouping_Name"]) if (pool := row.get("Pool")) else None,
        attendees=tuple(
            Attendee(
                name=child["Name"],
                email=child["Email"],
                role=snake(child["Role"]),
                response=_snake_or_none(child.get("Response_Status")),
            )
            for child in _children(row, "Attendees")
        ),
        prospect_name=row["Prospect_Name"],
        prospect_email=row["Prospect_Email"],
        company=row["Company"],
        conference_link=row["Conference_Link"],
        is_no_show=bool(row["Is_No_Show"]),
        credit_status=_snake_or_none(row["Credit_Status"]),
        canceled_at=row["Canceled_Date"],
        canceled_by=_snake_or_none(row["Canceled_By_Type"]),
        cancellation_reason=row["Cancellation_Reason"],
        detail=_detail(row) if detail else None,
    )


def _detail(row: Row) -> Detail:
    category: Mapping[str, Any] | None = row["Meeting_Category"]
    return Detail(
        timezone=row["Timezone"],
        calendar_status=_snake_or_none(row["Calendar_Status"]),
        conference_provider=row["Conference_Provider"],
        meeting_category=category["Name"] if category else None,
        original_host=_person(row["Original_Host"]) if row["Original_Host"] else None,
        reassigned_from=_person(row["Reassigned_From"]) if row["Reassigned_From"] else None,
        reassigned=row["Reassigned_Date"],
        reschedule_count=row["Reschedule_Count"] or 0,
        previous_start=row["Previous_Start"],
        trigger_node=row["Trigger_Node"],
        bookit_log_id=row["BookIt_Log_Id"],
        form_answers=row["Form_Answers"],
        activities=tuple(
            Activity(
                at=child["CreatedDate"],
                kind=snake(child["Kind"]),
                actor=child["Actor"],
                channel=snake(child["Channel"]),
                old=child["Old_Value"],
                new=child["New_Value"],
            )
            for child in _children(row, "Activities")
        ),
    )


def _children(row: Row, name: str) -> Iterable[Mapping[str, Any]]:
    return row[name] or ()


def _person(row: Mapping[str, Any]) -> Person:
    return Person(row["Id"], row["Name"], row["Email"])


def _snake_or_none(value: str | None) -> str | None:
    return snake(value) if value else None
