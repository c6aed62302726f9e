"""A sign-in is finished in the browser that began it, once, and within its time."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.local_org import PASSWORD
from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio

EXPIRED = "expired or was begun in another browser"


async def test_another_browser_gets_no_consent_page(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as own, server.browser() as other:
        page = await own.open(client.authorize_url())
        stolen = await other.open(str(page.response.url))
        assert (await own.open(str(page.response.url))).status == 200
    assert stolen.status == 400
    assert EXPIRED in stolen.text


async def test_another_browser_with_a_cookie_of_its_own_gets_none_either(server: SignInServer) -> None:
    client, other_client = await server.client(), await server.client()
    async with server.browser() as own, server.browser() as other:
        page = await own.open(client.authorize_url())
        await other.open(other_client.authorize_url())
        assert EXPIRED in (await other.open(str(page.response.url))).text


@pytest.mark.parametrize("csrf", ["", "0" * 64, "é"])
async def test_a_forged_form_is_refused(server: SignInServer, csrf: str) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
        forged = await browser.submit(page, {"csrf": csrf}, button="production")
    assert forged.status == 400
    assert EXPIRED in forged.text


async def test_the_form_of_one_request_is_no_consent_to_another(server: SignInServer) -> None:
    honest, evil = await server.client(), await server.client(client_name="Evil")
    async with server.browser() as browser:
        page = await browser.open(honest.authorize_url())
        target = await browser.open(evil.authorize_url())
        forged = await browser.submit(page, {"request": target.form.fields["request"]}, button="production")
    assert EXPIRED in forged.text


async def test_two_sign_ins_may_run_in_one_browser_at_the_same_time(server: SignInServer) -> None:
    one, other = await server.client(), await server.client()
    async with server.browser() as browser:
        first, second = await browser.open(one.authorize_url()), await browser.open(other.authorize_url())
        for client, page in ((other, second), (one, first)):
            done = await server.log_in(browser, page, "rep")
            assert (await client.exchange(done.answer["code"])).status_code == 200


async def callback_url_of(server: SignInServer, handle: str) -> str:
    """Goes up to the redirect from Salesforce to us, in a browser that does not visit us then."""
    client = await server.client()
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
        browser.sites = {urlsplit(server.org.url).netloc}
        done = await server.log_in(browser, page, handle)
    assert done.left_to is not None
    return done.left_to


async def test_a_callback_in_another_browser_is_refused(server: SignInServer) -> None:
    url = await callback_url_of(server, "rep")
    async with server.browser() as other:
        assert EXPIRED in (await other.open(url)).text
        await other.open((await server.client()).authorize_url())
        assert EXPIRED in (await other.open(url)).text


async def test_a_callback_with_an_unknown_state_is_refused(server: SignInServer) -> None:
    async with server.browser() as browser:
        await browser.open((await server.client()).authorize_url())
        page = await browser.open(f"{server.url}/signin/salesforce/callback?code=x&state=unknown")
    assert page.status == 400
    assert EXPIRED in page.text


async def test_a_callback_works_once(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await client.sign_in(browser, "rep")
        assert "code" in page.answer
        again = await browser.open(str(page.response.url))
    assert EXPIRED in again.text


async def test_a_sign_in_expires_after_ten_minutes(own_server: SignInServer) -> None:
    client = await own_server.client()
    async with own_server.browser() as browser:
        page = await browser.open(client.authorize_url())
        own_server.clock.advance(timedelta(minutes=10))
        assert EXPIRED in (await browser.submit(page, button="production")).text


async def test_salesforce_is_asked_with_pkce_a_fresh_state_and_no_secret_of_the_client(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
        answer = await browser.http.post(
            f"{server.url}{page.form.action}", data={**page.form.fields, "choice": "production"}
        )
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert answer.status_code == 303
    assert query["code_challenge_method"] == ["S256"]
    assert query["state"] != [client.state]
    assert set(query["scope"][0].split()) == {"api", "refresh_token", "openid"}
    assert PASSWORD not in answer.headers["location"]


async def test_the_cookie_is_lax_http_only_and_plain_on_loopback_http(server: SignInServer) -> None:
    client = await server.client()
    answer = await server.http.get(client.authorize_url())
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("bookit_browser=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
