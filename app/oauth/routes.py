"""The routes of the authorization server, and what stands around /mcp, for the composition root.

Put together: `services = SignInServices.build(…)`, `deps = OAuthDeps.build(settings, database, keyring, services,
clock)`, then `[*oauth_routes(deps), *static_routes()]` and `cors(BearerMiddleware(mcp_app, deps))`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, request_response
from starlette.types import ASGIApp

from app.oauth.authorize import AuthorizeEndpoint
from app.oauth.callback import CallbackEndpoint
from app.oauth.client_auth import StoredClientAuthenticator
from app.oauth.consent import ConsentEndpoint
from app.oauth.deps import AUTHORIZE_PATH, CALLBACK_PATH, CONSENT_PATH, MCP_PATH, OAuthDeps
from app.oauth.metadata import (
    AUTHORIZATION_SERVER_PATH,
    PROTECTED_RESOURCE_PATH,
    REGISTER_PATH,
    REVOKE_PATH,
    TOKEN_PATH,
    MetadataEndpoints,
)
from app.oauth.provider import Provider
from app.oauth.register import RegisterEndpoint
from app.oauth.revoke import RevokeEndpoint
from app.oauth.token import TokenEndpoint
from app.web.browser_cookie import BrowserCookie

_EXPOSED = ["WWW-Authenticate", "Mcp-Session-Id"]

_Handler = Callable[[Request], Awaitable[Response]]


def oauth_routes(deps: OAuthDeps) -> list[Route]:
    """Every route below the root; those that clients call by script allow CORS."""
    provider, cookie = Provider(deps), BrowserCookie(deps.issuer)
    authenticator = StoredClientAuthenticator(provider, deps.clients)
    metadata = MetadataEndpoints(deps)
    authorize = AuthorizeEndpoint(deps, provider, cookie)
    consent = ConsentEndpoint(deps, cookie)
    return [
        _for_scripts(AUTHORIZATION_SERVER_PATH, metadata.authorization_server, "GET"),
        _for_scripts(PROTECTED_RESOURCE_PATH, metadata.protected_resource, "GET"),
        _for_scripts(PROTECTED_RESOURCE_PATH + MCP_PATH, metadata.protected_resource, "GET"),
        _for_scripts(REGISTER_PATH, RegisterEndpoint(deps, provider).handle, "POST"),
        _for_scripts(TOKEN_PATH, TokenEndpoint(deps, provider, authenticator).handle, "POST"),
        _for_scripts(REVOKE_PATH, RevokeEndpoint(deps, authenticator).handle, "POST"),
        _for_browsers(AUTHORIZE_PATH, authorize.handle, "GET", "POST"),
        _for_browsers(CONSENT_PATH, consent.show, "GET"),
        _for_browsers(CONSENT_PATH, consent.decide, "POST"),
        _for_browsers(CALLBACK_PATH, CallbackEndpoint(deps, cookie).handle, "GET"),
    ]


def cors(app: ASGIApp) -> ASGIApp:
    """Lets scripts of any site call; nothing here is decided by a cookie. Goes around the bearer check, which a
    preflight request could not pass."""
    return CORSMiddleware(
        app, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=_EXPOSED, max_age=3600
    )


def _for_scripts(path: str, handler: _Handler, method: str) -> Route:
    return Route(path, cors(request_response(handler)), methods=[method, "OPTIONS"])


def _for_browsers(path: str, handler: _Handler, *methods: str) -> Route:
    return Route(path, handler, methods=list(methods))
