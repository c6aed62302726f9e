"""Turning BookIt MCP off for an org: every sign-in ends, and every grant goes back to Salesforce."""

from __future__ import annotations

import structlog

from app import metrics
from app.signin.callers import Callers
from app.signin.endings import Endings
from app.store.orgs import Orgs

log = structlog.get_logger(__name__)


class Disabling:
    """One for the process."""

    def __init__(self, orgs: Orgs, endings: Endings, callers: Callers) -> None:
        self._orgs = orgs
        self._endings = endings
        self._callers = callers

    async def disable(self, org_id: str) -> bool:
        """Turns the org off. False when it was not on; what may be left of it ends all the same.

        The org is off first: nobody signs in while the sign-ins end, and open one-time codes are of no more use.
        """
        was_on = await self._orgs.disable(org_id)
        self._callers.forget_org(org_id)
        ended = await self._endings.end_org(org_id, because="org_disabled")
        metrics.forget_org(org_id)
        log.info("org_disabled", org_id=org_id, was_on=was_on, sign_ins=ended)
        return was_on
