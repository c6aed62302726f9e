"""The whole way of an admin in a real browser, by keyboard, on a phone and at a desk, light and dark."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.web.integration.paths import PAGE_PATH, SETTINGS_PATH
from tests.support.local_org import PASSWORD
from tests.support.mail_server import MailServer, mail_server
from tests.support.mailed_codes import AGENTS, code_in, mail_settings
from tests.support.sign_in_server import SignInServer, running_server
from tests.web.chromium import Scheme, Watched, chromium, watched
from tests.web.used import plant_calls

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

WAIT_AFTER_A_WRONG_CODE = timedelta(minutes=1)
WINDOWS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
LONG_NAME = "A client with a name as long as a client's name can be, and no shorter"


async def log_in(tab: Watched, handle: str) -> None:
    """Fills in Salesforce's login form, and allows the access where Salesforce asks."""
    page = tab.page
    await page.get_by_label("Username").fill(f"{handle}@demo.example")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/login" not in url)
    allow = page.get_by_role("button", name="Allow", exact=True)
    if await allow.count():
        await allow.press("Enter")


async def says(tab: Watched, text: str) -> None:
    """What was just done is said in a status, for the ear too."""
    await expect(tab.page.get_by_role("status").first).to_contain_text(text)


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
async def test_an_admins_way(tmp_path: Path, width: int, scheme: Scheme) -> None:
    async with (
        mail_server(MailServer()) as mail,
        running_server(tmp_path, **mail_settings(mail.port)) as server,
        chromium() as browser,
        watched(browser, width, scheme, server.org.url) as tab,
    ):
        await sign_in_and_enable(server, tab)
        await let_clients_in(server, mail, tab)
        await look_after(server, tab)
        await disable(server, tab)


async def sign_in_and_enable(server: SignInServer, tab: Watched) -> None:
    page = tab.page
    await page.goto(server.url + PAGE_PATH)
    await tab.look("01-sign-in")
    await tab.press(page.get_by_role("button", name="Sign in with Salesforce"))
    await log_in(tab, "admin")
    await expect(page.get_by_role("heading", level=2, name="BookIt MCP (BETA)")).to_be_visible()
    await tab.look("02-overview-not-enabled")
    await tab.press(page.get_by_role("link", name="Get Started"))
    await tab.look("03-enable")
    await tab.press(page.get_by_role("button", name="Enable with an integration user"))
    await log_in(tab, "rep")
    await expect(page.get_by_role("heading", name="BookIt MCP was not enabled")).to_be_visible()
    await tab.look("04-not-enabled", status=403)
    await tab.press(page.get_by_role("link", name="Back to the settings"))
    await tab.press(page.get_by_role("button", name="Enable with an integration user"))
    await log_in(tab, "second_admin")
    await says(tab, "BookIt MCP is enabled")


async def let_clients_in(server: SignInServer, mail: MailServer, tab: Watched) -> None:
    """The URL by the copy button, a code by mail, and an agent that signs in with it."""
    page = tab.page
    await tab.press(page.get_by_role("button", name="Copy the server URL"))
    await expect(page.locator("#copied")).to_have_text("Copied to the clipboard.")
    assert await page.evaluate("navigator.clipboard.readText()") == f"{server.url}/mcp"

    await tab.tab_to(page.get_by_label("E-mail address"))
    await page.keyboard.type(AGENTS)
    await page.keyboard.press("Enter")
    await says(tab, "The code was sent")

    client = await server.client(client_name=LONG_NAME)
    await page.goto(client.authorize_url())
    await tab.look("05-authorize")
    await tab.tab_to(page.get_by_role("textbox", name="One-time code"))
    await page.keyboard.type("WRONG-CODE")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("This code was not taken")
    await tab.look("06-authorize-wrong-code", status=400)
    async with server.browser() as agent:
        asked = await agent.open(client.authorize_url())
        server.clock.advance(WAIT_AFTER_A_WRONG_CODE)
        done = await agent.submit(asked, {"code": code_in(mail.received[-1].message)}, button="code")
    assert (await client.exchange(done.answer["code"])).status_code == 200
    await (await server.client(client_name="Claude")).tokens_of("rep")

    await page.goto(f"{server.url}/authorize?client_id=unknown")
    await tab.look("07-refused-request", status=400)


async def look_after(server: SignInServer, tab: Watched) -> None:
    """Usage, sign-ins, health."""
    page = tab.page
    await page.goto(server.url + SETTINGS_PATH)
    await tab.press(page.get_by_role("checkbox"), key="Space")
    await tab.press(page.get_by_role("button", name="Save"))
    await says(tab, "Usage is shown")
    await plant_calls(server.database, server.people.org_id, server.clock())
    await page.reload()
    await tab.look("08-settings")
    for summary in await page.locator("summary").all():
        await tab.press(summary)
    await tab.look("09-settings-opened")

    await tab.press(page.get_by_role("button", name="Revoke the sign-in of rep@demo.example"))
    await says(tab, "The sign-in has ended")
    await expect(page.get_by_role("button", name="Revoke")).to_have_count(1)
    await tab.press(page.get_by_role("button", name="Check now"))
    await says(tab, "The org was checked")
    assert tab.errors == []


async def disable(server: SignInServer, tab: Watched) -> None:
    page = tab.page
    await page.goto(server.url + PAGE_PATH)
    await tab.look("10-overview-enabled")
    await tab.press(page.get_by_role("link", name="Update Settings"))
    await tab.press(page.get_by_role("link", name="Disable BookIt MCP"))
    await tab.look("11-disable")
    await tab.press(page.get_by_role("button", name="Disable BookIt MCP"))
    await says(tab, "BookIt MCP is disabled")
    await tab.press(page.get_by_role("button", name="Sign out"))
    await says(tab, "You are signed out")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
async def test_refusals_and_what_is_off(tmp_path: Path, width: int, scheme: Scheme) -> None:
    async with (
        running_server(tmp_path, bookit_version=7) as server,
        chromium() as browser,
        watched(browser, width, scheme, server.org.url) as tab,
    ):
        assert (await server.enable("seeing_admin")).enabled
        page = tab.page
        await page.goto(server.url + PAGE_PATH)
        await tab.press(page.get_by_role("button", name="Sign in with Salesforce"))
        await log_in(tab, "rep")
        await expect(page.get_by_role("heading", level=1)).to_have_text("This page is for BookIt admins")
        await tab.look("12-refusal", status=403)

        await page.context.clear_cookies()
        await page.goto(server.url + PAGE_PATH)
        await tab.press(page.get_by_role("button", name="Sign in with Salesforce"))
        await log_in(tab, "admin")
        await page.goto(server.url + SETTINGS_PATH)
        await expect(page.get_by_text("What is off, and why")).to_be_visible()
        await tab.look("13-settings-much-off")
