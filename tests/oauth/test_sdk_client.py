"""The MCP SDK's own OAuth client signs in: discovery, registration, PKCE, `iss`, code exchange, refresh."""

from pathlib import Path

import httpx2
import pytest
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from tests.support.document_host import document_host
from tests.support.sign_in_server import CLIENT_CALLBACK, SignInServer, enabled_server

pytestmark = pytest.mark.anyio


class Storage:
    """Keeps what the client keeps, and each pair of tokens that it was given."""

    def __init__(self) -> None:
        self.client: OAuthClientInformationFull | None = None
        self.pairs: list[OAuthToken] = []

    async def get_tokens(self) -> OAuthToken | None:
        return self.pairs[-1] if self.pairs else None

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.pairs.append(tokens)

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


def provider_for(
    server: SignInServer, storage: Storage, handle: str, metadata_url: str | None = None
) -> OAuthClientProvider:
    answers: list[AuthorizationCodeResult] = []

    async def redirect(url: str) -> None:
        async with server.browser() as browser:
            page = await server.log_in(browser, await browser.open(url), handle)
        answers.append(AuthorizationCodeResult.model_validate(page.answer))

    async def callback() -> AuthorizationCodeResult:
        return answers.pop()

    metadata = OAuthClientMetadata(client_name="SDK", redirect_uris=[AnyUrl(CLIENT_CALLBACK)])
    return OAuthClientProvider(
        f"{server.url}/mcp", metadata, storage, redirect, callback, client_metadata_url=metadata_url
    )


async def test_the_sdks_client_signs_in_and_calls(server: SignInServer) -> None:
    storage = Storage()
    async with httpx2.AsyncClient(auth=provider_for(server, storage, "admin"), trust_env=False, timeout=30) as http:
        first = await http.post(f"{server.url}/mcp", json={})
        second = await http.post(f"{server.url}/mcp", json={})
    assert first.json()["scope"] == second.json()["scope"] == "admin"
    assert len(storage.pairs) == 1
    assert storage.client is not None
    assert storage.client.scope == "bookit"


async def test_the_sdks_client_refreshes(server: SignInServer) -> None:
    storage = Storage()
    auth = provider_for(server, storage, "rep")
    async with httpx2.AsyncClient(auth=auth, trust_env=False, timeout=30) as http:
        await http.post(f"{server.url}/mcp", json={})
        auth.context.token_expiry_time = 1.0
        answer = await http.post(f"{server.url}/mcp", json={})
    assert answer.json()["username"] == "rep@demo.example"
    assert len(storage.pairs) == 2
    assert storage.pairs[0].refresh_token != storage.pairs[1].refresh_token


async def test_the_sdks_client_signs_in_by_its_metadata_document(tmp_path: Path) -> None:
    storage = Storage()
    async with document_host(tmp_path) as host, enabled_server(tmp_path, documents=host) as server:
        auth = provider_for(server, storage, "rep", host.serve())
        async with httpx2.AsyncClient(auth=auth, trust_env=False, timeout=30) as http:
            await http.post(f"{server.url}/mcp", json={})
            auth.context.token_expiry_time = 1.0
            answer = await http.post(f"{server.url}/mcp", json={})
    assert answer.json()["username"] == "rep@demo.example"
    assert storage.client is not None
    assert storage.client.client_id == host.url()
    assert len(storage.pairs) == 2
