"""Instants, dates and times as the tables hold them and as bodies print them. An instant is milliseconds UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(?:Z|\+00:?00)?", re.ASCII)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def to_stored_ms(moment: datetime) -> int:
    """As to_ms, without the fraction of the second, which a DateTime field does not keep.

    [BG] Salesforce stores whole seconds and prints `.000`; unconfirmed, and decided here only.
    """
    return to_ms(moment) // 1000 * 1000


def from_ms(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def print_ms(milliseconds: int) -> str:
    """`2026-11-23T15:30:00.000+0000`: UTC always, never a Z."""
    text = from_ms(milliseconds).isoformat(timespec="milliseconds")
    return text[:23] + "+0000"


def parse_instant(text: str) -> int | None:
    """The instant that an ISO 8601 text with an offset names, in stored milliseconds; None if it is none."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    try:
        return to_stored_ms(datetime.fromisoformat("".join((found[1], "T", found[2], found[3].replace("Z", "+00:00")))))
    except ValueError:
        return None


def parse_date(text: str) -> str | None:
    """`2026-11-23`, checked; None if it is no date."""
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else None
    except ValueError:
        return None


def print_time(value: time) -> str:
    """`15:30:00.000Z`; this text is also what the tables hold, since it sorts as times do."""
    return value.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_time(text: str) -> str | None:
    """The time of day that `15:30`, `15:30:00` or `15:30:00.000Z` names; None if it is none."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        fraction = int((found[4] or "0").ljust(3, "0")) * 1000
        return print_time(time(int(found[1]), int(found[2]), int(found[3] or 0), fraction))
    except ValueError:
        return None
