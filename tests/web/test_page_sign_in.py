"""Who comes in to the integration page, through which login."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from app.web.integration.paths import CALLBACK_PATH, PAGE_PATH, SETTINGS_PATH, SIGN_IN_PATH
from tests.support.sign_in_server import SignInServer
from tests.web.admin_page import callback_url, session_cookie, settings, sign_in

pytestmark = pytest.mark.anyio

EXPIRED = "This page is out of date"
NOT_ADMIN = "This page is for BookIt admins"


async def stored(server: SignInServer, table: str) -> int:
    async with server.database.reading() as session:
        connection = await session.connection()
        return (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one()


async def test_without_a_session_there_is_a_page_that_says_what_it_is_and_where_to_sign_in(
    server: SignInServer,
) -> None:
    async with server.browser() as browser:
        page = await browser.open(server.url + PAGE_PATH)
    assert page.status == 200
    assert "Integrations > BookIt > BookIt MCP (BETA)" in page.text
    assert "Sign in with Salesforce" in page.text
    assert "LeanData Custom Objects Full Access" in page.text
    assert page.response.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", [SETTINGS_PATH, f"{PAGE_PATH}/disable"])
async def test_without_a_session_every_other_page_leads_there(server: SignInServer, path: str) -> None:
    async with server.browser() as browser:
        page = await browser.open(server.url + path)
    assert str(page.response.url) == server.url + PAGE_PATH
    assert "Sign in with Salesforce" in page.text


@pytest.mark.parametrize("handle", ["admin", "both"])
async def test_who_has_full_access_comes_in(server: SignInServer, handle: str) -> None:
    async with server.browser() as browser:
        page = await sign_in(server, browser, handle)
        assert page.status == 200
        assert f"{handle}@demo.example" in page.text
        assert "Update Settings" in page.text


@pytest.mark.parametrize("handle", ["rep", "group", "nosets", "poolmanager", "expired"])
async def test_anybody_else_is_refused(server: SignInServer, handle: str) -> None:
    sessions = await stored(server, "page_sessions")
    async with server.browser() as browser:
        page = await sign_in(server, browser, handle)
        assert page.status == 403
        assert NOT_ADMIN in page.text
        assert session_cookie(browser) is None
        assert "Sign in with Salesforce" in (await settings(server, browser)).text
    assert await stored(server, "page_sessions") == sessions


async def test_an_admin_who_may_not_see_permission_sets_comes_in_where_the_connection_can(
    server: SignInServer,
) -> None:
    async with server.browser() as browser:
        assert "Update Settings" in (await sign_in(server, browser, "blind_admin")).text


async def test_the_login_is_given_back_and_no_grant_is_kept(new_server: SignInServer) -> None:
    app = new_server.org.controls.external_client_app.now
    for handle in ("admin", "rep"):
        async with new_server.browser() as browser:
            await sign_in(new_server, browser, handle)
        assert not new_server.org.controls.tokens.has_approved(app, new_server.people.users[handle], "api")
    assert await stored(new_server, "salesforce_grants") == 0


async def test_salesforce_is_asked_with_pkce_and_a_fresh_state(server: SignInServer) -> None:
    states: set[str] = set()
    async with server.browser() as browser:
        for _ in range(2):
            page = await browser.open(server.url + PAGE_PATH)
            fields = {**page.form.fields, "choice": "production"}
            answer = await browser.http.post(server.url + SIGN_IN_PATH, data=fields)
            assert answer.status_code == 303
            query = parse_qs(urlsplit(answer.headers["location"]).query)
            assert query["code_challenge_method"] == ["S256"]
            assert query["redirect_uri"] == [server.url + CALLBACK_PATH]
            states.add(query["state"][0])
    assert len(states) == 2


async def test_a_login_is_finished_once_and_in_its_own_browser(server: SignInServer) -> None:
    url, cookie = await callback_url(server)
    async with server.browser() as other:
        assert EXPIRED in (await other.open(url)).text
        await other.open(server.url + PAGE_PATH)
        assert EXPIRED in (await other.open(url)).text
        assert session_cookie(other) is None
    async with server.browser() as own:
        own.http.cookies.set("bookit_browser", cookie, domain="127.0.0.1")
        assert "Update Settings" in (await own.open(url)).text
        assert EXPIRED in (await own.open(url)).text


async def test_a_login_expires_after_ten_minutes(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        page = await browser.open(own_server.url + PAGE_PATH)
        answer = await browser.http.post(
            own_server.url + SIGN_IN_PATH, data={**page.form.fields, "choice": "production"}
        )
        own_server.clock.advance(timedelta(minutes=10))
        page = await browser.follow(answer)
        assert EXPIRED in (await own_server.fill_in(browser, page, "admin")).text


async def test_a_login_with_an_unknown_state_is_refused(server: SignInServer) -> None:
    async with server.browser() as browser:
        await browser.open(server.url + PAGE_PATH)
        page = await browser.open(f"{server.url}{CALLBACK_PATH}?code=x&state=unknown")
    assert page.status == 400
    assert EXPIRED in page.text


async def test_who_denies_at_salesforce_is_back_on_the_page(own_server: SignInServer) -> None:
    own_server.org.controls.tokens.end_grants(own_server.people.users["both"])
    async with own_server.browser() as browser:
        page = await own_server.log_in(browser, await browser.open(own_server.url + PAGE_PATH), "both", decision="deny")
        assert str(page.response.url).startswith(own_server.url + PAGE_PATH)
        assert "the access was not allowed" in page.text
        assert session_cookie(browser) is None
