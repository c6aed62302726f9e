"""`/services/oauth2/introspect` (RFC 7662): is this token alive, and whose is it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.local_org.oauth.client_credentials import basic_credentials, check_client
from app.local_org.oauth.refusals import TokenRefused, missing_parameter
from app.local_org.oauth.services import OAuthServices, form_values, identity_url, in_thread, origin
from app.local_org.oauth.tokens import LiveToken

HINTS = ("access_token", "refresh_token")


@dataclass(frozen=True, slots=True)
class IntrospectEndpoint:
    """The endpoint over the services. An app asks of its own tokens only; its secret in the form or as Basic."""

    services: OAuthServices

    async def answer(self, request: Request) -> Response:
        values = await form_values(request)
        try:
            credentials = basic_credentials(request.headers.get("authorization"))
            body = await in_thread(self._answer, {**values, **credentials}, origin(request))
        except TokenRefused as refused:
            return refused.answer()
        return JSONResponse(body)

    def _answer(self, values: Mapping[str, str], base: str) -> dict[str, Any]:
        app = self.services.app.now
        check_client(values, app)
        token = values.get("token")
        if not token:
            raise TokenRefused(missing_parameter("token"))
        # The hint saves a real org a look-up; what it says of a token is the same with a wrong one (RFC 7662, 2.1).
        live = self.services.tokens.live(app, token)
        if live is None or not self._is_active(live):
            return {"active": False}
        user = self.services.directory.by_id(live.user_id)
        body: dict[str, Any] = {
            "active": True,
            "scope": live.scope,
            "client_id": app.consumer_key,
            "username": None if user is None else user.username,
            "sub": identity_url(base, self.services.directory.org_id, live.user_id),
            "token_type": live.token_type,
            "exp": live.expires,
            "iat": live.issued,
            "nbf": live.issued,
        }
        return {name: value for name, value in body.items() if value is not None}

    def _is_active(self, live: LiveToken) -> bool:
        user = self.services.directory.by_id(live.user_id)
        return user is not None and user.is_active

    def routes(self) -> list[Route]:
        return [Route("/services/oauth2/introspect", self.answer, methods=["POST"])]
