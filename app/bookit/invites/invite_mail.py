"""The mail that carries an invitation to one of its people: words to read, and the iCalendar object twice.

Clients that know invites take the `text/calendar` alternative (RFC 6047); others offer the attachment. Headers hold
addresses without names: what somebody typed stands in the subject alone, past `header_text`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from app.bookit.invites.icalendar_object import icalendar_object, web_link
from app.bookit.invites.invitation import Invitation
from app.email_address import usable_address
from app.mail.mailer import Mail
from app.mail.plain import LONGEST_NAME, header_text, plain

ATTACHMENT: Final = "invite.ics"


def invite_mails(invitation: Invitation, *, sender: str, domain: str, now: datetime) -> tuple[Mail, ...]:
    """One mail for each person that can be reached, so that one refused address costs nobody else the invite."""
    calendar = icalendar_object(invitation, sender=sender, domain=domain, now=now)
    words = _words(invitation)
    reply_to = usable_address(invitation.organizer.email) if invitation.organizer is not None else None
    mails: list[Mail] = []
    for person in invitation.reachable:
        recipient = person.email or ""
        message = EmailMessage(policy=SMTP)
        message["From"] = sender
        if reply_to is not None and reply_to != sender:
            message["Reply-To"] = reply_to
        message["To"] = recipient
        message["Subject"] = header_text(f"{_occasion(invitation)}: {plain(invitation.summary)}")
        message["Date"] = format_datetime(now)
        message["Message-ID"] = _message_id(invitation, recipient, domain)
        message.set_content(words)
        message.add_alternative(
            calendar,
            maintype="text",
            subtype="calendar",
            cte="base64",
            params={"method": invitation.method, "charset": "utf-8", "component": "VEVENT"},
        )
        message.add_attachment(calendar, maintype="application", subtype="ics", filename=ATTACHMENT)
        mails.append(Mail(sender=sender, recipient=recipient, message=message))
    return tuple(mails)


def _occasion(invitation: Invitation) -> str:
    if invitation.method == "CANCEL":
        return "Canceled"
    return "Updated invitation" if invitation.sequence else "Invitation"


def _words(invitation: Invitation) -> str:
    lines = [plain(invitation.summary), "", f"When: {_when(invitation)}"]
    location, link = plain(invitation.location or ""), web_link(invitation.conference_link)
    lines += [f"Where: {location}"] if location else []
    lines += [f"Join: {link}"] if link else []
    names = (plain(person.name, LONGEST_NAME) or person.email or "" for person in invitation.reachable)
    lines += [f"Who: {', '.join(names)}"] if not invitation.uninvited else []
    return "\n".join([*lines, "", _ending(invitation), ""])


def _when(invitation: Invitation) -> str:
    """`Friday, 27 November 2026, 14:00 to 14:30 (America/Los_Angeles, UTC-08:00)`."""
    start, end = invitation.start.astimezone(invitation.zone), invitation.end.astimezone(invitation.zone)
    until = f"{end:%H:%M}" if end.date() == start.date() else _day_and_time(end)
    return f"{_day_and_time(start)} to {until} ({invitation.zone.key}, UTC{start.isoformat()[-6:]})"


def _day_and_time(local: datetime) -> str:
    return f"{local:%A}, {local.day} {local:%B %Y}, {local:%H:%M}"


def _ending(invitation: Invitation) -> str:
    if invitation.uninvited:
        return "You are no longer on this meeting."
    if invitation.method == "CANCEL":
        return "This meeting is canceled."
    return "This meeting has changed." if invitation.sequence else "You are invited to this meeting."


def _message_id(invitation: Invitation, recipient: str, domain: str) -> str:
    """The same for the same news to the same person, so that a mail sent twice can be seen to be one."""
    news = (invitation.uid(domain), str(invitation.sequence), invitation.method, recipient.casefold())
    return f"<{hashlib.sha256('|'.join(news).encode()).hexdigest()[:40]}@{domain}>"
