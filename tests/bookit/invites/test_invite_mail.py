"""The mail around an invite: its headers are ours alone, and every client finds the invite in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from app.bookit.invites.icalendar_object import icalendar_object
from app.bookit.invites.invitation import Invitation, Person
from app.bookit.invites.invite_mail import invite_mails
from app.mail.mailer import Mail
from app.mail.plain import plain
from tests.bookit.invites.invitations import (
    ATTACKS,
    DEMO,
    DOMAIN,
    JORDAN,
    NOW,
    RILEY,
    SENDER,
    START,
    invitations,
)

HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}


def mails(invitation: Invitation) -> tuple[Mail, ...]:
    return invite_mails(invitation, sender=SENDER, domain=DOMAIN, now=NOW)


def written(mail: Mail) -> bytes:
    return mail.message.as_bytes()


def read(mail: Mail) -> EmailMessage:
    """The message as somebody else's parser reads it."""
    parsed = message_from_bytes(written(mail), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def parts(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if not part.is_multipart()]


def words(invitation: Invitation) -> str:
    content = parts(read(mails(invitation)[0]))[0].get_content()
    assert isinstance(content, str)
    return content


@given(invitations())
def test_no_text_makes_a_header(invitation: Invitation) -> None:
    for mail, person in zip(mails(invitation), invitation.reachable, strict=True):
        head = written(mail).partition(b"\r\n\r\n")[0]
        names = re.findall(rb"^([^\s:]+):", head, re.MULTILINE)
        assert sorted(set(names)) == sorted(names)
        assert {name.decode() for name in names} - {"Reply-To"} == HEADERS
        message = read(mail)
        assert message.defects == []
        assert message["From"] == SENDER
        assert message["To"] == mail.recipient == person.email
        if "Reply-To" in message:
            assert invitation.organizer is not None
            assert message["Reply-To"] == invitation.organizer.email


@given(invitations())
def test_the_subject_reads_as_the_summary_does(invitation: Invitation) -> None:
    # A header may begin on its second line (RFC 5322, section 2.2.3); the parser then keeps the space before it.
    occasion, separator, shown = read(mails(invitation)[0])["Subject"].partition(":")
    assert occasion.lstrip() in {"Invitation", "Updated invitation", "Canceled"}
    assert separator
    meant = "".join(plain(invitation.summary).split())
    assert "".join(shown.split())[:100] == meant[:100]


@given(invitations())
def test_every_mail_holds_words_and_the_invite_twice(invitation: Invitation) -> None:
    for mail in mails(invitation):
        message = read(mail)
        text, calendar, attached = parts(message)
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/calendar",
            "application/ics",
        ]
        assert (calendar.get_param("method"), calendar.get_param("charset")) == (invitation.method, "utf-8")
        assert calendar.get_payload(decode=True) == _calendar(invitation)
        assert attached.get_payload(decode=True) == _calendar(invitation)
        assert attached.get_filename() == "invite.ics"
        assert f"({invitation.zone.key}, UTC" in text.get_content()


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_by_summary_adds_no_header(text: str) -> None:
    (mail, *_) = mails(replace(DEMO, summary=text, people=(Person(text, JORDAN.email, "prospect"),)))
    assert set(read(mail).keys()) == HEADERS
    assert b"\nbcc:" not in written(mail).lower()


def test_the_words_say_when_where_and_who() -> None:
    assert words(DEMO).splitlines() == [
        "Product demo",
        "",
        "When: Friday, 27 November 2026, 14:00 to 14:30 (America/Los_Angeles, UTC-08:00)",
        "Join: https://zoom.example/j/42?pwd=a1",
        "Who: Riley Chen, Jordan Lee, Sam Ode",
        "",
        "You are invited to this meeting.",
    ]


def test_a_meeting_over_midnight_names_both_days() -> None:
    late = replace(DEMO, zone=ZoneInfo("Asia/Kathmandu"), end=START + timedelta(days=1), location="Room 5")
    assert "When: Saturday, 28 November 2026, 03:45 to Sunday, 29 November 2026, 03:45 (Asia/Kathmandu, UTC+05:45)" in (
        words(late)
    )
    assert "Where: Room 5" in words(late)


@pytest.mark.parametrize(
    ("invitation", "subject", "ending"),
    [
        (DEMO, "Invitation: Product demo", "You are invited to this meeting."),
        (replace(DEMO, sequence=1), "Updated invitation: Product demo", "This meeting has changed."),
        (replace(DEMO, sequence=2, method="CANCEL"), "Canceled: Product demo", "This meeting is canceled."),
        (
            replace(DEMO, sequence=2, method="CANCEL", people=(RILEY,), uninvited=True),
            "Canceled: Product demo",
            "You are no longer on this meeting.",
        ),
    ],
)
def test_the_mail_says_what_happened(invitation: Invitation, subject: str, ending: str) -> None:
    assert read(mails(invitation)[0])["Subject"] == subject
    assert words(invitation).splitlines()[-1] == ending


def test_answers_go_to_the_host_who_organizes() -> None:
    assert {read(mail)["Reply-To"] for mail in mails(replace(DEMO, organizer=RILEY))} == {RILEY.email}
    assert {read(mail)["Reply-To"] for mail in mails(DEMO)} == {None}


def test_a_mail_that_is_sent_again_is_the_same_one_and_news_is_another() -> None:
    later = datetime(2026, 11, 24, tzinfo=UTC)

    def ids(invitation: Invitation, now: datetime = NOW) -> list[str]:
        made = invite_mails(invitation, sender=SENDER, domain=DOMAIN, now=now)
        return [read(mail)["Message-ID"] for mail in made]

    assert ids(DEMO) == ids(DEMO, later)
    everything = [*ids(DEMO), *ids(replace(DEMO, sequence=1)), *ids(replace(DEMO, sequence=1, method="CANCEL"))]
    assert len(set(everything)) == 9


def _calendar(invitation: Invitation) -> bytes:
    return icalendar_object(invitation, sender=SENDER, domain=DOMAIN, now=NOW)
