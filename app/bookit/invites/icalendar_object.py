"""An invitation as the iCalendar object that calendars read (RFC 5545), scheduled as RFC 5546 says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit

from icalendar import STATUS, Calendar, Event, vCalAddress

from app.bookit.invites.invitation import HOSTS, Invitation, Person
from app.email_address import usable_address
from app.mail.plain import LONGEST_NAME, LONGEST_URL, plain

PRODUCT: Final = "-//BookIt MCP//Invites//EN"

_ROLES: Final = {"host": "CHAIR", "guest": "OPT-PARTICIPANT"}
_ADDRESS_SAFE: Final = "@!$'*+-._~"
_URL_SAFE: Final = "!#$%&'()*+,-./:;=?@[]_~"


def icalendar_object(invitation: Invitation, *, sender: str, domain: str, now: datetime) -> bytes:
    """The object, in UTF-8 with CRLF. Times are UTC, to the second. now: becomes DTSTAMP. sender: an address that can
    be sent to; the organizer where the invitation names none."""
    calendar = Calendar()
    calendar.prodid, calendar.version, calendar.calscale = PRODUCT, "2.0", "GREGORIAN"
    calendar.method = invitation.method
    calendar.add_component(_event(invitation, sender, domain, now))
    return calendar.to_ical()


def web_link(text: str | None) -> str | None:
    """A conference link that may be shown as one: http or https, on one line, bounded. None for anything else."""
    if text is None:
        return None
    link = quote(text.strip(), safe=_URL_SAFE, errors="replace")
    try:
        parts = urlsplit(link)
    except ValueError:  # a bracket that is no IPv6 address
        return None
    return link if parts.scheme in {"http", "https"} and parts.hostname and len(link) <= LONGEST_URL else None


def _event(invitation: Invitation, sender: str, domain: str, now: datetime) -> Event:
    link = web_link(invitation.conference_link)
    # RFC 5546, section 3.2.5: a CANCEL for some of the people must have no STATUS, or it would end it for all.
    ending = None if invitation.uninvited else STATUS.CANCELLED
    return Event.new(
        uid=invitation.uid(domain),
        stamp=_utc(now),
        sequence=invitation.sequence,
        start=_utc(invitation.start),
        end=_utc(invitation.end),
        summary=plain(invitation.summary),
        location=plain(invitation.location or "") or link,
        url=link,
        description=f"Join: {link}" if link else None,
        status=ending if invitation.method == "CANCEL" else STATUS.CONFIRMED,
        organizer=_organizer(invitation.organizer, sender),
        attendees=[_attendee(person) for person in invitation.reachable],
    )


def _organizer(organizer: Person | None, sender: str) -> vCalAddress:
    address = usable_address(organizer.email) if organizer is not None else None
    return _cal_address(address or sender, organizer.name if organizer is not None else "")


def _attendee(person: Person) -> vCalAddress:
    """Hosts have accepted by being booked; everybody else is asked."""
    address = _cal_address(person.email or "", person.name)
    is_host = person.role in HOSTS
    address.params["ROLE"] = _ROLES.get(person.role, "REQ-PARTICIPANT")
    address.params["PARTSTAT"] = "ACCEPTED" if is_host else "NEEDS-ACTION"
    address.params["RSVP"] = "FALSE" if is_host else "TRUE"
    return address


def _cal_address(email: str, name: str) -> vCalAddress:
    """A mailto URI (RFC 6068: what has a meaning in a URI is percent-encoded) with the name beside it."""
    address = vCalAddress(f"mailto:{quote(email, safe=_ADDRESS_SAFE)}")
    common_name = plain(name, LONGEST_NAME)
    if common_name:
        address.params["CN"] = common_name
    return address


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)
