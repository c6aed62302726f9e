"""A meeting that is to be booked, or was just now."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from app.bookit.actions.booking import Booking
from app.bookit.availability.hosts import KnownHost
from app.mcp.views.meeting import AttendeeView, MeetingTypeRef, PersonRef, ProspectView
from app.mcp.views.moment import Moment, moment
from app.mcp.views.typed import typed


class BookingView(BaseModel):
    meeting_type: MeetingTypeRef
    start: Moment
    end: Moment
    host: PersonRef = Field(description="Of a pool: whose turn it is among those who are free")
    additional_hosts: list[PersonRef]
    pool_id: str | None
    prospect: ProspectView
    guests: list[str]
    conference_link: str | None
    prospect_record: str = Field(description="contact, lead: the one with this e-mail address; new_lead: there is none")


class BookingPreview(BookingView):
    told: list[AttendeeView] = Field(description="Who gets an invite by e-mail; empty: the org's own calendar tells")


class BookedView(BookingView):
    meeting_id: str
    bookit_meeting_id: str


def booking_fields(booking: Booking) -> dict[str, Any]:
    """The fields of a BookingView."""
    zone, matched = booking.zone, booking.matched
    return {
        "meeting_type": MeetingTypeRef.model_construct(meeting_type_id=booking.kind.id, name=booking.kind.name),
        "start": moment(booking.start, zone),
        "end": moment(booking.end, zone),
        "host": _person(booking.host),
        "additional_hosts": [_person(each) for each in booking.hosts[1:]],
        "pool_id": booking.pool_id,
        "prospect": ProspectView.model_construct(
            name=typed(booking.prospect_name),
            email=typed(booking.prospect.email),
            company=typed(booking.prospect.company),
        ),
        "guests": list(booking.guests),
        "conference_link": booking.conference.link,
        "prospect_record": "contact" if matched.contact else "lead" if matched.lead else "new_lead",
    }


def told_view(booking: Booking) -> list[AttendeeView]:
    """Everybody who is on it."""
    hosts = [(host.name, host.email, "additional_host") for host in booking.hosts]
    people = [
        (hosts[0][0], hosts[0][1], "host"),
        *hosts[1:],
        (booking.prospect_name, booking.prospect.email, "prospect"),
    ]
    people += [(guest, guest, "guest") for guest in booking.guests]
    return [AttendeeView.model_construct(name=typed(name), email=typed(mail), role=role) for name, mail, role in people]


def _person(host: KnownHost) -> PersonRef:
    return PersonRef.model_construct(user_id=host.user_id, name=host.name, email=host.email)
