"""Moving a meeting to another time: it keeps its hosts, its pool and its counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app.bookit.actions.acted_on import ActedOn, activity
from app.bookit.actions.cancel import check_may_act
from app.bookit.availability.preview import HostPreview, Preview
from app.bookit.availability.reasons import ReasonCode
from app.bookit.errors import BookItError, Candidate, ErrorCode
from app.bookit.meetings.one import one_meeting
from app.bookit.picklists import status_value
from app.org.caller import Caller
from app.org.ids import as_record_id
from app.org.reader import Reader
from app.org.writes import Create, Ref, Update, Value, Write

EVENT: Final = "event"
"""What a transaction calls a new calendar event."""
TAKEN: Final[frozenset[ReasonCode]] = frozenset({"busy", "daily_limit", "weekly_limit", "no_common_time"})
"""Reasons that other meetings and appointments give: another start helps, and it may have been free a moment ago."""
_ADDITIONAL_HOST: Final = "Additional Host"


@dataclass(frozen=True, slots=True)
class MovingTarget:
    """The meeting that a caller names, if he may see it. host_ids: the main host first."""

    id: str
    meeting_id: str
    event_id: str | None
    type_id: str
    host_ids: tuple[str, ...]

    @property
    def main_host_id(self) -> str:
        return self.host_ids[0]


async def find_moving_target(reader: Reader, meeting_id: str) -> MovingTarget:
    """The meeting of either id, as the caller sees it. One call to Salesforce.

    Raises BookItError not_found, in the same words for a hidden one and a missing one; OrgError.
    """
    row = await one_meeting(reader, "actions/reschedule_target", meeting_id)
    main_host: str = row["Main_Host"]["Id"]
    others = (each["User"]["Id"] for each in row["Attendees"] if each["Role"] == _ADDITIONAL_HOST and each["User"])
    return MovingTarget(
        id=row["Id"],
        meeting_id=row["Meeting_Id"],
        event_id=as_record_id(row["Event_Id"]),
        type_id=row["Meeting_Type"]["Id"],
        host_ids=tuple(dict.fromkeys((main_host, *others))),
    )


def check_movable(meeting: ActedOn, caller: Caller, start: datetime, now: datetime) -> None:
    """Raises BookItError: not_available, already_done, or invalid_argument."""
    check_may_act(meeting, caller, "move it")
    if not meeting.is_live:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            "The meeting is canceled, so it cannot be moved.",
            "If the person wants it after all, a new meeting has to be booked.",
        )
    if meeting.start <= now:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            "The meeting has begun or is over, so it cannot be moved any more.",
            "If the person wants to meet again, a new meeting has to be booked.",
        )
    if meeting.start == start:
        raise BookItError(
            ErrorCode.ALREADY_DONE,
            "The meeting is at that time already.",
            "Tell the person; there is nothing to do, or ask for another start.",
        )


def check_same_hosts(meeting: ActedOn, target: MovingTarget) -> None:
    """Whether its hosts are still those whose time was read. Raises BookItError conflict."""
    others = (each.user_id for each in meeting.people if each.role == "additional_host" and each.user_id)
    if {meeting.host.id, *others} != set(target.host_ids) or meeting.host.id != target.main_host_id:
        raise BookItError(
            ErrorCode.CONFLICT,
            "The hosts of the meeting have changed at this very moment; nothing was done.",
            "Call again without confirm_token and show the person the new preview.",
        )


def is_free(found: Preview) -> bool:
    return any(day.starts for day in found.days)


def not_free(found: Preview, next_starts: Sequence[Candidate]) -> BookItError:
    """Why a start cannot be had: slot_taken where other appointments are in the way, not_available where a rule is.

    found: about this start alone. next_starts: free ones after it.
    """
    hosts = [host for host in found.hosts if host.reason is not None]
    first: HostPreview = next((host for host in hosts if host.reason not in TAKEN), hosts[0])
    taken = first.reason in TAKEN
    off_grid = first.reason == "no_start_in_range"
    why = "No meeting of this type begins at that time of day." if off_grid else f"{first.name}: {first.detail}"
    if next_starts:
        hint = "Take one of the candidates as start, or ask preview_availability for other times."
    else:
        hint = "Ask preview_availability with reschedule_of for other times; there are none in the two weeks after it."
    return BookItError(
        ErrorCode.SLOT_TAKEN if taken else ErrorCode.NOT_AVAILABLE,
        f"The start is {'taken' if taken else 'not available'}. {why}",
        hint,
        candidates=next_starts,
    )


def reschedule_writes(
    meeting: ActedOn, caller: Caller, *, start: datetime, end: datetime, event_id: str | None
) -> tuple[Write, ...]:
    """The transaction, without claims. event_id: of the calendar event, if it is still there.

    An event that somebody has deleted meanwhile is made anew, so that the host's time is taken again (our own choice);
    a meeting that never had one gets none.
    """
    changes: dict[str, Value] = {
        "Start": start,
        "End": end,
        "Status": status_value("rescheduled"),
        "Previous_Start": meeting.start,
        "Reschedule_Count": meeting.reschedule_count + 1,
    }
    event: tuple[Write, ...] = ()
    if event_id is not None:
        event = (Update("Event", event_id, {"StartDateTime": start, "EndDateTime": end}),)
    elif meeting.event_id is not None:
        event = (_new_event(meeting, start, end),)
        changes["Event_Id"] = Ref(EVENT)
    return (
        *event,
        Update("Meeting", meeting.id, changes, unchanged_since=meeting.changed),
        activity(meeting.id, "Rescheduled", caller, old=written(meeting.start), new=written(start)),
    )


def written(instant: datetime) -> str:
    """A time as activities hold it: `2026-11-27T22:00:00Z`."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _new_event(meeting: ActedOn, start: datetime, end: datetime) -> Create:
    subject = f"{meeting.type_name} with {meeting.prospect_name}" if meeting.prospect_name else meeting.type_name
    return Create(
        "Event",
        {
            "OwnerId": meeting.host.id,
            "Subject": subject[:255],
            "StartDateTime": start,
            "EndDateTime": end,
            "ShowAs": "Busy",
            "IsPrivate": False,
        },
        EVENT,
    )
