"""What follows a booking in the org, and may fail without it: the prospect's lead, and the log id on his record.

Each step asks first whether it was done already, so that a repeated call does it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog

from app.bookit.actions.follow_up import FollowUp
from app.bookit.errors import BookItError, ErrorCode
from app.org.errors import OrgError
from app.org.failures import DuplicateKey
from app.org.reader import Reader, Row
from app.org.writes import Create, Ref, Update, Value, Write, Writer

log = structlog.stdlib.get_logger(__name__)

_LEAD: Final = "lead"
_UNKNOWN: Final = "Unknown"
"""Salesforce requires a last name and a company of every lead."""
_MADE: Final = FollowUp("lead", "done", "A lead was made for the prospect, and the meeting points to it.")


async def note_prospect(
    reader: Reader, writer: Writer, bookit_meeting_id: str, prospect: Mapping[str, Any], meeting_id: str | None
) -> tuple[str, tuple[FollowUp, ...]]:
    """Salesforce's id of the meeting, and what followed. reader, writer: the org connection's.

    meeting_id: None where an earlier call booked it; then the org is asked what has followed already. prospect: lead,
    contact, log_id, owner, email, first_name, last_name, phone, company. Raises BookItError where the meeting is not
    there any more, OrgError where it cannot be read.
    """
    lead: str | None = prospect["lead"]
    contact: str | None = prospect["contact"]
    if meeting_id is None:
        row = await _booked(reader, bookit_meeting_id)
        booked: str = row["Id"]
        if lead is None and contact is None and row["Lead"] is not None:
            return booked, (_MADE,)
    else:
        booked = meeting_id
    if contact is not None:
        return booked, await _log_id(writer, "Contact", contact, prospect["log_id"])
    if lead is not None:
        return booked, await _log_id(writer, "Lead", lead, prospect["log_id"])
    return booked, (await _new_lead(writer, booked, bookit_meeting_id, prospect),)


async def _booked(reader: Reader, bookit_meeting_id: str) -> Row:
    rows = (await reader.fetch("actions/booked", {"meeting_id": bookit_meeting_id})).rows
    if not rows:
        raise BookItError(
            ErrorCode.NOT_FOUND,
            "The meeting was booked, and somebody has deleted it since.",
            "Tell the person; a new one needs a new offer of preview_availability or route_prospect.",
        )
    return rows[0]


async def _new_lead(writer: Writer, meeting_id: str, bookit_meeting_id: str, prospect: Mapping[str, Any]) -> FollowUp:
    values: dict[str, Value] = {
        "FirstName": _short(prospect["first_name"], 40),
        "LastName": _short(prospect["last_name"], 80) or _UNKNOWN,
        "Company": prospect["company"] or _UNKNOWN,
        "Email": prospect["email"],
        "Phone": _short(prospect["phone"], 40),
        "OwnerId": prospect["owner"],
    }
    # The same call may be running twice: only one of the two makes the lead.
    once = {"Claim_Key": f"lead|{bookit_meeting_id}", "Host": prospect["owner"], "Period": "lead", "Number": 1}
    noted = {"BookIt_Log_Id": prospect["log_id"]} if prospect["log_id"] is not None else {}
    to_meeting = Update("Meeting", meeting_id, {"Lead": Ref(_LEAD)})
    claim = Create("Claim", {**once, "Meeting": bookit_meeting_id})
    try:
        await writer.write(Create("Lead", {**values, **noted}, _LEAD), to_meeting, claim)
    except OrgError as problem:
        if isinstance(problem, DuplicateKey) and problem.object == claim.object:
            return _MADE
        return _failed(_MADE.what, "No lead was made for the prospect", problem)
    return _MADE


def _short(text: str | None, longest: int) -> str | None:
    """As much as Salesforce's field takes."""
    return text[:longest].strip() if text is not None else None


async def _log_id(writer: Writer, object_name: str, record_id: str, log_id: str | None) -> tuple[FollowUp, ...]:
    if log_id is None:
        return ()
    what = "log_id"
    write: Write = Update(object_name, record_id, {"BookIt_Log_Id": log_id})
    try:
        await writer.write(write)
    except OrgError as problem:
        return (_failed(what, f"The BookIt Log Id was not written to the {object_name.lower()}", problem),)
    return (FollowUp(what, "done", f"The BookIt Log Id stands on the {object_name.lower()}."),)


def _failed(what: str, said: str, problem: OrgError) -> FollowUp:
    log.warning("follow_up_failed", what=what, code=problem.code, salesforce_code=problem.salesforce_code)
    return FollowUp(what, "failed", f"{said}: {problem.message} The meeting stands.")
