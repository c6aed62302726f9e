"""The meeting type that somebody wants to book, whichever tool he asks."""

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meeting_types.records import MeetingType
from app.mcp.call import Call


async def bookable_type(call: Call, text: str) -> MeetingType:
    """The meeting type that a name or id means to the caller; no call to Salesforce while it is kept.

    Raises BookItError: as Directory.find, and not_available for one that is not active; OrgError.
    """
    named = await call.find("meeting_type", text)
    meeting_type = await call.services.meeting_types.by_id(named.id, caller=call.caller, reader=call.reader)
    if not meeting_type.is_active:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            f"The meeting type {meeting_type.name} is not active, so nobody can book it.",
            "Take another meeting type; lookup_meeting_type lists them.",
        )
    return meeting_type
