"""A bound that a caller wrote: RFC 3339 date-times, a date-time without offset beside a zone, or a date."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from app.scheduling.errors import TimeError
from app.scheduling.zones import instant_of, shown, start_of_day

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATE_TIME: Final = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt ](?P<time>\d\d:\d\d(?::\d\d)?)(?P<fraction>\.\d+)?(?P<offset>[Zz]|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_YEARS: Final = range(1970, 2200)


def parse_bound(
    text: str, which: Literal["start", "end"], *, now: datetime, given: ZoneInfo | None, assumed: ZoneInfo
) -> datetime:
    """The instant, in UTC, that `text` names.

    - a date-time with an offset: that instant. If a zone was given, the offset must be the zone's own at that time;
      `Z` names the instant alone (RFC 9557, section 2.2) and so contradicts no zone
    - a date-time without offset: on the wall of the given zone; without one, TimeError shows both right forms
    - a date: a whole day in the given zone, else the assumed one: `start` is its beginning, `end` the beginning of
      the next, so that the day itself is included
    """
    text = text.strip()
    if _DATE.fullmatch(text):
        day = _date(text, which) + timedelta(days=which == "end")
        return start_of_day(day, given or assumed)
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise TimeError(f"{which} {shown(text)} is not a time.", _both_forms(now, given or assumed))
    wall = _wall(match, which, text)
    offset = match["offset"]
    if offset is None:
        if given is None:
            raise TimeError(
                f"{which} {shown(text)} has no offset, and no timezone was given.", _both_forms(wall, assumed)
            )
        return instant_of(wall, given)
    if offset in "Zz":
        return wall.replace(tzinfo=UTC)
    instant = wall.replace(tzinfo=UTC) - _offset(offset, which, text)
    if given is not None and instant.astimezone(given).replace(tzinfo=None) != wall:
        raise TimeError(
            f"{which} {shown(text)} has an offset that {given.key} does not have at that time.",
            f"{_both_forms(wall, given)} Or leave timezone out.",
        )
    return instant


def parse_start(text: str, zone: ZoneInfo, *, now: datetime) -> datetime:
    """The instant, in UTC, at which a meeting is to begin: a date-time with an offset, whatever the zone; or without
    one, on the wall of `zone`. Raises TimeError for anything else, a date alone among it."""
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None:
        raise TimeError(f"start {shown(text)} is not a time.", _both_forms(now, zone))
    return parse_bound(text, "start", now=now, given=None if match["offset"] else zone, assumed=zone)


def _date(text: str, which: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise TimeError(
            f"{which} {shown(text)} is not a day of the calendar.", "Write a date like 2026-11-27."
        ) from None
    if day.year not in _YEARS:
        raise TimeError(f"{which} {shown(text)} is out of reach.", f"Write a year from {_YEARS[0]} to {_YEARS[-1]}.")
    return day


def _wall(match: re.Match[str], which: str, text: str) -> datetime:
    day, clock = _date(match["date"], which), match["time"]
    if clock in ("24:00", "24:00:00"):  # the next midnight, as ISO 8601 allows
        return datetime.combine(day + timedelta(days=1), datetime.min.time())
    if len(clock) == 8 and clock.endswith(":60"):  # a leap second (RFC 3339, 5.7); no clock of ours has one
        clock = f"{clock[:5]}:59"
    try:
        wall = datetime.fromisoformat(f"{day}T{clock}")
    except ValueError:
        raise TimeError(
            f"{which} {shown(text)} is not a time of day.", "Write hours from 00 to 23, minutes from 00 to 59."
        ) from None
    fraction = match["fraction"]
    return wall if fraction is None else wall + timedelta(microseconds=int(fraction[1:7].ljust(6, "0")))


def _offset(text: str, which: str, whole: str) -> timedelta:
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        raise TimeError(f"{which} {shown(whole)} has an impossible offset.", "Write an offset like -08:00.")
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)


def _both_forms(example: datetime, zone: ZoneInfo) -> str:
    wall = example if example.tzinfo is None else example.astimezone(zone).replace(tzinfo=None, microsecond=0)
    local = instant_of(wall, zone).astimezone(zone)
    return f"Write {local.isoformat()}, or {local.replace(tzinfo=None).isoformat()} with timezone {zone.key}."
