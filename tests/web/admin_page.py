"""An admin's way through the integration page, in a browser without a screen."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.store.page_sessions import PageAdmin, PageSessions
from app.web.integration.deps import SESSION_COOKIE
from app.web.integration.paths import CONNECTION_PATH, PAGE_PATH, SETTINGS_PATH
from tests.support.browser import Browser, Page
from tests.support.sign_in_server import SignInServer

OTHER_ORG = "00D000000000002AAA"
INTEGRATION_USER, OWN = "integration_user", "own"


async def sign_in(server: SignInServer, browser: Browser, handle: str = "admin") -> Page:
    """Signs in to the page: the overview, or a refusal."""
    return await server.log_in(browser, await browser.open(server.url + PAGE_PATH), handle)


async def callback_url(server: SignInServer, handle: str = "admin") -> tuple[str, str]:
    """The redirect from Salesforce to us, not followed, and the browser cookie it belongs to."""
    async with server.browser() as browser:
        page = await browser.open(server.url + PAGE_PATH)
        browser.sites = {urlsplit(server.org.url).netloc}
        done = await server.log_in(browser, page, handle)
        assert done.left_to is not None
        return done.left_to, browser.http.cookies.get("bookit_browser") or ""


async def settings(server: SignInServer, browser: Browser, query: str = "") -> Page:
    """The settings page."""
    return await browser.open(server.url + SETTINGS_PATH + query)


async def bind(server: SignInServer, browser: Browser, handle: str = "admin", *, who: str = INTEGRATION_USER) -> Page:
    """Enables, or binds another connection, with that user's login."""
    page = await settings(server, browser)
    return await server.fill_in(browser, await browser.submit(page, action=CONNECTION_PATH, button=who), handle)


def some_admin(**changes: str) -> PageAdmin:
    """An admin of an org that this server's Salesforce does not have."""
    values = {
        "org_id": OTHER_ORG,
        "org_name": "Other Org",
        "user_id": "005000000000009AAA",
        "username": "admin@other.example",
        "name": "Other Admin",
        "email": "admin@other.example",
        "timezone": "America/New_York",
        "login_origin": "https://login.salesforce.com",
        **changes,
    }
    return PageAdmin(**values)


async def take_session(server: SignInServer, browser: Browser, admin: PageAdmin) -> str:
    """Signs the browser in as if that admin had logged in just now; returns the cookie's value."""
    value = (await PageSessions(server.database, server.clock).begin(admin)).get_secret_value()
    browser.http.cookies.set(SESSION_COOKIE, value, domain="127.0.0.1")
    return value


def session_cookie(browser: Browser) -> str | None:
    """The value that the browser holds."""
    return browser.http.cookies.get(SESSION_COOKIE)
