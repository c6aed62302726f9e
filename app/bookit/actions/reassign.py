"""Giving a meeting to another member of its pool, at the same time: host, event, conferencing and counts follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.bookit.actions.acted_on import ActedOn, CountEntry, Host, Participant, activity
from app.bookit.availability.preview import HostPreview
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meetings.one import one_meeting
from app.bookit.picklists import LIVE, MeetingStatus, entry_kind_value, meeting_status, snake
from app.org.caller import Caller
from app.org.ids import as_record_id
from app.org.reader import Reader, Row
from app.org.writes import Create, Update, Value, Write

_CONNECTED: Final = "Connected"
_HOST: Final = "Host"


@dataclass(frozen=True, slots=True)
class ReassignTarget:
    """The meeting that a caller names. on_it: the user ids of everybody else on it, with their roles in snake_case."""

    id: str
    meeting_id: str
    status: MeetingStatus
    start: datetime
    end: datetime
    event_id: str | None
    host_id: str
    type_id: str
    category_id: str | None
    pool_id: str | None
    pool_name: str | None
    on_it: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewHost:
    """Who takes the meeting over. member_id: in the meeting's pool. provider, link: of his conferencing, if he has any
    that works."""

    host: Host
    member_id: str
    provider: str | None
    link: str | None


async def find_reassign_target(reader: Reader, meeting_id: str) -> ReassignTarget:
    """The meeting of either id, as the caller sees it. One call to Salesforce.

    Raises BookItError not_found; OrgError.
    """
    row = await one_meeting(reader, "actions/reassign_target", meeting_id)
    host, pool, category = row["Main_Host"], row["Pool"], row["Meeting_Category"]
    return ReassignTarget(
        id=row["Id"],
        meeting_id=row["Meeting_Id"],
        status=meeting_status(row["Status"]),
        start=row["Start"],
        end=row["End"],
        event_id=as_record_id(row["Event_Id"]),
        host_id=host["Id"],
        type_id=row["Meeting_Type"]["Id"],
        category_id=category["Id"] if category else None,
        pool_id=pool["Id"] if pool else None,
        pool_name=pool["Grouping_Name"] if pool else None,
        on_it={
            each["User"]["Id"]: snake(each["Role"])
            for each in row["Attendees"]
            if each["User"] and each["Role"] != _HOST
        },
    )


def check_reassignable(meeting: ReassignTarget | ActedOn, now: datetime) -> None:
    """Whether any other member could take it. Raises BookItError not_available."""
    has_pool = meeting.pool_id is not None if isinstance(meeting, ReassignTarget) else meeting.pool is not None
    if meeting.status not in LIVE:
        why, hint = "The meeting is canceled, so nobody can take it over.", "Tell the person; there is nothing to do."
    elif meeting.start <= now:
        why = "The meeting has begun or is over, so it cannot be reassigned any more."
        hint = "Tell the person; a meeting is reassigned before it starts."
    elif not has_pool:
        why = "The meeting was not booked through a pool, so there is no other member who could take it over."
        hint = "Tell the person; cancel_meeting and a new booking are the way to another host."
    else:
        return
    raise BookItError(ErrorCode.NOT_AVAILABLE, why, hint)


def check_new_host(target: ReassignTarget, user_id: str, name: str) -> None:
    """Raises BookItError: already_done, or not_available for somebody who is on the meeting in another role (our own
    choice: he would be on it twice)."""
    if user_id == target.host_id:
        raise BookItError(
            ErrorCode.ALREADY_DONE, f"{name} hosts the meeting already.", "Tell the person; there is nothing to do."
        )
    role = target.on_it.get(user_id)
    if role is not None:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            f"{name} cannot take the meeting over: {on_it_words(role)}",
            "Call again without new_host for the members who can.",
        )


def on_it_words(role: str) -> str:
    return f"Is on this meeting already, as {role.replace('_', ' ')}."


def check_same_meeting(meeting: ActedOn, target: ReassignTarget) -> None:
    """Whether the meeting is still what its new host's time was read for. Raises BookItError conflict."""
    pool_id = meeting.pool.id if meeting.pool is not None else None
    found = (meeting.host.id, meeting.start, meeting.end, pool_id)
    if found != (target.host_id, target.start, target.end, target.pool_id):
        raise BookItError(
            ErrorCode.CONFLICT,
            "The meeting has changed at this very moment; nothing was done.",
            "Call again without confirm_token and show the person the new preview.",
        )


def not_free(host: HostPreview, *, is_taken: bool) -> BookItError:
    """Why somebody cannot take the meeting over."""
    return BookItError(
        ErrorCode.SLOT_TAKEN if is_taken else ErrorCode.NOT_AVAILABLE,
        f"{host.name} cannot take the meeting over: {host.detail}",
        "Call again without new_host for the members who can.",
    )


def conferencing(connections: Iterable[Row], provider: str | None) -> tuple[str | None, str | None]:
    """Provider (as stored) and link of a host's own conferencing: the meeting's provider if he has it, else his default
    one. A connection that does not work, or has no link, is none."""
    working = [each for each in connections if each["Status"] == _CONNECTED and each["Link"]]
    same = [each for each in working if each["Provider"] == provider]
    default = [each for each in working if each["Is_Default"]]
    chosen = next((each for each in (*(each for each in same if each["Is_Default"]), *same, *default)), None)
    return (chosen["Provider"], chosen["Link"]) if chosen is not None else (None, None)


def reassigned(meeting: ActedOn, new: NewHost) -> ActedOn:
    """The meeting as it is with its new host."""
    host = new.host
    own = Participant("", host.name, host.email, "host", host.id)
    others = (each for each in meeting.people if each.role != "host")
    return replace(
        meeting,
        host=host,
        member_id=new.member_id,
        conference_provider=new.provider,
        conference_link=new.link,
        people=(own, *others),
    )


def reassign_writes(
    meeting: ActedOn, new: NewHost, caller: Caller, *, event_id: str | None, now: datetime
) -> tuple[Write, ...]:
    """The transaction, without claims. event_id: of the calendar event, if it is still there.

    The original host and the note of the first choice stay as they are.
    """
    changes: dict[str, Value] = {
        "OwnerId": new.host.id,
        "Main_Host": new.host.id,
        "Pool_Member": new.member_id,
        "Conference_Provider": new.provider,
        "Conference_Link": new.link,
        "Reassigned_From": meeting.host.id,
        "Reassigned_Date": now,
    }
    return (
        Update("Meeting", meeting.id, changes, unchanged_since=meeting.changed),
        *((Update("Event", event_id, {"OwnerId": new.host.id}),) if event_id is not None else ()),
        *_host_rows(meeting, new.host),
        activity(meeting.id, "Reassigned", caller, old=meeting.host.id, new=new.host.id),
        *count_writes(meeting, new, caller),
    )


def count_writes(meeting: ActedOn, new: NewHost, caller: Caller) -> tuple[Create, ...]:
    """One less for the old host, one more for the new.

    Both in the count period (and pool, and category) in which the meeting was counted for the old host, whichever
    period it is now, so that each period's counts stay those of its meetings, and a way there and back leaves all of
    them as they were (our own choice). A meeting that counts for nobody goes on counting for nobody.
    """
    counted = _counted_for(meeting)
    if counted is None:
        return ()
    number = max(_number(entry) for entry in meeting.entries)
    reason = "Reassigned"
    return (
        _entry(meeting, counted, counted.member_id, entry_kind_value("unscheduled"), -1, number + 1, reason, caller),
        _entry(meeting, counted, new.member_id, entry_kind_value("scheduled"), 1, number + 2, reason, caller),
    )


def _host_rows(meeting: ActedOn, host: Host) -> tuple[Write, ...]:
    """The old host's own row becomes the new one's; a meeting that lacks it gets it."""
    values: dict[str, Value] = {
        "Name": host.name[:80],
        "Email": host.email,
        "User": host.id,
        "Response_Status": "Accepted",
    }
    rows = [each for each in meeting.people if each.role == "host"]
    if not rows:
        return (Create("Attendee", {**values, "Meeting": meeting.id, "Role": _HOST}),)
    return tuple(Update("Attendee", row.id, values) for row in rows)


def _counted_for(meeting: ActedOn) -> CountEntry | None:
    """The newest entry that counts the meeting for somebody, if nothing has taken it back since."""
    entries = sorted(_turns(meeting.entries), key=_number)
    return entries[-1] if entries and entries[-1].kind == entry_kind_value("scheduled") else None


def _turns(entries: Iterable[CountEntry]) -> Sequence[CountEntry]:
    kinds = {entry_kind_value("scheduled"), entry_kind_value("unscheduled")}
    return [each for each in entries if each.kind in kinds and each.member_id is not None]


def _number(entry: CountEntry) -> int:
    """The n of `sched|<meeting id>|n`; 0 for an entry with another key."""
    kind, _, rest = entry.key.partition("|")
    number = rest.rpartition("|")[2]
    return int(number) if kind == "sched" and number.isascii() and number.isdigit() else 0


def _entry(
    meeting: ActedOn,
    counted: CountEntry,
    member_id: str | None,
    kind: str,
    delta: int,
    number: int,
    reason: str,
    caller: Caller,
) -> Create:
    return Create(
        "Count_Entry",
        {
            "Pool": counted.pool_id,
            "Member": member_id,
            "Meeting_Category": counted.category_id,
            "Period_Start": counted.period_start,
            "Kind": kind,
            "Entry_Key": f"sched|{meeting.id}|{number}",
            "Delta": delta,
            "Reason": reason,
            "Meeting": meeting.id,
            "Changed_By": caller.actor,
        },
    )
