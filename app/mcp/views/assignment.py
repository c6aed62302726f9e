"""Why a meeting came to its host, as an answer shows it."""

from typing import Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.bookit.counts.assignments import Assignment, Outcome
from app.bookit.counts.snapshot import Candidate, Snapshot
from app.bookit.picklists import snake
from app.mcp.views.counts import CategoryRef, CountsView, category_ref, person_ref
from app.mcp.views.meeting import MeetingTypeRef, PersonRef, PoolRef
from app.mcp.views.moment import Moment, moment, moment_or_none, spoken
from app.mcp.views.tables import table
from app.mcp.views.turns import arithmetic, turn_text
from app.mcp.views.typed import typed
from app.scheduling.round_robin import by_turn, last_chosen
from app.scheduling.standings import Distribution

MAX_NAMED: Final = 5
"""Skipped candidates whose names the sentence holds; all of them stand among the candidates."""

_MAX_REASON: Final = 60


class AssignedMeetingView(BaseModel):
    meeting_id: str
    bookit_meeting_id: str
    meeting_type: MeetingTypeRef
    status: str
    start: Moment
    booked: Moment | None
    booking_method: str
    host: PersonRef = Field(description="Who hosts it now")


class CandidateView(CountsView):
    """A member of the pool as he stood when the meeting was booked, before it was counted."""

    user_id: str
    name: str | None
    chosen: bool
    skipped: str | None = Field(
        description="Why it could not be him: busy, paused, vacation, calendar_not_connected, …; null: nothing is noted"
    )
    arithmetic: str = Field(description="How net came about: 2 = calibration 0 + scheduled 3 - credits 1")


class HostChangeView(BaseModel):
    """The host was changed after the booking. That choice is an admin's, and no turn."""

    was: PersonRef | None
    now: PersonRef
    at: Moment | None


class AssignmentAnswer(BaseModel):
    meeting: AssignedMeetingView
    outcome: Outcome = Field(
        description="explained; no_pool: booked with a person; no_snapshot: no note of the choice was kept; "
        "unreadable_snapshot: there is one that cannot be read"
    )
    why: str = Field(description="The rule that decided, with its arithmetic; or why that cannot be said")
    pool: PoolRef | None
    meeting_category: CategoryRef | None
    distribution: Distribution | None = Field(description="Of the pool when the meeting was booked")
    weighted: bool | None
    count_period_start: str | None
    credit_consumed: bool | None = Field(description="Whether it was won only because of a credit, which is used up")
    candidates: list[CandidateView] = Field(description="In the order of their turns then; empty unless explained")
    host_changed: HostChangeView | None = Field(description="null: the host is who was chosen")
    now: Moment


def assignment_answer(assignment: Assignment, now: Moment, zone: ZoneInfo) -> AssignmentAnswer:
    snapshot, pool = assignment.snapshot, assignment.pool
    return AssignmentAnswer.model_construct(
        meeting=AssignedMeetingView.model_construct(
            meeting_id=assignment.id,
            bookit_meeting_id=assignment.meeting_id,
            meeting_type=MeetingTypeRef.model_construct(
                meeting_type_id=assignment.meeting_type.id, name=assignment.meeting_type.name
            ),
            status=assignment.status,
            start=moment(assignment.start, zone),
            booked=moment_or_none(assignment.booked, zone),
            booking_method=assignment.booking_method,
            host=person_ref(assignment.host),
        ),
        outcome=assignment.outcome,
        why=_why(assignment, zone),
        pool=PoolRef.model_construct(pool_id=pool.id, name=pool.name) if pool else None,
        meeting_category=category_ref(assignment.category),
        distribution=snapshot.distribution if snapshot else None,
        weighted=snapshot.weighted if snapshot else None,
        count_period_start=snapshot.period_start.isoformat() if snapshot else None,
        credit_consumed=snapshot.credit_consumed if snapshot else None,
        candidates=[_candidate(each, snapshot, zone) for each in snapshot.candidates] if snapshot else [],
        host_changed=_host_changed(assignment, zone),
        now=now,
    )


def assignment_text(answer: AssignmentAnswer) -> str:
    """The sentence, and a table of the candidates."""
    meeting = answer.meeting
    lines = [f"{meeting.meeting_type.name}, {spoken(meeting.start)}, hosted by {meeting.host.name}.", answer.why]
    if answer.candidates:
        rows = [
            [
                "chosen" if each.chosen else "",
                each.name or each.user_id,
                str(each.net),
                str(each.weight),
                each.level or "-",
                each.skipped or "",
            ]
            for each in answer.candidates
        ]
        lines.append(table(["", "candidate", "net", "weight", "level", "skipped"], rows))
    return "\n".join(lines)


def _why(assignment: Assignment, zone: ZoneInfo) -> str:
    snapshot = assignment.snapshot
    if snapshot is not None:
        sentences = [_decision(snapshot, zone), *_skipped(snapshot)]
        if snapshot.credit_consumed:
            sentences.append("This was won only because of a credit, which is consumed thereby.")
    else:
        sentences = [_unexplained(assignment)]
    if assignment.was_reassigned:
        sentences.append(_reassigned(assignment, zone))
    return " ".join(sentences)


def _unexplained(assignment: Assignment) -> str:
    if assignment.outcome == "no_pool":
        return "The meeting was not booked through a pool, so nobody was chosen: it was booked with its host."
    pool = assignment.pool.name if assignment.pool else "a pool"
    if assignment.outcome == "no_snapshot":
        return (
            f"The meeting was booked through {pool}, but no note of the choice was kept: why it came to its host is "
            "not on record, and the counts of today do not tell. view_counts has the history of the counts."
        )
    return (
        f"The meeting was booked through {pool}, but the note of the choice cannot be read: why it came to its host "
        "cannot be said. view_counts has the history of the counts."
    )


def _decision(snapshot: Snapshot, zone: ZoneInfo) -> str:
    winner = snapshot.winner
    names = {each.member_id: _name(each) for each in snapshot.candidates}
    standings = {each.member_id: each.standing() for each in snapshot.candidates}
    free = [standings[each.member_id] for each in snapshot.candidates if each.skip is None or each == winner]
    if snapshot.distribution == "count_based":
        free = by_turn(free)
    ordered = [each for each in free if each.weight > 0]
    if not ordered or ordered[0].member_id != winner.member_id:
        before = f"{names[ordered[0].member_id]} came before" if ordered else "nobody had a turn"
        return (
            f"{_name(winner)} was chosen although {before}, and nothing is noted that stood in the way: the choice was "
            "made by other means than the turn."
        )
    last = standings.get(last_chosen(standings.values()) or "")
    return turn_text(ordered, names, snapshot.distribution, last, zone, verb="was chosen", alone="nobody else was free")


def _skipped(snapshot: Snapshot) -> list[str]:
    at = [each.member_id for each in snapshot.candidates].index(snapshot.chosen)
    skipped = [f"{_name(each)} ({_reason(each.skip)})" for each in snapshot.candidates[:at] if each.skip is not None]
    if not skipped:
        return []
    more = f" and {len(skipped) - MAX_NAMED} more" if len(skipped) > MAX_NAMED else ""
    return [f"Skipped, though their turns came before: {', '.join(skipped[:MAX_NAMED])}{more}."]


def _reassigned(assignment: Assignment, zone: ZoneInfo) -> str:
    at = moment_or_none(assignment.reassigned, zone)
    when = f" on {spoken(at)}" if at is not None else ""
    before = assignment.reassigned_from or assignment.original_host
    was = f" from {before.name}" if before is not None and before != assignment.host else ""
    return (
        f"Since then it was reassigned{was} to {assignment.host.name}{when}, which was a person's decision and no turn."
    )


def _host_changed(assignment: Assignment, zone: ZoneInfo) -> HostChangeView | None:
    if not assignment.was_reassigned:
        return None
    return HostChangeView.model_construct(
        was=person_ref(assignment.reassigned_from or assignment.original_host),
        now=person_ref(assignment.host),
        at=moment_or_none(assignment.reassigned, zone),
    )


def _candidate(candidate: Candidate, snapshot: Snapshot, zone: ZoneInfo) -> CandidateView:
    return CandidateView.model_construct(
        user_id=candidate.user_id,
        name=typed(candidate.name),
        chosen=candidate.member_id == snapshot.chosen,
        skipped=_reason(candidate.skip) if candidate.skip is not None else None,
        arithmetic=arithmetic(candidate.standing()),
        scheduled=candidate.scheduled,
        calibration=candidate.calibration,
        credits=candidate.credits,
        net=candidate.net,
        weight=candidate.weight,
        level=candidate.level,
        order=candidate.order,
        last_assigned=moment_or_none(candidate.last_assigned, zone),
    )


def _name(candidate: Candidate) -> str:
    return typed(candidate.name, 80) or candidate.user_id


def _reason(skip: str | None) -> str:
    """One word of ours, whatever is stored."""
    return snake(skip or "")[:_MAX_REASON] or "no reason noted"
