"""An Event's times agree with each other: start, end, duration, and the day of an all-day event.

Source: Object Reference, Event. [BG] The texts of the refusals are unconfirmed.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.local_org.engine import moments
from app.local_org.engine.storage import SqlValue
from app.local_org.errors import ApiError

_MINUTE = 60_000
_MAX_MINUTES = 14 * 24 * 60
"""An event lasts 14 days at most (Object Reference, Event, EndDateTime)."""

_TIMES = frozenset(
    {"StartDateTime", "ActivityDateTime", "EndDateTime", "DurationInMinutes", "ActivityDate", "IsAllDayEvent"}
)

StoredRow = dict[str, SqlValue]


def complete(row: StoredRow) -> None:
    """Fill in a new event's other times.

    Raises REQUIRED_FIELD_MISSING without a start or an end, FIELD_INTEGRITY_EXCEPTION where two contradict.
    """
    if row.get("IsAllDayEvent"):
        _complete_all_day(row)
        return
    start = _agreed(row, "StartDateTime", "ActivityDateTime")
    end, duration = row.get("EndDateTime"), row.get("DurationInMinutes")
    missing = ["StartDateTime"] if start is None else []
    if end is None and duration is None:
        missing.append("DurationInMinutes")
    if missing or start is None:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        raise ApiError(400, "REQUIRED_FIELD_MISSING", message, missing)
    if end is None:
        end = start + int(duration or 0) * _MINUTE
    minutes = (int(end) - start) // _MINUTE
    if duration is not None and int(duration) != minutes:
        raise _contradiction("Duration: end date and duration of an event must agree", "DurationInMinutes")
    if minutes < 0:
        raise _contradiction("End Date Time: an event cannot end before it starts", "EndDateTime")
    if minutes > _MAX_MINUTES:
        raise _contradiction("End Date Time: an event cannot last longer than 14 days", "EndDateTime")
    day = moments.from_ms(start).date().isoformat()
    if row.get("ActivityDate") not in (None, day):
        raise _contradiction("ActivityDate and StartDateTime of an event must agree", "ActivityDate")
    row.update(
        StartDateTime=start,
        ActivityDateTime=start,
        EndDateTime=end,
        DurationInMinutes=minutes,
        ActivityDate=day,
        EndDate=moments.from_ms(int(end)).date().isoformat(),
    )


def _complete_all_day(row: StoredRow) -> None:
    """An all-day event stands on days, at UTC midnight; its end is the midnight of its last day."""
    start = _agreed(row, "StartDateTime", "ActivityDateTime")
    day = row.get("ActivityDate")
    if day is None and start is not None:
        day = moments.from_ms(start).date().isoformat()
    if day is None:
        raise ApiError(400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [ActivityDate]", ["ActivityDate"])
    midnight = moments.parse_instant(f"{day}T00:00:00Z") or 0
    if start is not None and start != midnight:
        raise _contradiction("Start Date Time: an all-day event starts at midnight UTC of its day", "StartDateTime")
    end, duration = row.get("EndDateTime"), row.get("DurationInMinutes")
    last = midnight if end is None else int(end)
    if end is None and duration is not None:
        last = midnight + (int(duration) - 24 * 60) * _MINUTE
    if last % (24 * 60 * _MINUTE) or last < midnight:
        raise _contradiction("End Date Time: an all-day event ends at midnight UTC of its last day", "EndDateTime")
    minutes = (last - midnight) // _MINUTE + 24 * 60
    if duration is not None and int(duration) != minutes:
        raise _contradiction("Duration: end date and duration of an event must agree", "DurationInMinutes")
    row.update(
        StartDateTime=midnight,
        ActivityDateTime=None,
        EndDateTime=last,
        DurationInMinutes=minutes,
        ActivityDate=day,
        EndDate=moments.from_ms(last).date().isoformat(),
    )


def keep_consistent(before: Mapping[str, SqlValue], given: Mapping[str, SqlValue], after: StoredRow) -> None:
    """Recompute the times of a changed event: a moved start keeps the duration, unless the end moves too."""
    if not _TIMES & given.keys():
        return
    derived: StoredRow = {name: given.get(name) for name in _TIMES}
    derived["IsAllDayEvent"] = after.get("IsAllDayEvent")
    if not ({"StartDateTime", "ActivityDateTime", "ActivityDate"} & given.keys()):
        derived["StartDateTime"] = before.get("StartDateTime")
    if not after.get("IsAllDayEvent") and derived["StartDateTime"] is None and derived["ActivityDateTime"] is None:
        derived["StartDateTime"] = before.get("StartDateTime")
    if not ({"EndDateTime", "DurationInMinutes"} & given.keys()):
        derived["DurationInMinutes"] = before.get("DurationInMinutes")
    complete(derived)
    after.update(derived)


def _agreed(row: StoredRow, one: str, other: str) -> int | None:
    first, second = row.get(one), row.get(other)
    if first is not None and second is not None and first != second:
        raise _contradiction(f"{one} and {other} of an event must agree", one)
    found = second if first is None else first
    return None if found is None else int(found)


def _contradiction(message: str, field: str) -> ApiError:
    return ApiError(400, "FIELD_INTEGRITY_EXCEPTION", message, [field])
