"""The discovery documents: authorization server (RFC 8414) and protected resource (RFC 9728)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.oauth.clients import GRANT_TYPES, SCOPE
from app.oauth.deps import AUTHORIZE_PATH, OAuthDeps

AUTHORIZATION_SERVER_PATH = "/.well-known/oauth-authorization-server"
PROTECTED_RESOURCE_PATH = "/.well-known/oauth-protected-resource"
TOKEN_PATH = "/token"  # noqa: S105 (a path)
REGISTER_PATH = "/register"
REVOKE_PATH = "/revoke"
AUTH_METHODS = ("none", "client_secret_post", "client_secret_basic")
_CACHE = {"Cache-Control": "public, max-age=3600"}


class MetadataEndpoints:
    """Ours, because the SDK's document lacks `none`, metadata documents and the `iss` flag, and has no option for them
    (mcp 2.3)."""

    def __init__(self, deps: OAuthDeps) -> None:
        self._authorization_server: dict[str, Any] = {
            "issuer": deps.issuer,
            "authorization_endpoint": deps.issuer + AUTHORIZE_PATH,
            "token_endpoint": deps.issuer + TOKEN_PATH,
            "registration_endpoint": deps.issuer + REGISTER_PATH,
            "revocation_endpoint": deps.issuer + REVOKE_PATH,
            "scopes_supported": [SCOPE],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": list(GRANT_TYPES),
            "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
            "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
            "code_challenge_methods_supported": ["S256"],
            "client_id_metadata_document_supported": True,
            "authorization_response_iss_parameter_supported": True,
        }
        self._protected_resource: dict[str, Any] = {
            "resource": deps.resource,
            "authorization_servers": [deps.issuer],
            "scopes_supported": [SCOPE],
            "bearer_methods_supported": ["header"],
            "resource_name": "LeanData BookIt MCP (BETA)",
        }

    async def authorization_server(self, _request: Request) -> Response:
        """Who issues tokens, and how."""
        return JSONResponse(self._authorization_server, headers=_CACHE)

    async def protected_resource(self, _request: Request) -> Response:
        """What the tokens are for; the same document below the root and below /mcp, for clients look at either."""
        return JSONResponse(self._protected_resource, headers=_CACHE)
