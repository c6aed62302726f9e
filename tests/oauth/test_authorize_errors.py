"""/authorize: what is wrong goes back to the client with `iss`, unless the client or its address is not known."""

import pytest

from tests.support.browser import Page
from tests.support.sign_in_server import McpClient, SignInServer

pytestmark = pytest.mark.anyio


async def opened(server: SignInServer, client: McpClient, **changes: str | None) -> Page:
    async with server.browser() as browser:
        return await browser.open(client.authorize_url(**changes))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "too-short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"resource": "https://other.example/mcp"}, "invalid_target"),
        ({"state": "x" * 5000}, "invalid_request"),
    ],
)
async def test_a_bad_request_goes_back_to_the_client(
    server: SignInServer, changes: dict[str, str | None], error: str
) -> None:
    client = await server.client()
    page = await opened(server, client, **changes)
    assert page.answer["error"] == error
    assert page.answer["iss"] == server.url
    assert page.answer["state"] == changes.get("state", client.state)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "unknown"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1:53682/other"},
        {"redirect_uri": "http://127.0.0.1:53682/callback?x=1"},
        {"redirect_uri": "https://127.0.0.1:53682/callback"},
        {"redirect_uri": "http://localhost:53682/callback"},
        {"redirect_uri": "not a url"},
    ],
)
async def test_nobody_is_redirected_to_an_address_that_is_not_registered(
    server: SignInServer, changes: dict[str, str | None]
) -> None:
    page = await opened(server, await server.client(), **changes)
    assert page.left_to is None
    assert page.status == 400
    assert "cannot be answered" in page.text
    assert page.response.headers["content-type"].startswith("text/html")


async def test_a_parameter_that_stands_twice_is_refused(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url() + "&client_id=other")
    assert page.status == 400


@pytest.mark.parametrize("changes", [{"client_id": "a\0b"}, {"state": "a\0b"}, {"resource": "\0"}])
async def test_a_nul_is_refused_before_it_reaches_the_database(
    server: SignInServer, changes: dict[str, str | None]
) -> None:
    page = await opened(server, await server.client(), **changes)
    assert (page.status, page.left_to) == (400, None)


async def test_a_loopback_client_may_come_back_on_any_port(server: SignInServer) -> None:
    client = await server.client(redirect_uris=["http://localhost/callback", "http://127.0.0.1/callback"])
    client.redirect_uri = "http://localhost:49152/callback"
    async with server.browser() as browser:
        page = await client.sign_in(browser, "rep")
    assert (page.left_to or "").startswith("http://localhost:49152/callback?")
    assert (await client.exchange(page.answer["code"])).status_code == 200


async def test_the_only_registered_address_need_not_be_named(server: SignInServer) -> None:
    client = await server.client()
    page = await opened(server, client, redirect_uri=None)
    assert page.status == 200


@pytest.mark.parametrize("scope", [None, "bookit", "bookit offline_access", "claudeai", "admin"])
async def test_whatever_scope_is_asked_for_the_one_is_given(server: SignInServer, scope: str | None) -> None:
    client = await server.client()
    async with server.browser() as browser:
        consent = await browser.open(client.authorize_url(scope=scope))
        page = await server.log_in(browser, consent, "rep")
    tokens = (await client.exchange(page.answer["code"])).json()
    assert tokens["scope"] == "bookit"
    assert (await server.call(tokens["access_token"])).json()["scope"] == "user"


async def test_without_a_resource_the_token_is_for_ours(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await server.log_in(browser, await browser.open(client.authorize_url(resource=None)), "rep")
    tokens = (await client.exchange(page.answer["code"])).json()
    assert (await server.call(tokens["access_token"])).status_code == 200


async def test_authorize_takes_a_posted_form_too(server: SignInServer) -> None:
    client = await server.client()
    query = client.authorize_url().partition("?")[2]
    answer = await server.http.post(
        "/authorize", content=query, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.headers["location"].startswith(f"{server.url}/authorize/consent?request=")


async def test_too_large_a_body_is_refused(server: SignInServer) -> None:
    for path in ("/authorize", "/authorize/consent", "/token", "/register", "/revoke"):
        answer = await server.http.post(path, content=b"x" * 70_000)
        assert answer.status_code == 413, path
