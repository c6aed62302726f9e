"""Salesforce's picklist values (`Routing Link`, `No-Show Set`) and ours (`routing_link`, `no_show_set`)."""

import re
from typing import Final, Literal, get_args

MeetingStatus = Literal["scheduled", "rescheduled", "canceled"]
BookingMethod = Literal["forms", "links", "handoff", "routing_link", "chrome_extension", "api", "mcp"]

LIVE: Final[tuple[MeetingStatus, ...]] = ("scheduled", "rescheduled")
"""The statuses of a meeting that will take place, or did."""

_STATUS: Final[dict[MeetingStatus, str]] = {status: status.capitalize() for status in get_args(MeetingStatus)}
_METHOD: Final[dict[BookingMethod, str]] = {
    "forms": "Forms",
    "links": "Links",
    "handoff": "Handoff",
    "routing_link": "Routing Link",
    "chrome_extension": "Chrome Extension",
    "api": "API",
    "mcp": "MCP",
}


def snake(value: str) -> str:
    """A picklist value as an answer spells it; a value that an org added itself comes out the same way."""
    return re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")


def status_value(status: MeetingStatus) -> str:
    """Meeting.Status as Salesforce stores it."""
    return _STATUS[status]


def booking_method_value(method: BookingMethod) -> str:
    """Meeting.Booking_Method as Salesforce stores it."""
    return _METHOD[method]
