"""Addresses that nobody may be sent to, at registration, in a document, and in an authorize request."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from app.oauth.client_documents.reading import MINUTE
from app.oauth.redirects import shown_host
from tests.support.document_host import DocumentHost, document_host
from tests.support.sign_in_server import McpClient, SignInServer, running_server

pytestmark = pytest.mark.anyio

HTTPS = "https://client.example/callback"
LOOPBACK = "http://127.0.0.1:8000/callback"

NEVER = [
    # Schemes
    "myapp://callback",
    "com.example.app:/callback",
    "vscode://vscode.github-authentication/did-authenticate",
    "javascript:alert(1)",
    "JavaScript:alert(1)//https://client.example",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "blob:https://client.example/callback",
    "urn:ietf:wg:oauth:2.0:oob",
    "//client.example/callback",
    "/callback",
    "client.example/callback",
    "*",
    "",
    # Cursor's lookalikes
    "cursor://anysphere.cursor-mcp/oauth/callback/",
    "cursor://anysphere.cursor-mcp/oauth/callback?x=1",
    "cursor://anysphere.cursor-mcp/oauth/callback2",
    "cursor://anysphere.cursor-mcp.evil/oauth/callback",
    "cursor://anysphere.cursor-mcp:80/oauth/callback",
    "cursor://user@anysphere.cursor-mcp/oauth/callback",
    "Cursor://anysphere.cursor-mcp/oauth/callback",
    "cursor://Anysphere.cursor-mcp/oauth/callback",
    "cursor:anysphere.cursor-mcp/oauth/callback",
    # http beyond this computer
    "http://client.example/callback",
    "http://localhost.evil.com/callback",
    "http://127.0.0.1.evil.com/callback",
    "http://127.0.0.1.nip.io/callback",
    "http://127.0.0.2/callback",
    "http://127.1/callback",
    "http://2130706433/callback",
    "http://0x7f000001/callback",
    "http://0.0.0.0/callback",
    "http://[::ffff:127.0.0.1]/callback",
    "http://localhost./callback",
    "http://10.0.0.1/callback",
    # A user in front of the host
    "http://127.0.0.1@evil.com/callback",
    "http://localhost:80@evil.com/callback",
    "http://evil.com@localhost/callback",
    "https://client.example@evil.com/callback",
    "https://@client.example/callback",
    # What readers read differently
    "https://client.example\\@evil.com/callback",
    "https:\\\\client.example\\callback",
    "http://127.0.0.1\\.evil.com/callback",
    "https://client.example%2F@evil.com/callback",
    "https://client.example%00.evil.com/callback",
    "https://client.example\t.evil.com/callback",
    "https://client.example/call\r\nLocation: https://evil.com",
    " https://client.example/callback",
    "https://client.example/call back",
    "https:client.example/callback",
    "https:/client.example/callback",
    "https:///client.example/callback",
    "https://CLIENT.example/callback",
    "HTTPS://client.example/callback",
    "https://clіent.example/callback",  # a Cyrillic letter
    "https://client。example/callback",
    "https://client.example:/callback",
    "https://client.example:99999/callback",
    "https://client.example:80x/callback",
    "https://*.example/callback",
    # Paths
    "https://client.example/callback#fragment",
    "https://client.example/callback#",
    "https://client.example/../callback",
    "https://client.example/callback/..",
    "https://client.example/x/../callback",
    "https://client.example/x/%2e%2E/callback",
    "https://client.example/./callback",
    "http://127.0.0.1:8000/x/../callback",
    'https://client.example/"onmouseover="alert(1)',
    "https://client.example/<script>",
]

OTHERS_THAN_REGISTERED = [
    "https://client.example/callback/",
    "https://client.example/callback/more",
    "https://client.example/Callback",
    "https://client.example/callback?x=1",
    "https://client.example/callback%3Fx=1",
    "https://client.example/%63allback",
    "https://client.example//callback",
    "https://client.example/callback;x",
    "https://client.example:8443/callback",
    "https://www.client.example/callback",
    "https://client.example.evil.com/callback",
    "https://xn--clent-jqf.example/callback",
    "https://127.0.0.1:8000/callback",
    "http://localhost:8000/callback",
    "http://[::1]:8000/callback",
    "http://127.0.0.1:8000/",
    "http://127.0.0.1:8000/other",
    "http://127.0.0.1:8000/callback/",
    "http://127.0.0.1:8000/callback/more",
    "http://127.0.0.1:8000/callback?x=1",
    "cursor://anysphere.cursor-mcp/oauth/callback",
]


@pytest.fixture(scope="module")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DocumentHost]:
    async with document_host(tmp_path_factory.mktemp("host")) as running:
        yield running


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory, host: DocumentHost) -> AsyncGenerator[SignInServer]:
    async with running_server(tmp_path_factory.mktemp("server"), documents=host) as running:
        yield running


@pytest.fixture(scope="module")
async def client(server: SignInServer) -> McpClient:
    return await server.client(redirect_uris=[HTTPS, LOOPBACK])


async def is_refused(server: SignInServer, client: McpClient, redirect_uri: str) -> None:
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url(redirect_uri=redirect_uri))
    assert (page.status, page.left_to) == (400, None)
    assert "location" not in page.response.headers


@pytest.mark.parametrize("uri", NEVER)
async def test_it_cannot_be_registered_alone_or_among_good_ones(server: SignInServer, uri: str) -> None:
    for uris in ([uri], [HTTPS, uri]):
        answer = await server.register(redirect_uris=uris)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


@pytest.mark.parametrize("uri", NEVER)
async def test_a_document_cannot_make_it_good(server: SignInServer, host: DocumentHost, uri: str) -> None:
    server.clock.advance(MINUTE)  # for the limit of readings
    documented = McpClient(server, host.serve(f"/{NEVER.index(uri)}.json", redirect_uris=[HTTPS, uri]))
    async with server.browser() as browser:
        assert (await browser.open(documented.authorize_url(redirect_uri=HTTPS))).status == 200
    await is_refused(server, documented, uri)


@pytest.mark.parametrize("uri", [*NEVER, *OTHERS_THAN_REGISTERED])
async def test_nobody_is_sent_there(server: SignInServer, client: McpClient, uri: str) -> None:
    await is_refused(server, client, uri)


@pytest.mark.parametrize("port", ["", ":1", ":8000", ":65535"])
async def test_the_registered_ones_are_good_and_on_loopback_any_port_is(
    server: SignInServer, client: McpClient, port: str
) -> None:
    for uri in (HTTPS, f"http://127.0.0.1{port}/callback"):
        async with server.browser() as browser:
            page = await browser.open(client.authorize_url(redirect_uri=uri))
        assert page.status == 200


async def test_a_name_beyond_ascii_is_shown_as_its_punycode(server: SignInServer) -> None:
    """`аpple.com` with a Cyrillic letter looks like another site; its punycode does not."""
    uri = "https://xn--pple-43d.com/callback"
    client = await server.client(redirect_uris=[uri])
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url(redirect_uri=uri))
    assert "xn--pple-43d.com" in page.text
    assert "apple.com" not in page.text.replace("xn--pple-43d.com", "")
    assert shown_host(uri) == "xn--pple-43d.com"
