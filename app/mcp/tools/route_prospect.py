"""route_prospect: where a prospect goes, and when he can be met there. Admin scope alone. Nothing is booked by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from app.bookit.availability.preview import Asked, preview
from app.bookit.availability.target import Target
from app.bookit.errors import BookItError, Candidate, ErrorCode
from app.bookit.meeting_types.records import MeetingType
from app.bookit.naming import MAX_CANDIDATES
from app.bookit.routing.graph import Graph, Trigger, Value
from app.bookit.routing.inputs import checked_inputs
from app.bookit.routing.matching import read_matches, ways_from
from app.bookit.routing.routed import Routed, matched_ids, path_of
from app.bookit.routing.walk import ToAddress, ToCalendar, ToNothing, Walked, walk
from app.mcp.arguments import Arguments, Text
from app.mcp.asked_times import AskedEnd, AskedPeriod, AskedStart, AskedTimezone, asked_range
from app.mcp.bookable import bookable_type
from app.mcp.call import Call
from app.mcp.offers import Offer, make_offer
from app.mcp.prospects import Prospect, contact_details, given, needed, refuse_inputs
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.availability import availability_text, day_view, host_view
from app.mcp.views.moment import moment, range_view, spoken
from app.mcp.views.routing import (
    RoutingAnswer,
    ScheduledView,
    calendar_text,
    graph_ref,
    matched_view,
    path_text,
    step_view,
    trigger_view,
    triggers_text,
)
from app.org.caller import Scope
from app.scheduling.periods import TimeRange


class RouteProspectArguments(Arguments):
    trigger_node: Text | None = Field(
        None,
        description="The routing graph's entry, by its exact name. Without it and meeting_type the answer lists the "
        "trigger nodes with their inputs",
    )
    meeting_type: Text | None = Field(
        None, description="Instead of trigger_node: straight to a meeting type (name or id), with a pool or user"
    )
    pool: Text | None = Field(None, description="With meeting_type: a pool, by name or id")
    user: Text | None = Field(
        None, description="With meeting_type: a person: name, e-mail address, Salesforce user id, or me"
    )
    prospect: Prospect | None = Field(
        None,
        description="Whom to route; needed but for the list of trigger nodes. email is required. Beside the named keys "
        "it takes the trigger node's inputs, by exact name and type: STRING and PHONE are texts, DOUBLE a number, "
        "BOOLEAN true or false",
    )
    bookit_log_id: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        None, description="The caller's own unique id of this form submission; it is kept with the booking"
    )
    period: AskedPeriod = None
    start: AskedStart = None
    end: AskedEnd = None
    timezone: AskedTimezone = None


@dataclass(frozen=True, slots=True)
class _Where:
    """Whose calendar: the outcome of a graph, or what was asked for straight away. names: as the answer shows them."""

    meeting_type: MeetingType
    target: Target
    calendar: ScheduledView


async def route_prospect(call: Call, arguments: RouteProspectArguments) -> Answer:
    """Warm: three calls to Salesforce through a graph (one for what matches, two for the times), two straight to a
    meeting type, one where no calendar is the end of it."""
    await call.require("availability")
    _check_together(arguments)
    if arguments.trigger_node is None and arguments.meeting_type is None:
        return _trigger_nodes(await call.services.graphs.of(call.caller.org_id, call.rules_reader))
    prospect = needed(arguments.prospect)
    when = await asked_range(call, arguments.period, arguments.start, arguments.end, arguments.timezone)
    routed = Routed(contact_details(prospect), log_id=arguments.bookit_log_id)
    if arguments.meeting_type is not None:
        refuse_inputs(prospect)
        meeting_type = await bookable_type(call, arguments.meeting_type)
        where = _Where(meeting_type, *await _with(call, arguments.pool, arguments.user))
        begun = RoutingAnswer.model_construct(
            result="calendar", graph=None, trigger=None, path=[], matched=matched_view({})
        )
        return await _with_calendar(call, when, where, routed, begun)
    graph = await call.services.graphs.of(call.caller.org_id, call.rules_reader)
    trigger = _trigger(graph, arguments.trigger_node or "")
    inputs = checked_inputs(trigger, given(prospect))
    found = await read_matches(call.rules_reader, ways_from(graph, trigger), prospect.email)
    walked = walk(graph, trigger, inputs, found)
    begun = RoutingAnswer.model_construct(
        result="calendar",
        graph=graph_ref(graph),
        trigger=trigger.name,
        path=[step_view(step) for step in walked.path],
        matched=matched_view(walked.matched),
    )
    match walked.outcome:
        case ToAddress(url):
            begun.result, begun.url = "redirect", url
            return Answer(begun, f"The prospect is sent to {url}. {path_text(begun.path or [])}")
        case ToNothing(reason):
            begun.result, begun.reason = "none", reason or "The flow ends there."
            return Answer(begun, f"No meeting is offered: {begun.reason} {path_text(begun.path or [])}")
        case ToCalendar() as outcome:
            where = await _by_graph(call, walked.path[-1].node, outcome)
            return await _with_calendar(call, when, where, _through(routed, graph, trigger, inputs, walked), begun)


def _check_together(arguments: RouteProspectArguments) -> None:
    whom = [name for name, value in (("pool", arguments.pool), ("user", arguments.user)) if value is not None]
    if arguments.trigger_node is not None and (arguments.meeting_type is not None or whom):
        raise _refused(
            "A trigger node routes by itself to a meeting type and to people.",
            "Give either trigger_node, or meeting_type with a pool or user.",
        )
    if arguments.meeting_type is None and whom:
        raise _refused(f"{' and '.join(whom)} go with meeting_type.", "Name the meeting type too.")
    if arguments.meeting_type is not None and len(whom) != 1:
        raise _refused("Exactly one of pool and user says with whom the meeting is.", "Name one of them.")


def _trigger(graph: Graph, name: str) -> Trigger:
    wanted = name.casefold()
    found = next((each for each in graph.triggers if each.name == name), None)
    found = found or next((each for each in graph.triggers if each.name.casefold() == wanted), None)
    if found is None:
        raise BookItError(
            ErrorCode.NOT_FOUND,
            "The live routing graph has no trigger node of that name.",
            "Take one of the candidates as trigger_node; without it and meeting_type their inputs are listed.",
            candidates=[Candidate(each.name, each.name) for each in graph.triggers[:MAX_CANDIDATES]],
        )
    return found


def _trigger_nodes(graph: Graph) -> Answer:
    views = [trigger_view(trigger) for trigger in graph.triggers]
    answer = RoutingAnswer.model_construct(trigger_nodes=views, graph=graph_ref(graph))
    return Answer(answer, triggers_text(graph), rows=len(views))


async def _with(call: Call, pool: str | None, user: str | None) -> tuple[Target, ScheduledView]:
    """The target that one of the two names. Raises BookItError, see Call.find."""
    if pool is not None:
        found = await call.find("pool", pool)
        return Target(pool_id=found.id), ScheduledView.model_construct(pool=found.shown)
    found = await call.find("user", user or "")
    return Target(user_ids=(found.id,)), ScheduledView.model_construct(user=found.shown)


async def _by_graph(call: Call, node: str, outcome: ToCalendar) -> _Where:
    """What a schedule node points to, as long as it is there. Raises BookItError not_available naming the node."""
    try:
        meeting_type = await bookable_type(call, outcome.meeting_type_id)
        target, calendar = await _with(call, outcome.pool_id, outcome.user_id)
    except BookItError as error:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            f"The routing ends at the node {node}, which cannot be booked: {error.message}",
            "Ask an admin to put the graph right, or call again with meeting_type and a pool or user.",
        ) from None
    if outcome.owner_of is not None:
        calendar.owner_of = outcome.owner_of
    return _Where(meeting_type, target, calendar)


def _through(routed: Routed, graph: Graph, trigger: Trigger, inputs: Mapping[str, Value], walked: Walked) -> Routed:
    return Routed(
        routed.prospect,
        log_id=routed.log_id,
        trigger_node=trigger.name,
        graph_id=graph.id,
        inputs=inputs,
        path=path_of(walked),
        matched=matched_ids(walked),
    )


async def _with_calendar(call: Call, when: TimeRange, where: _Where, routed: Routed, begun: RoutingAnswer) -> Answer:
    org = await call.org()
    asked = Asked(
        meeting_type=where.meeting_type,
        target=where.target,
        moved=None,
        when=when,
        org_zone=org.timezone,
        turns=False,
        week_start=org.week_start,
    )
    found = await preview(call.rules_reader, asked, call.now)
    offer = Offer(
        meeting_type_id=where.meeting_type.id,
        pool_id=where.target.pool_id,
        user_ids=where.target.user_ids,
        together=False,
        start=when.start,
        end=when.end,
        zone=when.zone.key,
        routing=routed,
    )
    begun.offer_id, expires = make_offer(call, offer)
    where.calendar.meeting_type = where.meeting_type.name
    begun.calendar = where.calendar
    begun.expires = moment(expires, when.zone)
    begun.timezone = when.zone.key
    begun.duration_minutes = found.duration_minutes
    begun.days = [day_view(day, when.zone) for day in found.days]
    begun.hosts = [host_view(host) for host in found.hosts]
    begun.now = moment(call.now, when.zone)
    begun.range = range_view(when)
    text = (
        f"{calendar_text(where.calendar, begun.path or [])}\n{availability_text(found, when.zone, _asked_text(when))}"
    )
    return Answer(begun, text, rows=sum(len(day.starts) for day in found.days))


def _asked_text(when: TimeRange) -> str:
    first, last = spoken(moment(when.start, when.zone)), spoken(moment(when.end, when.zone))
    return f"From {first} to {last} ({when.zone.key})."


def _refused(message: str, hint: str) -> BookItError:
    return BookItError(ErrorCode.INVALID_ARGUMENT, message, hint)


DESCRIPTION: Final = """\
Where a prospect goes by the org's live routing graph (BookIt for Forms), and when he can be met there. Nothing is \
booked or written by this: book_meeting takes the offer_id and one of the starts.
Use this tool before booking for a prospect. Give trigger_node with exactly its inputs in prospect, or go straight to \
a meeting type with a pool or user. With no arguments it lists the trigger nodes and their inputs: ask that first when \
you do not know them, and never make up a value that the prospect did not give.
The result is calendar (with an offer, days and hosts as in preview_availability), redirect (with a url) or none (with \
the reason). path says through which nodes, matched which lead, contact and account were found.
Examples:
"What does routing need to know?" {}
"Route jordan.lee@acme.example from the website form, 250 employees, wants a demo" {"trigger_node": "Website form", \
"prospect": {"email": "jordan.lee@acme.example", "first_name": "Jordan", "last_name": "Lee", "company": "Acme Corp", \
"employees": 250, "wants_demo": true}, "period": "next_7_days"}
"Book Jordan an Inbound Demo with Pool West" {"meeting_type": "Inbound Demo", "pool": "Pool West - USA", "prospect": \
{"email": "jordan.lee@acme.example", "first_name": "Jordan", "last_name": "Lee"}}"""

_AVAILABILITY: Final = frozenset(
    f"availability/{name}"
    for name in ("people", "settings", "vacations", "holidays", "default_hours", "events", "hosted", "attended")
)
_ROUTING: Final = frozenset(
    f"routing/{name}" for name in ("graph", "leads_by_email", "contacts_by_email", "accounts_by_website")
)

TOOL: Final = Tool(
    name="route_prospect",
    title="Route prospect",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={Scope.ADMIN: Exposure(DESCRIPTION, RouteProspectArguments, RoutingAnswer)},
    handle=route_prospect,
    statements={
        "": _AVAILABILITY | {"names/meeting_types", "meeting_types/detail"},
        "trigger_node": _ROUTING | {"names/pools", "names/users", "availability/members"},
        "pool": frozenset({"names/pools", "availability/members"}),
        "user": frozenset({"names/users"}),
    },
)
