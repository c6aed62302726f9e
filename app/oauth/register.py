"""POST /register (RFC 7591): what a client sends is cut down to what we use, and the SDK's handler does the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import structlog
from mcp.server.auth.handlers.register import RegistrationHandler
from mcp.server.auth.settings import ClientRegistrationOptions
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response

from app import metrics
from app.edge.addresses import source_of
from app.oauth.answers import NO_STORE, oauth_error
from app.oauth.clients import SCOPE, application_type
from app.oauth.deps import OAuthDeps
from app.oauth.form_requests import with_body
from app.oauth.new_clients import TooManyClients
from app.oauth.provider import Provider
from app.oauth.redirects import MOST_REDIRECT_URIS, may_be_registered

KEPT = ("client_name", "redirect_uris", "token_endpoint_auth_method", "grant_types", "response_types")

log = structlog.stdlib.get_logger(__name__)


class BadRegistration(Exception):
    """error: RFC 7591 section 3.2.2. The message is for the client."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


class RegisterEndpoint:
    """Anybody may register, within limits: a client is nothing until a person signs in through it."""

    def __init__(self, deps: OAuthDeps, provider: Provider) -> None:
        self._new_clients = deps.new_clients
        self._handler = RegistrationHandler(provider, ClientRegistrationOptions(enabled=True, default_scopes=[SCOPE]))

    async def handle(self, request: Request) -> Response:
        """201 with the client; 400 for metadata that it may not have; 429 past a limit, with Retry-After."""
        try:
            await self._new_clients.admit_registration(source_of(request.scope))
            metadata = used_metadata(await request.body())
        except TooManyClients as limit:
            metrics.note_refusal("register", "limit")
            log.warning("registration_limited", retry_seconds=limit.retry_seconds)
            return oauth_error(
                "temporarily_unavailable",
                "Too many clients have registered. Try again later, or use the client that you have.",
                status=429,
                **{"Retry-After": str(limit.retry_seconds)},
            )
        except BadRegistration as bad:
            metrics.note_refusal("register", bad.error)
            return oauth_error(bad.error, str(bad))
        response = await self._handler.handle(with_body(request, json.dumps(metadata).encode()))
        response.headers.update(NO_STORE)
        return response


def used_metadata(body: bytes) -> Mapping[str, Any]:
    """What of a registration is used. The rest is dropped, as RFC 7591 section 2 asks for what is not understood; an
    empty or null member counts as left out. Raises BadRegistration."""
    try:
        sent: object = from_json(body)
    except ValueError:
        raise BadRegistration("invalid_client_metadata", "The body is no JSON.") from None
    if not isinstance(sent, dict):
        raise BadRegistration("invalid_client_metadata", "The body must be a JSON object.")
    members = cast(Mapping[str, Any], sent)
    used = {name: members[name] for name in KEPT if members.get(name) not in (None, "")}
    uris = _redirect_uris(used.get("redirect_uris"))
    return {**used, "application_type": application_type(members.get("application_type"), uris)}


def _redirect_uris(value: object) -> list[str]:
    """As they were sent: read before anything has tidied them up."""
    uris = cast(list[object], value) if isinstance(value, list) else []
    if not 0 < len(uris) <= MOST_REDIRECT_URIS:
        raise BadRegistration("invalid_redirect_uri", f"Register 1 to {MOST_REDIRECT_URIS} redirect URIs.")
    for uri in uris:
        if not isinstance(uri, str) or not may_be_registered(uri):
            raise BadRegistration(
                "invalid_redirect_uri",
                "A redirect URI must be https, or http on localhost, plainly written, without fragment or user.",
            )
    return cast(list[str], uris)
