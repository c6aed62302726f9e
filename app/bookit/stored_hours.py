"""Weekly working hours as an org stores them: JSON text in a long text field."""

import json
from collections.abc import Mapping
from typing import cast
from zoneinfo import ZoneInfo

from app.scheduling.errors import HoursError
from app.scheduling.working_hours import TIMEZONE, Week, WorkingHours, parse_hours, parse_week


def stored_hours(text: str | None, zone_if_none: ZoneInfo) -> WorkingHours:
    """The hours of a stored text; on the wall of `zone_if_none` where they name no zone of their own.

    Raises HoursError for what cannot be read, nothing at all among it.
    """
    return parse_hours(_decoded(text), zone_if_none)


def stored_hours_or_week(text: str | None) -> WorkingHours | Week:
    """The hours of a stored text in the zone that they name, else the bare week, for the wall of each host's own zone.

    Raises HoursError as stored_hours does.
    """
    stored = _decoded(text)
    return parse_hours(stored, ZoneInfo("UTC")) if _names_a_zone(stored) else parse_week(stored)


def _names_a_zone(stored: object) -> bool:
    return isinstance(stored, dict) and bool(cast("Mapping[str, object]", stored).get(TIMEZONE))


def _decoded(text: str | None) -> object:
    try:
        return json.loads(text or "null")
    except (ValueError, RecursionError):
        raise HoursError("They are no JSON.") from None
