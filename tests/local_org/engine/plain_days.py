"""Date literals and date functions read day by day, with plain arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from soql.ast import DateLiteral, Operator


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads: his handle in the small org, his zone, the weekday (Monday 0) of his weeks, and the instant."""

    handle: str
    zone: ZoneInfo
    first_weekday: int
    now: datetime

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def number_of(self, unit: str, day: date) -> int:
        """Days, weeks, months … counted from some beginning, so that neighbours differ by one."""
        match unit.removeprefix("FISCAL_"):
            case "DAY":
                return day.toordinal()
            case "WEEK":
                # The first of January of the year 1 was a Monday, and has the ordinal 1.
                return (day.toordinal() - 1 - self.first_weekday) // 7
            case "MONTH":
                return day.year * 12 + day.month
            case "QUARTER":
                return day.year * 4 + (day.month - 1) // 3
            case "YEAR":
                return day.year
            case _:
                raise AssertionError(unit)

    def compare(self, value: Any, operator: Operator, literal: DateLiteral) -> bool:
        """A date or an instant (or None) with a literal."""
        if value is None:
            return operator is Operator.NOT_EQUAL
        unit, first, last = meaning(literal)
        day = self.day_of(value) if isinstance(value, datetime) else value
        away = self.number_of(unit, day) - self.number_of(unit, self.day_of(self.now))
        return {
            Operator.EQUAL: first <= away <= last,
            Operator.NOT_EQUAL: not first <= away <= last,
            Operator.LESS: away < first,
            Operator.LESS_OR_EQUAL: away <= last,
            Operator.GREATER: away > last,
            Operator.GREATER_OR_EQUAL: away >= first,
        }[operator]


def meaning(literal: DateLiteral) -> tuple[str, int, int]:
    """The unit of a literal, and how many units from now it begins and ends."""
    name, n = literal.name, literal.n
    fixed = {
        "YESTERDAY": ("DAY", -1, -1),
        "TODAY": ("DAY", 0, 0),
        "TOMORROW": ("DAY", 1, 1),
        "LAST_90_DAYS": ("DAY", -90, 0),
        "NEXT_90_DAYS": ("DAY", 1, 90),
    }
    if name in fixed:
        return fixed[name]
    if n is None:
        word, _, unit = name.partition("_")
        away = {"LAST": -1, "THIS": 0, "NEXT": 1}[word]
        return unit, away, away
    if name.endswith("_AGO"):
        return name.removeprefix("N_").removesuffix("S_AGO"), -n, -n
    word, _, unit = name.removesuffix("S").partition("_N_")
    if word == "NEXT":
        return unit, 1, n
    return unit, -n, 0 if unit == "DAY" else -1


_PARTS: dict[str, Callable[[date], Any]] = {
    "CALENDAR_YEAR": lambda day: day.year,
    "CALENDAR_QUARTER": lambda day: 1 + (day.month - 1) // 3,
    "CALENDAR_MONTH": lambda day: day.month,
    "DAY_IN_MONTH": lambda day: day.day,
    "DAY_IN_WEEK": lambda day: day.isoweekday() % 7 + 1,
    "DAY_IN_YEAR": lambda day: (day - date(day.year, 1, 1)).days + 1,
    "WEEK_IN_MONTH": lambda day: 1 + (day.day - 1) // 7,
    "WEEK_IN_YEAR": lambda day: 1 + (day - date(day.year, 1, 1)).days // 7,
    "DAY_ONLY": lambda day: day,
}


def part_of(function: str, value: Any, zone: ZoneInfo | None) -> Any:
    """A date function of a date or an instant; in the zone, or else in UTC. None of None."""
    if value is None:
        return None
    local = value.astimezone(zone or UTC) if isinstance(value, datetime) else value
    if function == "HOUR_IN_DAY":
        return local.hour
    day = local.date() if isinstance(local, datetime) else local
    return _PARTS[function.replace("FISCAL_", "CALENDAR_")](day)
