"""The days of one zone as instants: where each begins, a whole number of weeks at a time."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from app.scheduling.weekdays import Weekday, first_of_week
from app.scheduling.zones import instant_of, start_of_day

DAY: Final = 24 * 60 * 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def seconds_of(instant: datetime) -> int:
    """An aware instant in epoch seconds."""
    return (instant - _EPOCH) // timedelta(seconds=1)


def local_date(instant: int, zone: ZoneInfo) -> date:
    """The date on the wall of `zone` at an instant in epoch seconds."""
    return datetime.fromtimestamp(instant, zone).date()


def midnight(day: date, zone: ZoneInfo) -> int:
    """The epoch second at which `day` begins in `zone`."""
    return seconds_of(start_of_day(day, zone))


@dataclass(frozen=True, slots=True)
class LocalDays:
    """Whole weeks of days in `zone`, from the day `first`, the first of its week.

    midnights: the epoch second at which each day begins, and after them the one at which the last day ends.
    """

    zone: ZoneInfo
    first: date
    midnights: tuple[int, ...]

    @property
    def weeks(self) -> tuple[int, ...]:
        """Where each week begins, and where the last one ends."""
        return self.midnights[::7]

    def instant(self, day: date, minute: int) -> int:
        """When the wall of the zone shows so many minutes (0 to 1440) after 0:00 of a day of this table.

        A time in a spring gap is the instant of the jump, one in an autumn fold the first occurrence.
        """
        index = (day - self.first).days
        begins, ends = self.midnights[index], self.midnights[index + 1]
        # No zone has ever changed its clock twice within three days, so a day of 24 hours has no change inside.
        if ends - begins == DAY:
            return begins + minute * 60
        if minute == 24 * 60:
            return ends
        return seconds_of(instant_of(datetime.combine(day, time(*divmod(minute, 60))), self.zone))

    def offsets(self) -> list[tuple[int, int]]:
        """Each offset from UTC, in seconds, beside the instant from which it holds; the first holds from the start."""
        found = [(self.midnights[0], self._offset(self.midnights[0]))]
        for begins, ends in pairwise(self.midnights):
            if self._offset(ends) != found[-1][1]:
                changes = range(begins, ends + 1)
                index = bisect_right(changes, 0, key=lambda instant: self._offset(instant) != found[-1][1])
                found.append((changes[index], self._offset(ends)))
        return found

    def _offset(self, instant: int) -> int:
        wall = datetime.fromtimestamp(instant, self.zone).replace(tzinfo=UTC)
        return seconds_of(wall) - instant


@lru_cache(maxsize=256)
def local_days(zone: ZoneInfo, start: int, end: int, week_start: Weekday = Weekday.MONDAY) -> LocalDays:
    """The whole weeks that hold every instant from start to end (excluded).

    Kept, because all members of a pool who share a zone share this table.
    """
    first = first_of_week(local_date(start, zone), week_start)
    after_last = first_of_week(local_date(end - 1, zone), week_start) + timedelta(weeks=1)
    days = (first + timedelta(days=number) for number in range((after_last - first).days + 1))
    return LocalDays(zone, first, tuple(midnight(day, zone) for day in days))
