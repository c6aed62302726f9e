"""A registered MCP client as the SDK's handlers see it, with the rules that the SDK has no option for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from mcp.shared.auth import InvalidRedirectUriError, OAuthClientInformationFull
from pydantic import AnyUrl

from app.oauth.redirects import is_native, is_same
from app.store.clients import Client

SCOPE: Final = "bookit"
"""The one OAuth scope. Admin or User is never asked for, only derived."""

GRANT_TYPES: Final = ("authorization_code", "refresh_token")


class RegisteredClient(OAuthClientInformationFull):
    """A client from the store. Its secret is not here: only the hash is kept (app.oauth.client_auth)."""

    @classmethod
    def of(cls, client: Client) -> RegisteredClient:
        """The client of that row."""
        return cls.model_validate(dict(client.details))

    def validate_scope(self, requested_scope: str | None) -> list[str] | None:  # noqa: ARG002
        """Whatever a client asks for (`offline_access`, `claudeai`, nothing), it gets the one scope."""
        return [SCOPE]

    def validate_redirect_uri(self, redirect_uri: AnyUrl | None) -> AnyUrl:
        """The requested URI if it is registered (on loopback with any port), or the only one that is."""
        if redirect_uri is None:
            return super().validate_redirect_uri(None)
        requested = str(redirect_uri)
        if any(is_same(str(AnyUrl(str(registered))), requested) for registered in self.redirect_uris or []):
            return redirect_uri
        raise InvalidRedirectUriError("The redirect URI is not one that this client registered.")


def application_type(asked: object, redirect_uris: Collection[str]) -> str:
    """`native` or `web` (OpenID Connect Registration 1.0, section 2). A client that says nothing, or `web` of addresses
    that only a native one can have, is what its addresses say."""
    return "native" if is_native(redirect_uris) or asked == "native" else "web"
