"""An admin signs in to the page with Salesforce, and out again. His login is read once and given back at once."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import Response

from app.org.caller import Scope
from app.org.errors import OrgError
from app.signin.exchange import refused_at_once
from app.signin.hosts import UntrustedHost
from app.signin.refusals import RefusalKind, SignInRefused
from app.signin.salesforce import SalesforceTokens
from app.signin.standing import Standing
from app.store.authorizations import Upstream
from app.store.page_logins import LoginPurpose
from app.store.page_sessions import PageAdmin
from app.store.secrets import new_token
from app.web.browser_cookie import form_token, is_form_token
from app.web.integration.deps import PageDeps
from app.web.integration.paths import PAGE_PATH, SIGN_IN_PATH, SIGN_OUT_PATH
from app.web.integration.posted import posted_fields
from app.web.integration.said import back_to, text_of
from app.web.integration.visitor import Visitors
from app.web.login_choice import to_salesforce

log = structlog.get_logger(__name__)


class Login:
    """The page before the session, and how the session begins and ends."""

    def __init__(self, deps: PageDeps, visitors: Visitors) -> None:
        self._deps = deps
        self._visitors = visitors

    def page(self, request: Request, *, problem: str = "", domain: str = "") -> Response:
        """What BookIt MCP is, and where to sign in."""
        browser = self._deps.browser.read(request) or self._deps.browser.new()
        choice = self._deps.login_choice
        response = self._deps.pages.show(
            "integration/sign_in.html",
            status=400 if problem else 200,
            form_targets=choice.form_targets,
            said=text_of(request),
            action=SIGN_IN_PATH,
            csrf=form_token(browser, SIGN_IN_PATH),
            offers_other_orgs=not choice.is_one_org,
            problem=problem,
            domain=domain,
        )
        self._deps.browser.write(response, browser)
        return response

    async def begin(self, request: Request) -> Response:
        """POST: to Salesforce."""
        form, browser = await posted_fields(request, self._deps.settings.public_url), self._deps.browser.read(request)
        if browser is None or not is_form_token(form.get("csrf", ""), browser, SIGN_IN_PATH):
            raise SignInRefused(RefusalKind.PAGE_EXPIRED)
        domain = form.get("domain", "")[:200]
        try:
            origin = self._deps.login_choice.origin(form.get("choice", ""), domain)
        except UntrustedHost as problem:
            return self.page(request, problem=str(problem), domain=domain)
        return await begin_login(self._deps, browser, LoginPurpose.SIGN_IN, origin)

    async def finish(self, request: Request, tokens: SalesforceTokens) -> Response:
        """Salesforce has sent the browser back: the session, or SignInRefused.

        The login is given back either way.
        """
        try:
            admin = await self._admin(tokens)
        finally:
            await self._deps.services.login.give_back(tokens)
        older = self._deps.cookie.read(request)
        if older is not None:
            await self._deps.sessions.end(older)
        value = await self._deps.sessions.begin(admin)
        log.info("page_signed_in", org_id=admin.org_id, user_id=admin.user_id)
        response = back_to(PAGE_PATH)
        self._deps.cookie.write(response, value.get_secret_value())
        return response

    async def end(self, request: Request) -> Response:
        """POST: signed out."""
        visitor, _ = await self._visitors.sender(request, SIGN_OUT_PATH)
        await self._deps.sessions.end(visitor.value)
        response = back_to(PAGE_PATH, "signed_out")
        self._deps.cookie.clear(response)
        return response

    async def _admin(self, tokens: SalesforceTokens) -> PageAdmin:
        """Raises SignInRefused."""
        try:
            standing = await self._standing(tokens)
            organization = (
                await self._deps.services.gateway.with_token(tokens.token).fetch("signin/organization")
            ).rows[0]
        except OrgError as error:
            raise refused_at_once(error) from error
        return PageAdmin(
            org_id=standing.org_id,
            org_name=organization["Name"],
            user_id=standing.user_id,
            username=standing.username,
            name=standing.name,
            email=standing.email,
            timezone=standing.timezone,
            login_origin=tokens.login_origin,
        )

    async def _standing(self, tokens: SalesforceTokens) -> Standing:
        try:
            standing = await self._deps.services.enabling.standings.read(tokens.token)
        except SignInRefused as refused:
            if refused.refusal.kind is RefusalKind.NO_PERMISSION_SET:
                raise SignInRefused(RefusalKind.NOT_ADMIN) from refused
            raise
        if standing.scope is not Scope.ADMIN:
            raise SignInRefused(RefusalKind.NOT_ADMIN, f"You signed in as {standing.username}.")
        return standing


async def begin_login(
    deps: PageDeps,
    browser: str,
    purpose: LoginPurpose,
    origin: str,
    *,
    session_hash: str | None = None,
) -> Response:
    """Notes the login and sends the browser to it. An integration user's login is asked for even where the browser has
    the admin's own session at Salesforce."""
    upstream = Upstream(state=new_token(), login_origin=origin, code_verifier=new_token())
    await deps.logins.begin(browser, purpose, upstream, session_hash=session_hash)
    asks_who = purpose is LoginPurpose.CONNECTION
    return to_salesforce(deps.services.login, upstream, redirect_uri=deps.callback_url, asks_who=asks_who)
