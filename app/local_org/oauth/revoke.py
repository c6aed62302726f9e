"""`/services/oauth2/revoke`: ends an access token, or with a refresh token the whole grant."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.local_org.oauth import refusals
from app.local_org.oauth.refusals import Refusal, missing_parameter
from app.local_org.oauth.services import OAuthServices, form_values, in_thread


@dataclass(frozen=True, slots=True)
class RevokeEndpoint:
    """The endpoint over the services. 200 and no body, or 400 with the refusal."""

    services: OAuthServices

    async def answer(self, request: Request) -> Response:
        values = dict(request.query_params) if request.method == "GET" else await form_values(request)
        if values.get("token_type_hint", "access_token") not in ("access_token", "refresh_token"):
            return _refused(refusals.UNSUPPORTED_TOKEN_TYPE)
        token = values.get("token")
        if not token:
            return _refused(missing_parameter("token"))
        if not await in_thread(self.services.tokens.revoke, token):
            return _refused(refusals.INVALID_TOKEN)
        return Response(status_code=200)

    def routes(self) -> list[Route]:
        return [Route("/services/oauth2/revoke", self.answer, methods=["GET", "POST"])]


def _refused(refusal: Refusal) -> Response:
    """A form, not JSON as the token endpoint's: omniphx/forrest #213 shows it, and jsforce reads it as one."""
    body = f"error={quote(refusal.error)}&error_description={quote(refusal.description)}"
    return Response(body, 400, media_type="application/x-www-form-urlencoded")
