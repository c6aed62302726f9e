"""Meetings in order of their start, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.bookit.meetings.filters import MeetingFilter
from app.bookit.meetings.records import Meeting, meeting_from
from app.bookit.meetings.scoped import statement
from app.org.caller import Scope
from app.org.reader import Ask, Reader
from soql.binding import BindValue


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: the start of its last meeting, and the ids of all meetings of that start that were shown."""

    start: datetime
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """total counts every meeting of the filter, on whatever page; next is None on the last page."""

    meetings: tuple[Meeting, ...]
    total: int
    next: Position | None


async def search(
    reader: Reader,
    scope: Scope,
    wanted: MeetingFilter,
    *,
    limit: int,
    after: Position | None = None,
    descending: bool = False,
    detail: bool = False,
) -> Page:
    """One page, and the count of all, in one round trip. Raises OrgError."""
    page, count = await reader.fetch_all(
        Ask(
            statement("detail" if detail else "search", scope),
            {**_from(wanted.binds(), after, descending), "limit": limit + 1 + (len(after.seen) if after else 0)},
            descending=descending,
        ),
        Ask(statement("count", scope), wanted.binds()),
    )
    seen = frozenset(after.seen if after else ())
    fresh = [meeting_from(row, detail=detail) for row in page.rows if row["Id"] not in seen]
    shown = tuple(fresh[:limit])
    more = len(fresh) > limit
    return Page(shown, _counted(count.rows), _position(shown, after) if more else None)


async def one(reader: Reader, scope: Scope, wanted: MeetingFilter, *, detail: bool) -> Meeting | None:
    """The meeting that a filter by id names, if the caller may see it. Raises OrgError."""
    result = await reader.fetch(
        statement("detail" if detail else "search", scope), {**wanted.binds(), "limit": 1}, descending=False
    )
    return meeting_from(result.rows[0], detail=detail) if result.rows else None


def _counted(rows: tuple[Mapping[str, object], ...]) -> int:
    counted = rows[0]["n"] if rows else 0
    assert isinstance(counted, int)  # noqa: S101
    return counted


def _from(binds: Mapping[str, BindValue], after: Position | None, descending: bool) -> Mapping[str, BindValue]:
    if after is None:
        return binds
    return {**binds, "start_until" if descending else "start_from": after.start}


def _position(shown: tuple[Meeting, ...], after: Position | None) -> Position:
    start = shown[-1].start
    before = after.seen if after is not None and after.start == start else ()
    return Position(start, (*before, *(meeting.id for meeting in shown if meeting.start == start)))
