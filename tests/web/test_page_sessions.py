"""Sessions of the integration page: how long they last, what ends them, and their cookie."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.applications import Starlette

from app.mcp.capabilities import capabilities
from app.store.database import Database
from app.store.encryption import Keyring
from app.web.integration.deps import PageDeps
from app.web.integration.paths import PAGE_PATH, SIGN_IN_PATH, SIGN_OUT_PATH
from app.web.integration.routes import integration_routes
from tests.support.browser import Page
from tests.support.movable_clock import MovableClock
from tests.support.sign_in_server import SignInServer, production_settings, services_for
from tests.web.admin_page import callback_url, session_cookie, settings, sign_in

pytestmark = pytest.mark.anyio

EXPIRED = "This page is out of date"
NOT_ADMIN = "This page is for BookIt admins"


async def test_a_login_makes_a_new_session_and_ends_the_older_one(server: SignInServer) -> None:
    async with server.browser() as browser:
        await sign_in(server, browser)
        first = session_cookie(browser)
        await browser.open(server.url + PAGE_PATH)
        async with server.browser() as planted:
            # Session fixation: a value that somebody planted in the browser is not the one that the login gives.
            planted.http.cookies.set("bookit_page", first or "", domain="127.0.0.1")
            page = await planted.open(f"{server.url}{PAGE_PATH}")
            assert "Update Settings" in page.text
        await browser.submit(page, action=SIGN_OUT_PATH)
        browser.http.cookies.set("bookit_page", "planted", domain="127.0.0.1")
        await sign_in(server, browser)
        assert session_cookie(browser) not in {None, "planted", first}
        browser.http.cookies.clear()
        browser.http.cookies.set("bookit_page", first or "", domain="127.0.0.1")
        assert "Sign in with Salesforce" in (await settings(server, browser)).text


async def test_the_session_is_stored_hashed(server: SignInServer) -> None:
    async with server.browser() as browser:
        await sign_in(server, browser)
        value = session_cookie(browser)
    async with server.database.reading() as session:
        connection = await session.connection()
        rows = (await connection.exec_driver_sql("SELECT * FROM page_sessions")).all()
    assert value
    assert value not in str(rows)


async def test_a_session_ends_after_twenty_idle_minutes(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        own_server.clock.advance(timedelta(minutes=19))
        assert "Active sign-ins" in (await settings(own_server, browser)).text
        own_server.clock.advance(timedelta(minutes=20))
        page = await settings(own_server, browser)
        assert "Your session is over" in page.text
        assert "Sign in with Salesforce" in page.text
        assert session_cookie(browser) is None


async def test_a_session_ends_after_an_hour_however_busy(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        for _ in range(5):
            own_server.clock.advance(timedelta(minutes=11))
            assert "Active sign-ins" in (await settings(own_server, browser)).text
        own_server.clock.advance(timedelta(minutes=5))
        assert "Your session is over" in (await settings(own_server, browser)).text


async def test_full_access_that_is_taken_away_ends_the_session_at_the_next_check(own_server: SignInServer) -> None:
    async with own_server.browser() as browser, own_server.browser() as elsewhere:
        await sign_in(own_server, browser, "both")
        await sign_in(own_server, elsewhere, "both")
        own_server.people.take_all("both")
        own_server.people.assign("both", "LeanData_Dashboard_Access")
        own_server.clock.advance(timedelta(minutes=4, seconds=59))
        assert "Active sign-ins" in (await settings(own_server, browser)).text
        own_server.clock.advance(timedelta(seconds=1))
        page = await settings(own_server, browser)
        assert page.status == 403
        assert NOT_ADMIN in page.text
        assert session_cookie(browser) is None
        assert "Sign in with Salesforce" in (await settings(own_server, elsewhere)).text


async def test_a_form_finds_out_too(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser, "both")
        page = await settings(own_server, browser)
        own_server.people.take_all("both")
        own_server.clock.advance(timedelta(minutes=5))
        assert NOT_ADMIN in (await browser.submit(page, {"shown": "yes"}, action=f"{PAGE_PATH}/usage")).text
    org = await own_server.services.orgs.find(own_server.people.org_id)
    assert org is not None
    assert not org.usage_shown


async def test_an_inactive_users_session_ends(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser, "both")
        own_server.people.deactivate("both")
        own_server.clock.advance(timedelta(minutes=5))
        assert NOT_ADMIN in (await settings(own_server, browser)).text


async def test_rights_that_stay_are_asked_for_once_in_five_minutes(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser, "both")
        own_server.clock.advance(timedelta(minutes=5))
        assert (await settings(own_server, browser)).status == 200
        own_server.people.take_all("both")
        own_server.clock.advance(timedelta(minutes=4))
        assert (await settings(own_server, browser)).status == 200


async def test_a_dead_connection_leaves_nothing_but_binding_another(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser, "both")
        own_server.org.controls.tokens.end_grants(own_server.people.users["admin"])
        own_server.clock.advance(timedelta(minutes=5))
        page = await settings(own_server, browser)
        assert page.status == 200
        assert "The org connection is lost" in page.text
        assert "Active sign-ins" not in page.text
        assert f"{own_server.url}/mcp" not in page.text
        assert "The org connection is lost" in (await browser.open(f"{own_server.url}{PAGE_PATH}/disable")).text


async def test_salesforce_that_does_not_answer_ends_no_session(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser, "both")
        own_server.clock.advance(timedelta(minutes=5))
        own_server.org.fault("unavailable", match={"path": "/services/data/*"}, times=None)
        page = await settings(own_server, browser)
        assert page.status == 503
        assert "Salesforce does not answer" in page.text
        assert (await own_server.http.delete(f"{own_server.org.url}/__admin__/faults")).is_success
        assert "Active sign-ins" in (await settings(own_server, browser)).text


async def test_sign_out_ends_the_session_for_good(server: SignInServer) -> None:
    async with server.browser() as browser:
        page = await sign_in(server, browser)
        value = session_cookie(browser)
        assert "You are signed out" in (await browser.submit(page, action=SIGN_OUT_PATH)).text
        assert session_cookie(browser) is None
        browser.http.cookies.set("bookit_page", value or "", domain="127.0.0.1")
        assert "Sign in with Salesforce" in (await settings(server, browser)).text


async def test_the_cookie_is_lax_http_only_and_plain_on_loopback_http(server: SignInServer) -> None:
    url, cookie = await callback_url(server)
    answer = await server.http.get(url, headers={"Cookie": f"bookit_browser={cookie}"})
    assert answer.status_code == 303
    (line,) = [line for line in answer.headers.get_list("set-cookie") if line.startswith("bookit_page=")]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in line.split(";")}
    assert "Secure" not in line


async def test_in_production_the_cookie_is_bound_to_the_host_and_all_logins_are_offered(tmp_path: Path) -> None:
    settings = production_settings("https://mcp.example", tmp_path / "server.db")
    clock, database = MovableClock(), Database(settings.database_url)
    await database.migrate()
    services, keyring = services_for(settings, database, clock), Keyring.from_settings(settings.encryption_keys)
    deps = PageDeps.build(
        settings, database, keyring, services, clock, server_url="https://mcp.example/mcp", capabilities=capabilities()
    )
    assert deps.cookie.name == "__Host-bookit_page"
    transport = httpx2.ASGITransport(Starlette(routes=list(integration_routes(deps))))
    async with httpx2.AsyncClient(transport=transport, base_url="https://mcp.example") as http:
        page = Page(await http.get(PAGE_PATH))
        assert [value for form in page.forms for _, value in form.buttons] == ["production", "sandbox", "domain"]
        for choice, domain, host in (
            ("production", "", "login.salesforce.com"),
            ("sandbox", "", "test.salesforce.com"),
            ("domain", "acme", "acme.my.salesforce.com"),
        ):
            fields = {**page.form.fields, "choice": choice, "domain": domain}
            answer = await http.post(SIGN_IN_PATH, data=fields)
            assert urlsplit(answer.headers["location"]).netloc == host
        refused = await http.post(SIGN_IN_PATH, data={**page.form.fields, "choice": "domain", "domain": "evil.example"})
        assert refused.status_code == 400
        assert "Enter your org&#39;s My Domain" in refused.text
    services.gateway.close()
    await database.dispose()
