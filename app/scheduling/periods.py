"""A period in words, or a start and an end, as a half-open range of instants.

Days, weeks and months are those of the wall clock in the caller's zone, so a day may have 23 or 25 hours. Nothing
here reads a clock: `now` is an argument.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from app.scheduling.errors import TimeError
from app.scheduling.rfc3339 import parse_bound
from app.scheduling.weekdays import Weekday, add_months, first_of_month, first_of_week, next_weekday
from app.scheduling.zones import day_of, shown, start_of_day

Period = Literal[
    "today", "tomorrow", "yesterday",
    "this_week", "next_week", "last_week",
    "this_month", "next_month", "last_month",
    "last_7_days", "last_14_days", "last_30_days",
    "next_7_days", "next_14_days", "next_30_days",
    "upcoming",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
]  # fmt: skip
"""Every period that a caller may name."""

DEFAULT_DAYS: Final = 30
"""Days back, and days ahead, that are meant when a caller names no time at all; today counts beside them."""

UPCOMING_DAYS: Final = 365
"""How far `upcoming` reaches. Nothing can be booked further ahead."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """The instants from start (included) to end (excluded), both in UTC; zone is where its days were counted."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


_Days = tuple[date, date]
"""The first day, and the day after the last."""


def _days(first: int, after_last: int) -> Callable[[date, Weekday], _Days]:
    return lambda today, _: (today + timedelta(days=first), today + timedelta(days=after_last))


def _week(offset: int) -> Callable[[date, Weekday], _Days]:
    def days(today: date, week_start: Weekday) -> _Days:
        first = first_of_week(today, week_start) + timedelta(weeks=offset)
        return first, first + timedelta(weeks=1)

    return days


def _month(offset: int) -> Callable[[date, Weekday], _Days]:
    def days(today: date, _: Weekday) -> _Days:
        first = add_months(first_of_month(today), offset)
        return first, add_months(first, 1)

    return days


def _weekday(weekday: Weekday) -> Callable[[date, Weekday], _Days]:
    def days(today: date, _: Weekday) -> _Days:
        first = next_weekday(today, weekday)
        return first, first + timedelta(days=1)

    return days


_DAYS_OF: Mapping[str, Callable[[date, Weekday], _Days]] = {
    "today": _days(0, 1),
    "tomorrow": _days(1, 2),
    "yesterday": _days(-1, 0),
    "this_week": _week(0),
    "next_week": _week(1),
    "last_week": _week(-1),
    "this_month": _month(0),
    "next_month": _month(1),
    "last_month": _month(-1),
    **{f"last_{n}_days": _days(1 - n, 1) for n in (7, 14, 30)},
    **{f"next_{n}_days": _days(0, n) for n in (7, 14, 30)},
    **{day.name.lower(): _weekday(day) for day in Weekday},
}


def range_of_period(period: str, *, now: datetime, zone: ZoneInfo, week_start: Weekday) -> TimeRange:
    """The range of a named period. Raises TimeError for a name that is none."""
    today = day_of(now, zone)
    if period == "upcoming":
        return TimeRange(now.astimezone(UTC), start_of_day(today + timedelta(days=UPCOMING_DAYS), zone), zone)
    days = _DAYS_OF.get(period)
    if days is None:
        raise TimeError(f"{shown(period)} is not a period.", f"Write one of {', '.join(get_args(Period))}.")
    first, after_last = days(today, week_start)
    return TimeRange(start_of_day(first, zone), start_of_day(after_last, zone), zone)


def resolve_range(
    *,
    now: datetime,
    zone: ZoneInfo,
    zone_is_given: bool = False,
    period: str | None = None,
    start: str | None = None,
    end: str | None = None,
    week_start: Weekday = Weekday.MONDAY,
) -> TimeRange:
    """What a caller means by period, or by start and end, or by neither.

    zone is the caller's `timezone` argument if `zone_is_given`, else the one assumed for him. Neither period nor
    bounds: 30 days back to 30 ahead, whole days. One bound alone keeps the other where that default has it, or 30
    days off if this would leave no range. Raises TimeError, see parse_bound; also when nothing lies between the two.
    """
    if period is not None:
        if start is not None or end is not None:
            raise TimeError("period and start/end were both given.", "Give a period, or start and end, not both.")
        return range_of_period(period, now=now, zone=zone, week_start=week_start)
    given = zone if zone_is_given else None
    first = parse_bound(start, "start", now=now, given=given, assumed=zone) if start is not None else None
    last = parse_bound(end, "end", now=now, given=given, assumed=zone) if end is not None else None
    today, reach = day_of(now, zone), timedelta(days=DEFAULT_DAYS)
    default_start, default_end = start_of_day(today - reach, zone), start_of_day(today + reach + timedelta(1), zone)
    if first is None:
        first = default_start if last is None else min(default_start, last - reach)
    if last is None:
        last = max(default_end, first + reach)
    if first >= last:
        raise TimeError("start is not before end.", "Give an end that lies after start.")
    return TimeRange(first, last, zone)
