"""What an action's people are told afterwards, kept as JSON with the action's answer so that a repeated call tells the
same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.bookit.actions.acted_on import ActedOn, Participant
from app.bookit.actions.booking import Booking
from app.bookit.invites.invitation import Invitation, Method, Person
from app.scheduling.zones import zone_named


def news(
    meeting: ActedOn,
    org_id: str,
    method: Method,
    *,
    sequence: int,
    start: datetime,
    end: datetime,
    people: Iterable[Participant] | None = None,
    organizer: Person | None = None,
    conference_link: str | None = None,
    uninvited: bool = False,
) -> Mapping[str, Any]:
    """One invitation, as JSON. people: those of the meeting, unless others are given; organizer: its host."""
    told = meeting.people if people is None else people
    host = organizer or Person(meeting.host.name, meeting.host.email, "host")
    return {
        "org": org_id,
        "meeting": meeting.meeting_id,
        "sequence": sequence,
        "method": method,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "zone": meeting.timezone or meeting.host.zone.key,
        "summary": meeting.type_name,
        "people": [[each.name or "", each.email, each.role] for each in told],
        "link": conference_link if conference_link is not None else meeting.conference_link,
        "organizer": [host.name, host.email],
        "uninvited": uninvited,
    }


def booking_news(booking: Booking, org_id: str) -> Mapping[str, Any]:
    """The first invitation of a new meeting, as JSON."""
    hosts = booking.hosts
    people: list[tuple[str, str | None, str]] = [(hosts[0].name, hosts[0].email, "host")]
    people += [(host.name, host.email, "additional_host") for host in hosts[1:]]
    people.append((booking.prospect_name, booking.prospect.email, "prospect"))
    people += [(guest, guest, "guest") for guest in booking.guests]
    return {
        "org": org_id,
        "meeting": booking.meeting_id,
        "sequence": 0,
        "method": "REQUEST",
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
        "zone": booking.zone.key,
        "summary": booking.kind.name,
        "people": [list(each) for each in people],
        "link": booking.conference.link,
        "organizer": [hosts[0].name, hosts[0].email],
        "uninvited": False,
    }


def invitations(stored: Sequence[Mapping[str, Any]]) -> tuple[Invitation, ...]:
    """What `news` kept, to be sent."""
    return tuple(_invitation(each) for each in stored)


def _invitation(stored: Mapping[str, Any]) -> Invitation:
    name, email = stored["organizer"]
    return Invitation(
        org_id=stored["org"],
        meeting_id=stored["meeting"],
        sequence=stored["sequence"],
        method=stored["method"],
        start=datetime.fromisoformat(stored["start"]),
        end=datetime.fromisoformat(stored["end"]),
        zone=_zone(stored["zone"]),
        summary=stored["summary"],
        people=tuple(Person(*each) for each in stored["people"]),
        conference_link=stored["link"],
        organizer=Person(name, email, "host"),
        uninvited=stored["uninvited"],
    )


def _zone(name: str) -> ZoneInfo:
    return zone_named(name)
