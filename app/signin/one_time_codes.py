"""One-time codes: an admin asks for one on the integration page, it goes out by mail, an agent signs in with it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from pydantic import SecretStr

from app import metrics
from app.clock import Clock
from app.email_address import usable_address
from app.mail.mailer import MailError
from app.mail.notices import Notice, Notices
from app.mail.plain import LONGEST_NAME, plain
from app.org.caller import Scope
from app.org.errors import ConnectionLost, OrgError
from app.signin.code_callers import CodeCallers
from app.signin.endings import AccessEnded
from app.signin.org_checks import OrgChecks
from app.signin.refusals import RefusalKind, SignInRefused
from app.store.codes import Person
from app.store.counters import Counters
from app.store.one_time_codes import LIFETIME, new_code
from app.store.one_time_codes import OneTimeCodes as CodeTable
from app.store.orgs import Org, Orgs

SPAN: Final = timedelta(hours=1)
MOST_FOR_AN_ADDRESS: Final = 5
"""Codes within the span, for one address of an org."""
MOST_FOR_AN_ORG: Final = 20
NOT_ENABLED: Final = "BookIt MCP is not enabled for this org."

log = structlog.get_logger(__name__)


class CodeRefused(Exception):
    """No code was sent, and none is left good. message: why, in words for the admin who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class OneTimeCodes:
    """Sends codes and takes them back. One for the process. notices: None where there is no mail server."""

    def __init__(
        self,
        table: CodeTable,
        counters: Counters,
        orgs: Orgs,
        checks: OrgChecks,
        callers: CodeCallers,
        notices: Notices | None,
        server_url: str,
        clock: Clock,
    ) -> None:
        self._table = table
        self._counters = counters
        self._orgs = orgs
        self._checks = checks
        self._callers = callers
        self._notices = notices
        self._server_url = server_url
        self._clock = clock

    @property
    def are_offered(self) -> bool:
        """Whether codes can be sent, so that there are any to sign in with."""
        return self._notices is not None

    async def ask(self, *, org_id: str, email: str, requested_by: str) -> datetime:
        """E-mails a new code for an org to that address; returns when it expires. Raises CodeRefused.

        requested_by: the user id of the admin who asks. The code becomes good once the mail server has taken the mail,
        so what was refused, or was interrupted, leaves nothing behind.
        """
        if self._notices is None:
            raise CodeRefused("This server has no mail server set, so it cannot send codes. Its operator can set one.")
        address = usable_address(email)
        if address is None:
            raise CodeRefused("This is no e-mail address that a code can be sent to.")
        org = await self._orgs.find(org_id)
        if org is None or not org.is_enabled:
            raise CodeRefused(NOT_ENABLED)
        await self._count(org_id, address)
        code = new_code(org_id)
        try:
            await self._notices.send(_mail(code, org, self._server_url), address, now=self._clock())
        except MailError as error:
            log.warning("one_time_code_not_sent", org_id=org_id, requested_by=requested_by, reason=error.reason)
            raise CodeRefused(f"The code was not sent: {error.reason}. No code is valid; ask again later.") from None
        expires = await self._table.add(code, org_id=org_id, email=address, requested_by=requested_by)
        if expires is None:
            raise CodeRefused(NOT_ENABLED)
        log.info("one_time_code_sent", org_id=org_id, requested_by=requested_by)
        return expires

    async def redeem(self, typed: str) -> Person | None:
        """Uses the code that was typed: who signs in with it. None, after the same work, for one that is not good or
        came too soon after a wrong one (app.store.one_time_codes).

        Raises SignInRefused for a good one whose org or org connection does not allow it. It is used up then too.
        """
        code = await self._table.take(typed)
        if code is None:
            metrics.note_sign_in("code_refused")
            log.info("one_time_code_refused")
            return None
        try:
            await self._check(code.org_id)
        except SignInRefused as refused:
            kind = refused.refusal.kind.value
            metrics.note_sign_in(kind)
            log.info("sign_in_refused", kind=kind, org_id=code.org_id, requested_by=code.requested_by)
            raise
        metrics.note_sign_in("ok")
        log.info("signed_in_with_code", org_id=code.org_id, requested_by=code.requested_by)
        return Person(code.org_id, None, code.email, Scope.ADMIN.value, "one_time_code")

    async def _check(self, org_id: str) -> None:
        """As a Salesforce login is checked, with the org connection for the person. Raises SignInRefused."""
        await self._checks.admit(org_id)
        try:
            await self._callers.check(org_id)
        except (AccessEnded, ConnectionLost) as problem:
            raise SignInRefused(RefusalKind.CONNECTION_UNFIT) from problem
        except OrgError as problem:
            raise SignInRefused(RefusalKind.UNAVAILABLE, problem.message) from problem

    async def _count(self, org_id: str, address: str) -> None:
        digest = hashlib.sha256(address.casefold().encode()).hexdigest()
        for name, most, whose in (
            (f"codes-asked|{org_id}|{digest}", MOST_FOR_AN_ADDRESS, "this address"),
            (f"codes-asked|{org_id}", MOST_FOR_AN_ORG, "this org"),
        ):
            if (await self._counters.add(name, SPAN)).count > most:
                metrics.note_refusal("one_time_code", "too_many_asked")
                raise CodeRefused(f"Too many codes were asked for {whose}: at most {most} an hour. Try again later.")


def _mail(code: SecretStr, org: Org, server_url: str) -> Notice:
    name = plain(org.name, LONGEST_NAME)
    minutes = int(LIFETIME.total_seconds() // 60)
    paragraphs: Sequence[str | SecretStr] = (
        f"An admin of {name} asked for this code. With it an AI agent connects to BookIt MCP:",
        code,
        f"It works once, within {minutes} minutes.",
        f"In the agent's MCP client add the server {server_url}/mcp and connect. On the page that opens at "
        f"{server_url} choose 'Use a one-time code' and paste the code. Enter it nowhere else, and give it to nobody.",
        f"Whoever uses it gets ADMIN access to BookIt in {name}: to every meeting, user and pool of the org.",
        "If you did not expect this mail, ignore it: without the code nothing happens.",
    )
    return Notice(f"Your one-time code for BookIt MCP ({name})", paragraphs)
