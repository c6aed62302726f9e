"""The clients that people use: what each really sends, from the first request to the redirect that brings the code."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.document_host import DocumentHost, document_host
from tests.support.sign_in_server import McpClient, SignInServer, enabled_server

pytestmark = pytest.mark.anyio

CURSOR_URIS = [
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "https://www.cursor.com/agents/mcp/oauth/callback",
    "http://localhost:8787/callback",
]
VS_CODE_URIS = [
    "https://insiders.vscode.dev/redirect",
    "https://vscode.dev/redirect",
    "http://127.0.0.1/",
    "http://127.0.0.1:33418/",
]
BOTH_GRANTS = ["authorization_code", "refresh_token"]


@dataclass(frozen=True, kw_only=True)
class RealClient:
    """What a client sends. metadata: its registration, or its document's members. redirects: the URIs that it then asks
    for. asks: parameters of its authorize request; None takes one away. native: the application_type that it gets."""

    name: str
    metadata: Mapping[str, Any]
    redirects: list[str]
    document: bool = False
    asks: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    native: bool = True


def _public(**members: Any) -> dict[str, Any]:
    return {"token_endpoint_auth_method": "none", "grant_types": BOTH_GRANTS, "response_types": ["code"], **members}


CLIENTS = [
    RealClient(
        name="claude.ai by its document",
        document=True,
        metadata=_public(
            client_name="Claude",
            client_uri="https://claude.ai",
            redirect_uris=["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"],
        ),
        redirects=["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"],
        native=False,
    ),
    RealClient(
        name="claude.ai by registration",
        metadata={
            "client_name": "Claude",
            "redirect_uris": ["https://claude.ai/api/mcp/auth_callback"],
            "grant_types": BOTH_GRANTS,
            "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_post",
            "scope": "claudeai",
        },
        redirects=["https://claude.ai/api/mcp/auth_callback"],
        asks={"scope": "claudeai"},
        native=False,
    ),
    RealClient(
        name="Claude Code by its document",
        document=True,
        metadata=_public(
            client_name="Claude Code", redirect_uris=["http://localhost/callback", "http://127.0.0.1/callback"]
        ),
        redirects=["http://localhost:55611/callback", "http://127.0.0.1:52163/callback"],
    ),
    RealClient(
        name="Claude Code by registration",
        metadata=_public(
            client_name="Claude Code (bookit)",
            application_type="native",
            redirect_uris=["http://localhost:3118/callback"],
        ),
        redirects=["http://localhost:3118/callback", "http://localhost:8080/callback"],
    ),
    RealClient(
        name="ChatGPT by its document",
        document=True,
        metadata={
            "client_name": "ChatGPT",
            "client_uri": "https://chatgpt.com/",
            "redirect_uris": ["https://chatgpt.com/connector/oauth/kDmjx77UnKOM"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "token_endpoint_auth_signing_alg": "RS256",
            "jwks_uri": "https://chatgpt.com/oauth/jwks.json",
            "grant_types": BOTH_GRANTS,
            "response_types": ["code"],
        },
        redirects=["https://chatgpt.com/connector/oauth/kDmjx77UnKOM"],
        native=False,
    ),
    RealClient(
        name="ChatGPT by registration",
        metadata=_public(
            client_name="ChatGPT", redirect_uris=["https://chatgpt.com/connector_platform_oauth_redirect"]
        ),
        redirects=["https://chatgpt.com/connector_platform_oauth_redirect"],
        native=False,
    ),
    RealClient(
        name="Codex",
        metadata=_public(
            client_name="Codex",
            application_type="native",
            redirect_uris=["http://127.0.0.1:37819/callback/4f6c2e"],
            scope="bookit",
        ),
        redirects=["http://127.0.0.1:37819/callback/4f6c2e"],
    ),
    RealClient(
        name="Cursor",
        metadata=_public(client_name="Cursor", redirect_uris=CURSOR_URIS),
        redirects=CURSOR_URIS,
    ),
    RealClient(
        name="VS Code by its document",
        document=True,
        metadata=_public(client_name="Visual Studio Code", application_type="native", redirect_uris=VS_CODE_URIS),
        redirects=[*VS_CODE_URIS, "http://127.0.0.1:49152/"],
    ),
    RealClient(
        name="VS Code by registration",
        metadata=_public(
            client_name="Visual Studio Code",
            client_uri="https://code.visualstudio.com",
            application_type="native",
            redirect_uris=VS_CODE_URIS,
        ),
        redirects=[*VS_CODE_URIS, "http://127.0.0.1:49152/"],
    ),
    RealClient(
        name="MCP Inspector",
        metadata=_public(
            client_name="MCP Inspector",
            client_uri="https://github.com/modelcontextprotocol/inspector",
            redirect_uris=["http://127.0.0.1:6274/oauth/callback", "http://127.0.0.1:6274/oauth/callback/debug"],
            scope="bookit",
        ),
        redirects=["http://127.0.0.1:6274/oauth/callback", "http://127.0.0.1:6274/oauth/callback/debug"],
    ),
    RealClient(
        name="MCP Inspector on localhost",
        metadata=_public(client_name="MCP Inspector", redirect_uris=["http://localhost:6274/oauth/callback"]),
        redirects=["http://localhost:6274/oauth/callback"],
    ),
    RealClient(
        name="Gemini CLI",
        metadata=_public(
            client_name="Gemini CLI MCP Client", redirect_uris=["http://localhost:7777/oauth/callback"], scope=""
        ),
        redirects=["http://localhost:7777/oauth/callback"],
        asks={"scope": None},
    ),
    RealClient(
        name="OpenCode by registration, without a type",
        metadata=_public(
            client_name="OpenCode",
            client_uri="https://opencode.ai",
            redirect_uris=["http://127.0.0.1:19876/mcp/oauth/callback"],
        ),
        redirects=["http://127.0.0.1:19876/mcp/oauth/callback"],
    ),
    RealClient(
        name="OpenCode by its document",
        document=True,
        metadata=_public(
            client_name="opencode",
            client_uri="https://opencode.ai",
            logo_uri="https://opencode.ai/web-app-manifest-512x512.png",
            application_type="native",
            redirect_uris=["http://127.0.0.1/callback", "http://localhost/callback"],
            token_endpoint_auth_methods_supported=["none"],
        ),
        redirects=["http://127.0.0.1:19876/callback"],
    ),
    RealClient(
        name="a client that asks for offline access and sends no resource",
        metadata=_public(client_name="Old", redirect_uris=["http://localhost:9999/cb"], application_type=None),
        redirects=["http://localhost:9999/cb"],
        asks={"scope": "bookit offline_access", "resource": None},
    ),
]


@pytest.fixture(scope="module")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DocumentHost]:
    async with document_host(tmp_path_factory.mktemp("host")) as running:
        yield running


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory, host: DocumentHost) -> AsyncGenerator[SignInServer]:
    async with enabled_server(tmp_path_factory.mktemp("server"), documents=host) as running:
        yield running


async def known(server: SignInServer, host: DocumentHost, real: RealClient) -> McpClient:
    """The client, known to the server in the way that it chose."""
    if real.document:
        return McpClient(server, host.serve(f"/{real.name.replace(' ', '-')}.json", **real.metadata))
    answer = await server.http.post("/register", json=dict(real.metadata))
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["redirect_uris"] == real.metadata["redirect_uris"]
    assert body["application_type"] == ("native" if real.native else "web")
    return McpClient(server, body["client_id"], body.get("client_secret"))


@pytest.mark.requirement("overview.any_client")
@pytest.mark.parametrize("real", CLIENTS, ids=lambda real: real.name)
async def test_it_signs_in_to_each_of_its_addresses(server: SignInServer, host: DocumentHost, real: RealClient) -> None:
    client = await known(server, host, real)
    for redirect_uri in real.redirects:
        client.redirect_uri = redirect_uri
        async with server.browser() as browser:
            consent = await browser.open(client.authorize_url(**real.asks))
            assert consent.status == 200, consent.text
            page = await server.log_in(browser, consent, "rep")
        assert (page.left_to or "").startswith(redirect_uri + "?")
        assert (page.answer["state"], page.answer["iss"]) == (client.state, server.url)
        resource = {} if "resource" in real.asks else {"resource": f"{server.url}/mcp"}
        values = {"redirect_uri": redirect_uri, "code_verifier": client.verifier, **resource}
        answer = await client.token(grant_type="authorization_code", code=page.answer["code"], **values)
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        assert (await server.call(tokens["access_token"])).json()["username"] == "rep@demo.example"
        assert (await client.refresh(tokens["refresh_token"])).status_code == 200
