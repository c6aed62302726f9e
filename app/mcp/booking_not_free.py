"""Why a start cannot be booked, and which other ones can."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from app.bookit.actions.hosting import Checked
from app.bookit.availability.preview import Asked, preview
from app.bookit.errors import BookItError, Candidate, ErrorCode
from app.mcp.booking_asked import AskedBooking
from app.mcp.call import Call
from app.mcp.views.moment import moment, spoken
from app.scheduling.periods import TimeRange
from app.scheduling.zones import zone_named

NEXT_STARTS: Final = 5
_LOOK_AHEAD: Final = timedelta(days=14)


async def not_free(call: Call, asked: AskedBooking, checked: Checked) -> BookItError:
    """slot_taken with the next free starts where time alone stands in the way, two calls to Salesforce more; else
    not_available with the why. Raises OrgError."""
    if not checked.is_taken:
        reasons = ", ".join(dict.fromkeys(checked.reasons.values())) or "there are no hosts"
        return BookItError(
            ErrorCode.NOT_AVAILABLE,
            "No meeting of this type begins at that time of day."
            if checked.is_off_grid
            else f"Nobody can take this start: {reasons}.",
            "Call preview_availability for the same meeting type to see who is free when, and why others are not.",
        )
    zone = zone_named(asked.zone)
    when = TimeRange(max(asked.start, call.now), asked.start + _LOOK_AHEAD, zone)
    org = await call.org()
    again = Asked(asked.kind, asked.target, None, when, org.timezone, asked.week_start, turns=False)
    found = await preview(call.rules_reader, again, call.now)
    starts = [datetime.fromtimestamp(each, zone) for day in found.days for each in day.starts][:NEXT_STARTS]
    return BookItError(
        ErrorCode.SLOT_TAKEN,
        "This start is not free any more; nothing was done.",
        "Offer the person one of the next free starts; for it, call preview_availability again and book its offer."
        if starts
        else "Nothing is free in the two weeks after it: call preview_availability for a later time.",
        candidates=[Candidate(each.isoformat(), spoken(moment(each, zone))) for each in starts],
    )
