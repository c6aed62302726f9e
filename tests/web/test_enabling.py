"""An admin enables BookIt MCP on the page, and binds another connection."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.store.orgs import Org
from app.web.integration.paths import CONNECTION_PATH, PAGE_PATH, SETTINGS_PATH, SIGN_OUT_PATH
from tests.support.browser import Browser
from tests.support.sign_in_server import SignInServer, running_server
from tests.web.admin_page import OWN, bind, settings, sign_in, some_admin, take_session

pytestmark = pytest.mark.anyio


def log_out_of_salesforce(browser: Browser) -> None:
    """Leaves the browser with our cookies alone."""
    ours = [(cookie.name, cookie.value or "") for cookie in browser.http.cookies.jar if "bookit" in cookie.name]
    browser.http.cookies.clear()
    for name, value in ours:
        browser.http.cookies.set(name, value, domain="127.0.0.1")


async def org_of(server: SignInServer) -> Org:
    org = await server.services.orgs.find(server.people.org_id)
    assert org is not None
    return org


def has_grant(server: SignInServer, handle: str) -> bool:
    """Whether Salesforce holds a grant of that user for our app."""
    app = server.org.controls.external_client_app.now
    return server.org.controls.tokens.has_approved(app, server.people.users[handle], "api")


@pytest.mark.requirement("start.integration_page")
async def test_from_get_started_over_enable_to_the_server_url_and_update_settings(new_server: SignInServer) -> None:
    async with new_server.browser() as browser:
        page = await sign_in(new_server, browser)
        assert "Integrations > BookIt > BookIt MCP (BETA)" in page.text
        assert "Get Started" in page.text
        assert SETTINGS_PATH in page.links
        page = await bind(new_server, browser)
        assert page.status == 200
        assert "BookIt MCP is enabled" in page.text
        assert f"{new_server.url}/mcp" in page.text
        page = await browser.open(new_server.url + PAGE_PATH)
        assert "Update Settings" in page.text
    assert (await org_of(new_server)).is_enabled


async def test_before_that_the_page_says_what_it_needs_and_shows_nothing_of_the_org(new_server: SignInServer) -> None:
    async with new_server.browser() as browser:
        await sign_in(new_server, browser)
        page = await settings(new_server, browser)
    assert "version 7.x or 8.x" in page.text
    assert "Install for Admins Only" in page.text
    assert "non-AppExchange notice" in page.text
    assert new_server.settings.package_install_url in page.links
    assert f"{new_server.url}/mcp" not in page.text
    assert "Active sign-ins" not in page.text


async def test_an_integration_user_becomes_the_connection_and_the_admin_is_told_of_its_loss(
    new_server: SignInServer,
) -> None:
    async with new_server.browser() as browser:
        await sign_in(new_server, browser)
        await bind(new_server, browser, "second_admin")
        page = await settings(new_server, browser)
    org = await org_of(new_server)
    assert org.connection_user_id == new_server.people.users["second_admin"]
    assert org.connection_username == "second_admin@demo.example"
    assert "second_admin@demo.example" in page.text
    assert has_grant(new_server, "second_admin")
    async with new_server.database.reading() as session:
        connection = await session.connection()
        told = (await connection.exec_driver_sql("SELECT admin_email FROM orgs")).scalar_one()
    assert told == "admin@demo.example"


async def test_an_integration_users_login_is_asked_for_anew_and_the_admins_own_is_not(new_server: SignInServer) -> None:
    async with new_server.browser() as browser:
        await sign_in(new_server, browser)
        page = await settings(new_server, browser)
        for who, prompt in (("integration_user", ["login"]), ("own", None)):
            form = next(each for each in page.forms if ("who", who) in each.buttons)
            answer = await browser.http.post(new_server.url + CONNECTION_PATH, data={**form.fields, "who": who})
            assert answer.status_code == 303
            query = parse_qs(urlsplit(answer.headers["location"]).query)
            assert query.get("prompt") == prompt
            assert query["code_challenge_method"] == ["S256"]
            assert "refresh_token" in query["scope"][0]


async def test_an_admin_may_bind_his_own_login(new_server: SignInServer) -> None:
    async with new_server.browser() as browser:
        await sign_in(new_server, browser)
        assert "BookIt MCP is enabled" in (await bind(new_server, browser, who=OWN)).text
    assert (await org_of(new_server)).connection_user_id == new_server.people.users["admin"]


async def test_own_login_means_the_admins_and_nobody_elses(new_server: SignInServer) -> None:
    async with new_server.browser() as browser:
        await sign_in(new_server, browser)
        log_out_of_salesforce(browser)
        page = await bind(new_server, browser, "second_admin", who=OWN)
    assert page.status == 403
    assert "This is another user's login" in page.text
    assert await new_server.services.orgs.find(new_server.people.org_id) is None
    assert not has_grant(new_server, "second_admin")


async def test_a_login_of_another_org_is_refused_and_given_back(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        other = some_admin(login_origin=own_server.settings.salesforce_login_url)
        await take_session(own_server, browser, other)
        await browser.open(own_server.url + PAGE_PATH)
        browser.http.cookies.set("bookit_browser", "of this browser", domain="127.0.0.1")
        before = await org_of(own_server)
        page = await bind(own_server, browser, "second_admin")
    assert page.status == 403
    assert "This user belongs to another org" in page.text
    assert not has_grant(own_server, "second_admin")
    assert await own_server.services.orgs.find(other.org_id) is None
    assert await org_of(own_server) == before


async def test_a_session_that_ended_meanwhile_binds_nothing(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        page = await sign_in(own_server, browser)
        form = await settings(own_server, browser)
        login = await browser.submit(form, action=CONNECTION_PATH, button="integration_user")
        await browser.submit(page, action=SIGN_OUT_PATH)
        page = await own_server.fill_in(browser, login, "second_admin")
        assert "Sign in with Salesforce" in page.text
    assert (await org_of(own_server)).connection_user_id == own_server.people.users["admin"]
    assert not has_grant(own_server, "second_admin")


async def test_another_session_of_the_same_browser_binds_nothing(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        form = await settings(own_server, browser)
        login = await browser.submit(form, action=CONNECTION_PATH, button="integration_user")
        await take_session(own_server, browser, some_admin())
        page = await own_server.fill_in(browser, login, "second_admin")
        assert "This page is out of date" in page.text
    assert (await org_of(own_server)).connection_user_id == own_server.people.users["admin"]
    assert not has_grant(own_server, "second_admin")


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        ("rep", "may not see permission sets"),
        ("seeing_rep", "LeanData Custom Objects Full Access is needed"),
        ("blind_admin", "may not see permission sets"),
    ],
)
async def test_a_connection_that_cannot_do_it_is_named_and_nothing_is_enabled(
    new_server: SignInServer, handle: str, said: str
) -> None:
    async with new_server.browser() as browser:
        await sign_in(new_server, browser)
        page = await bind(new_server, browser, handle)
    assert page.status == 403
    assert "BookIt MCP was not enabled" in page.text
    assert said in page.text
    assert await new_server.services.orgs.find(new_server.people.org_id) is None
    assert not has_grant(new_server, handle)


async def test_who_has_no_permission_set_at_all_is_refused_as_at_a_sign_in(new_server: SignInServer) -> None:
    async with new_server.browser() as browser:
        await sign_in(new_server, browser)
        page = await bind(new_server, browser, "seeing_nobody")
    assert page.status == 403
    assert "neither of the permission sets" in page.text
    assert "Then open the integration page again" in page.text


async def test_an_unsupported_version_is_named(tmp_path: Path) -> None:
    async with running_server(tmp_path, bookit_version=6) as server, server.browser() as browser:
        await sign_in(server, browser)
        page = await bind(server, browser)
        assert page.status == 403
        assert "7.x or 8.x is needed" in page.text


async def test_what_the_connection_lacks_is_named_with_what_it_turns_off(new_server: SignInServer) -> None:
    async with new_server.browser() as browser:
        await sign_in(new_server, browser)
        await bind(new_server, browser, "seeing_admin")
        page = await settings(new_server, browser)
    assert "What is off, and why" in page.text
    assert "availability" in page.text
    assert "View All Data" in page.text
    assert "Modify All Data" in page.text


async def test_binding_another_connection_gives_the_older_one_back(own_server: SignInServer) -> None:
    assert has_grant(own_server, "admin")
    async with own_server.browser() as browser:
        await sign_in(own_server, browser, "both")
        page = await bind(own_server, browser, "second_admin")
        assert "The org connection is bound" in page.text
    assert (await org_of(own_server)).connection_user_id == own_server.people.users["second_admin"]
    assert not has_grant(own_server, "admin")


async def test_after_a_dead_connection_another_one_opens_the_page_again(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser, "both")
        own_server.org.controls.tokens.end_grants(own_server.people.users["admin"])
        own_server.clock.advance(timedelta(minutes=5))
        assert "The org connection is lost" in (await settings(own_server, browser)).text
        page = await bind(own_server, browser, "second_admin")
        assert "Active sign-ins" in page.text
