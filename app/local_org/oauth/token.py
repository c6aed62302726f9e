"""`/services/oauth2/token`: a code or a refresh token against an access token."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.local_org.oauth import refusals
from app.local_org.oauth.authorize import state_refusal
from app.local_org.oauth.client_credentials import basic_credentials, check_client, required
from app.local_org.oauth.external_client_app import ExternalClientApp
from app.local_org.oauth.refusals import NO_STORE, Refusal, TokenRefused
from app.local_org.oauth.services import OAuthServices, form_values, identity_url, in_thread, origin, same
from app.local_org.oauth.tokens import IssuedTokens


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """The endpoint over the services."""

    services: OAuthServices

    async def answer(self, request: Request) -> Response:
        values = await form_values(request)
        try:
            credentials = basic_credentials(request.headers.get("authorization"))
            body = await in_thread(self._answer, {**values, **credentials}, origin(request))
        except TokenRefused as refused:
            return refused.answer()
        return JSONResponse(body, headers=NO_STORE)

    def _answer(self, values: Mapping[str, str], base: str) -> dict[str, Any]:
        app = self.services.app.now
        grant_type = values.get("grant_type")
        if grant_type not in ("authorization_code", "refresh_token"):
            raise TokenRefused(refusals.UNSUPPORTED_GRANT_TYPE)
        check_client(values, app)
        if grant_type == "authorization_code":
            issued, nonce = self._exchange(app, values, base)
        else:
            issued, nonce = self._refresh(app, values, base), None
        return self._body(app, issued, nonce, base)

    def _exchange(
        self, app: ExternalClientApp, values: Mapping[str, str], base: str
    ) -> tuple[IssuedTokens, str | None]:
        code, redirect_uri = required(values, "code"), required(values, "redirect_uri")
        granted = self.services.codes.take(code)
        if granted is None or granted.consumer_key != app.consumer_key:
            raise TokenRefused(refusals.EXPIRED_CODE)
        if redirect_uri != granted.redirect_uri:
            raise TokenRefused(refusals.REDIRECT_URI_MISMATCH)
        if not _verifies(granted.challenge, values.get("code_verifier")):
            raise TokenRefused(refusals.INVALID_CODE_VERIFIER)
        self._check_user(app, granted.user_id)
        return self.services.tokens.grant(app, granted.user_id, granted.scope, self._jwt(app, base)), granted.nonce

    def _refresh(self, app: ExternalClientApp, values: Mapping[str, str], base: str) -> IssuedTokens:
        refresh_token = required(values, "refresh_token")
        user_id = self.services.tokens.user_of_refresh_token(app, refresh_token)
        if user_id is not None:
            self._check_user(app, user_id)
        return self.services.tokens.refresh(app, refresh_token, self._jwt(app, base))

    def _jwt(self, app: ExternalClientApp, base: str) -> Callable[[str, str], str] | None:
        """Makes JWT-shaped access tokens, if the app's policy asks for them."""
        if not app.named_user_jwt:
            return None
        services = self.services

        def make(user_id: str, scope: str) -> str:
            return services.id_tokens.access_token(
                issuer=base,
                subject=user_id,
                identity=identity_url(base, services.directory.org_id, user_id),
                client_id=app.consumer_key,
                scope=scope,
                lifetime=services.tokens.session_timeout,
            )

        return make

    def _check_user(self, app: ExternalClientApp, user_id: str) -> None:
        user = self.services.directory.by_id(user_id)
        if user is None or not user.is_active:
            raise TokenRefused(refusals.INACTIVE_USER)
        refusal = state_refusal(self.services, app, user_id)
        if refusal is refusals.APP_ACCESS_DENIED:
            raise TokenRefused(refusals.NOT_APPROVED)
        if refusal is not None:
            raise TokenRefused(Refusal("invalid_app_access", refusal.description))

    def _body(self, app: ExternalClientApp, issued: IssuedTokens, nonce: str | None, base: str) -> dict[str, Any]:
        """There is no `expires_in`: the session policy decides, and a client learns of the end by a 401."""
        services = self.services
        identity = identity_url(base, services.directory.org_id, issued.user_id)
        issued_at = str(int(services.clock().timestamp() * 1000))
        signature = hmac.digest(app.consumer_secret.encode(), f"{identity}{issued_at}".encode(), "sha256")
        body = {"access_token": issued.access_token}
        if issued.refresh_token is not None:
            body["refresh_token"] = issued.refresh_token
        body |= {"signature": base64.b64encode(signature).decode(), "scope": issued.scope}
        if "openid" in issued.scope.split():
            body["id_token"] = services.id_tokens.issue(
                issuer=base,
                subject=identity,
                audience=app.consumer_key,
                access_token=issued.access_token,
                nonce=nonce,
            )
        return {
            **body,
            "instance_url": base,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued_at,
        }

    def routes(self) -> list[Route]:
        return [Route("/services/oauth2/token", self.answer, methods=["POST"])]


def _verifies(challenge: str | None, verifier: str | None) -> bool:
    """RFC 7636, 4.6, with S256. Without a challenge (an app that does not demand PKCE) nothing is to be verified."""
    if challenge is None:
        return True
    if not verifier:
        return False
    made = (
        base64.urlsafe_b64encode(hashlib.sha256(verifier.encode(errors="surrogatepass")).digest()).rstrip(b"=").decode()
    )
    return same(made, challenge)
