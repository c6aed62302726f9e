"""Many meetings: a page of them, or how many there are of each kind."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from app.bookit.meetings.grouping import Group, Grouping, Value
from app.bookit.meetings.records import Reference
from app.mcp.views.meeting import AdminMeetingView, MeetingView
from app.mcp.views.moment import Moment, RangeView, spoken
from app.mcp.views.next_cursor import NextCursor
from app.mcp.views.tables import table
from app.mcp.views.typed import typed

LINKS_IN_TEXT = 5


class GroupView(BaseModel):
    key: dict[str, str | dict[str, str] | None] = Field(
        description="One entry for each of group_by: a record as its id and name, a day or the first day of a week as "
        "2026-11-23, a month as 2026-11, else a word; null where a meeting has none"
    )
    count: int


class SearchedView(BaseModel):
    """What was searched, names resolved to the records that they were taken for. Only what was asked for is there."""

    meeting_id: str | None = None
    participant: str | None = None
    prospect: str | None = None
    meeting_type: str | None = None
    status: list[str] | None = None
    booking_method: list[str] | None = None
    date_field: str | None = None
    upcoming_only: bool | None = None


class AdminSearchedView(SearchedView):
    mine: bool | None = None
    host: str | None = None
    pool: str | None = None


class MeetingsAnswer(BaseModel):
    """A list has items, total, has_more and next_cursor; with group_by there are groups and total instead."""

    items: list[MeetingView] | None = Field(default=None, description="The meetings of this page")
    groups: list[GroupView] | None = Field(
        default=None, description="Only with group_by; groups without meetings are left out"
    )
    total: int = Field(description="All meetings that match, on this page or not")
    has_more: bool | None = Field(default=None, description="Whether there is a next page")
    next_cursor: NextCursor = None
    range: RangeView | None = Field(description="The time that was searched; null when a meeting was named by its id")
    now: Moment
    searched: SearchedView


class AdminMeetingsAnswer(MeetingsAnswer):
    items: list[AdminMeetingView] | None = Field(default=None, description="The meetings of this page")  # pyright: ignore[reportIncompatibleVariableOverride]
    searched: AdminSearchedView  # pyright: ignore[reportIncompatibleVariableOverride]


_ID_NAMES = {"host": "user_id", "pool": "pool_id", "meeting_type": "meeting_type_id"}


def group_view(group: Group, groupings: Sequence[Grouping]) -> GroupView:
    return GroupView.model_construct(
        key={grouping: _key(grouping, value) for grouping, value in zip(groupings, group.values, strict=True)},
        count=group.count,
    )


def _key(grouping: Grouping, value: Value) -> Any:
    if isinstance(value, Reference):
        return {_ID_NAMES[grouping]: value.id, "name": value.name}
    return typed(value)


def groups_text(groups: Sequence[Group], groupings: Sequence[Grouping], total: int, scope_text: str) -> str:
    """A table of groups; a cancellation reason may be a prospect's words, so it is numbered instead of shown."""
    if not groups:
        return f"No meetings. {scope_text}"
    rows: list[list[str]] = []
    for number, group in enumerate(groups, start=1):
        cells = [
            (f"(reason {number})" if value else "(none)") if grouping == "cancellation_reason" else _cell(value)
            for grouping, value in zip(groupings, group.values, strict=True)
        ]
        rows.append([*cells, str(group.count)])
    return f"{_counted(total)}. {scope_text}\n{table([*groupings, 'count'], rows)}"


def _cell(value: Value) -> str:
    if value is None:
        return "(none)"
    return value.name if isinstance(value, Reference) else value


def _counted(total: int) -> str:
    return "1 meeting" if total == 1 else f"{total} meetings"


def meetings_text(meetings: Sequence[MeetingView], total: int, has_more: bool, scope_text: str) -> str:
    """A table of meetings by time, kind and host. Whom they are with stands in the structured answer alone."""
    if not meetings:
        return f"No meetings{' on this page' if total else ''}. {scope_text}"
    pools = any(isinstance(each, AdminMeetingView) for each in meetings)
    head = ["start", "status", "type", "host", *(["pool"] if pools else []), "meeting_id"]
    rows = [
        [
            spoken(each.start),
            f"{each.status}{', no-show' if each.is_no_show else ''}",
            each.meeting_type.name,
            each.host.name,
            *([each.pool.name if each.pool else ""] if isinstance(each, AdminMeetingView) else []),
            each.meeting_id,
        ]
        for each in meetings
    ]
    lines = [f"{len(meetings)} of {_counted(total)}. {scope_text}", table(head, rows)]
    if len(meetings) <= LINKS_IN_TEXT:
        lines += [f"Join {spoken(each.start)}: {each.conference_link}" for each in meetings if each.conference_link]
    if has_more:
        lines.append("There are more: call again with the same arguments and next_cursor as cursor.")
    return "\n".join(lines)
