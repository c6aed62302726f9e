"""Meetings counted by what they have in common.

Without a calendar: one aggregate. By day, week or month: SOQL would cut days in the zone of the user it runs as, so
up to five buckets are one bounded aggregate each, in one round trip, and more are counted here from thin rows.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, cast

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meetings.filters import MeetingFilter, field_of
from app.bookit.meetings.records import Reference
from app.bookit.meetings.scoped import statement
from app.bookit.picklists import snake
from app.org.caller import Scope
from app.org.errors import OrgError
from app.org.reader import MAX_ASKS, Ask, Reader, Row
from app.scheduling.periods import TimeRange
from app.scheduling.weekdays import Weekday, add_months, first_of_month, first_of_week
from app.scheduling.zones import day_of, start_of_day

Calendar = Literal["day", "week", "month"]
Common = Literal["status", "host", "pool", "meeting_type", "booking_method", "cancellation_reason"]
Grouping = Common | Calendar
CALENDAR: Final[tuple[Calendar, ...]] = ("day", "week", "month")

MAX_COUNTED: Final = 10_000
"""Meetings that are counted one by one for a calendar of more than five buckets: five pages of a query."""
MAX_GROUPS: Final = 500
_TOO_MANY_GROUPS: Final = "EXCEEDED_ID_LIMIT"
"""What Salesforce answers to an aggregate of more than one page: those have no further pages."""

Value = str | Reference | None
Key = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """values stand in the order of the groupings asked for. A calendar's value is the ISO date of the first day of its
    day or week, or `2026-11`."""

    values: Key
    count: int


@dataclass(frozen=True, slots=True)
class _Bucket:
    label: str
    start: datetime
    end: datetime


async def count_by(
    reader: Reader, scope: Scope, wanted: MeetingFilter, groupings: Sequence[Grouping], when: TimeRange, week: Weekday
) -> list[Group]:
    """Every group that has a meeting: the calendar in order, the largest first within it.

    At most one grouping is a calendar. Raises BookItError where there is too much to count, OrgError.
    """
    calendar: Calendar | None = next((each for each in CALENDAR if each in groupings), None)
    plain: tuple[Common, ...] = tuple(cast("Common", grouping) for grouping in groupings if grouping != calendar)
    if calendar is None:
        counts = await _aggregates(reader, scope, [wanted], plain)
        return _sorted(groupings, {tuple(key): n for key, n in counts[0].items()})
    buckets = _buckets(calendar, when, week)
    if len(buckets) <= MAX_ASKS:
        filters = [wanted.between(bucket.start, bucket.end) for bucket in buckets]
        counts = await _aggregates(reader, scope, filters, plain)
    else:
        counts = await _tallied(reader, scope, wanted, plain, buckets, calendar)
    at = groupings.index(calendar)
    merged = {
        (*key[:at], bucket.label, *key[at:]): n
        for bucket, counted in zip(buckets, counts, strict=True)
        for key, n in counted.items()
    }
    return _sorted(groupings, merged)


def _buckets(calendar: Calendar, when: TimeRange, week_start: Weekday) -> list[_Bucket]:
    """The days, weeks or months that the range touches, the first and the last cut to it."""
    first = _first_day(calendar, day_of(when.start, when.zone), week_start)
    found: list[_Bucket] = []
    while (start := start_of_day(first, when.zone)) < when.end:
        after = add_months(first, 1) if calendar == "month" else first + timedelta(days=7 if calendar == "week" else 1)
        end = start_of_day(after, when.zone)
        if max(start, when.start) < min(end, when.end):
            label = f"{first:%Y-%m}" if calendar == "month" else first.isoformat()
            found.append(_Bucket(label, max(start, when.start), min(end, when.end)))
        first = after
    return found


def _first_day(calendar: Calendar, day: date, week_start: Weekday) -> date:
    match calendar:
        case "day":
            return day
        case "week":
            return first_of_week(day, week_start)
        case "month":
            return first_of_month(day)


async def _aggregates(
    reader: Reader, scope: Scope, filters: Sequence[MeetingFilter], plain: tuple[Common, ...]
) -> list[Counter[Key]]:
    asks = (Ask(statement("count", scope), wanted.binds(), group_by=plain) for wanted in filters)
    try:
        results = await reader.fetch_all(*asks)
    except OrgError as error:
        if error.salesforce_code == _TOO_MANY_GROUPS:
            raise _too_many_groups("More than 2000") from error
        raise
    counts: list[Counter[Key]] = []
    for result in results:
        counted: Counter[Key] = Counter()
        for row in result.rows:
            if row["n"]:
                counted[_key(row, plain)] += row["n"]
        counts.append(counted)
    return counts


async def _tallied(
    reader: Reader,
    scope: Scope,
    wanted: MeetingFilter,
    plain: tuple[Common, ...],
    buckets: Sequence[_Bucket],
    calendar: str,
) -> list[Counter[Key]]:
    result = await reader.fetch(statement("thin", scope), {**wanted.binds(), "limit": MAX_COUNTED + 1})
    if len(result.rows) > MAX_COUNTED:
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            f"More than {MAX_COUNTED} meetings are too many to count over {len(buckets)} {calendar}s.",
            f"Narrow the range or the filters, or group by a longer period: up to {MAX_ASKS} of them have no limit.",
        )
    counts: list[Counter[Key]] = [Counter() for _ in buckets]
    starts = [bucket.start for bucket in buckets]
    for row in result.rows:
        counts[_place(row[field_of(wanted.date_field)], starts)][_key(row, plain)] += 1
    return counts


def _place(instant: datetime, starts: Sequence[datetime]) -> int:
    return bisect_right(starts, instant) - 1


def _reference(parent: str, name: str) -> Callable[[Row], Value]:
    def read(row: Row) -> Value:
        found = cast("Mapping[str, Any] | None", row[parent])
        return Reference(found["Id"], found[name]) if found and found["Id"] else None

    return read


def _picklist(field: str) -> Callable[[Row], Value]:
    return lambda row: snake(row[field]) if row[field] else None


_READ: Final[Mapping[str, Callable[[Row], Value]]] = {
    "status": _picklist("Status"),
    "booking_method": _picklist("Booking_Method"),
    "host": _reference("Main_Host", "Name"),
    "pool": _reference("Pool", "Grouping_Name"),
    "meeting_type": _reference("Meeting_Type", "Display_Name"),
    "cancellation_reason": lambda row: row["Cancellation_Reason"] or None,
}


def _key(row: Row, plain: tuple[Common, ...]) -> Key:
    return tuple(_READ[grouping](row) for grouping in plain)


def _sorted(groupings: Sequence[Grouping], counts: Mapping[Key, int]) -> list[Group]:
    if len(counts) > MAX_GROUPS:
        raise _too_many_groups(str(len(counts)))
    calendar = next((at for at, grouping in enumerate(groupings) if grouping in CALENDAR), None)

    def order(item: tuple[Key, int]) -> tuple[str, int, tuple[str, ...]]:
        key, count = item
        return (str(key[calendar]) if calendar is not None else "", -count, tuple(_text(value) for value in key))

    return [Group(key, count) for key, count in sorted(counts.items(), key=order)]


def _too_many_groups(count: str) -> BookItError:
    return BookItError(
        ErrorCode.INVALID_ARGUMENT,
        f"{count} groups are too many to answer; the most is {MAX_GROUPS}.",
        "Group by fewer things, or narrow the range or the filters.",
    )


def _text(value: Value) -> str:
    return f"{value.name} {value.id}" if isinstance(value, Reference) else value or ""
