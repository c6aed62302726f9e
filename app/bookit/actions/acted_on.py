"""A meeting as an action must know it (statement actions/meeting), and who acts on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meetings.one import one_meeting
from app.bookit.picklists import (
    LIVE,
    CreditStatus,
    MeetingStatus,
    credit_status,
    distribution,
    meeting_status,
    reset_period,
    snake,
)
from app.org.caller import Caller
from app.org.errors import OrgErrorCode
from app.org.failures import RecordChanged
from app.org.ids import as_record_id
from app.org.reader import Ask, Reader, Row
from app.org.writes import Create
from app.scheduling.count_periods import ResetPeriod
from app.scheduling.standings import Distribution
from app.scheduling.zones import zone_named

CHANNEL: Final = "MCP"


@dataclass(frozen=True, slots=True)
class Target:
    """The meeting that a caller names, if he may see it. id: Salesforce's; meeting_id: BookIt's own."""

    id: str
    meeting_id: str
    event_id: str | None
    host_id: str


@dataclass(frozen=True, slots=True)
class Host:
    id: str
    name: str
    email: str | None
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Participant:
    """One attendee row. role: host, additional_host, attendee, prospect, guest; user_id: of colleagues."""

    id: str
    name: str | None
    email: str | None
    role: str
    user_id: str | None


@dataclass(frozen=True, slots=True)
class PoolOfMeeting:
    id: str
    name: str
    distribution: Distribution
    weighted: bool
    reset_period: ResetPeriod
    reset_date: date | None
    credit_on_cancel: bool
    credit_on_no_show: bool


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit request of the meeting. status: pending, approved, denied."""

    id: str
    status: CreditStatus
    host_id: str


@dataclass(frozen=True, slots=True)
class CountEntry:
    """A row of the ledger about the meeting. kind: Salesforce's picklist value."""

    key: str
    kind: str
    period_start: date | None
    member_id: str | None
    pool_id: str | None
    category_id: str | None


@dataclass(frozen=True, slots=True)
class ActedOn:
    """One meeting; times in UTC. member_id: the pool member that it was counted for. Buffers are seconds.

    reassignments: how often it got another host; with reschedule_count that numbers the invites."""

    id: str
    meeting_id: str
    status: MeetingStatus
    start: datetime
    end: datetime
    timezone: str | None
    changed: datetime
    event_id: str | None
    host: Host
    type_id: str
    type_name: str
    product: str
    buffer_before: int
    buffer_after: int
    max_per_week: int | None
    pool: PoolOfMeeting | None
    member_id: str | None
    category_id: str | None
    reschedule_count: int
    is_no_show: bool
    conference_provider: str | None
    conference_link: str | None
    prospect_name: str | None
    prospect_email: str | None
    company: str | None
    people: tuple[Participant, ...]
    credits: tuple[Credit, ...]
    entries: tuple[CountEntry, ...]
    reassignments: int

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


async def find_target(reader: Reader, meeting_id: str) -> Target:
    """The meeting of either id, as the caller sees it. One call to Salesforce.

    Raises BookItError not_found, in the same words for a hidden one and a missing one; OrgError.
    """
    row = await one_meeting(reader, "actions/target", meeting_id)
    return Target(row["Id"], row["Meeting_Id"], as_record_id(row["Event_Id"]), row["Main_Host"]["Id"])


def meeting_asks(target: Target) -> tuple[Ask, ...]:
    """What an action reads of its meeting as the org connection: the meeting, and its event if it had one."""
    asks = [Ask("actions/meeting", {"id": target.id})]
    if target.event_id is not None:
        asks.append(Ask("actions/event", {"event": target.event_id}))
    return tuple(asks)


def acted_on(rows: Sequence[Row]) -> ActedOn:
    """The meeting of the answer to `meeting_asks`' first. Raises BookItError not_found if it was deleted meanwhile."""
    if not rows:
        raise BookItError(ErrorCode.NOT_FOUND, "The meeting is not there any more.", "Look for it with query_meetings.")
    row = rows[0]
    kind, host, pool = row["Meeting_Type"], row["Main_Host"], row["Pool"]
    return ActedOn(
        id=row["Id"],
        meeting_id=row["Meeting_Id"],
        status=meeting_status(row["Status"]),
        start=row["Start"],
        end=row["End"],
        timezone=row["Timezone"],
        changed=row["LastModifiedDate"],
        event_id=row["Event_Id"],
        host=Host(host["Id"], host["Name"], host["Email"], zone_named(host["TimeZoneSidKey"])),
        type_id=kind["Id"],
        type_name=kind["Display_Name"],
        product=snake(kind["Product"]),
        buffer_before=60 * (kind["Buffer_Before_Minutes"] or 0),
        buffer_after=60 * (kind["Buffer_After_Minutes"] or 0),
        max_per_week=kind["Max_Per_Week"],
        pool=_pool(pool) if pool else None,
        member_id=row["Pool_Member"]["Id"] if row["Pool_Member"] else None,
        category_id=row["Meeting_Category"]["Id"] if row["Meeting_Category"] else None,
        reschedule_count=row["Reschedule_Count"] or 0,
        is_no_show=bool(row["Is_No_Show"]),
        conference_provider=row["Conference_Provider"],
        conference_link=row["Conference_Link"],
        prospect_name=row["Prospect_Name"],
        prospect_email=row["Prospect_Email"],
        company=row["Company"],
        people=tuple(_participant(each) for each in row["Attendees"]),
        credits=tuple(
            Credit(each["Id"], credit_status(each["Status"]), each["Host"]["Id"]) for each in row["Credit_Requests"]
        ),
        entries=tuple(_entry(each) for each in row["Count_Entries"]),
        reassignments=len(row["Activities"]),
    )


def check_host(meeting: ActedOn, host_id: str) -> None:
    """Whether the host is still the one under whom the action claims the meeting. Raises RecordChanged where another
    action has given it to somebody else since: all has to be read again."""
    if meeting.host.id != host_id:
        raise RecordChanged(OrgErrorCode.CONFLICT, "The meeting has been given to another host since it was read.")


def activity(meeting_ref: str, kind: str, caller: Caller, *, old: str | None = None, new: str | None = None) -> Create:
    """What happened to the meeting, by whom. kind: Salesforce's picklist value."""
    return Create(
        "Meeting_Activity",
        {
            "Meeting": meeting_ref,
            "Kind": kind,
            "Actor": caller.actor,
            "Channel": CHANNEL,
            "Old_Value": old,
            "New_Value": new,
        },
    )


def _pool(row: Row) -> PoolOfMeeting:
    return PoolOfMeeting(
        id=row["Id"],
        name=row["Grouping_Name"],
        distribution=distribution(row["Distribution_Type"]),
        weighted=row["Is_Weighted"],
        reset_period=reset_period(row["Reset_Period"]),
        reset_date=row["Reset_Date"],
        credit_on_cancel=row["Credit_On_Cancel"],
        credit_on_no_show=row["Credit_On_No_Show"],
    )


def _entry(row: Row) -> CountEntry:
    member, pool, category = row["Member"], row["Pool"], row["Meeting_Category"]
    return CountEntry(
        key=row["Entry_Key"] or "",
        kind=row["Kind"],
        period_start=row["Period_Start"],
        member_id=member["Id"] if member else None,
        pool_id=pool["Id"] if pool else None,
        category_id=category["Id"] if category else None,
    )


def _participant(row: Row) -> Participant:
    return Participant(
        row["Id"], row["Name"], row["Email"], snake(row["Role"]), row["User"]["Id"] if row["User"] else None
    )
