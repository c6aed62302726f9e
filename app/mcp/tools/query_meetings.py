"""query_meetings: the meeting log. An admin sees every meeting of the org, a user those that he hosts or is on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field

from app.bookit.directory import me
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meetings.filters import DateField, MeetingFilter
from app.bookit.meetings.grouping import CALENDAR, Group, Grouping, count_by
from app.bookit.meetings.one import no_such_meeting
from app.bookit.meetings.search import Page, Position, search
from app.bookit.picklists import LIVE, BookingMethod, MeetingStatus
from app.mcp.arguments import Arguments, AskedCursor, OneOrMore, Snake, Text
from app.mcp.call import Call
from app.mcp.cursors import make_cursor, read_cursor
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.meeting import meeting_view
from app.mcp.views.meeting_lists import (
    AdminMeetingsAnswer,
    AdminSearchedView,
    MeetingsAnswer,
    SearchedView,
    group_view,
    groups_text,
    meetings_text,
)
from app.mcp.views.moment import moment, range_view, spoken
from app.org.caller import Scope
from app.org.ids import as_record_id, is_record_id, record_id
from app.scheduling.periods import Period, TimeRange, resolve_range

MAX_GROUPINGS: Final = 3
_USER_PREFIX: Final = "005"

Status = Literal["scheduled", "rescheduled", "canceled", "cancelled"]
Order = Literal["ascending", "descending"]
UserGrouping = Literal[
    "status", "host", "meeting_type", "booking_method", "cancellation_reason", "day", "week", "month"
]


def _american(status: Status) -> MeetingStatus:
    return "canceled" if status == "cancelled" else status


def _order(value: object) -> object:
    return (
        {"asc": "ascending", "desc": "descending"}.get(value.strip().lower(), value)
        if isinstance(value, str)
        else value
    )


class QueryMeetingsArguments(Arguments):
    """What a user may ask."""

    meeting_id: Text | None = Field(
        None, description="One meeting, by the meeting_id of an earlier answer or BookIt's own id. Whatever its date."
    )
    participant: Text | None = Field(
        None,
        description="Anyone on it (host, additional host, attendee, prospect, guest): part of the name or e-mail "
        "address, a Salesforce user id, or me",
    )
    prospect: Text | None = Field(
        None, description="Whom it was booked with: part of the name, e-mail address, company or account (Acme Corp)"
    )
    meeting_type: Text | None = Field(None, description="Meeting type, by display name, internal name or id")
    status: OneOrMore[Annotated[Status, Snake, AfterValidator(_american)]] | None = Field(
        None, description="Any of these. No-shows have no status of their own: see is_no_show in the answer"
    )
    booking_method: OneOrMore[Annotated[BookingMethod, Snake]] | None = Field(
        None, description="How it was booked: any of these"
    )
    period: Annotated[Period, Snake] | None = Field(
        None,
        description="Whole days of the caller's calendar; weeks start on Monday unless the org says otherwise; "
        "last_/next_N_days include today; a weekday is the next one, today included; upcoming is from now on. "
        "Without period, start and end: 30 days back to 30 ahead",
    )
    start: Text | None = Field(
        None,
        description="Instead of period, included: RFC 3339 (2026-11-27T14:00:00-08:00, without offset beside timezone) "
        "or a date",
    )
    end: Text | None = Field(
        None, description="Like start. A time is excluded (the range ends there); a date is included, as a whole day"
    )
    date_field: Annotated[DateField, Snake] | None = Field(
        None, description="Which time the range is about: when it starts (default), was booked, or was canceled"
    )
    upcoming_only: bool | None = Field(
        None,
        description="true: only what is still to come; canceled meetings are left out unless status asks for them",
    )
    timezone: Text | None = Field(
        None, description="IANA zone for the range and the answer, America/New_York; default: the caller's own"
    )
    group_by: OneOrMore[Annotated[UserGrouping, Snake]] | None = Field(
        None,
        description="Count instead of list: up to three, at most one of day, week, month (of date_field): "
        '["month", "meeting_type"]',
    )
    order: Annotated[Order, BeforeValidator(_order)] | None = Field(
        None, description="By start; default ascending, the earliest first"
    )
    detail: bool | None = Field(
        None, description="true: with activities, form answers, reschedules, reassignments and more of each meeting"
    )
    cursor: AskedCursor = None
    limit: int = Field(25, ge=1, le=100, description="Meetings on a page")


class AdminQueryMeetingsArguments(QueryMeetingsArguments):
    """What an admin may ask."""

    mine: bool | None = Field(None, description="true: only meetings that the caller hosts or is on")
    host: Text | None = Field(None, description="Main host: name, e-mail address, Salesforce user id, or me")
    pool: Text | None = Field(None, description="Pool that it was booked through, by name or id")
    group_by: OneOrMore[Annotated[Grouping, Snake]] | None = Field(  # pyright: ignore[reportIncompatibleVariableOverride]
        None,
        description="Count instead of list: up to three, at most one of day, week, month (of date_field): "
        '["month", "meeting_type"]',
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call's arguments, resolved: what to look for, in which range of time, and how to say so."""

    wanted: MeetingFilter
    when: TimeRange | None
    searched: SearchedView

    def text(self) -> str:
        """For the prose: what was searched. The caller's own free text is left out, it stands in `searched`."""
        said = self.searched.model_dump(exclude_unset=True)
        if self.when is not None:
            zone = self.when.zone
            first, last = spoken(moment(self.when.start, zone)), spoken(moment(self.when.end, zone))
            time = f"{said.pop('date_field', 'start')} from {first} to {last} ({zone.key})"
        else:
            time = "at any time"
        shown = [
            f"{name} {', '.join(cast('list[str]', value)) if isinstance(value, list) else value}"
            if name not in ("participant", "prospect")
            else f"{name} as given"
            for name, value in said.items()
        ]
        return f"Searched: {'; '.join([time, *shown])}."


async def query_meetings(call: Call, arguments: QueryMeetingsArguments) -> Answer:
    """One call to Salesforce when names are warm: the page and the count of all in one composite."""
    if arguments.group_by:
        return await _grouped(call, arguments, arguments.group_by)
    given = arguments.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_none=True)
    place = read_cursor(call, given, arguments.cursor) if arguments.cursor is not None else None
    # A page goes on in the range of the first one: "today" must not move between two pages.
    asked_at = datetime.fromisoformat(place["now"]) if place else call.now
    asked = await _resolve(call, arguments, asked_at)
    after = Position(datetime.fromisoformat(place["start"]), tuple(place["seen"])) if place else None

    async def run(wanted: MeetingFilter) -> Page:
        return await search(
            call.reader,
            call.caller.scope,
            wanted,
            limit=arguments.limit,
            after=after,
            descending=arguments.order == "descending",
            detail=bool(arguments.detail),
        )

    page = await call.services.accounts.with_or_without(call.caller, asked.wanted, run)
    if arguments.meeting_id is not None and not page.total:
        raise no_such_meeting()
    zone = call.zone(arguments.timezone)
    items = [meeting_view(meeting, call.caller.scope, zone) for meeting in page.meetings]
    cursor = None
    if page.next is not None:
        next_place = {"now": asked_at.isoformat(), "start": page.next.start.isoformat(), "seen": list(page.next.seen)}
        cursor = make_cursor(call, given, next_place)
    structured = _answer_model(call).model_construct(
        items=items,
        total=page.total,
        has_more=cursor is not None,
        next_cursor=cursor,
        range=range_view(asked.when) if asked.when else None,
        now=moment(call.now, zone),
        searched=asked.searched,
    )
    return Answer(structured, meetings_text(items, page.total, cursor is not None, asked.text()), rows=len(items))


async def _grouped(call: Call, arguments: QueryMeetingsArguments, asked_for: list[Any]) -> Answer:
    groupings = cast("list[Grouping]", list(dict.fromkeys(asked_for)))
    if len(groupings) > MAX_GROUPINGS or sum(grouping in CALENDAR for grouping in groupings) > 1:
        raise _refused(
            f"group_by takes up to {MAX_GROUPINGS}, and only one of day, week and month.", "Ask in several calls."
        )
    if arguments.meeting_id is not None or arguments.cursor is not None:
        raise _refused("group_by goes neither with meeting_id nor with cursor.", "Leave one of them out.")
    asked = await _resolve(call, arguments, call.now)
    when = asked.when
    assert when is not None  # noqa: S101 (only meeting_id goes without a range)
    week_start = (await call.org()).week_start

    async def run(wanted: MeetingFilter) -> list[Group]:
        return await count_by(call.reader, call.caller.scope, wanted, groupings, when, week_start)

    groups = await call.services.accounts.with_or_without(call.caller, asked.wanted, run)
    total = sum(group.count for group in groups)
    structured = _answer_model(call).model_construct(
        groups=[group_view(group, groupings) for group in groups],
        total=total,
        range=range_view(when),
        now=moment(call.now, when.zone),
        searched=asked.searched,
    )
    return Answer(structured, groups_text(groups, groupings, total, asked.text()), rows=len(groups))


async def _resolve(call: Call, arguments: QueryMeetingsArguments, now: datetime) -> _Asked:
    """Names to records, words to instants. Raises BookItError, TimeError, OrgError."""
    said: dict[str, Any] = {}
    found: dict[str, Any] = {}
    admin = arguments if isinstance(arguments, AdminQueryMeetingsArguments) else None
    if admin is not None and admin.mine:
        found["mine_of"], said["mine"] = me(call.caller).id, True
    if admin is not None and admin.host is not None:
        host = await call.find("user", admin.host)
        found["host_id"], said["host"] = host.id, host.shown
    if admin is not None and admin.pool is not None:
        pool = await call.find("pool", admin.pool)
        found["pool_id"], said["pool"] = pool.id, pool.shown
    if arguments.meeting_type is not None:
        meeting_type = await call.find("meeting_type", arguments.meeting_type)
        found["meeting_type_id"], said["meeting_type"] = meeting_type.id, meeting_type.shown
    if arguments.participant is not None:
        found |= _participant(call, arguments.participant)
        said["participant"] = arguments.participant
    if arguments.prospect is not None:
        found["prospect"] = said["prospect"] = arguments.prospect
    if arguments.meeting_id is not None:
        found["meeting_id"] = said["meeting_id"] = arguments.meeting_id
        found["salesforce_id"] = as_record_id(arguments.meeting_id)
    statuses = tuple(dict.fromkeys(cast("list[MeetingStatus]", arguments.status or ())))
    if arguments.upcoming_only:
        found["starting_from"], said["upcoming_only"] = now, True
        statuses = statuses or LIVE
    if statuses:
        found["statuses"], said["status"] = statuses, list(statuses)
    if arguments.booking_method:
        methods = tuple(dict.fromkeys(arguments.booking_method))
        found["booking_methods"], said["booking_method"] = methods, list(methods)
    when = await _range(call, arguments, now)
    if when is not None:
        said["date_field"] = arguments.date_field or "start"
        found |= {"date_field": arguments.date_field or "start", "first": when.start, "last": when.end}
    searched = SearchedView if admin is None else AdminSearchedView
    return _Asked(MeetingFilter(**found), when, searched(**said))


async def _range(call: Call, arguments: QueryMeetingsArguments, now: datetime) -> TimeRange | None:
    """None: a meeting that is named by its id is looked for at any time."""
    timed = (arguments.period, arguments.start, arguments.end)
    if arguments.meeting_id is not None and timed == (None, None, None):
        return None
    return resolve_range(
        now=now,
        zone=call.zone(arguments.timezone),
        zone_is_given=arguments.timezone is not None,
        period=arguments.period,
        start=arguments.start,
        end=arguments.end,
        week_start=(await call.org()).week_start,
    )


def _participant(call: Call, text: str) -> Mapping[str, str]:
    """A participant is looked for among the attendees of the meetings that the caller may see, and nowhere else: a name
    never tells a user whether such a person exists."""
    if text.casefold() == "me":
        return {"participant_id": me(call.caller).id}
    if is_record_id(text) and text.startswith(_USER_PREFIX):
        return {"participant_id": record_id(text)}
    return {"participant": text}


def _answer_model(call: Call) -> type[MeetingsAnswer]:
    return AdminMeetingsAnswer if call.caller.scope is Scope.ADMIN else MeetingsAnswer


def _refused(message: str, hint: str) -> BookItError:
    return BookItError(ErrorCode.INVALID_ARGUMENT, message, hint)


_COMMON: Final = """\
Times are ranges on the caller's own calendar: a period (today, tomorrow, this_week, last_month, …), or start and end. \
"2pm tomorrow" is period tomorrow: the answer has each meeting's local start and its conference_link. \
Counts and comparisons over time need group_by, one call for the whole range."""

USER_DESCRIPTION: Final = f"""\
Search the caller's own meetings: those that they host or are on. Lists them in order of their start, with host, \
attendees, prospect, status and conference link, or counts them by group_by.
Use this tool for anything about which meetings there are, were or were canceled, with whom, when, and how to join.
{_COMMON}
Examples:
"What meetings do I have coming up this week?" {{"period": "this_week", "upcoming_only": true}}
"What's the conference link for my 2pm meeting tomorrow?" {{"period": "tomorrow"}}
"My meeting with Jordan Lee on Friday" {{"prospect": "Jordan Lee", "period": "friday"}}
"How many of mine were cancelled last month, and why?" {{"status": ["canceled"], "period": "last_month", \
"group_by": ["cancellation_reason"]}}"""

ADMIN_DESCRIPTION: Final = f"""\
Search all meetings of the org. Lists them in order of their start, with host, attendees, pool, prospect, status and \
conference link, or counts them by group_by.
Use this tool for anything about which meetings there are, were or were canceled, whose, with whom, when, how they \
were booked, and how bookings compare. mine: true restricts it to the caller's own ("my meetings").
{_COMMON}
Examples:
"Show me all cancelled meetings for the Enterprise AMEA Pool last week" {{"pool": "Enterprise AMEA Pool", \
"status": ["canceled"], "period": "last_week"}}
"How does booking for our Inbound Demo meeting type compare between this month and last?" (asked in November 2026) \
{{"meeting_type": "Inbound Demo", "date_field": "booked", "start": "2026-10-01", "end": "2026-11-30", \
"group_by": ["month"]}}
"Who hosted most this month?" {{"period": "this_month", "group_by": ["host"]}}
"What do I have coming up this week?" {{"mine": true, "period": "this_week", "upcoming_only": true}}"""

TOOL: Final = Tool(
    name="query_meetings",
    title="Query meetings",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={
        Scope.ADMIN: Exposure(ADMIN_DESCRIPTION, AdminQueryMeetingsArguments, AdminMeetingsAnswer),
        Scope.USER: Exposure(USER_DESCRIPTION, QueryMeetingsArguments, MeetingsAnswer),
    },
    handle=query_meetings,
    statements={
        "": frozenset({"meetings/search", "meetings/search_own", "meetings/count", "meetings/count_own"}),
        "detail": frozenset({"meetings/detail", "meetings/detail_own"}),
        "group_by": frozenset({"meetings/thin", "meetings/thin_own"}),
        "host": frozenset({"names/users"}),
        "pool": frozenset({"names/pools"}),
        "meeting_type": frozenset({"names/meeting_types"}),
    },
)
