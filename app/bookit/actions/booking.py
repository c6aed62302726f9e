"""A new meeting as one transaction: nothing of it stands without the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.bookit.actions.acted_on import CHANNEL
from app.bookit.actions.claims import OFFER
from app.bookit.actions.hosting import Chosen
from app.bookit.actions.prospect_match import MatchedRecords
from app.bookit.availability.hosts import KnownHost
from app.bookit.counts.snapshot import written
from app.bookit.meeting_types.records import MeetingType
from app.bookit.picklists import booking_method_value, entry_kind_value, snake, status_value
from app.bookit.routing.routed import Routed, RoutedProspect
from app.org.caller import Caller
from app.org.reader import Row
from app.org.writes import Create, Ref, Value, Write

EVENT: Final = "event"
LOG: Final = "log"
MEETING: Final = "meeting"
"""What the transaction calls its records."""
OWN_ID: Final = "MCP-"
"""How BookIt's id of a meeting begins that was made here."""
_SUBJECT: Final = 255


@dataclass(frozen=True, slots=True)
class Conference:
    provider: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class Booking:
    """All that is decided about a new meeting. hosts: the main host first. chosen: of a pool. meeting_id: BookIt's own
    id, made by us. period_start: the first day of the count period. consumed: credits the chosen one ever consumed.
    """

    meeting_id: str
    kind: MeetingType
    start: datetime
    end: datetime
    zone: ZoneInfo
    hosts: tuple[KnownHost, ...]
    pool_id: str | None
    chosen: Chosen | None
    period_start: date | None
    consumed: int
    prospect: RoutedProspect
    guests: tuple[str, ...]
    answers: Mapping[str, str]
    conference: Conference
    location: str | None
    matched: MatchedRecords
    routing: Routed | None
    now: datetime

    @property
    def host(self) -> KnownHost:
        return self.hosts[0]

    @property
    def prospect_name(self) -> str:
        named = " ".join(part for part in (self.prospect.first_name, self.prospect.last_name) if part)
        return named or self.prospect.email


def conference_of(connections: Sequence[Row], host: KnownHost, provider: str | None) -> Conference:
    """The host's own connection: of the meeting type's provider if he has that, else his default; none if he has none.
    connections: rows of availability/connections; provider: as answers spell it."""
    own = [row for row in connections if row["User"]["Id"] == host.user_id]
    wanted = (row for row in own if snake(row["Provider"]) == provider)
    row = next(wanted, own[0] if own else None)
    return Conference(row["Provider"], row["Link"]) if row is not None else Conference(None, None)


def offer_claim(booking: Booking, offer: str) -> Create:
    """An offer books once: this key, without a number that could rise, stands for it."""
    period = offer_period(offer)
    return Create(
        "Claim",
        {
            "Claim_Key": f"offer|{offer}",
            "Host": booking.host.user_id,
            "Period": period,
            "Number": 1,
            "Meeting": booking.meeting_id,
        },
    )


def offer_period(offer: str) -> str:
    return f"{OFFER}{offer}"


def booking_writes(booking: Booking, caller: Caller) -> tuple[Write, ...]:
    """The transaction, without claims: the event, the routing log, the meeting, and all that hangs on it."""
    return (
        _event(booking),
        *_log(booking),
        _meeting(booking, caller),
        *_attendees(booking),
        _activity(caller),
        *_ledger(booking, caller),
        *_invitees(booking),
    )


def _event(booking: Booking) -> Create:
    return Create(
        "Event",
        {
            "OwnerId": booking.host.user_id,
            "Subject": f"{booking.kind.name} with {booking.prospect_name}"[:_SUBJECT],
            "StartDateTime": booking.start,
            "EndDateTime": booking.end,
            "Location": booking.location,
            "Description": booking.conference.link,
            "WhoId": booking.matched.contact or booking.matched.lead,
            "ShowAs": "Busy",
            "IsPrivate": False,
        },
        EVENT,
    )


def _log(booking: Booking) -> tuple[Create, ...]:
    routing = booking.routing
    if routing is None:
        return ()
    values: dict[str, Value] = {
        "BookIt_Log_Id": routing.log_id,
        "Graph": routing.graph_id,
        "Trigger_Node": routing.trigger_node,
        "Inputs": _json(routing.inputs),
        "Path": _json([list(step) for step in routing.path]),
        "Result": "Calendar",
        "Meeting_Type": booking.kind.id,
        "Pool": booking.pool_id,
        "Routed_To": booking.host.user_id,
        "Routed_Date": booking.now,
        "Prospect_Email": booking.prospect.email,
    }
    return (Create("Routing_Log", values, LOG),)


def _meeting(booking: Booking, caller: Caller) -> Create:
    routing, kind = booking.routing, booking.kind
    return Create(
        "Meeting",
        {
            # The record is its host's, as BookIt's own are: where nothing is shared he would not see it otherwise.
            "OwnerId": booking.host.user_id,
            "Meeting_Id": booking.meeting_id,
            "Status": status_value("scheduled"),
            "Calendar_Status": "Pending",
            "Start": booking.start,
            "End": booking.end,
            "Timezone": booking.zone.key,
            "Meeting_Type": kind.id,
            "Main_Host": booking.host.user_id,
            "Original_Host": booking.host.user_id,
            "Pool": booking.pool_id,
            "Pool_Member": booking.chosen.standing.member_id if booking.chosen else None,
            "Meeting_Category": kind.category.id if kind.category else None,
            "Booking_Method": booking_method_value("mcp"),
            "Booked_By": caller.user_id,
            "Booked_Date": booking.now,
            "Prospect_Name": booking.prospect_name[:255],
            "Prospect_Email": booking.prospect.email,
            "Company": booking.prospect.company,
            "Lead": booking.matched.lead if booking.matched.contact is None else None,
            "Contact": booking.matched.contact,
            "Account": booking.matched.account,
            "Event_Id": Ref(EVENT),
            "Conference_Provider": booking.conference.provider,
            "Conference_Link": booking.conference.link,
            "Form_Answers": _json(booking.answers) if booking.answers else None,
            "Log": Ref(LOG) if routing is not None else None,
            "BookIt_Log_Id": routing.log_id if routing is not None else None,
            "Trigger_Node": routing.trigger_node if routing is not None else None,
            "Reschedule_Count": 0,
            "Is_No_Show": False,
            "Selection_Snapshot": written(booking.chosen.snapshot) if booking.chosen else None,
            # Consent cannot be collected here, so it is never given (guide, Write Capabilities).
            "SMS_Consent": False,
        },
        MEETING,
    )


def _attendees(booking: Booking) -> tuple[Create, ...]:
    # The main host has a row too: "own to read" is one semi-join over the attendees.
    roles = ["Host", *(["Additional Host"] * (len(booking.hosts) - 1))]
    colleagues = [(host.name, host.email, role, host.user_id) for host, role in zip(booking.hosts, roles, strict=True)]
    others = [(booking.prospect_name, booking.prospect.email, "Prospect", None)]
    others += [(guest, guest, "Guest", None) for guest in booking.guests]
    return tuple(
        Create(
            "Attendee",
            {"Meeting": Ref(MEETING), "Name": name[:80], "Email": email, "Role": role, "User": user},
        )
        for name, email, role, user in (*colleagues, *others)
    )


def _activity(caller: Caller) -> Create:
    return Create(
        "Meeting_Activity",
        {
            "Meeting": Ref(MEETING),
            "Kind": "Booked",
            "Actor": caller.actor,
            "Channel": CHANNEL,
            "New_Value": status_value("scheduled"),
        },
    )


def _ledger(booking: Booking, caller: Caller) -> tuple[Create, ...]:
    if booking.chosen is None or booking.pool_id is None:
        return ()
    member = booking.chosen.standing.member_id
    category = booking.kind.category.id if booking.kind.category else None
    common: dict[str, Value] = {
        "Pool": booking.pool_id,
        "Member": member,
        "Meeting_Category": category,
        "Period_Start": booking.period_start,
        "Delta": 1,
        "Meeting": Ref(MEETING),
        "Changed_By": caller.actor,
    }
    scheduled = {
        "Kind": entry_kind_value("scheduled"),
        "Entry_Key": f"sched|{booking.meeting_id}|1",
        "Reason": "Booked",
    }
    entries = [Create("Count_Entry", {**common, **scheduled})]
    if booking.chosen.credit_consumed:
        consumed = {
            "Kind": entry_kind_value("credit_consumed"),
            # The n-th credit that this member ever consumes: two bookings cannot consume the same one.
            "Entry_Key": f"consume|{member}|{category or ''}|{booking.consumed + 1}",
            "Reason": "This turn came because of a credit",
        }
        entries.append(Create("Count_Entry", {**common, **consumed}))
    return tuple(entries)


def _invitees(booking: Booking) -> tuple[Create, ...]:
    return tuple(
        Create("Event_Relation", {"EventId": Ref(EVENT), "RelationId": host.user_id, "Status": "New"})
        for host in booking.hosts[1:]
    )


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
