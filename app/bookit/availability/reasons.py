"""Why a host cannot be booked at all in a range of time, in words."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from app.bookit.availability.hosts import KnownHost
from app.bookit.meeting_types.records import MeetingType
from app.scheduling.reasons import Reason

ReasonCode = Literal[
    "product_access", "calendar_not_connected", "calendar_expired", "inactive", "paused", "not_in_rotation", "vacation",
    "holiday", "working_hours", "minimum_notice", "booking_window", "custom_range", "busy", "daily_limit",
    "weekly_limit", "no_common_time", "no_start_in_range",
]  # fmt: skip
"""As answers spell them, in the order of the checks: the engine's, that a pool gives a member no turn, and that the
range itself holds no start."""


def in_words(reason: Reason, host: KnownHost, kind: MeetingType, zone: ZoneInfo) -> str:
    """One sentence for the person who asks. zone: the answer's."""
    match reason:
        case Reason.PRODUCT_ACCESS if not host.set_up:
            return "Not set up in BookIt."
        case Reason.PRODUCT_ACCESS:
            return f"Has no access to BookIt {kind.product.capitalize()}."
        case Reason.CALENDAR_NOT_CONNECTED:
            return "The calendar is not connected, so nobody knows when there is time."
        case Reason.CALENDAR_EXPIRED:
            return "The calendar's authorization has expired; it must be connected again."
        case Reason.INACTIVE:
            return "No active user."
        case Reason.PAUSED:
            return f"Paused in BookIt{_until(host, zone)}."
        case Reason.VACATION:
            days = ", ".join(f"{each.first} to {each.last}" for each in host.vacations)
            return f"On vacation, or about to be: {days}."
        case Reason.HOLIDAY:
            return "A holiday."
        case Reason.WORKING_HOURS if host.hours_problem is not None and not kind.has_own_hours:
            return host.hours_problem
        case Reason.WORKING_HOURS if kind.has_own_hours:
            return "Outside the meeting type's working hours."
        case Reason.WORKING_HOURS:
            return "Outside working hours."
        case Reason.MINIMUM_NOTICE:
            return f"Too soon: {kind.minimum_notice_minutes} minutes' notice are needed."
        case Reason.BOOKING_WINDOW:
            return f"Too far ahead: {kind.booking_window_days} days at most."
        case Reason.CUSTOM_RANGE:
            first, last = kind.custom_range_start or "any day", kind.custom_range_end or "any day"
            return f"The meeting type is booked from {first} to {last} only."
        case Reason.BUSY:
            return "No free time: meetings or other appointments."
        case Reason.DAILY_LIMIT:
            return f"The limit of {kind.max_per_day} of these meetings a day is reached."
        case Reason.WEEKLY_LIMIT:
            return f"The limit of {kind.max_per_week} of these meetings a week is reached."
        case Reason.NO_COMMON_TIME:
            return "Has time, but never together with the other hosts."


def _until(host: KnownHost, zone: ZoneInfo) -> str:
    if host.paused_until is None:
        return ""
    return f" until {host.paused_until.astimezone(zone):%a %Y-%m-%d %H:%M} ({zone.key})"
