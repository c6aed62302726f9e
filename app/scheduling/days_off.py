"""Days on which a host takes no meeting: vacations and holidays, as days of the host's zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from app.scheduling.intervals import Interval, merged
from app.scheduling.local_days import midnight


@dataclass(frozen=True, slots=True)
class Vacation:
    """From the first day to the last one, included. Raises ValueError if the last is before the first, or for a buffer
    below zero."""

    first: date
    last: date
    start_buffer_days: int = 0
    end_buffer_days: int = 0

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"A vacation ends on {self.last}, before it begins on {self.first}.")
        if self.start_buffer_days < 0 or self.end_buffer_days < 0:
            raise ValueError("A vacation's buffers are days, zero or more.")

    def bars(self, now: int, zone: ZoneInfo) -> bool:
        """Whether a booking made at `now` is refused whatever its own time.

        Our own choice where the product guide is silent: the buffers are about the moment of booking. So many days
        before the first day the host stops being eligible, and so many days before the end (the midnight after the
        last day) becomes eligible again, for times after the vacation.
        """
        stops = self.first - timedelta(days=self.start_buffer_days)
        resumes = self.last + timedelta(days=1 - self.end_buffer_days)
        return stops < resumes and midnight(stops, zone) <= now < midnight(resumes, zone)

    def blocked(self, zone: ZoneInfo) -> Interval:
        """The vacation's own days. They stay blocked for a host who is eligible again."""
        return midnight(self.first, zone), midnight(self.last + timedelta(days=1), zone)


def blocked_days(days: Iterable[date], zone: ZoneInfo) -> list[Interval]:
    """The time of whole days in `zone`, in order."""
    return merged((midnight(day, zone), midnight(day + timedelta(days=1), zone)) for day in days)
