"""What a calendar reads is what was meant, whatever people typed."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event, vCalAddress

from app.bookit.invites.icalendar_object import icalendar_object, web_link
from app.bookit.invites.invitation import Invitation, Person, sequence_number
from app.mail.plain import LONGEST_NAME, plain
from tests.bookit.invites.invitations import (
    ATTACKS,
    DEMO,
    DOMAIN,
    JORDAN,
    NOW,
    RILEY,
    SENDER,
    START,
    addresses,
    invitations,
    typed_texts,
)

CHANGES = st.lists(st.sampled_from(("reschedule", "reassign")), max_size=6)


def event_of(invitation: Invitation) -> Event:
    """The one event inside, as the library reads it."""
    (event,) = calendar_of(invitation).events
    return event


def calendar_of(invitation: Invitation) -> Calendar:
    calendar = Calendar.from_ical(icalendar_object(invitation, sender=SENDER, domain=DOMAIN, now=NOW))
    assert isinstance(calendar, Calendar)
    return calendar


def who(address: vCalAddress) -> tuple[str, str]:
    """Name and e-mail address; the name is the address's where there is none."""
    email = unquote(str(address).removeprefix("mailto:"))
    return str(address.params.get("CN", "")), email


@given(invitations())
def test_instants_and_people_come_back_the_same(invitation: Invitation) -> None:
    event = event_of(invitation)
    assert event.start == invitation.start.astimezone(UTC).replace(microsecond=0)
    assert event.end == invitation.end.astimezone(UTC).replace(microsecond=0)
    assert event.sequence == invitation.sequence
    first: dict[str, tuple[str, str]] = {}
    for person in invitation.people:
        assert person.email is not None
        first.setdefault(person.email.lower(), (plain(person.name, LONGEST_NAME), person.email))
    assert [who(attendee) for attendee in event.attendees] == list(first.values())
    assert str(event.get("SUMMARY")) == plain(invitation.summary)


@given(invitations())
def test_nothing_that_was_typed_adds_a_property(invitation: Invitation) -> None:
    calendar = calendar_of(invitation)
    assert set(calendar) == {"PRODID", "VERSION", "CALSCALE", "METHOD"}
    assert str(calendar["METHOD"]) == invitation.method
    event = event_of(invitation)
    assert event.subcomponents == []
    required = {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "ORGANIZER", "ATTENDEE"}
    assert required <= set(event) <= required | {"LOCATION", "URL", "DESCRIPTION", "STATUS"}
    for attendee in event.attendees:
        assert set(attendee.params) <= {"CN", "ROLE", "PARTSTAT", "RSVP"}


@given(invitations())
def test_every_line_is_one_that_rfc_5545_allows(invitation: Invitation) -> None:
    written = icalendar_object(invitation, sender=SENDER, domain=DOMAIN, now=NOW)
    lines = written.split(b"\r\n")
    assert lines.pop() == b""
    for line in lines:
        assert len(line) <= 75
        assert not {unicodedata.category(char) for char in line.decode("utf-8")} & {"Cc", "Cs", "Zl", "Zp"}


@given(typed_texts, st.integers(1, 200))
@example("\u202eevil", 100)
def test_plain_text_is_one_bounded_line_without_controls(text: str, most: int) -> None:
    line = plain(text, most)
    assert len(line) <= most
    assert line == plain(line, most)
    assert line.encode("utf-8").decode("utf-8") == line
    assert not any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} or char in "\\\u202e\u2066" for char in line)


@given(st.text(st.characters(categories=("L", "Nd", "Mn")), min_size=1, max_size=LONGEST_NAME))
def test_names_in_any_alphabet_are_left_as_they_are(name: str) -> None:
    assert plain(name, LONGEST_NAME) == name


@given(CHANGES)
def test_the_sequence_rises_with_every_change_and_the_uid_stays(changes: list[str]) -> None:
    made = [changes[:count] for count in range(len(changes) + 1)]
    told = [
        replace(
            DEMO,
            sequence=sequence_number(reschedules=so_far.count("reschedule"), reassignments=so_far.count("reassign")),
            start=START + timedelta(hours=len(so_far)),
            end=START + timedelta(hours=len(so_far) + 1),
        )
        for so_far in made
    ]
    last = sequence_number(
        reschedules=changes.count("reschedule"), reassignments=changes.count("reassign"), canceled=True
    )
    events = [event_of(each) for each in (*told, replace(told[-1], method="CANCEL", sequence=last))]
    assert events[0].sequence == 0
    assert all(before.sequence < after.sequence for before, after in pairwise(events))
    assert {event.uid for event in events} == {"MTG-00042.00Dxx0000001gEREAY@bookit-mcp.example"}


def test_a_cancellation_ends_the_same_event_for_everybody() -> None:
    calendar = calendar_of(replace(DEMO, method="CANCEL", sequence=1))
    (event,) = calendar.events
    assert (str(calendar["METHOD"]), str(event["STATUS"])) == ("CANCEL", "CANCELLED")
    assert event.uid == event_of(DEMO).uid
    assert len(event.attendees) == len(DEMO.people)


def test_a_host_who_is_taken_off_does_not_end_the_meeting_for_the_others() -> None:
    event = event_of(replace(DEMO, method="CANCEL", sequence=1, people=(RILEY,), uninvited=True))
    assert "STATUS" not in event
    assert [who(attendee) for attendee in event.attendees] == [("Riley Chen", "riley@company.example")]


def test_meetings_of_two_orgs_never_share_a_uid() -> None:
    others = [replace(DEMO, org_id="00Dxx0000002gERQAY"), replace(DEMO, meeting_id="MTG-00043")]
    assert len({event_of(each).uid for each in (DEMO, *others)}) == 3


def test_the_organizer_is_the_host_or_else_the_sender() -> None:
    assert who(_organizer(DEMO)) == ("", SENDER)
    assert who(_organizer(replace(DEMO, organizer=RILEY))) == ("Riley Chen", "riley@company.example")
    assert who(_organizer(replace(DEMO, organizer=Person("Riley Chen", None, "host")))) == ("Riley Chen", SENDER)


def _organizer(invitation: Invitation) -> vCalAddress:
    organizer = event_of(invitation).organizer
    assert organizer is not None
    return organizer


def test_what_means_something_in_a_uri_is_encoded_in_an_address() -> None:
    event = event_of(replace(DEMO, people=(Person("Jordan", "a%41?b&c/d+e@acme.example", "prospect"),)))
    assert str(event.attendees[0]) == "mailto:a%2541%3Fb%26c%2Fd+e@acme.example"


def test_hosts_have_accepted_and_everybody_else_is_asked() -> None:
    asked = {who(each)[1]: (each.params["ROLE"], each.params["PARTSTAT"]) for each in event_of(DEMO).attendees}
    assert asked == {
        "riley@company.example": ("CHAIR", "ACCEPTED"),
        "jordan.lee@acme.example": ("REQ-PARTICIPANT", "NEEDS-ACTION"),
        "sam@acme.example": ("OPT-PARTICIPANT", "NEEDS-ACTION"),
    }


@pytest.mark.parametrize(
    "email",
    [
        None,
        "",
        "jordan",
        "jordan@",
        "@acme.example",
        "jordan lee@acme.example",
        "jordan@acme.example\r\nBcc: evil@elsewhere.example",
        "jordan@acme.example, evil@elsewhere.example",
        "<jordan@acme.example>",
        '"jordan lee"@acme.example',
        "jordan@acme.example>\r\nDATA",
        "jörgen@acme.example",
        "jordan@-acme.example",
        "j" * 65 + "@acme.example",
        "jordan@" + "a" * 300 + ".example",
        "jordan@acme.example\n",
    ],
)
def test_who_has_no_usable_address_is_left_out_and_known(email: str | None) -> None:
    nobody = Person("Jordan", email, "prospect")
    invitation = replace(DEMO, people=(RILEY, nobody))
    assert invitation.reachable == (RILEY,)
    assert invitation.unreachable == (nobody,)
    assert [who(each)[1] for each in event_of(invitation).attendees] == [RILEY.email]


@given(addresses, st.booleans())
def test_an_address_that_stands_twice_is_invited_once(email: str, upper: bool) -> None:
    again = Person("Again", email.upper() if upper else f" {email}", "guest")
    invitation = replace(DEMO, people=(Person("First", email, "prospect"), again))
    assert [person.role for person in invitation.reachable] == ["prospect"]
    assert invitation.unreachable == ()


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://zoom.example/j/42?pwd=a1#x", "https://zoom.example/j/42?pwd=a1#x"),
        (" http://meet.example/a b ", "http://meet.example/a%20b"),
        ("https://meet.example/a\r\nATTENDEE:x", "https://meet.example/a%0D%0AATTENDEE:x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("Dial 555-0100", None),
        ("https://", None),
        ("https://[x", None),
        ("https://meet.example/" + "x" * 2_000, None),
        (None, None),
    ],
)
def test_only_a_web_address_becomes_a_link(text: str | None, link: str | None) -> None:
    assert web_link(text) == link


@pytest.mark.parametrize(
    "values",
    [
        {"start": datetime(2026, 11, 27, 14, 0)},  # noqa: DTZ001 (naive on purpose)
        {"end": START},
        {"sequence": -1},
        {"uninvited": True},
    ],
)
def test_an_invitation_that_no_calendar_could_take_is_not_made(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"offset|after|below|cancellation"):
        replace(DEMO, **values)


def test_times_are_instants_whatever_zone_they_came_in() -> None:
    local = START.astimezone(ZoneInfo("Asia/Kathmandu"))
    assert event_of(replace(DEMO, start=local)).start == START
    assert b"DTSTART:20261127T220000Z" in icalendar_object(DEMO, sender=SENDER, domain=DOMAIN, now=NOW)
    assert b"DTSTAMP:20261123T153000Z" in icalendar_object(DEMO, sender=SENDER, domain=DOMAIN, now=NOW)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_by_name_stays_a_name(name: str) -> None:
    event = event_of(replace(DEMO, people=(Person(name, JORDAN.email, "prospect"),), summary=name))
    assert [who(each)[1] for each in event.attendees] == [JORDAN.email]
    assert event.start == START
