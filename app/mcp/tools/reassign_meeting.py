"""reassign_meeting: another member of the pool takes a meeting over, at the same time. Admin scope alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import structlog
from pydantic import Field

from app.bookit.actions.acted_on import ActedOn, acted_on
from app.bookit.actions.acted_on import Host as ActingHost
from app.bookit.actions.claims import Claimed, claim_writes, claims_ask, meeting_period
from app.bookit.actions.news import invitations, news
from app.bookit.actions.reassign import (
    NewHost,
    ReassignTarget,
    check_new_host,
    check_reassignable,
    check_same_meeting,
    conferencing,
    count_writes,
    find_reassign_target,
    not_free,
    on_it_words,
    reassign_writes,
    reassigned,
)
from app.bookit.actions.reschedule import TAKEN
from app.bookit.actions.taking_over import TakingOver
from app.bookit.actions.taking_time import claims_in_any_zone, claims_of_hosts, new_host_ask, taken_by
from app.bookit.availability.preview import HostPreview
from app.bookit.availability.reading import who_ask
from app.bookit.availability.target import Target
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.invites.invitation import sequence_number
from app.bookit.meeting_types.records import MeetingType
from app.bookit.naming import Named
from app.mcp.acting import MEETING_STATEMENTS, AnyActionAnswer, FollowUpView, Proposal, act, follow_ups
from app.mcp.arguments import Text
from app.mcp.call import Call
from app.mcp.confirming import ActionArguments
from app.mcp.interaction import Question
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.acted import (
    ActedMeetingView,
    ChangeView,
    acted_view,
    change,
    people_view,
    prospect_words,
    time_words,
    told_words,
)
from app.mcp.views.meeting import PersonRef
from app.mcp.views.moment import Moment
from app.mcp.views.reassign import NewHostCandidateView, ReassignPreview, candidates_text
from app.mcp.views.structured import as_json
from app.org.caller import Scope
from app.org.reader import Ask, Result
from app.org.writes import Write
from app.scheduling.zones import zone_named

_log = structlog.stdlib.get_logger(__name__)

FIRST_VERSION: Final = 8
"""Of BookIt that can reassign (guide, Write Capabilities)."""


class ReassignMeetingArguments(ActionArguments):
    meeting_id: Text = Field(description="The meeting_id of query_meetings, or BookIt's own id")
    new_host: Text | None = Field(
        None,
        description="Another member of the meeting's pool: name, e-mail address, Salesforce user id, or me. Without: "
        "all of them, each free or why not, and nothing is done",
    )


class ReassignAnswer(AnyActionAnswer):
    status: Literal["preview", "done", "declined", "candidates"] = Field(
        description="candidates: who could take the meeting over, nothing was done; preview: nothing was done yet, ask "
        "the person and call again with confirm_token; declined: the person said no, nothing was done"
    )
    confirm_token: str | None = Field(default=None, description="Only with preview")
    expires: Moment | None = Field(default=None, description="When the confirm_token does")
    follow_up: list[FollowUpView] | None = Field(
        default=None, description="Only with done: what follows it and may fail without it"
    )
    candidates: list[NewHostCandidateView] | None = Field(
        default=None, description="Only with candidates: the other members of the pool, in the order of their turns"
    )
    preview: ReassignPreview | None = Field(default=None, description="Only with preview")
    meeting: ActedMeetingView | None = Field(default=None, description="Only with done: the meeting as it is now")


class Reassign:
    """One call of reassign_meeting with a new host.

    Salesforce calls: the meeting as the caller; operation, claims, meeting, the pool's members and the new host;
    holidays, default hours, the meeting's event and the new host's time; the write.
    """

    answer_model = ReassignAnswer

    def __init__(self, call: Call, arguments: ReassignMeetingArguments, new_host: str) -> None:
        self._call = call
        self._arguments = arguments
        self._new_host = new_host
        self._prepared: tuple[ReassignTarget, Named, MeetingType] | None = None

    async def prepare(self) -> Sequence[Ask]:
        call = self._call
        named = await call.find("user", self._new_host)
        target = await find_reassign_target(call.reader, self._arguments.meeting_id)
        types = call.services.meeting_types
        meeting_type = await types.by_id(target.type_id, caller=call.caller, reader=call.reader)
        self._prepared = (target, named, meeting_type)
        time = taken_by(meeting_type, target.start, target.end)
        possible = claims_in_any_zone([named.id], meeting_type, time, (await call.org()).week_start)
        asks = [
            claims_ask((_own_claim(target), *possible)),
            Ask("actions/meeting", {"id": target.id}),
            new_host_ask(named.id, call.now),
        ]
        return asks if target.pool_id is None else [*asks, who_ask(Target(pool_id=target.pool_id))]

    async def propose(self, facts: Sequence[Result], keep: Mapping[str, Any]) -> Proposal:
        del keep  # whom it goes to is an argument
        call = self._call
        assert self._prepared is not None  # noqa: S101 (prepare came first)
        target, named, meeting_type = self._prepared
        last, found, people, *members = facts
        meeting = acted_on(found.rows)
        check_reassignable(meeting, call.now)
        check_same_meeting(meeting, target)
        check_new_host(target, named.id, named.shown)
        own = [row for row in members[0].rows if row["User_Owner"]["Id"] == named.id]
        if not own or not people.rows:
            raise BookItError(
                ErrorCode.NOT_AVAILABLE,
                f"{named.shown} is no member of {target.pool_name}, the pool that the meeting came through.",
                "Call again without new_host for the members who can take it over.",
            )
        person, zone = people.rows[0], zone_named(people.rows[0]["TimeZoneSidKey"])
        question = TakingOver.of(target, meeting_type, await call.org(), call.zone(None))
        host, event_there = await question.member(call.rules_reader, person, own[0], call.now)
        if host.reason is not None:
            raise not_free(host, is_taken=host.reason in TAKEN)
        provider, link = conferencing(person["Conference_Connections"], meeting.conference_provider)
        new = NewHost(ActingHost(person["Id"], person["Name"], person["Email"], zone), own[0]["Id"], provider, link)
        week_start = (await call.org()).week_start
        claims = (
            _own_claim(target),
            *claims_of_hosts(
                [(named.id, zone)], meeting_type, taken_by(meeting_type, target.start, target.end), week_start
            ),
        )
        event_id = target.event_id if event_there else None
        writes = reassign_writes(meeting, new, call.caller, event_id=event_id, now=call.now)
        return self._proposal(meeting, new, event_id, [*writes, *claim_writes(claims, last.rows, meeting.meeting_id)])

    async def done(self, stored: Mapping[str, Any], ids: Mapping[str, str]) -> Answer:
        del ids  # nothing new has an id that anybody needs
        told = await self._call.services.invites.send(*invitations(stored["news"]), now=self._call.now)
        answer = ReassignAnswer.model_construct(status="done", meeting=stored["meeting"], follow_up=follow_ups(told))
        return Answer(answer, f"Reassigned to {stored['meeting']['host']['name']}. {told.detail}")

    def _proposal(self, meeting: ActedOn, new: NewHost, event_id: str | None, writes: Sequence[Write]) -> Proposal:
        call = self._call
        zone, after = call.zone(None), reassigned(meeting, new)
        old = [each for each in meeting.people if each.role == "host"]
        told = [*people_view(meeting), *people_view(after)[:1]] if call.services.invites.are_on else []
        preview = ReassignPreview.model_construct(
            meeting=acted_view(meeting, zone),
            changes=_changes(meeting, new, event_id, counted=bool(count_writes(meeting, new, call.caller))),
            told=told,
            new_host=PersonRef.model_construct(user_id=new.host.id, name=new.host.name, email=new.host.email),
            conference_link=new.link,
        )
        number = sequence_number(reschedules=meeting.reschedule_count, reassignments=meeting.reassignments + 1)
        org_id, start, end = call.caller.org_id, meeting.start, meeting.end
        off = news(meeting, org_id, "CANCEL", sequence=number, start=start, end=end, people=old, uninvited=True)
        on = news(after, org_id, "REQUEST", sequence=number, start=start, end=end)
        return Proposal(
            preview=preview,
            sentence=f"Give the {meeting.type_name} on {time_words(meeting.start, zone)} from {meeting.host.name} to "
            f"{new.host.name}. {_link_words(meeting, new)}{told_words(told, 'the news')}",
            about=prospect_words(meeting),
            shown=as_json(preview),
            writes=writes,
            answer={
                "meeting": as_json(acted_view(after, zone)),
                "news": [*([off] if old else []), on],
            },
        )


async def reassign_meeting(call: Call, arguments: ReassignMeetingArguments) -> Answer | Question:
    """Four calls to Salesforce when it is done, three for a preview, three for the candidates."""
    version = (await call.org()).bookit_version
    if version is None or not version.split(".")[0].isdigit() or int(version.split(".")[0]) < FIRST_VERSION:
        _log.warning("reassign_needs_bookit_8", bookit_version=version, org_id=call.caller.org_id)
        raise BookItError(
            ErrorCode.FAILED,
            "The meeting could not be reassigned.",
            "Do not try again; tell the person, who can report it to LeanData Support with the request_id.",
        )
    if arguments.new_host is None:
        return await _candidates(call, arguments)
    return await act(call, arguments, Reassign(call, arguments, arguments.new_host))


async def _candidates(call: Call, arguments: ReassignMeetingArguments) -> Answer:
    await call.require("actions")
    target = await find_reassign_target(call.reader, arguments.meeting_id)
    check_reassignable(target, call.now)
    types = call.services.meeting_types
    meeting_type = await types.by_id(target.type_id, caller=call.caller, reader=call.reader)
    question = TakingOver.of(target, meeting_type, await call.org(), call.zone(None))
    hosts = await question.others(call.rules_reader, call.now)
    candidates = [_candidate(host, target) for host in hosts]
    answer = ReassignAnswer.model_construct(status="candidates", candidates=candidates)
    return Answer(answer, candidates_text(candidates, time_words(target.start, call.zone(None))), rows=len(candidates))


def _candidate(host: HostPreview, target: ReassignTarget) -> NewHostCandidateView:
    reason, detail = host.reason, host.detail
    role = target.on_it.get(host.user_id)
    view = NewHostCandidateView.model_construct(
        user_id=host.user_id, name=host.name, free=reason is None, reason=reason, detail=detail
    )
    if role is None:
        return view
    return view.model_copy(update={"free": False, "reason": "on_the_meeting", "detail": on_it_words(role)})


def _own_claim(target: ReassignTarget) -> Claimed:
    return Claimed(target.host_id, meeting_period(target.id))


def _changes(meeting: ActedOn, new: NewHost, event_id: str | None, *, counted: bool) -> list[ChangeView]:
    changes = [
        change("host", meeting.host.name, new.host.name),
        change("conferencing link", meeting.conference_link, new.link),
    ]
    if event_id is not None:
        changes.append(change("calendar event", f"of {meeting.host.name}", f"of {new.host.name}"))
    if counted:
        changes += [
            change(f"meetings counted for {meeting.host.name}", None, "one less"),
            change(f"meetings counted for {new.host.name}", None, "one more"),
        ]
    return changes


def _link_words(meeting: ActedOn, new: NewHost) -> str:
    if new.link is not None:
        return "The conferencing link becomes the new host's. "
    lost = "loses its conferencing link" if meeting.conference_link is not None else "has no conferencing link"
    return f"The meeting {lost}: the new host has none. "


DESCRIPTION: Final = """\
Give a meeting that is still to come to another member of its pool, at the same date and time. Host, calendar event, \
conferencing link and counts follow.
Use this tool only when the person has asked for it. Find the meeting with query_meetings first. Without new_host it \
lists the other members of the pool in the order of their turns, each free or why not. With new_host the first call \
changes nothing: it shows what would happen and gives a confirm_token; ask the person, then call again with it.
Examples:
"Who could take over Riley's demo on Friday?" {"meeting_id": "a0Bxx0000004C92EAE"}
"Give it to Casey" {"meeting_id": "a0Bxx0000004C92EAE", "new_host": "Casey Nguyen"}, then the same with the \
confirm_token."""

TOOL: Final = Tool(
    name="reassign_meeting",
    title="Reassign a meeting",
    annotations=Annotations(read_only=False, destructive=True, idempotent=True),
    exposures={Scope.ADMIN: Exposure(DESCRIPTION, ReassignMeetingArguments, ReassignAnswer)},
    handle=reassign_meeting,
    statements={
        "": (MEETING_STATEMENTS - {"actions/target", "actions/event"})
        | {"actions/reassign_target", "actions/new_host", "actions/busy", "meeting_types/detail", "counts/sums"}
        | {
            f"availability/{name}"
            for name in (
                "members",
                "settings",
                "vacations",
                "holidays",
                "default_hours",
                "events",
                "hosted",
                "attended",
            )
        },
        "new_host": frozenset({"names/users"}),
    },
)
