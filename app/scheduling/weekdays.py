"""Days of the week, and the weeks and months that they make."""

from datetime import date, timedelta
from enum import IntEnum


class Weekday(IntEnum):
    """Numbered as date.weekday() does."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


def next_weekday(day: date, weekday: Weekday) -> date:
    """The first `weekday` on or after `day`: `day` itself counts."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def first_of_week(day: date, week_start: Weekday = Weekday.MONDAY) -> date:
    """The day on which the week of `day` begins."""
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def first_of_month(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def add_months(first: date, months: int) -> date:
    """The first day of the month that is `months` after the one that `first` begins."""
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
