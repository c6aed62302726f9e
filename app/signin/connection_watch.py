"""A dead org connection is told to the admins once: by mail, by the metric, and by what the integration page shows."""

from __future__ import annotations

import structlog

from app import metrics
from app.clock import Clock
from app.mail.mailer import MailError
from app.mail.notices import Notice, Notices
from app.mail.plain import LONGEST_NAME, plain
from app.store.orgs import Org, Orgs

log = structlog.get_logger(__name__)


class ConnectionWatch:
    """Whoever finds an org connection dead or alive says so here. One for the process.

    notices: None where there is no mail server.
    """

    def __init__(self, orgs: Orgs, notices: Notices | None, server_url: str, clock: Clock) -> None:
        self._orgs = orgs
        self._notices = notices
        self._server_url = server_url
        self._clock = clock

    async def lost(self, org_id: str) -> None:
        """The connection is dead. Of all who find it so, over all replicas, the first one sends the mail."""
        metrics.note_org_health(org_id, healthy=False)
        org = await self._orgs.find(org_id)
        if org is None or org.connection_lost_at is not None:
            return
        org = await self._orgs.note_connection_lost(org_id)
        if org is None:
            return
        log.error("org_connection_lost", org_id=org_id)
        if self._notices is None or org.admin_email is None:
            why = "no mail server is set" if self._notices is None else "no admin's address is known"
            log.warning("org_connection_lost_not_mailed", org_id=org_id, reason=why)
            return
        try:
            await self._notices.send(_mail(org, self._server_url), org.admin_email, now=self._clock())
        except MailError as error:
            log.warning("org_connection_lost_not_mailed", org_id=org_id, reason=error.reason)

    async def works(self, org: Org) -> None:
        """The connection was asked something and answered."""
        if org.connection_lost_at is not None and await self._orgs.note_connection_works(org.org_id):
            log.info("org_connection_works_again", org_id=org.org_id)


def _mail(org: Org, server_url: str) -> Notice:
    name = plain(org.name, LONGEST_NAME)
    return Notice(
        f"BookIt MCP has lost its connection to {name}",
        (
            f"Salesforce takes the login no more with which BookIt MCP ({server_url}) works in {name}. It may have "
            "been revoked, or its user deactivated.",
            "Until it is bound anew, availability and all actions are off, and agents that signed in with a one-time "
            "code can do nothing. Nobody has to sign in again afterwards.",
            "What to do: in LeanData open Integrations > BookIt > BookIt MCP, choose Update Settings, and bind the "
            "connection again, best as an integration user who is kept for it.",
        ),
    )
