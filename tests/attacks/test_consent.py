"""The consent of one client used for another (confused deputy), and a sign-in continued by somebody else (login CSRF,
session fixation)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import Response

from app.oauth.deps import CALLBACK_PATH, CONSENT_PATH
from app.web.browser_cookie import BrowserCookie
from tests.support.browser import Browser
from tests.support.sign_in_server import McpClient, SignInServer

pytestmark = pytest.mark.anyio

EXPIRED = "expired or was begun in another browser"


async def test_the_consent_to_one_client_is_none_to_the_next(server: SignInServer) -> None:
    """The attacker registers a client and sends its link to a person who has just allowed another client, in the same
    browser, with his session at Salesforce still open: he is asked all the same, and told who asks."""
    honest = await server.client(client_name="Honest")
    evil = await server.client(client_name="Evil", redirect_uris=["https://evil.example/callback"])
    async with server.browser() as browser:
        assert "code" in (await honest.sign_in(browser, "rep")).answer
        page = await browser.open(evil.authorize_url())
    assert page.left_to is None
    assert page.response.url.path == CONSENT_PATH
    assert "Evil" in page.text
    assert "evil.example" in page.text


async def test_the_same_client_is_asked_about_each_time(server: SignInServer) -> None:
    """A program on the person's computer uses the id of a client that he has allowed before."""
    client = await server.client()
    async with server.browser() as browser:
        await client.sign_in(browser, "rep")
        again = await browser.open(client.authorize_url())
    assert again.left_to is None
    assert again.response.url.path == CONSENT_PATH


@pytest.mark.parametrize("kept", ["csrf", "request", "both"])
async def test_the_form_of_the_first_client_says_nothing_for_the_second(server: SignInServer, kept: str) -> None:
    """The attacker has a page replay what was sent for the first client: as it was, or mixed with the second's."""
    honest, evil = await server.client(), await server.client(client_name="Evil")
    async with server.browser() as browser:
        first = await browser.open(honest.authorize_url())
        sent = dict(first.form.fields)
        assert "code" in (await server.log_in(browser, first, "rep")).answer
        second = await browser.open(evil.authorize_url())
        replayed = {**second.form.fields, **(sent if kept == "both" else {kept: sent[kept]})}
        answer = await browser.http.post(f"{server.url}{second.form.action}", data={**replayed, "choice": "production"})
    assert answer.status_code == 400
    assert EXPIRED in answer.text


async def stopped_before_callback(server: SignInServer, client: McpClient, handle: str) -> str:
    """The URL that Salesforce sends the browser back to us with, not opened."""
    async with Browser(server.org.url) as at_salesforce, server.browser() as browser:
        page = await browser.open(client.authorize_url())
        answer = await browser.http.post(
            f"{server.url}{page.form.action}", data={**page.form.fields, "choice": "production"}
        )
        login = await at_salesforce.open(answer.headers["location"])
        while login.left_to is None:
            login = await at_salesforce.submit(
                login, {"username": f"{handle}@demo.example", "pw": "demo-password", "decision": "allow"}
            )
    return login.left_to


async def test_a_victim_cannot_be_signed_in_as_the_attacker(server: SignInServer) -> None:
    """Login CSRF: the attacker signs in, keeps the last redirect, and has the victim's browser open it, fresh or in
    the middle of a sign-in of its own."""
    url = await stopped_before_callback(server, await server.client(), "rep")
    assert urlsplit(url).path == CALLBACK_PATH
    async with server.browser() as victim:
        assert EXPIRED in (await victim.open(url)).text
        await victim.open((await server.client()).authorize_url())
        refused = await victim.open(url)
    assert EXPIRED in refused.text
    assert refused.left_to is None


async def test_a_state_is_of_use_once_and_in_its_own_browser(server: SignInServer) -> None:
    """The attacker pastes his own upstream code behind the victim's state, and the victim's state into his browser."""
    client = await server.client()
    async with server.browser() as victim:
        page = await victim.open(client.authorize_url())
        sent = await victim.http.post(
            f"{server.url}{page.form.action}", data={**page.form.fields, "choice": "production"}
        )
        state = parse_qs(urlsplit(sent.headers["location"]).query)["state"][0]
        async with server.browser() as attacker:
            await attacker.open((await server.client()).authorize_url())
            stolen = await attacker.open(f"{server.url}{CALLBACK_PATH}?code=x&state={state}")
        assert EXPIRED in stolen.text
        used = await victim.open(f"{server.url}{CALLBACK_PATH}?code=not-a-code&state={state}")
        assert used.status >= 400
        assert EXPIRED in (await victim.open(f"{server.url}{CALLBACK_PATH}?code=x&state={state}")).text


def test_on_https_no_other_host_can_plant_the_cookie_that_binds_a_browser() -> None:
    """Session fixation: the attacker sets our cookie to a value of his own from a subdomain, or over plain http, and
    finishes with it what the victim signs in to. The `__Host-` prefix lets only this very host set it, over https."""
    cookie = BrowserCookie("https://mcp.example")
    response = Response()
    cookie.write(response, "value")
    written = response.headers["set-cookie"].lower()
    assert written.startswith("__host-")
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= {part.strip() for part in written.split(";")}
    assert "domain=" not in written
    planted = Request({"type": "http", "headers": [(b"cookie", b"bookit_browser=planted")]})
    assert cookie.read(planted) is None
