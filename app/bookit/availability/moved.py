"""The meeting that is to be moved: who hosts it, and whether it can be moved at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.bookit.availability.target import Target
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meetings.one import one_meeting
from app.bookit.picklists import LIVE, status_value
from app.org.caller import Caller, Scope
from app.org.reader import Reader, Row

_ADDITIONAL_HOST: Final = "Additional Host"


@dataclass(frozen=True, slots=True)
class Moved:
    """What of a meeting its own move must not count: itself and its event. target: its hosts, the main host first."""

    meeting_id: str
    event_id: str | None
    meeting_type_id: str
    target: Target


async def moved_meeting(reader: Reader, caller: Caller, meeting_id: str, meeting_type_id: str, now: datetime) -> Moved:
    """The meeting that `meeting_id` (either id of it) names, read as the caller. One call to Salesforce.

    Raises BookItError: not_found, not_available (over, canceled, or not the caller's own to move), invalid_argument
    (of another type); OrgError.
    """
    row = await one_meeting(reader, "availability/moved", meeting_id)
    _check_movable(row, caller, now)
    if row["Meeting_Type"]["Id"] != meeting_type_id:
        name = row["Meeting_Type"]["Display_Name"]
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            f"The meeting to move is of another type: {name}.",
            f"Call again with meeting_type {name}.",
        )
    others = (
        attendee["User"]["Id"]
        for attendee in row["Attendees"]
        if attendee["Role"] == _ADDITIONAL_HOST and attendee["User"]
    )
    hosts = tuple(dict.fromkeys((row["Main_Host"]["Id"], *others)))
    return Moved(row["Id"], row["Event_Id"], meeting_type_id, Target(user_ids=hosts, together=len(hosts) > 1))


def _check_movable(row: Row, caller: Caller, now: datetime) -> None:
    if caller.scope is Scope.USER and row["Main_Host"]["Id"] != caller.user_id:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            f"Only the main host moves a meeting, and that is {row['Main_Host']['Name']}.",
            "Ask the main host, or an admin.",
        )
    if row["Status"] not in {status_value(status) for status in LIVE}:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            "A canceled meeting cannot be moved.",
            "Preview a new meeting, without reschedule_of.",
        )
    if row["Start"] <= now:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            "The meeting has already begun, so it cannot be moved.",
            "Preview a new meeting, without reschedule_of.",
        )
