"""An MCP client that signs in as a given person: the SDK's own client, its OAuth, and a browser that fills in pages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.client import ConnectMode
from mcp.client.session import ElicitationFnT
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl, SecretStr

from app.demo.browser import walk_through

REDIRECT = "http://127.0.0.1:33418/callback"
"""Where the code comes back to. Nothing listens there: the browser stops at the redirect and reads it."""

Visit = Callable[[str, str], Awaitable[str]]
"""Opens the first URL and goes on until a redirect to the second; the URL of that redirect."""


class MemoryStorage:
    """Keeps tokens for the length of one conversation (the SDK's TokenStorage)."""

    def __init__(self) -> None:
        self._tokens: OAuthToken | None = None
        self._client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self._tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self._tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self._client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self._client = client_info


@asynccontextmanager
async def signed_in(
    server_url: str,
    username: str,
    password: SecretStr,
    *,
    mode: ConnectMode = "auto",
    client_name: str = "BookIt MCP demo",
    storage: MemoryStorage | None = None,
    elicitation: ElicitationFnT | None = None,
) -> AsyncGenerator[Client]:
    """A connected client, signed in to `server_url` (the server's origin) as that Salesforce user.

    mode: "auto" takes the newest protocol that both speak, "legacy" the initialize handshake of 2025-11-25.
    elicitation: asks the person; without it the client declares that it cannot.
    Raises SignInRefused when a page refuses; OAuthFlowError when the authorization server does.
    """

    async def visit(start: str, destination: str) -> str:
        return await walk_through(start, destination, {"username": username, "pw": password.get_secret_value()})

    async with connected(
        server_url, visit, mode=mode, client_name=client_name, storage=storage, elicitation=elicitation
    ) as client:
        yield client


@asynccontextmanager
async def connected(
    server_url: str,
    visit: Visit,
    *,
    mode: ConnectMode = "auto",
    client_name: str = "BookIt MCP demo",
    storage: MemoryStorage | None = None,
    elicitation: ElicitationFnT | None = None,
) -> AsyncGenerator[Client]:
    """As `signed_in`, by whatever way `visit` goes through the pages of the sign-in."""
    came_back: list[str] = []

    async def open_browser(url: str) -> None:
        came_back.append(await visit(url, REDIRECT))

    async def read_callback() -> AuthorizationCodeResult:
        query = parse_qs(urlsplit(came_back[-1]).query)
        if "error" in query:
            raise PermissionError(" ".join([*query["error"], *query.get("error_description", [])]))
        return AuthorizationCodeResult(
            code=query["code"][0], state=query.get("state", [None])[0], iss=query.get("iss", [None])[0]
        )

    mcp_url = f"{server_url}/mcp"
    auth = OAuthClientProvider(
        server_url=mcp_url,
        client_metadata=OAuthClientMetadata(
            client_name=client_name,
            redirect_uris=[AnyUrl(REDIRECT)],
            grant_types=["authorization_code", "refresh_token"],
            response_types=["code"],
            token_endpoint_auth_method="none",  # noqa: S106 (a public client has no secret)
        ),
        storage=storage or MemoryStorage(),
        redirect_handler=open_browser,
        callback_handler=read_callback,
    )
    async with httpx2.AsyncClient(auth=auth, timeout=60) as http:
        transport = streamable_http_client(mcp_url, http_client=http)
        async with Client(transport, mode=mode, elicitation_callback=elicitation) as client:
            yield client
