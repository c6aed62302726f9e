"""`/services/oauth2/token`: a code or a refresh token against an access token."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.local_org.oauth import refusals
from app.local_org.oauth.authorize import state_refusal
from app.local_org.oauth.external_client_app import ExternalClientApp
from app.local_org.oauth.refusals import Refusal, TokenRefused, missing_parameter
from app.local_org.oauth.services import OAuthServices, form_values, identity_url, in_thread, origin, same
from app.local_org.oauth.tokens import IssuedTokens

NO_STORE = {"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """The endpoint over the services."""

    services: OAuthServices

    async def answer(self, request: Request) -> Response:
        values = await form_values(request)
        try:
            credentials = _basic_credentials(request.headers.get("authorization"))
            body = await in_thread(self._answer, {**values, **credentials}, origin(request))
        except TokenRefused as refused:
            refusal = refused.refusal
            return JSONResponse(
                {"error": refusal.error, "error_description": refusal.description}, 400, headers=NO_STORE
            )
        return JSONResponse(body, headers=NO_STORE)

    def _answer(self, values: Mapping[str, str], base: str) -> dict[str, Any]:
        app = self.services.app.now
        grant_type = values.get("grant_type")
        if grant_type not in ("authorization_code", "refresh_token"):
            raise TokenRefused(refusals.UNSUPPORTED_GRANT_TYPE)
        client_id = _required(values, "client_id")
        if client_id != app.consumer_key:
            raise TokenRefused(refusals.INVALID_CLIENT_ID)
        # PKCE does not stand in for the secret: a confidential client sends both.
        secret = _required(values, "client_secret")
        if not same(secret, app.consumer_secret):
            raise TokenRefused(refusals.INVALID_CLIENT)
        if grant_type == "authorization_code":
            issued, nonce = self._exchange(app, values)
        else:
            issued, nonce = self._refresh(app, values), None
        return self._body(app, issued, nonce, base)

    def _exchange(self, app: ExternalClientApp, values: Mapping[str, str]) -> tuple[IssuedTokens, str | None]:
        code, redirect_uri = _required(values, "code"), _required(values, "redirect_uri")
        granted = self.services.codes.take(code)
        if granted is None or granted.consumer_key != app.consumer_key:
            raise TokenRefused(refusals.EXPIRED_CODE)
        if redirect_uri != granted.redirect_uri:
            raise TokenRefused(refusals.REDIRECT_URI_MISMATCH)
        if not _verifies(granted.challenge, values.get("code_verifier")):
            raise TokenRefused(refusals.INVALID_CODE_VERIFIER)
        self._check_user(app, granted.user_id)
        return self.services.tokens.grant(app, granted.user_id, granted.scope), granted.nonce

    def _refresh(self, app: ExternalClientApp, values: Mapping[str, str]) -> IssuedTokens:
        refresh_token = _required(values, "refresh_token")
        user_id = self.services.tokens.user_of_refresh_token(app, refresh_token)
        if user_id is not None:
            self._check_user(app, user_id)
        return self.services.tokens.refresh(app, refresh_token)

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


def _required(values: Mapping[str, str], name: str) -> str:
    value = values.get(name)
    if not value:
        raise TokenRefused(missing_parameter(name))
    return value


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


def _basic_credentials(header: str | None) -> dict[str, str]:
    """Client id and secret from `Authorization: Basic`; nothing without the header. Raises TokenRefused."""
    if header is None:
        return {}
    scheme, _, encoded = header.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise TokenRefused(refusals.INVALID_CLIENT)
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TokenRefused(refusals.INVALID_CLIENT) from error
    return {"client_id": unquote_plus(client_id), "client_secret": unquote_plus(secret)}
