"""view_counts: whose turn it is in a pool and why, and how its counts came to be what they are. Admin scope alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from app.bookit.counts.history import HistoryFilter, HistoryOf, HistoryPage, Position, history_asks, history_page
from app.bookit.counts.pools import PoolSettings
from app.bookit.counts.standings import categories_in, standings_from, sums_asks
from app.bookit.errors import BookItError, Candidate, ErrorCode
from app.bookit.meetings.records import Reference
from app.bookit.naming import MAX_CANDIDATES, Named
from app.bookit.pools.members import PoolMember, members_ask, members_from
from app.mcp.arguments import Arguments, Snake, Text
from app.mcp.call import Call
from app.mcp.cursors import make_cursor, read_cursor
from app.mcp.signing import MAX_LENGTH
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.counts import (
    NOT_LOOKED_AT,
    CategoryCountsView,
    CountsAnswer,
    CountsSearchedView,
    HistoryView,
    NextView,
    category_ref,
    counts_text,
    entry_view,
    history_text,
    member_view,
    period_view,
    person_ref,
    pool_ref,
)
from app.mcp.views.moment import moment, range_view
from app.mcp.views.turns import turn_text
from app.org.caller import Scope
from app.org.ids import is_record_id
from app.org.reader import Ask, Result, Row
from app.scheduling.periods import Period, TimeRange, range_of_period
from app.scheduling.round_robin import last_chosen, turn_order


def _history_of(value: object) -> object:
    """true is the calibration history, false none."""
    return {True: "calibration", False: None}[value] if isinstance(value, bool) else value


class ViewCountsArguments(Arguments):
    pool: Text = Field(description="By name or id")
    member: Text | None = Field(
        None, description="Only this member of it: name, e-mail address, Salesforce user id, or me"
    )
    meeting_category: Text | None = Field(
        None, description="Only this one, by name or id: the meeting types that share one count"
    )
    history: Annotated[HistoryOf | None, Snake, BeforeValidator(_history_of)] = Field(
        None,
        description="calibration (or true): with the calibration history; credits: with credits given and consumed; "
        "all: with every change of a count",
    )
    period: Annotated[Period, Snake] | None = Field(
        None, description="Of the history, by when a change was made; without it the whole history"
    )
    cursor: Annotated[str, Field(max_length=MAX_LENGTH)] | None = Field(
        None, description="next_cursor of the history; repeat all other arguments as they were"
    )
    limit: int = Field(25, ge=1, le=100, description="Members shown of each category, and history entries on a page")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call's arguments, resolved. history: None when it was not asked for; after: where its page begins."""

    settings: PoolSettings
    member: Named | None
    category: Reference | None
    history: HistoryFilter | None
    after: Position | None
    asked_at: datetime
    limit: int
    zone: ZoneInfo


async def view_counts(call: Call, arguments: ViewCountsArguments) -> Answer:
    """One call to Salesforce when names and the pool's settings are warm: all in one composite."""
    given = arguments.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_none=True)
    place = read_cursor(call, given, arguments.cursor) if arguments.cursor is not None else None
    asked = await _resolve(call, arguments, place)
    settings, first_page = asked.settings, asked.after is None
    period = settings.period_at(call.now, await call.org())
    asks: list[Ask] = []
    if first_page:
        category_id = asked.category.id if asked.category else None
        asks += [members_ask(settings.id), *sums_asks(settings.id, category_id, period)]
    if asked.history is not None:
        asks += history_asks(asked.history, limit=asked.limit, after=asked.after)
    results = await call.reader.fetch_all(*asks)
    fields: dict[str, Any] = {
        "pool": pool_ref(settings),
        "distribution": settings.distribution,
        "weighted": settings.weighted,
        "count_period": period_view(settings, period),
        "now": moment(call.now, asked.zone),
        "searched": _searched(asked),
    }
    weighted = ", weighted" if settings.weighted else ""
    lines = [f"{settings.name}, {settings.distribution.replace('_', '-')}{weighted}, counted from {period.first}."]
    rows = 0
    if first_page:
        fields["categories"] = categories = _categories(call.now, asked, results)
        fields["note"] = NOT_LOOKED_AT
        lines += [*counts_text(categories), NOT_LOOKED_AT]
        rows += sum(len(each.members) for each in categories)
    if asked.history is not None:
        page = history_page(results[-2], results[-1], limit=asked.limit, after=asked.after)
        fields["history"] = history = await _history(call, asked, asked.history, page, given)
        lines += history_text(history)
        rows += len(history.items)
    return Answer(CountsAnswer.model_construct(**fields), "\n".join(lines), rows=rows)


async def _resolve(call: Call, arguments: ViewCountsArguments, place: Mapping[str, Any] | None) -> _Asked:
    """Names to records, words to instants. place: that of the cursor, if there is one. Raises BookItError, OrgError."""
    of = arguments.history
    if of is None and (arguments.period is not None or place is not None):
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            "period and cursor are about the history, which was not asked for.",
            "Add history: calibration, or leave them out.",
        )
    pool = await call.find("pool", arguments.pool)
    member = await call.find("user", arguments.member) if arguments.member is not None else None
    named = arguments.meeting_category
    category = await call.find("meeting_category", named) if named is not None else None
    # A page goes on in the range of the first one: "today" must not move between two pages.
    asked_at = datetime.fromisoformat(place["now"]) if place else call.now
    when: TimeRange | None = None
    if arguments.period is not None:
        week_start = (await call.org()).week_start
        when = range_of_period(arguments.period, now=asked_at, zone=call.zone(None), week_start=week_start)
    return _Asked(
        settings=await call.services.pool_settings.of(pool.id, caller=call.caller, reader=call.reader),
        member=member,
        category=Reference(category.id, category.shown) if category else None,
        history=HistoryFilter(
            pool_id=pool.id,
            of=of,
            user_id=member.id if member else None,
            category_id=category.id if category else None,
            when=when,
        )
        if of is not None
        else None,
        after=Position(datetime.fromisoformat(place["at"]), tuple(place["seen"])) if place else None,
        asked_at=asked_at,
        limit=arguments.limit,
        zone=call.zone(None),
    )


def _searched(asked: _Asked) -> CountsSearchedView:
    said = {"pool": asked.settings.name}
    if asked.member is not None:
        said["member"] = asked.member.shown
    if asked.category is not None:
        said["meeting_category"] = asked.category.name
    if asked.history is not None:
        said["history"] = asked.history.of
    return CountsSearchedView(**said)


def _categories(now: datetime, asked: _Asked, results: Sequence[Result]) -> list[CategoryCountsView]:
    """The turns in the category that was asked for, else in each that has counts; without any, those of zero counts."""
    members = members_from(results[0].rows)
    if asked.member is not None and not any(_is(asked.member, each) for each in members):
        raise _no_member(asked, members)
    current, earlier = results[1].rows, results[2].rows
    categories = [asked.category] if asked.category else categories_in(current, earlier) or [None]
    return [_category(now, asked, members, category, current, earlier) for category in categories]


def _category(
    now: datetime,
    asked: _Asked,
    members: Sequence[PoolMember],
    category: Reference | None,
    current: Sequence[Row],
    earlier: Sequence[Row],
) -> CategoryCountsView:
    settings = asked.settings
    counted = [each.counted() for each in members]
    category_id = category.id if category else None
    standings = standings_from(counted, current, earlier, category_id, weighted=settings.weighted)
    known = {each.id: each for each in members}
    out = {each.id: each.out_because(now, weighted=settings.weighted) for each in members}
    # Whoever is not in rotation may still be the last who was chosen, after whom an order-based pool goes on.
    in_turn = [each for each in turn_order(standings, settings.distribution) if out[each.member_id] is None]
    turns = {each.member_id: turn for turn, each in enumerate(in_turn, start=1)}
    listed = [*in_turn, *(each for each in standings if out[each.member_id] is not None)]
    if asked.member is not None:
        listed = [each for each in listed if _is(asked.member, known[each.member_id])]
    first: NextView | None = None
    if in_turn:
        last_id = last_chosen(standings)
        last = next((each for each in standings if each.member_id == last_id), None)
        names = {each.id: each.user.name if each.user else each.id for each in members}
        why = turn_text(
            in_turn, names, settings.distribution, last, asked.zone, verb="is next", alone="nobody else is in rotation"
        )
        member = known[in_turn[0].member_id]
        first = NextView.model_construct(user=person_ref(member.user), pool_member_id=member.id, why=why)
    return CategoryCountsView.model_construct(
        meeting_category=category_ref(category),
        next=first,
        members=[
            member_view(each, known[each.member_id], turns.get(each.member_id), out[each.member_id], asked.zone)
            for each in listed[: asked.limit]
        ],
        members_total=len(members),
    )


def _is(named: Named, member: PoolMember) -> bool:
    return member.user is not None and member.user.user_id == named.id


def _no_member(asked: _Asked, members: Sequence[PoolMember]) -> BookItError:
    shown = asked.member.shown if asked.member else ""
    return BookItError(
        ErrorCode.NOT_FOUND,
        f"{shown} is no member of {asked.settings.name}.",
        "Name one of its members, or leave member out to see all of them.",
        candidates=[
            Candidate(each.user.user_id, each.user.name, each.user.email) for each in members if each.user is not None
        ][:MAX_CANDIDATES],
    )


async def _history(
    call: Call, asked: _Asked, wanted: HistoryFilter, page: HistoryPage, given: Mapping[str, Any]
) -> HistoryView:
    cursor = None
    if page.next is not None:
        place = {"now": asked.asked_at.isoformat(), "at": page.next.at.isoformat(), "seen": list(page.next.seen)}
        cursor = make_cursor(call, given, place)
    users: dict[str, str] = {}
    if any(entry.changed_by and is_record_id(entry.changed_by) for entry in page.entries):
        users = {each.id: each.shown for each in await call.listed("user")}
    return HistoryView.model_construct(
        items=[entry_view(entry, users, asked.zone) for entry in page.entries],
        total=page.total,
        has_more=cursor is not None,
        next_cursor=cursor,
        range=range_view(wanted.when) if wanted.when else None,
    )


DESCRIPTION: Final = """\
Whose turn it is in a pool and why: the members of each meeting category in turn order with their counts (scheduled, \
calibration, credits, net, weight, level), who is next and the rule that decides, who is not in rotation and why not; \
with history also the calibrations, or all changes of counts, that made them what they are.
Use this tool for anything about the fairness of a pool, its order, counts, credits and calibrations. Why one meeting \
that is booked already came to its host is explain_assignment's; who is free is preview_availability's.
Examples:
"Who is next in Pool West - USA?" {"pool": "Pool West - USA"}
"Why does Riley get so few demos in the west pool?" {"pool": "Pool West - USA", "member": "Riley Carter", \
"history": "calibration"}
"Show the calibration history of the SDR Pool this month" {"pool": "SDR Pool", "history": "calibration", \
"period": "this_month"}"""

TOOL: Final = Tool(
    name="view_counts",
    title="View counts and calibrations",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={Scope.ADMIN: Exposure(DESCRIPTION, ViewCountsArguments, CountsAnswer)},
    handle=view_counts,
    statements={
        "": frozenset({"names/pools", "counts/pool", "counts/members", "counts/sums"}),
        "history": frozenset({"counts/history", "counts/history_count", "names/users"}),
        "member": frozenset({"names/users"}),
        "meeting_category": frozenset({"names/meeting_categories"}),
    },
)
