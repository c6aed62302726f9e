"""A host as the engine sees one, and what it finds out about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from app.scheduling.days_off import Vacation
from app.scheduling.intervals import Interval
from app.scheduling.reasons import Reason
from app.scheduling.working_hours import WorkingHours

CalendarState = Literal["connected", "expired", "not_connected"]


@dataclass(frozen=True, slots=True)
class Host:
    """One host, for one meeting type. `reach` says how much of busy and hosted_starts has to be known.

    product_access: to the product of the meeting type. hours: None where none are set or they cannot be read.
    busy: what is taken, in any order, each range widened by the existing meeting's own buffers (a calendar event has
    none); the engine adds the new type's. A range that takes no time blocks nothing: it is dropped.
    hosted_starts: where live meetings of this type start that count towards its limits, in any order.
    """

    host_id: str
    zone: ZoneInfo
    product_access: bool
    calendar: CalendarState
    active: bool
    paused: bool
    hours: WorkingHours | None
    vacations: tuple[Vacation, ...] = ()
    busy: Sequence[Interval] = ()
    hosted_starts: Sequence[int] = ()

    def __post_init__(self) -> None:
        if any(start >= end for start, end in self.busy):
            object.__setattr__(self, "busy", [(start, end) for start, end in self.busy if start < end])

    @property
    def bar(self) -> Reason | None:
        """What makes the host unavailable at any time, the first of them; a vacation is looked at apart.

        A calendar that cannot be read makes its host unavailable (our own choice), so that nobody is booked twice.
        """
        if not self.product_access:
            return Reason.PRODUCT_ACCESS
        if self.calendar != "connected":
            return Reason.CALENDAR_EXPIRED if self.calendar == "expired" else Reason.CALENDAR_NOT_CONNECTED
        if not self.active:
            return Reason.INACTIVE
        return Reason.PAUSED if self.paused else None


@dataclass(frozen=True, slots=True)
class HostAvailability:
    """When one host can be booked.

    free: the ranges that a meeting fits into, in order; the last can reach behind the asked range by a meeting.
    starts: of this host alone, sorted. reason: only where there are none. It is None there too if the range that was
    asked about is so short that the viewer's grid has no start in it.
    """

    host_id: str
    free: list[Interval]
    starts: list[int]
    reason: Reason | None
