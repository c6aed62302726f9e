"""A login at Salesforce becomes a sign-in, or is refused with the reason."""

from __future__ import annotations

import structlog

from app import metrics
from app.org.errors import OrgError
from app.signin.callers import Callers
from app.signin.exchange import refused_at_once
from app.signin.grants import StoredGrants
from app.signin.org_checks import OrgChecks
from app.signin.refusals import RefusalKind, SignInRefused
from app.signin.salesforce import SalesforceLogin, SalesforceTokens
from app.signin.standing import Standing, StandingReader
from app.store.grants import Purpose

log = structlog.get_logger(__name__)


class SignIn:
    """Decides on logins. One for the process."""

    def __init__(
        self,
        checks: OrgChecks,
        grants: StoredGrants,
        standings: StandingReader,
        callers: Callers,
        login: SalesforceLogin,
    ) -> None:
        self._checks = checks
        self._grants = grants
        self._standings = standings
        self._callers = callers
        self._login = login

    async def complete(self, tokens: SalesforceTokens) -> Standing:
        """The standing of who logged in, his grant stored. Raises SignInRefused, the fresh tokens revoked."""
        try:
            standing = await self._decide(tokens)
        except SignInRefused as refused:
            kind = refused.refusal.kind.value
            metrics.note_sign_in(kind)
            log.info("sign_in_refused", kind=kind, org_id=tokens.org_id, user_id=tokens.user_id)
            await self._login.give_back(tokens)
            raise
        await self._grants.keep(tokens, Purpose.PERSON)
        self._callers.remember(standing)
        metrics.note_sign_in("ok")
        log.info("signed_in", org_id=standing.org_id, user_id=standing.user_id, scope=standing.scope.value)
        return standing

    async def _decide(self, tokens: SalesforceTokens) -> Standing:
        if tokens.refresh_token is None:
            raise SignInRefused(RefusalKind.MISCONFIGURED, "The External Client App allows no refresh tokens.")
        await self._checks.admit(tokens.org_id)
        try:
            return await self._standings.read(tokens.token)
        except OrgError as error:
            raise refused_at_once(error) from error
