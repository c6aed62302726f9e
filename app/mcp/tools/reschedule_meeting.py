"""reschedule_meeting: an admin moves any meeting to another time, a user those that he hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import Field

from app.bookit.actions.acted_on import ActedOn, acted_on
from app.bookit.actions.claims import Claimed, claim_writes, claims_ask, meeting_period
from app.bookit.actions.news import invitations, news
from app.bookit.actions.reschedule import (
    MovingTarget,
    check_movable,
    check_same_hosts,
    find_moving_target,
    is_free,
    not_free,
    reschedule_writes,
)
from app.bookit.actions.taking_time import claims_in_any_zone, claims_of_hosts, hosts_ask, people_rows, taken_by
from app.bookit.availability.moved import Moved
from app.bookit.availability.preview import Asked, PeopleRows, TimeRows, preview_from, rules_of, span
from app.bookit.availability.reading import org_asks, time_asks
from app.bookit.availability.target import Target
from app.bookit.errors import BookItError, Candidate, ErrorCode
from app.bookit.invites.invitation import sequence_number
from app.bookit.meeting_types.records import MeetingType
from app.mcp.acting import MEETING_STATEMENTS, ActionAnswer, Proposal, act, follow_ups
from app.mcp.arguments import Text
from app.mcp.asked_start import AskedStart, asked_start
from app.mcp.asked_times import AskedTimezone
from app.mcp.call import Call
from app.mcp.confirming import ActionArguments
from app.mcp.interaction import Question
from app.mcp.offers import read_offer
from app.mcp.signing import MAX_LENGTH
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.acted import (
    ActedMeetingView,
    ActionPreview,
    ChangeView,
    acted_view,
    change,
    people_view,
    prospect_words,
    time_words,
    told_words,
)
from app.mcp.views.moment import Moment, moment, spoken
from app.mcp.views.structured import as_json
from app.org.caller import Scope
from app.org.reader import Ask, Result
from app.scheduling.errors import HoursError, TimeError
from app.scheduling.periods import TimeRange
from app.scheduling.zones import zone_named

NEXT_STARTS: Final = 5
NEXT_DAYS: Final = timedelta(days=14)
"""How many free starts, and how far ahead, are named where the asked one cannot be had."""


class RescheduleMeetingArguments(ActionArguments):
    meeting_id: Text = Field(description="The meeting_id of query_meetings, or BookIt's own id")
    start: Text = Field(
        description="The new start, RFC 3339: 2026-11-27T14:00:00-08:00; without offset it is in timezone, else in the "
        "zone of the offer"
    )
    offer_id: str | None = Field(
        None,
        max_length=MAX_LENGTH,
        description="Of the preview_availability, with reschedule_of, that the start is from",
    )
    timezone: AskedTimezone = None


class ReschedulePreview(ActionPreview):
    new_start: Moment
    new_end: Moment


class RescheduleAnswer(ActionAnswer):
    preview: ReschedulePreview | None = Field(default=None, description="Only with preview")
    meeting: ActedMeetingView | None = Field(default=None, description="Only with done: the meeting as it is now")


@dataclass(frozen=True, slots=True)
class _Move:
    """What is asked, as far as it is known before anything is read of the hosts."""

    target: MovingTarget
    meeting_type: MeetingType
    when: AskedStart

    @property
    def end(self) -> datetime:
        return self.when.start + timedelta(minutes=self.meeting_type.duration_minutes)


class Reschedule:
    """One call of reschedule_meeting.

    Salesforce calls: the meeting as the caller; operation, claims, meeting, event and hosts; holidays, default hours
    and the hosts' time; the write. A refusal reads the time of the following days instead of writing.
    """

    answer_model = RescheduleAnswer

    def __init__(self, call: Call, arguments: RescheduleMeetingArguments) -> None:
        self._call = call
        self._arguments = arguments
        self._move: _Move | BookItError | TimeError | None = None

    async def prepare(self) -> Sequence[Ask]:
        call = self._call
        target = await find_moving_target(call.reader, self._arguments.meeting_id)
        own = Claimed(target.main_host_id, meeting_period(target.id))
        try:
            self._move = move = await self._asked(target)
        except (BookItError, TimeError) as refused:
            # Told only if this was not done already: by then an offer may have expired, and the start lie in the past.
            self._move = refused
            return (claims_ask((own,)),)
        time = taken_by(move.meeting_type, move.when.start, move.end)
        possible = claims_in_any_zone(target.host_ids, move.meeting_type, time, (await call.org()).week_start)
        asks = [
            claims_ask((own, *possible)),
            Ask("actions/meeting", {"id": target.id}),
            hosts_ask(target.host_ids, call.now),
        ]
        if target.event_id is not None:
            asks.append(Ask("actions/event", {"event": target.event_id}))
        return asks

    async def propose(self, facts: Sequence[Result], keep: Mapping[str, Any]) -> Proposal:
        del keep  # nothing is chosen here
        call, move = self._call, self._move
        if not isinstance(move, _Move):
            raise move or AssertionError("nothing was prepared")
        last, found, hosts, *events = facts
        meeting = acted_on(found.rows)
        check_movable(meeting, call.caller, move.when.start, call.now)
        check_same_hosts(meeting, move.target)
        await self._check_free(move, hosts)
        week_start = (await call.org()).week_start
        time = taken_by(move.meeting_type, move.when.start, move.end)
        zones = [(row["Id"], zone_named(row["TimeZoneSidKey"])) for row in hosts.rows]
        claims = (
            Claimed(move.target.main_host_id, meeting_period(move.target.id)),
            *claims_of_hosts(zones, move.meeting_type, time, week_start),
        )
        event_id = meeting.event_id if events and events[0].rows else None
        writes = reschedule_writes(meeting, call.caller, start=move.when.start, end=move.end, event_id=event_id)
        return self._proposal(move, meeting, event_id, [*writes, *claim_writes(claims, last.rows, meeting.meeting_id)])

    async def done(self, stored: Mapping[str, Any], ids: Mapping[str, str]) -> Answer:
        del ids  # nothing new has an id that anybody needs
        told = await self._call.services.invites.send(*invitations(stored["news"]), now=self._call.now)
        answer = RescheduleAnswer.model_construct(status="done", meeting=stored["meeting"], follow_up=follow_ups(told))
        return Answer(answer, f"Moved. {told.detail}")

    async def _asked(self, target: MovingTarget) -> _Move:
        call, arguments = self._call, self._arguments
        offer = read_offer(call, arguments.offer_id) if arguments.offer_id is not None else None
        if offer is not None and offer.moved != target.id:
            raise BookItError(
                ErrorCode.INVALID_ARGUMENT,
                "The offer is not about moving this meeting.",
                "Call preview_availability with reschedule_of and this meeting_id, and take its offer_id.",
            )
        when = asked_start(call, arguments.start, arguments.timezone, offer)
        # A type that is not active any more can still have its meetings moved (our own choice).
        types = call.services.meeting_types
        return _Move(target, await types.by_id(target.type_id, caller=call.caller, reader=call.reader), when)

    async def _check_free(self, move: _Move, hosts: Result) -> None:
        """Raises BookItError slot_taken or not_available, with the next free starts."""
        call, start = self._call, move.when.start
        asked = await self._question(move, start, start + timedelta(seconds=1))
        people, times = await self._time(asked, hosts)
        found = preview_from(asked, people, times, call.now)
        if is_free(found):
            return
        later = await self._question(move, start, start + NEXT_DAYS)
        people, times = await self._time(later, hosts)
        following = preview_from(later, people, times, call.now)
        zone = move.when.zone
        starts = [datetime.fromtimestamp(each, zone) for day in following.days for each in day.starts]
        raise not_free(
            found,
            [
                Candidate(each.isoformat(), f"{spoken(moment(each, zone))} ({zone.key})")
                for each in starts[:NEXT_STARTS]
            ],
        )

    async def _question(self, move: _Move, start: datetime, end: datetime) -> Asked:
        org, target = await self._call.org(), move.target
        together = Target(user_ids=target.host_ids, together=len(target.host_ids) > 1)
        return Asked(
            meeting_type=move.meeting_type,
            target=together,
            moved=Moved(target.id, target.event_id, target.type_id, together),
            when=TimeRange(start, end, move.when.zone),
            org_zone=org.timezone,
            week_start=org.week_start,
            turns=False,
        )

    async def _time(self, asked: Asked, hosts: Result) -> tuple[PeopleRows, TimeRows]:
        holidays, default_hours = org_asks(self._call.now, asked.when.end)
        try:
            rules = rules_of(asked.meeting_type, asked.week_start)
        except HoursError:  # of the type's own hours; the preview says so
            rules = rules_of(replace(asked.meeting_type, hours_source="host"), asked.week_start)
        busy = time_asks(asked.target.user_ids, rules, **span(asked.when))
        found = await self._call.rules_reader.fetch_all(holidays, default_hours, *busy)
        days_off, default, events, hosted, attended = (each.rows for each in found)
        return people_rows(hosts.rows, days_off, default), TimeRows(events, hosted, attended)

    def _proposal(self, move: _Move, meeting: ActedOn, event_id: str | None, writes: Sequence[Any]) -> Proposal:
        call, start, end = self._call, move.when.start, move.end
        zone = call.zone(None)
        told = people_view(meeting) if call.services.invites.are_on else []
        preview = ReschedulePreview.model_construct(
            meeting=acted_view(meeting, zone),
            changes=self._changes(meeting, start, event_id),
            told=told,
            new_start=moment(start, zone),
            new_end=moment(end, zone),
        )
        moved = replace(meeting, start=start, end=end, status="rescheduled")
        sequence = sequence_number(reschedules=meeting.reschedule_count + 1, reassignments=meeting.reassignments)
        sent = news(moved, call.caller.org_id, "REQUEST", sequence=sequence, start=start, end=end)
        there = f", for the host {time_words(start, meeting.host.zone)}" if meeting.host.zone.key != zone.key else ""
        return Proposal(
            preview=preview,
            sentence=f"Move the {meeting.type_name} that {meeting.host.name} hosts from "
            f"{time_words(meeting.start, zone)} to {time_words(start, zone)}{there}. "
            f"{told_words(told, 'the new time')}",
            about=prospect_words(meeting),
            shown=as_json(preview),
            writes=writes,
            answer={"meeting": as_json(acted_view(moved, zone)), "news": [sent]},
        )

    def _changes(self, meeting: ActedOn, start: datetime, event_id: str | None) -> list[ChangeView]:
        zone, theirs = self._call.zone(None), meeting.host.zone
        changes = [
            change("status", meeting.status, "rescheduled"),
            change("start", time_words(meeting.start, zone), time_words(start, zone)),
        ]
        if theirs.key != zone.key:
            changes.append(change("start for the host", time_words(meeting.start, theirs), time_words(start, theirs)))
        if event_id is not None:
            changes.append(change("calendar event", "there", "moved"))
        elif meeting.event_id is not None:
            changes.append(change("calendar event", "deleted", "made anew"))
        return changes


async def reschedule_meeting(call: Call, arguments: RescheduleMeetingArguments) -> Answer | Question:
    """Four calls to Salesforce when it is done, three for a preview, four for a start that cannot be had."""
    return await act(call, arguments, Reschedule(call, arguments))


DESCRIPTION: Final = """\
Move a meeting that is still to come to another time, with the same hosts. All that a booking has to respect is \
checked; a start that cannot be had is answered with the next free ones.
Use this tool only when the person has asked for it. Find the meeting with query_meetings, and times with \
preview_availability and reschedule_of. The first call changes nothing: it shows what would happen and gives a \
confirm_token; ask the person, then call again with it.
Example: "Move my meeting with Jordan Lee to Friday at 2": {"meeting_id": "a0Bxx0000004C92EAE", "start": \
"2026-11-27T14:00:00", "timezone": "America/Los_Angeles"}, then the same with the confirm_token."""

_EXPOSURE: Final = Exposure(DESCRIPTION, RescheduleMeetingArguments, RescheduleAnswer)

TOOL: Final = Tool(
    name="reschedule_meeting",
    title="Reschedule a meeting",
    annotations=Annotations(read_only=False, destructive=True, idempotent=True),
    exposures={Scope.ADMIN: _EXPOSURE, Scope.USER: _EXPOSURE},
    handle=reschedule_meeting,
    statements={
        "": (MEETING_STATEMENTS - {"actions/target"})
        | {"actions/reschedule_target", "actions/hosts", "meeting_types/detail"}
        | {f"availability/{name}" for name in ("holidays", "default_hours", "events", "hosted", "attended")}
    },
)
