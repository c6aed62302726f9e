"""GET /signin/salesforce/callback: Salesforce sends the browser back, with a code or with a reason."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.oauth.answers import back_to_client, refusal_page
from app.oauth.deps import OAuthDeps
from app.signin.exchange import tokens_of
from app.signin.refusals import RefusalKind, SignInRefused
from app.store.authorizations import ReturnedAuthorization
from app.store.codes import Person
from app.web.browser_cookie import BrowserCookie


class CallbackEndpoint:
    """Ends a sign-in, well or with a page that says what to do."""

    def __init__(self, deps: OAuthDeps, cookie: BrowserCookie) -> None:
        self._deps = deps
        self._cookie = cookie

    async def handle(self, request: Request) -> Response:
        """The state must be one that this browser was given after its consent, and is used up here."""
        params, browser = request.query_params, self._cookie.read(request)
        state = params.get("state")
        returned = await self._deps.authorizations.take(state, browser) if state and browser else None
        if returned is None:
            return await refusal_page(self._deps, RefusalKind.EXPIRED)
        services = self._deps.services
        try:
            tokens = await tokens_of(
                services.login,
                returned.login_origin,
                params,
                redirect_uri=self._deps.callback_url,
                verifier=returned.code_verifier,
            )
            # Who is refused below, because his org is not enabled yet say, comes back another day. To begin a sign-in
            # is no use of a client: anybody can do that, and would keep what he registered.
            await self._deps.clients.touch(returned.request.client_id)
            standing = await services.sign_in.complete(tokens)
        except SignInRefused as refused:
            return await self._refuse(returned, refused)
        person = Person(standing.org_id, standing.user_id, standing.username, standing.scope.value)
        code = await self._deps.codes.issue(returned.request, person)
        return back_to_client(self._deps, returned.request, code=code.get_secret_value())

    async def _refuse(self, returned: ReturnedAuthorization, refused: SignInRefused) -> Response:
        refusal = refused.refusal
        if refusal.kind is RefusalKind.USER_DENIED:
            # The person said no: the client is told at once (RFC 6749 section 4.1.2.1), there is nothing to explain.
            return back_to_client(
                self._deps, returned.request, error=refusal.oauth_error, error_description=refusal.title
            )
        return await refusal_page(self._deps, refusal.kind, *refused.details, request=returned.request)
