"""Invites as an action uses them: sent after it, never instead of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import structlog

from app.bookit.actions.follow_up import FollowUp
from app.bookit.invites.invitation import Invitation, Person
from app.bookit.invites.invite_mail import invite_mails
from app.mail.mailer import Mailer, MailError, smtp_mailer
from app.settings import Settings

log = structlog.stdlib.get_logger(__name__)

WHAT: Final = "invite"

_ROLES: Final = {
    "host": "host",
    "additional_host": "additional host",
    "attendee": "colleague",
    "prospect": "prospect",
    "guest": "guest",
}


@dataclass(frozen=True, slots=True)
class Invites:
    """Sends what an action's people should know. mailer: None where invites are off: nothing is sent then.

    sender: the address that all mail comes from. domain: the second half of every UID; it must stay the same, or
    calendars take a change for a new meeting.
    """

    mailer: Mailer | None
    sender: str
    domain: str

    @property
    def are_on(self) -> bool:
        """Whether anybody is told by us."""
        return self.mailer is not None

    @classmethod
    def off(cls) -> Invites:
        """The org's own calendar sync sends them."""
        return cls(mailer=None, sender="", domain="")

    @classmethod
    def build(cls, settings: Settings) -> Invites:
        """As the settings say. Opens no connection."""
        if settings.invites == "off" or settings.smtp_host is None or settings.smtp_sender is None:
            return cls.off()
        domain = urlsplit(settings.public_url).hostname or ""
        return cls(mailer=smtp_mailer(settings, settings.smtp_host), sender=settings.smtp_sender, domain=domain)

    async def send(self, *invitations: Invitation, now: datetime) -> FollowUp:
        """Sends them in their order over one connection. Mail trouble never raises: the answer says who was not told.

        Sending the same again is safe: UID and SEQUENCE make it the same news for every calendar.
        """
        if self.mailer is None:
            return FollowUp(WHAT, "skipped", "Invites are off here: the org's own calendar sync sends them.")
        mails = [
            mail for each in invitations for mail in invite_mails(each, sender=self.sender, domain=self.domain, now=now)
        ]
        untold = [person for each in invitations for person in each.unreachable]
        reasons = ["no e-mail address that can be used"] if untold else []
        try:
            await self.mailer.send(mails)
        except MailError as error:
            log.warning("invites_not_sent", reason=error.reason, unsent=len(error.unsent))
            people = [person for each in invitations for person in each.reachable]
            untold += [people[place] for place in error.unsent]
            reasons.append(error.reason)
        if untold:
            return FollowUp(WHAT, "failed", f"No invite went to {_listed(untold)}: {'; '.join(reasons)}.")
        return FollowUp(WHAT, "done", f"{len(mails)} {'invite' if len(mails) == 1 else 'invites'} sent.")


def _listed(people: list[Person]) -> str:
    """`the host and 2 guests`: roles and numbers, since names and addresses may be a prospect's words."""
    counts = Counter(_ROLES.get(person.role, "other person") for person in people)
    named = [f"the {role}" if count == 1 else f"{count} {role}s" for role, count in counts.items()]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
