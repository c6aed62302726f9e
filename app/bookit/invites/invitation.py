"""What the people of a meeting are told: that it is on, that it moved, or that it is off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from app.email_address import usable_address

Method = Literal["REQUEST", "CANCEL"]
"""RFC 5546: REQUEST invites, and updates what was sent before; CANCEL takes it back."""

HOSTS: Final = frozenset({"host", "additional_host"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the meeting. role: as answers spell it: host, additional_host, attendee, prospect, guest.

    name and email may be anything that somebody typed: what cannot be used is left out when the invite is made.
    """

    name: str
    email: str | None
    role: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """One meeting as its people should have it.

    org_id and meeting_id (BookIt's own, not Salesforce's) make the UID, which never changes. sequence: see
    `sequence_number`. start, end: aware. zone: in which the mail's text names the time. organizer: None is the sender
    of the settings. uninvited: with CANCEL, the meeting goes on, only without these people.

    Raises ValueError for a naive or empty time and for a negative sequence.
    """

    org_id: str
    meeting_id: str
    sequence: int
    method: Method
    start: datetime
    end: datetime
    zone: ZoneInfo
    summary: str
    people: tuple[Person, ...]
    location: str | None = None
    conference_link: str | None = None
    organizer: Person | None = None
    uninvited: bool = False

    def __post_init__(self) -> None:
        if self.start.utcoffset() is None or self.end.utcoffset() is None:
            raise ValueError("the start and the end of an invitation need an offset")
        if self.start >= self.end:
            raise ValueError("an invitation must end after it starts")
        if self.sequence < 0:
            raise ValueError("the sequence of an invitation is never below 0")
        if self.uninvited and self.method != "CANCEL":
            raise ValueError("only a cancellation is for people who are off a meeting that goes on")

    def uid(self, domain: str) -> str:
        """The meeting's UID in every calendar. Our own choice: with the org, since two orgs may count alike."""
        return f"{quote(self.meeting_id, safe='')}.{quote(self.org_id, safe='')}@{domain}"

    @property
    def reachable(self) -> tuple[Person, ...]:
        """The people that mail can reach, each address once: the first one's role is the one that counts."""
        found: dict[str, Person] = {}
        for person in self.people:
            address = usable_address(person.email)
            if address is not None:
                found.setdefault(address.casefold(), Person(person.name, address, person.role))
        return tuple(found.values())

    @property
    def unreachable(self) -> tuple[Person, ...]:
        """The people without an address that mail can be sent to."""
        return tuple(person for person in self.people if usable_address(person.email) is None)


def sequence_number(*, reschedules: int, reassignments: int = 0, canceled: bool = False) -> int:
    """The SEQUENCE after so many changes. RFC 5546, section 2.1.4: each change has a higher one than what it replaces,
    else calendars ignore it. A new meeting has 0."""
    return reschedules + reassignments + int(canceled)
