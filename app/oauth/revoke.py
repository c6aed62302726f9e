"""POST /revoke (RFC 7009): ends the sign-in of an access or refresh token."""

from __future__ import annotations

from mcp.server.auth.middleware.client_auth import AuthenticationError
from starlette.requests import Request
from starlette.responses import Response

from app.oauth.answers import NO_STORE, oauth_error
from app.oauth.client_auth import StoredClientAuthenticator
from app.oauth.deps import OAuthDeps
from app.oauth.form_requests import BadForm, fields_of, with_fields


class RevokeEndpoint:
    """Our own: the SDK's asks public clients for a `client_secret` field and refuses unknown hints."""

    def __init__(self, deps: OAuthDeps, authenticator: StoredClientAuthenticator) -> None:
        self._deps = deps
        self._authenticator = authenticator

    async def handle(self, request: Request) -> Response:
        """200 whether the token was known or not; token_type_hint is only a hint, and not needed here."""
        try:
            fields = await fields_of(request)
        except BadForm as bad:
            return oauth_error("invalid_request", str(bad))
        try:
            client = await self._authenticator.authenticate_request(with_fields(request, fields))
        except AuthenticationError as error:
            return oauth_error("invalid_client", error.message, status=401)
        token = dict(fields).get("token")
        if not token:
            return oauth_error("invalid_request", "The parameter token is missing.")
        await self._deps.services.endings.revoke(token, client.client_id)
        return Response(status_code=200, headers=NO_STORE)
