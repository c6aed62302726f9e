"""When somebody asks to meet: the same arguments, default and bounds for a preview and for a routing."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field

from app.bookit.errors import BookItError, ErrorCode
from app.mcp.arguments import Snake, Text
from app.mcp.call import Call
from app.scheduling.errors import TimeError
from app.scheduling.periods import Period, TimeRange, resolve_range

MAX_DAYS: Final = 62
DEFAULT_PERIOD: Final = "next_14_days"

AskedPeriod = Annotated[
    Annotated[Period, Snake] | None,
    Field(
        description="Whole days of the caller's calendar, from now on; weeks start on Monday unless the org says "
        "otherwise; next_N_days include today; a weekday is the next one, today included. Without period, start and "
        "end: next_14_days"
    ),
]
AskedStart = Annotated[
    Text | None,
    Field(
        description="Instead of period, included: RFC 3339 (2026-11-27T14:00:00-08:00, without offset beside timezone) "
        "or a date"
    ),
]
AskedEnd = Annotated[
    Text | None,
    Field(description="Like start. A time is excluded (the range ends there); a date is included, as a whole day"),
]
AskedTimezone = Annotated[
    Text | None,
    Field(description="IANA zone for the range and the starts, America/New_York; default: the caller's own"),
]


async def asked_range(
    call: Call, period: Period | None, start: str | None, end: str | None, timezone: str | None
) -> TimeRange:
    """What is asked for, without what lies in the past. Raises TimeError, BookItError, OrgError."""
    timed = (period, start, end) != (None, None, None)
    when = resolve_range(
        now=call.now,
        zone=call.zone(timezone),
        zone_is_given=timezone is not None,
        period=period if timed else DEFAULT_PERIOD,
        start=start,
        end=end,
        week_start=(await call.org()).week_start,
    )
    if when.end <= call.now:
        raise TimeError("The range lies in the past.", "Ask for a range that ends after now.")
    if when.end - max(when.start, call.now) > timedelta(days=MAX_DAYS):
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            f"A preview reaches over {MAX_DAYS} days at most.",
            "Ask for a shorter range, such as next_14_days, and for the rest in another call.",
        )
    return TimeRange(max(when.start, call.now.replace(microsecond=0)), when.end, when.zone)
