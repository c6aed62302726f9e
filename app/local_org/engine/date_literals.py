"""SOQL's date literals as half-open ranges of days, and of instants in the running user's zone.

Source: SOQL and SOSL Reference, "Date Formats and Date Literals". Day boundaries are the user's, weeks start where the
user's locale starts them, the fiscal year is the calendar year (an org's default). `LAST_N_DAYS:n` includes today
([REP], see salesforce notes), so it spans n + 1 days.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.local_org.errors import Unsupported

Days = tuple[date, date]
"""The first day, and the day after the last."""


@dataclass(frozen=True, slots=True)
class Today:
    """What the literals of one user depend on: his date, and the weekday (Monday 0) that his weeks start on."""

    date: date
    first_weekday: int


_FIRST, _LAST = date(2, 1, 1), date(9998, 12, 31)
"""What a literal that leads further stops at: no stored day lies beyond, and every zone can still be told of these.
[BG] Where a real org stops is unconfirmed."""


def _shifted(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, _FIRST.toordinal()), _LAST.toordinal()))


def _day(today: Today, first: int, count: int = 1) -> Days:
    return _shifted(today.date, first), _shifted(today.date, first + count)


def _week(today: Today, first: int, count: int = 1) -> Days:
    into = (today.date.weekday() - today.first_weekday) % 7
    return _day(today, 7 * first - into, 7 * count)


def _month_start(day: date, offset: int) -> date:
    index = day.year * 12 + day.month - 1 + offset
    return min(max(date(min(max(index // 12, 1), 9999), index % 12 + 1, 1), _FIRST), _LAST)


def _months(today: Today, first: int, count: int = 1) -> Days:
    return _month_start(today.date, first), _month_start(today.date, first + count)


def _quarters(today: Today, first: int, count: int = 1) -> Days:
    base = today.date.replace(month=(today.date.month - 1) // 3 * 3 + 1, day=1)
    return _month_start(base, 3 * first), _month_start(base, 3 * (first + count))


def _years(today: Today, first: int, count: int = 1) -> Days:
    january = today.date.replace(month=1, day=1)
    return _month_start(january, 12 * first), _month_start(january, 12 * (first + count))


_PLAIN: dict[str, Callable[[Today], Days]] = {
    "YESTERDAY": lambda t: _day(t, -1),
    "TODAY": lambda t: _day(t, 0),
    "TOMORROW": lambda t: _day(t, 1),
    "LAST_90_DAYS": lambda t: _day(t, -90, 91),
    "NEXT_90_DAYS": lambda t: _day(t, 1, 90),
}
_SPANS: dict[str, Callable[[Today, int, int], Days]] = {
    "WEEK": _week,
    "MONTH": _months,
    "QUARTER": _quarters,
    "FISCAL_QUARTER": _quarters,
    "YEAR": _years,
    "FISCAL_YEAR": _years,
}


def _counted(name: str, n: int, today: Today) -> Days | None:
    if name == "LAST_N_DAYS":
        return _day(today, -n, n + 1)
    if name == "NEXT_N_DAYS":
        return _day(today, 1, n)
    if name == "N_DAYS_AGO":
        return _day(today, -n)
    for unit, span in _SPANS.items():
        if name == f"LAST_N_{unit}S":
            return span(today, -n, n)
        if name == f"NEXT_N_{unit}S":
            return span(today, 1, n)
        if name == f"N_{unit}S_AGO":
            return span(today, -n, 1)
    return None


def days_of(name: str, n: int | None, today: Today) -> Days:
    """The days that a literal covers. Raises Unsupported for one that is unknown here."""
    if n is not None:
        found = _counted(name.upper(), n, today)
        if found is not None:
            return found
    elif name.upper() in _PLAIN:
        return _PLAIN[name.upper()](today)
    else:
        for unit, span in _SPANS.items():
            for word, first in (("LAST", -1), ("THIS", 0), ("NEXT", 1)):
                if name.upper() == f"{word}_{unit}":
                    return span(today, first, 1)
    raise Unsupported(f"the date literal {name}")


def instants_of(days: Days, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which those days begin and end in a zone, in UTC."""
    start, end = (datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) for day in days)
    return start, end
