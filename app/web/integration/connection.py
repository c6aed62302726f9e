"""Enabling, and binding another org connection: a login that Salesforce is asked for now, and that stays with us."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.org.errors import OrgError
from app.signin.enable import enable_org
from app.signin.refusals import RefusalKind, SignInRefused
from app.signin.salesforce import SalesforceTokens
from app.store.page_logins import LoginPurpose, ReturnedLogin
from app.web.integration.deps import PageDeps
from app.web.integration.login import begin_login
from app.web.integration.paths import CONNECTION_PATH, SETTINGS_PATH
from app.web.integration.said import back_to
from app.web.integration.views import View
from app.web.integration.visitor import NotSignedIn, Visitors

PURPOSES = {"integration_user": LoginPurpose.CONNECTION, "own": LoginPurpose.OWN_CONNECTION}


class Connection:
    """From the button to the report."""

    def __init__(self, deps: PageDeps, visitors: Visitors, view: View) -> None:
        self._deps = deps
        self._visitors = visitors
        self._view = view

    async def begin(self, request: Request) -> Response:
        """POST: to Salesforce. Open to an admin whose org is not enabled, or whose org connection is dead."""
        visitor, fields = await self._visitors.sender(request, CONNECTION_PATH)
        browser, purpose = self._deps.browser.read(request), PURPOSES.get(fields.get("who", ""))
        if browser is None or purpose is None:
            raise SignInRefused(RefusalKind.PAGE_EXPIRED)
        session = visitor.session
        origin = session.admin.login_origin
        return await begin_login(self._deps, browser, purpose, origin, session_hash=session.session_hash)

    async def finish(self, request: Request, returned: ReturnedLogin, tokens: SalesforceTokens) -> Response:
        """Binds the login to the org of the session that asked for it, or says what is missing."""
        try:
            visitor = await self._visitors.visitor(request)
            admin = visitor.session.admin
            if visitor.session.session_hash != returned.session_hash:
                raise SignInRefused(RefusalKind.PAGE_EXPIRED)
            if tokens.org_id != admin.org_id:
                raise SignInRefused(RefusalKind.OTHER_ORG)
            if returned.purpose is LoginPurpose.OWN_CONNECTION and tokens.user_id != admin.user_id:
                raise SignInRefused(RefusalKind.OTHER_USER)
        except (SignInRefused, NotSignedIn):
            await self._deps.services.login.give_back(tokens)
            raise
        try:
            report = await enable_org(self._deps.services.enabling, tokens, admin_email=admin.email or None)
        except OrgError as error:
            raise SignInRefused(RefusalKind.UNAVAILABLE, error.message) from error
        if report.enabled:
            return back_to(SETTINGS_PATH, "bound" if visitor.org is not None else "enabled")
        return self._view.show("integration/not_enabled.html", visitor, request, status=403, report=report)
