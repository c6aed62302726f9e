"""A meeting type as the statements meeting_types/identity and /detail read it, and where it is kept for a while."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from zoneinfo import ZoneInfo

from app.bookit.cached import Cached
from app.bookit.meetings.records import Reference
from app.bookit.naming import not_found
from app.bookit.picklists import snake, snake_or_none
from app.bookit.stored_hours import stored_hours
from app.clock import Clock
from app.org.caller import Caller, Scope
from app.org.reader import Reader, Row
from app.scheduling.working_hours import WorkingHours

TTL_SECONDS: Final = 60.0

HoursSource = Literal["host", "meeting_type"]

_DEFAULT_SLOT_INTERVAL: Final = 30
"""Minutes; BookIt's own default, for a type that says nothing."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a meeting type is called and what it is for. product: forms, links or handoff. name: the shown one."""

    id: str
    name: str
    internal_name: str
    product: str
    ownership: str | None
    is_locked: bool
    is_active: bool
    duration_minutes: int


@dataclass(frozen=True, slots=True)
class MeetingType(Identity):
    """A meeting type with all that decides when it can be booked. Durations in minutes, limits per host; None is no
    limit. The custom range includes both of its days; hours_stored is the type's own weekly hours as BookIt keeps them.
    """

    slot_interval_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    minimum_notice_minutes: int
    booking_window_days: int | None
    custom_range_start: date | None
    custom_range_end: date | None
    max_per_day: int | None
    max_per_week: int | None
    hours_source: HoursSource
    hours_stored: str | None
    category: Reference | None

    @property
    def has_own_hours(self) -> bool:
        """Whether the type's own weekly hours count, whoever hosts; else each host's own."""
        return self.hours_source == "meeting_type"

    def own_hours(self, zone_if_none: ZoneInfo) -> WorkingHours:
        """The type's own weekly hours; on the wall of `zone_if_none` where they name no zone.

        Raises HoursError for hours that cannot be read, none at all among them.
        """
        return stored_hours(self.hours_stored, zone_if_none)


def identity_from(row: Row) -> Identity:
    """The identity of a row of meeting_types/identity."""
    return Identity(
        id=row["Id"],
        name=row["Display_Name"] or row["Internal_Name"],
        internal_name=row["Internal_Name"],
        product=snake(row["Product"]),
        ownership=snake_or_none(row["Ownership"]),
        is_locked=row["Is_Locked"],
        is_active=row["Is_Active"],
        duration_minutes=row["Duration_Minutes"],
    )


def meeting_type_from(row: Row) -> MeetingType:
    """The meeting type of a row of meeting_types/detail."""
    category = row["Meeting_Category"]
    return MeetingType(
        id=row["Id"],
        name=row["Display_Name"] or row["Internal_Name"],
        internal_name=row["Internal_Name"],
        product=snake(row["Product"]),
        ownership=snake_or_none(row["Ownership"]),
        is_locked=row["Is_Locked"],
        is_active=row["Is_Active"],
        duration_minutes=row["Duration_Minutes"],
        slot_interval_minutes=row["Slot_Interval_Minutes"] or _DEFAULT_SLOT_INTERVAL,
        buffer_before_minutes=row["Buffer_Before_Minutes"] or 0,
        buffer_after_minutes=row["Buffer_After_Minutes"] or 0,
        minimum_notice_minutes=row["Minimum_Notice_Minutes"] or 0,
        booking_window_days=row["Booking_Window_Days"],
        custom_range_start=row["Custom_Range_Start"],
        custom_range_end=row["Custom_Range_End"],
        max_per_day=row["Max_Per_Day"],
        max_per_week=row["Max_Per_Week"],
        hours_source="meeting_type" if row["Working_Hours_Source"] == "Meeting Type" else "host",
        hours_stored=row["Working_Hours"],
        category=Reference(category["Id"], category["Name"]) if category else None,
    )


class MeetingTypes:
    """Meeting types by id, each kept for a minute per caller. One for the process."""

    def __init__(self, clock: Clock) -> None:
        self._kept: Cached[tuple[str, Scope, str | None, str], MeetingType | None] = Cached(
            clock, ttl=TTL_SECONDS, size=1000
        )

    async def by_id(self, type_id: str, *, caller: Caller, reader: Reader) -> MeetingType:
        """The meeting type, read as the caller; no call to Salesforce while it is kept.

        Raises BookItError not_found for one that is gone or hidden; OrgError.
        """

        async def fetch() -> MeetingType | None:
            result = await reader.fetch("meeting_types/detail", {"types": [type_id]})
            return meeting_type_from(result.rows[0]) if result.rows else None

        # Keyed by the user as well, in every scope: what Salesforce shows depends on who asks.
        found = await self._kept.get((caller.org_id, caller.scope, caller.user_id, type_id), fetch)
        if found is None:
            raise not_found("meeting type", type_id)
        return found
