"""What a meeting type asks of a time, and how far around it one has to look to tell."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.scheduling.intervals import Interval
from app.scheduling.local_days import DAY
from app.scheduling.weekdays import Weekday
from app.scheduling.working_hours import Week, WorkingHours

_LOCAL_DAY: Final = 2 * DAY
_LOCAL_WEEK: Final = 8 * DAY
"""A local day or week that an instant lies in begins and ends less than this away from it, in any zone."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one meeting type. Lengths are seconds.

    booking_window_days: n is until the end of the n-th day after today. first_day, last_day: the custom date range,
    both included. All of these are days of the host's own calendar (our own choice), and None is no bound.
    max_per_day, max_per_week: live meetings of this type per host; None is no limit.
    own_hours: the type's own hours, which stand in for each host's: in their zone, or as a bare week in each host's.
    Raises ValueError for a length that has no meaning.
    """

    duration: int
    slot_interval: int
    buffer_before: int = 0
    buffer_after: int = 0
    minimum_notice: int = 0
    booking_window_days: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    max_per_day: int | None = None
    max_per_week: int | None = None
    own_hours: WorkingHours | Week | None = None
    week_start: Weekday = Weekday.MONDAY

    def __post_init__(self) -> None:
        if self.duration <= 0 or self.slot_interval <= 0:
            raise ValueError("A duration and a slot interval are longer than nothing.")
        if self.slot_interval % 60:
            raise ValueError("A slot interval is whole minutes.")
        if min(self.buffer_before, self.buffer_after, self.minimum_notice, self.booking_window_days or 0) < 0:
            raise ValueError("A buffer, a notice and a booking window are zero or more.")


@dataclass(frozen=True, slots=True)
class Reach:
    """What has to be known of each host: every busy range that touches `busy`, every counted start in `hosted`.

    busy: of the ranges as a Host has them, widened by the existing meetings' own buffers; a raw meeting can lie
    outside by as much as those. hosted: empty where no limit is set.
    """

    busy: Interval
    hosted: Interval


def reach(rules: Rules, start: int, end: int) -> Reach:
    """How far to look for starts from start to end (excluded).

    The last meeting may end behind `end`, so busy time is needed for a duration longer, and for the new type's buffers
    on both sides. Limits count whole days and weeks of the host, in whatever zone: that is up to eight days more.
    """
    busy = (start - rules.buffer_before, horizon(rules, end) + rules.buffer_after)
    if rules.max_per_day is None and rules.max_per_week is None:
        return Reach(busy, (start, start))
    margin = _LOCAL_DAY if rules.max_per_week is None else _LOCAL_WEEK
    return Reach(busy, (start - margin, horizon(rules, end) + margin))


def horizon(rules: Rules, end: int) -> int:
    """Where the last meeting ends that starts before `end`."""
    return end - 1 + rules.duration
