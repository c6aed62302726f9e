"""POST /token: the SDK's handler, after the checks that it does not make."""

from __future__ import annotations

from mcp.server.auth.handlers.token import TokenHandler
from starlette.requests import Request
from starlette.responses import Response

from app.oauth.answers import oauth_error
from app.oauth.client_auth import StoredClientAuthenticator, basic_credentials
from app.oauth.deps import OAuthDeps
from app.oauth.form_requests import BadForm, fields_of, with_fields
from app.oauth.provider import Provider


class TokenEndpoint:
    """Codes and refresh tokens for tokens."""

    def __init__(self, deps: OAuthDeps, provider: Provider, authenticator: StoredClientAuthenticator) -> None:
        self._deps = deps
        self._handler = TokenHandler(provider, authenticator)

    async def handle(self, request: Request) -> Response:
        """RFC 6749 sections 4.1.3, 5 and 6."""
        try:
            fields = await fields_of(request)
        except BadForm as bad:
            return oauth_error("invalid_request", str(bad))
        if not all(self._deps.is_our_resource(value) for name, value in fields if name == "resource"):
            return oauth_error("invalid_target", f"This server issues tokens for {self._deps.resource} only.")
        # There is one scope, whatever a client asks for.
        response = await self._handler.handle(
            with_fields(request, [(name, value) for name, value in fields if name not in {"scope", "resource"}])
        )
        if response.status_code == 401 and basic_credentials(request) is not None:
            response.headers["WWW-Authenticate"] = 'Basic realm="BookIt MCP"'
        return response
