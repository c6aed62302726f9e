"""Count periods: the days in which meetings count together, from one reset to the next.

BookIt resets at the pool's reset date (product guide); that its days are those of the org's time zone, and how a date
in the past or far ahead is read, is our own choice.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

ResetPeriod = Literal["never", "weekly", "monthly", "quarterly", "yearly"]

BEGINNING: Final = date(1970, 1, 1)
"""The first day of the one period of a pool that is never reset."""

_FIRST_MONDAY: Final = date(1970, 1, 5)
_MONTHS: Final[dict[ResetPeriod, int]] = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True, slots=True)
class CountPeriod:
    """The days from first (included) to after_last (excluded, the next reset date); None is without end."""

    first: date
    after_last: date | None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.after_last is None or day < self.after_last)


def count_period(day: date, reset_period: ResetPeriod, reset_date: date | None) -> CountPeriod:
    """The period that holds `day`, a day of the org's calendar.

    reset_date is a day on which one period ends and the next begins. All others lie whole periods before and after it,
    each counted from it: from the 31st of January the months go on to the 28th of February and the 31st of March.
    Without one, periods are the calendar's: weeks from Monday, months, quarters and years from their first day.
    """
    if reset_period == "never":
        return CountPeriod(BEGINNING, None)
    if reset_period == "weekly":
        anchor = reset_date or _FIRST_MONDAY
        first = day - timedelta(days=(day - anchor).days % 7)
        return CountPeriod(first, first + timedelta(days=7))
    anchor, step = reset_date or BEGINNING, _MONTHS[reset_period]
    number = (_month_number(day) - _month_number(anchor)) // step
    if _months_after(anchor, number * step) > day:
        number -= 1
    return CountPeriod(_months_after(anchor, number * step), _months_after(anchor, (number + 1) * step))


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _months_after(anchor: date, months: int) -> date:
    """The anchor's day of the month, that many months later, or the month's last day where it is shorter."""
    year, month = divmod(_month_number(anchor) + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))
