"""Salesforce's picklist values (`Routing Link`, `No-Show Set`) and ours (`routing_link`, `no_show_set`)."""

import re
from typing import Final, Literal, get_args

from app.scheduling.count_periods import ResetPeriod
from app.scheduling.ledger import EntryKind
from app.scheduling.standings import Distribution

MeetingStatus = Literal["scheduled", "rescheduled", "canceled"]
BookingMethod = Literal["forms", "links", "handoff", "routing_link", "chrome_extension", "api", "mcp"]
Product = Literal["forms", "links", "handoff"]
CreditStatus = Literal["pending", "approved", "denied"]
CreditReason = Literal["no_show", "unqualified", "other"]
CalendarStatus = Literal["connected", "expired", "not_connected"]
LinkKind = Literal["individual", "group", "pool", "routing", "multi_type", "single_use", "managed"]

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
_CALENDAR: Final[dict[CalendarStatus, str]] = {
    "connected": "Connected",
    "expired": "Expired",
    "not_connected": "Not Connected",
}
_LINK_KIND: Final[dict[LinkKind, str]] = {
    "individual": "Individual",
    "group": "Group",
    "pool": "Pool",
    "routing": "Routing",
    "multi_type": "Multi-Type",
    "single_use": "Single-Use",
    "managed": "Managed",
}
_ENTRY_KIND: Final[dict[EntryKind, str]] = {
    "scheduled": "Scheduled",
    "unscheduled": "Unscheduled",
    "calibration": "Calibration",
    "auto_calibration": "Auto-Calibration",
    "credit": "Credit",
    "credit_consumed": "Credit-Consumed",
    "reset": "Reset",
}


def snake(value: str) -> str:
    """A picklist value as an answer spells it; a value that an org added itself comes out the same way."""
    return re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")


def snake_or_none(value: str | None) -> str | None:
    """The same for a picklist that may be empty."""
    return snake(value) if value else None


def status_value(status: MeetingStatus) -> str:
    """Meeting.Status as Salesforce stores it."""
    return _STATUS[status]


def meeting_status(value: str) -> MeetingStatus:
    """The status of a stored value. One that is not ours is no meeting that anybody could act on."""
    for status, stored in _STATUS.items():
        if stored == value:
            return status
    return "canceled"


def booking_method_value(method: BookingMethod) -> str:
    """Meeting.Booking_Method as Salesforce stores it."""
    return _METHOD[method]


def calendar_status_value(status: CalendarStatus) -> str:
    """User_Setting.Calendar_Status as Salesforce stores it."""
    return _CALENDAR[status]


def calendar_status(value: str) -> CalendarStatus:
    """The status of a stored value. One that is not ours is no connection that anybody could rely on."""
    for status, stored in _CALENDAR.items():
        if stored == value:
            return status
    return "not_connected"


def link_kind_value(kind: LinkKind) -> str:
    """Link.Kind as Salesforce stores it."""
    return _LINK_KIND[kind]


def entry_kind_value(kind: EntryKind) -> str:
    """Count_Entry.Kind as Salesforce stores it."""
    return _ENTRY_KIND[kind]


def entry_kind(value: str) -> EntryKind:
    """The kind of a stored value that was asked for by entry_kind_value."""
    return next(kind for kind, stored in _ENTRY_KIND.items() if stored == value)


def distribution(value: str | None) -> Distribution:
    """Pool.Distribution_Type; count-based is the default of the field."""
    return "order_based" if snake(value or "") == "order_based" else "count_based"


def reset_period(value: str | None) -> ResetPeriod:
    """Pool.Reset_Period; never is the default of the field, and what a value that is not ours is taken for."""
    return next((period for period in get_args(ResetPeriod) if period == snake(value or "")), "never")


_CREDIT_STATUS: Final[dict[CreditStatus, str]] = {status: status.capitalize() for status in get_args(CreditStatus)}
_CREDIT_REASON: Final[dict[CreditReason, str]] = {
    "no_show": "No-Show",
    "unqualified": "Unqualified",
    "other": "Other",
}


def credit_status_value(status: CreditStatus) -> str:
    """Credit_Request.Status and Meeting.Credit_Status as Salesforce stores them."""
    return _CREDIT_STATUS[status]


def credit_status(value: str) -> CreditStatus:
    """The status of a stored value. One that is not ours is still to be decided about."""
    for status, stored in _CREDIT_STATUS.items():
        if stored == value:
            return status
    return "pending"


def credit_reason_value(reason: CreditReason) -> str:
    """Credit_Request.Reason as Salesforce stores it."""
    return _CREDIT_REASON[reason]
