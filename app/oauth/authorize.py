"""GET and POST /authorize: the SDK's handler checks the request, and this binds it to the browser."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from mcp.server.auth.handlers.authorize import AuthorizationHandler
from mcp.server.auth.provider import construct_redirect_uri
from starlette.requests import Request
from starlette.responses import Response

from app.oauth.answers import refusal_page
from app.oauth.client_documents.refused import DocumentRefused
from app.oauth.client_documents.urls import is_url
from app.oauth.deps import CONSENT_PATH, OAuthDeps
from app.oauth.provider import Provider
from app.oauth.redirects import may_be_registered
from app.signin.refusals import RefusalKind
from app.web.browser_cookie import BrowserCookie


class AuthorizeEndpoint:
    """Begins a sign-in."""

    def __init__(self, deps: OAuthDeps, provider: Provider, cookie: BrowserCookie) -> None:
        self._deps = deps
        self._handler = AuthorizationHandler(provider)
        self._cookie = cookie
        self._consent_url = f"{deps.issuer}{CONSENT_PATH}?"

    async def handle(self, request: Request) -> Response:
        """To the consent page; or back to the client with an error and `iss`; or, without a client and an address
        that we know, a page: nobody is redirected to an address that was not registered."""
        params = request.query_params if request.method == "GET" else await request.form()
        names = [name for name, _ in params.multi_items() if name != "resource"]
        if len(names) != len(set(names)):
            return await refusal_page(self._deps, RefusalKind.BAD_REQUEST, "A parameter stands twice.")
        if any("\0" in str(value) for value in params.values()):
            # RFC 6749, appendix A, has no such character, and PostgreSQL cannot hold it.
            return await refusal_page(self._deps, RefusalKind.BAD_REQUEST, "A parameter holds a NUL.")
        redirect_uri, client_id = params.get("redirect_uri"), params.get("client_id")
        # As it was sent: the SDK's handler sees it tidied up, and compares it with the registered ones.
        if redirect_uri is not None and not may_be_registered(str(redirect_uri)):
            return await refusal_page(
                self._deps, RefusalKind.BAD_REQUEST, "The redirect URI is not one that a client can have here."
            )
        if isinstance(client_id, str) and is_url(client_id):
            try:
                await self._deps.documents.read(client_id)
            except DocumentRefused as refused:
                return await refusal_page(self._deps, RefusalKind.BAD_REQUEST, str(refused))
        response = await self._handler.handle(request)
        location = response.headers.get("location")
        if location is None:
            description = str(json.loads(bytes(response.body)).get("error_description") or "")
            return await refusal_page(self._deps, RefusalKind.BAD_REQUEST, description)
        if not location.startswith(self._consent_url):
            response.headers["location"] = construct_redirect_uri(location, iss=self._deps.issuer)
            return response
        browser = self._cookie.read(request) or self._cookie.new()
        await self._deps.authorizations.bind(parse_qs(urlsplit(location).query)["request"][0], browser)
        self._cookie.write(response, browser)
        return response
