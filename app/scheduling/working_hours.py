"""Weekly working hours: how they are read, and the time that they leave open.

Salesforce keeps them as JSON, `{"monday": [["09:00", "12:00"], …], …, "timezone": …}`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final, cast
from zoneinfo import ZoneInfo

from app.scheduling.errors import HoursError, TimeError
from app.scheduling.intervals import Interval, clipped, merged
from app.scheduling.local_days import local_days
from app.scheduling.weekdays import Weekday
from app.scheduling.zones import shown, zone_named

Week = tuple[tuple[tuple[int, int], ...], ...]
"""Seven days, Monday first: the open blocks of each, in minutes of the local day (0 to 1440), sorted."""

TIMEZONE: Final = "timezone"
_DAYS: Final = tuple(day.name.lower() for day in Weekday)
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_MIDNIGHT: Final = 24 * 60
_ENDS_OF_DAY: Final = ("24:00", "23:59")
"""Both mean the next midnight; the second is what forms without a 24:00 send."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """A week of open blocks, read on the wall of `zone`."""

    zone: ZoneInfo
    week: Week


def open_intervals(hours: WorkingHours, start: int, end: int) -> list[Interval]:
    """The open time from start to end (excluded), in order; blocks that touch are one, over midnight too.

    A block's edge inside a spring gap is the instant of the jump, inside an autumn fold the first occurrence.
    """
    if start >= end:
        return []
    days = local_days(hours.zone, start, end)
    blocks: list[Interval] = []
    for number, (begins, ends) in enumerate(pairwise(days.midnights)):
        if begins < end and ends > start:
            day = days.first + timedelta(days=number)
            blocks += ((days.instant(day, a), days.instant(day, b)) for a, b in hours.week[day.weekday()])
    return clipped(merged(blocks), start, end)


def parse_hours(data: object, zone_if_none: ZoneInfo) -> WorkingHours:
    """The hours, in the zone that the data names, else in `zone_if_none`. Raises HoursError."""
    named = _mapping(data).get(TIMEZONE)
    if named is None or named == "":
        return WorkingHours(zone_if_none, parse_week(data))
    if not isinstance(named, str):
        raise HoursError(f"{TIMEZONE} is {_told(named)}, not the name of a time zone.")
    try:
        return WorkingHours(zone_named(named), parse_week(data))
    except TimeError as error:
        raise HoursError(error.message) from None


def parse_week(data: object) -> Week:
    """The blocks of each day; a day that is missing is closed. Raises HoursError for anything malformed.

    The key `timezone` is allowed: see parse_hours.
    """
    days = _mapping(data)
    unknown = [key for key in days if key not in _DAYS and key != TIMEZONE]
    if unknown:
        raise HoursError(f"{_told(unknown[0])} is not a day of the week.")
    return tuple(_blocks(name, days.get(name, [])) for name in _DAYS)


def _mapping(data: object) -> Mapping[object, object]:
    if not isinstance(data, dict):
        raise HoursError(f"Working hours are an object of days, not {_told(data)}.")
    return cast("dict[object, object]", data)


def _blocks(name: str, data: object) -> tuple[tuple[int, int], ...]:
    if not isinstance(data, list):
        raise HoursError(f"{name} is {_told(data)}, not a list of blocks.")
    blocks = sorted(_block(name, block) for block in cast("list[object]", data))
    for (_, end), (start, _) in pairwise(blocks):
        if start < end:
            raise HoursError(f"{name} has blocks that overlap at {_clock(start)}.")
    return tuple(blocks)


def _block(name: str, data: object) -> tuple[int, int]:
    match data:
        case [str() as start, str() as end]:
            opens, closes = _minute(name, start), _MIDNIGHT if end in _ENDS_OF_DAY else _minute(name, end)
        case _:
            raise HoursError(f"{name} has the block {_told(data)}, not a start and an end.")
    if closes <= opens:
        raise HoursError(f"{name} has a block that ends at {end}, not after its start at {start}.")
    return opens, closes


def _minute(name: str, text: str) -> int:
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        raise HoursError(f"{name} has {_told(text)}, not a time of day like 09:00.")
    return int(clock[1]) * 60 + int(clock[2])


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _told(data: object) -> str:
    return shown(data) if isinstance(data, str) else shown(repr(data)).strip("'\"")
