"""Time zones by IANA name, and the one way from a wall clock to an instant."""

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from app.scheduling.errors import TimeError


@cache
def _by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _by_city() -> dict[str, str]:
    return {name.rpartition("/")[2].casefold(): name for name in sorted(available_timezones(), reverse=True)}


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name, without regard to case.

    Raises TimeError for any other text, with the nearest names where there are some. Abbreviations (`PST`) are not
    zones: they do not say when the clock changes.
    """
    known = _by_folded_name().get(name.strip().casefold())
    if known is None:
        raise TimeError(f"{shown(name)} is not an IANA time zone.", _suggestion(name))
    return ZoneInfo(known)


def _suggestion(name: str) -> str:
    folded = name.strip().casefold().replace(" ", "_")
    near = [_by_city()[folded]] if folded in _by_city() else []
    near += [_by_folded_name()[n] for n in get_close_matches(folded, list(_by_folded_name()), n=3, cutoff=0.75)]
    named = " or ".join(dict.fromkeys(near)) or "America/New_York"
    return f"Write a name such as {named}."


def shown(text: str, length: int = 60) -> str:
    """A caller's own text as an error message quotes it: bounded, on one line."""
    return repr(text if len(text) <= length else text[:length] + "…")


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a clock on the wall of `zone` shows `wall` (naive).

    A time inside a spring gap is the instant of the jump; inside an autumn fold, the first occurrence.
    """
    before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if before.astimezone(zone).replace(tzinfo=None) == wall:
        return before
    # In a gap: the jump lies after the instant read with the offset behind it, at or before the one read with the
    # offset in front of it.
    low, high = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), before
    offset_before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset_before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which `day` begins in `zone`."""
    return instant_of(datetime.combine(day, time.min), zone)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The date on the wall of `zone` at an (aware) instant."""
    return instant.astimezone(zone).date()
