"""GET /integrations/bookit-mcp/callback: Salesforce sends an admin's browser back, with a code or with a reason."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.signin.exchange import tokens_of
from app.signin.refusals import RefusalKind, SignInRefused
from app.store.page_logins import LoginPurpose
from app.web.integration.connection import Connection
from app.web.integration.deps import PageDeps
from app.web.integration.login import Login
from app.web.integration.paths import PAGE_PATH, SETTINGS_PATH
from app.web.integration.said import back_to


class Callback:
    """Ends a login, whatever it was for."""

    def __init__(self, deps: PageDeps, login: Login, connection: Connection) -> None:
        self._deps = deps
        self._login = login
        self._connection = connection

    async def handle(self, request: Request) -> Response:
        """The state must be one that this browser was given, and is used up here."""
        params, browser = request.query_params, self._deps.browser.read(request)
        state = params.get("state")
        returned = await self._deps.logins.take(state, browser) if state and browser else None
        if returned is None:
            raise SignInRefused(RefusalKind.PAGE_EXPIRED)
        is_sign_in = returned.purpose is LoginPurpose.SIGN_IN
        try:
            tokens = await tokens_of(
                self._deps.services.login,
                returned.login_origin,
                params,
                redirect_uri=self._deps.callback_url,
                verifier=returned.code_verifier,
            )
        except SignInRefused as refused:
            if refused.refusal.kind is RefusalKind.USER_DENIED:
                return back_to(PAGE_PATH if is_sign_in else SETTINGS_PATH, "denied")
            if refused.refusal.kind is RefusalKind.EXPIRED:
                raise SignInRefused(RefusalKind.PAGE_EXPIRED) from refused
            raise
        if is_sign_in:
            return await self._login.finish(request, tokens)
        return await self._connection.finish(request, returned, tokens)
