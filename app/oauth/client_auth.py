"""How a client proves itself at /token and /revoke: none, client_secret_post, client_secret_basic (RFC 6749 2.3.1).

In place of the SDK's own, which compares with a plain secret: here only the hash is stored.
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote

from mcp.server.auth.middleware.client_auth import AuthenticationError, ClientAuthenticator
from mcp.shared.auth import OAuthClientInformationFull
from starlette.requests import Request

from app.oauth.clients import RegisteredClient
from app.oauth.provider import Provider
from app.store.clients import Clients


class StoredClientAuthenticator(ClientAuthenticator):
    """Against the stored hash, by the one method that the client registered."""

    def __init__(self, provider: Provider, clients: Clients) -> None:
        super().__init__(provider)
        self._clients = clients

    async def authenticate_request(self, request: Request) -> OAuthClientInformationFull:
        """The client. Raises AuthenticationError, which a client answers by registering anew."""
        form = await request.form()
        client_id, secret = form.get("client_id"), form.get("client_secret")
        stored = await self._clients.find(client_id) if isinstance(client_id, str) else None
        if stored is None:
            raise AuthenticationError("The client is not known here. Register again.")
        client = RegisteredClient.of(stored)
        match client.token_endpoint_auth_method:
            case "none":
                proof = None
            case "client_secret_post":
                proof = secret if isinstance(secret, str) else None
            case "client_secret_basic":
                credentials = basic_credentials(request)
                proof = credentials[1] if credentials is not None and credentials[0] == client_id else None
            case other:
                raise AuthenticationError(f"The client's authentication method {other!r} is not supported.")
        if not stored.accepts(proof):
            raise AuthenticationError("The client's credentials are wrong.")
        return client


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """Client id and secret of a Basic header, each percent-decoded; None without one, or for a broken one."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    client_id, separator, secret = decoded.partition(":")
    return (unquote(client_id), unquote(secret)) if separator else None
