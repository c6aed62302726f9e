"""Somebody has got hold of an authorization code, or means to have one sent to himself."""

from __future__ import annotations

import base64
import hashlib

import pytest

from tests.support.browser import Page
from tests.support.sign_in_server import McpClient, SignInServer

pytestmark = pytest.mark.anyio

REGISTERED = "https://client.example/callback"


async def code_of(server: SignInServer, client: McpClient) -> str:
    async with server.browser() as browser:
        return (await client.sign_in(browser, "rep")).answer["code"]


async def test_a_code_that_comes_back_ends_the_sign_in_of_whoever_was_first(server: SignInServer) -> None:
    """The attacker exchanges a code that he saw, before or after its owner: neither keeps anything that works at /mcp,
    tokens refreshed meanwhile included."""
    client = await server.client()
    code = await code_of(server, client)
    first = (await client.exchange(code)).json()
    second = (await client.refresh(first["refresh_token"])).json()
    for tokens in (first, second):
        assert (await server.call(tokens["access_token"])).status_code == 200
    assert (await client.exchange(code)).json()["error"] == "invalid_grant"
    for tokens in (first, second):
        assert (await server.call(tokens["access_token"])).status_code == 401
        assert (await client.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_stolen_code_is_worth_nothing_without_the_verifier(server: SignInServer) -> None:
    """The attacker has the code and the public client's id, and lacks the verifier: he sends none, the challenge, or
    one of his own. The owner's exchange works afterwards."""
    client = await server.client()
    code = await code_of(server, client)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(client.verifier.encode()).digest()).rstrip(b"=").decode()
    values = {"grant_type": "authorization_code", "code": code, "redirect_uri": client.redirect_uri}
    assert (await client.token(**values)).json()["error"] == "invalid_request"
    for wrong in (challenge, "a" * 43, client.verifier + "x", client.verifier.swapcase()):
        answer = await client.token(**values, code_verifier=wrong)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant"), wrong
    assert (await client.exchange(code)).status_code == 200


@pytest.mark.parametrize("method", [None, "plain", "S512", ""])
async def test_pkce_cannot_be_weakened(server: SignInServer, method: str | None) -> None:
    """The attacker starts the request himself and asks for a method under which the challenge is the verifier."""
    client = await server.client()
    page = await opened(server, client, code_challenge_method=method, code_challenge=client.verifier)
    assert "code" not in (page.answer if page.left_to else {})
    assert page.status in {302, 400}
    if page.left_to:
        assert page.answer["error"] == "invalid_request"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/callback",
        "https://client.example.evil.example/callback",
        "https://client.example@evil.example/callback",
        "https://evil.example#@client.example/callback",
        "https://evil.example\\@client.example/callback",
        "https://client.example/callback/../evil",
        "https://client.example/callback/",
        "https://client.example/callback?next=https://evil.example",
        "https://client.example/callback%2F..%2Fevil",
        "https://client.example/callback%0d%0aLocation:%20https://evil.example",
        "https://client.example:8443/callback",
        "https://client.example./callback",
        "http://client.example/callback",
        "//client.example/callback",
        "javascript:alert(1)//client.example/callback",
        "data:text/html,x",
        "/callback",
    ],
)
@pytest.mark.parametrize("break_more", [{}, {"code_challenge": None}, {"response_type": "token"}])
async def test_nobody_is_sent_anywhere_but_to_the_registered_address(
    server: SignInServer, address: str, break_more: dict[str, str | None]
) -> None:
    """The attacker changes redirect_uri in a link to us, so that the code, or an error, goes to him (open redirect)."""
    client = await server.client(redirect_uris=[REGISTERED])
    page = await opened(server, client, redirect_uri=address, **break_more)
    assert page.left_to is None
    assert page.status == 400
    assert "location" not in page.response.headers


async def test_a_code_is_exchanged_for_the_address_that_it_was_sent_to(server: SignInServer) -> None:
    """The attacker has both of a client's addresses, and a code that went to the other one."""
    client = await server.client(redirect_uris=[REGISTERED, "https://client.example/other"])
    code = await code_of(server, client)
    answer = await client.exchange(code, redirect_uri="https://client.example/other")
    assert answer.status_code == 400
    assert "access_token" not in answer.text


async def opened(server: SignInServer, client: McpClient, **changes: str | None) -> Page:
    async with server.browser() as browser:
        return await browser.open(client.authorize_url(**changes))
