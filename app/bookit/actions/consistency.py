"""Whether what the actions wrote still fits together: pure comparison of what app.bookit.actions.consistency_reading
found. Every transaction is whole when it is written; what is found here was changed or removed by somebody since, was
booked over by LeanData's own screens, or is a mistake of ours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from app.bookit.actions.booking import OWN_ID
from app.bookit.actions.claims import OFFER, time_claims
from app.bookit.picklists import CreditStatus
from app.scheduling.local_days import seconds_of

BOOKING_TOOL: Final = "book_meeting"


@dataclass(frozen=True, slots=True)
class WrittenMeeting:
    """A meeting of the org. Times in UTC. host_rows: user ids of its attendee rows of role Host (None: of nobody);
    others: of additional hosts who have not declined; net: sum of the ledger's Scheduled and Unscheduled by member id.
    """

    id: str
    meeting_id: str
    is_live: bool
    start: datetime
    end: datetime
    booked: datetime | None
    event_id: str | None
    host_id: str
    host_zone: ZoneInfo
    pool_id: str | None
    member_id: str | None
    host_rows: tuple[str | None, ...]
    others: tuple[str, ...]
    net: Mapping[str | None, int]

    @property
    def is_ours(self) -> bool:
        """Whether book_meeting made it: its id is of our making (BookIt's own MCP bookings have others)."""
        return self.meeting_id.startswith(OWN_ID)


@dataclass(frozen=True, slots=True)
class WrittenEvent:
    id: str
    owner_id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class WrittenClaim:
    """meeting_id: BookIt's own."""

    id: str
    host_id: str
    period: str
    meeting_id: str


@dataclass(frozen=True, slots=True)
class WrittenOperation:
    """is_readable: whether its answer is a JSON object; booked: BookIt's own id of the meeting that it made, if any."""

    id: str
    tool: str
    is_readable: bool
    booked: str | None


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """A row of the ledger about a meeting. kind: Salesforce's picklist value."""

    id: str
    kind: str
    key: str
    meeting_id: str | None


@dataclass(frozen=True, slots=True)
class WrittenCredit:
    """A credit request. status: pending, approved, denied."""

    id: str
    status: CreditStatus
    meeting_id: str | None
    host_id: str | None
    counts: bool

    @property
    def keys(self) -> tuple[str, str]:
        """How the ledger's row of its approval is called: by us, and by BookIt itself."""
        return f"credit|{self.meeting_id}|{self.host_id}", f"credit|{self.id}"


@dataclass(frozen=True, slots=True)
class Written:
    """What was found. events: of the meetings; known: BookIt's ids of all meetings that claims and operations name;
    keys: of credits in the ledger; complete_from: claims and operations are known from then on."""

    meetings: tuple[WrittenMeeting, ...]
    events: Mapping[str, WrittenEvent]
    claims: tuple[WrittenClaim, ...]
    operations: tuple[WrittenOperation, ...]
    entries: tuple[WrittenEntry, ...]
    credits: tuple[WrittenCredit, ...]
    known: frozenset[str]
    keys: frozenset[str]
    complete_from: datetime


def inconsistencies(written: Written) -> list[str]:
    """A sentence with ids for each; none where all is well."""
    found = [*_overlaps(written.meetings)]
    for meeting in written.meetings:
        found += [*_of_event(meeting, written.events), *_of_host_row(meeting), *_of_counts(meeting)]
    return [*found, *_of_bookings(written), *_of_nothing(written), *_of_credits(written)]


def _overlaps(meetings: Iterable[WrittenMeeting]) -> Iterator[str]:
    """Live meetings of one host at the same time. Buffers are left out: those of a type may have changed since."""
    by_host: defaultdict[str, list[WrittenMeeting]] = defaultdict(list)
    for meeting in sorted((each for each in meetings if each.is_live), key=lambda each: (each.start, each.id)):
        for host in dict.fromkeys((meeting.host_id, *meeting.others)):
            by_host[host].append(meeting)
    for host, hosted in by_host.items():
        for number, meeting in enumerate(hosted, start=1):
            for other in takewhile(lambda each, end=meeting.end: each.start < end, hosted[number:]):
                yield f"User {host} hosts {_named(meeting)} and {_named(other)} at the same time."


def _of_event(meeting: WrittenMeeting, events: Mapping[str, WrittenEvent]) -> Iterator[str]:
    event = events.get(meeting.event_id) if meeting.event_id is not None else None
    if not meeting.is_live:
        if event is not None:
            yield f"The canceled {_named(meeting)} still has its calendar event {event.id}."
    elif not meeting.is_ours:
        return
    elif event is None:
        yield f"The live {_named(meeting)} has no calendar event ({meeting.event_id or 'none was noted'})."
    elif event.owner_id != meeting.host_id:
        yield f"The calendar event {event.id} of {_named(meeting)} is user {event.owner_id}'s, not its host's."
    elif (event.start, event.end) != (meeting.start, meeting.end):
        yield f"The calendar event {event.id} of {_named(meeting)} is at another time than the meeting."


def _of_host_row(meeting: WrittenMeeting) -> Iterator[str]:
    """The main host has an attendee row, one: without it he does not see his own meeting here."""
    if meeting.host_rows != (meeting.host_id,):
        rows = ", ".join(user or "nobody" for user in meeting.host_rows) or "none"
        yield f"The host of {_named(meeting)} is user {meeting.host_id}, its attendee rows of role Host are of: {rows}."


def _of_counts(meeting: WrittenMeeting) -> Iterator[str]:
    """A meeting of a pool counts once, for its member, canceled or not; any other counts for nobody."""
    right = {meeting.member_id: 1} if meeting.pool_id is not None and meeting.member_id is not None else {}
    counted = {member: total for member, total in meeting.net.items() if total}
    if counted != right:
        shown = ", ".join(f"{member or 'nobody'}: {total:+d}" for member, total in sorted(counted.items(), key=str))
        wanted = f"once for pool member {meeting.member_id}" if right else "for nobody"
        yield f"The {_named(meeting)} has to count {wanted}, and the ledger's rows of it say: {shown or '0'}."


def _of_bookings(written: Written) -> Iterator[str]:
    """What a booking's transaction leaves beside the meeting: its operation, its offer's claim, its host's days."""
    recorded = {each.booked for each in written.operations}
    claims: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for claim in written.claims:
        claims[claim.meeting_id].add((claim.host_id, claim.period))
    for meeting in written.meetings:
        if not meeting.is_ours or meeting.booked is None or meeting.booked < written.complete_from:
            continue
        if meeting.meeting_id not in recorded:
            yield f"The {_named(meeting)} has no operation that booked it."
        if not meeting.is_live:
            continue
        held = claims[meeting.meeting_id]
        if not any(period.startswith(OFFER) for _, period in held):
            yield f"The live {_named(meeting)} has no claim of its offer."
        time = (seconds_of(meeting.start), seconds_of(meeting.end))
        needed = time_claims(meeting.host_id, meeting.host_zone, time, week_start=None)
        missing = [each.period for each in needed if (each.host_id, each.period) not in held]
        if missing:
            days = ", ".join(missing)
            yield f"The live {_named(meeting)} has no claim of its host {meeting.host_id} for {days}."


def _of_nothing(written: Written) -> Iterator[str]:
    """Rows about meetings that are not there, and answers that nobody can give again."""
    for claim in written.claims:
        if claim.meeting_id not in written.known:
            yield f"Claim {claim.id} is for meeting {claim.meeting_id}, which is not there."
    for operation in written.operations:
        if not operation.is_readable:
            yield f"The answer of operation {operation.id} ({operation.tool}) cannot be read."
        elif operation.booked is not None and operation.booked not in written.known:
            yield f"Operation {operation.id} booked meeting {operation.booked}, which is not there."
    for entry in written.entries:
        if entry.meeting_id is None:
            yield f"Ledger row {entry.id} ({entry.kind}, {entry.key}) is of a meeting that is not there."


def _of_credits(written: Written) -> Iterator[str]:
    open_ones: Counter[tuple[str | None, str | None]] = Counter()
    ours: set[str] = set()
    for request in written.credits:
        if request.status == "pending":
            open_ones[request.meeting_id, request.host_id] += 1
        elif request.status == "approved":
            ours.add(request.keys[0])
            if request.counts and not written.keys & set(request.keys):
                yield f"Credit request {request.id} is approved and has no row in the ledger."
    for (meeting, host), number in open_ones.items():
        if number > 1:
            yield f"The meeting {meeting} has {number} open credit requests of user {host}."
    for entry in written.entries:
        # BookIt's own rows are called by their request's id alone.
        if entry.key.startswith("credit|") and entry.key.count("|") == 2 and entry.key not in ours:
            yield f"Ledger row {entry.id} ({entry.key}) has no approved credit request."


def _named(meeting: WrittenMeeting) -> str:
    return f"meeting {meeting.id} ({meeting.meeting_id})"
