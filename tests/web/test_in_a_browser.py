"""The whole way of an admin in a real browser, by keyboard, on a phone and at a desk, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from app.web.integration.paths import PAGE_PATH
from tests.support.local_org import PASSWORD
from tests.support.sign_in_server import SignInServer, running_server
from tests.web.chromium import Scheme, Watched, chromium, watched
from tests.web.used import plant_calls

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

WINDOWS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


async def log_in(tab: Watched, handle: str) -> None:
    """Fills in Salesforce's login form, and allows the access where Salesforce asks."""
    page = tab.page
    await page.get_by_label("Username").fill(f"{handle}@demo.example")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    allow = page.get_by_role("button", name="Allow", exact=True)
    main = page.get_by_role("heading", level=1)
    await expect(main.or_(allow).first).to_be_visible()
    if await allow.count():
        await allow.press("Enter")


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
async def test_an_admins_way(tmp_path: Path, width: int, scheme: Scheme) -> None:
    async with (
        running_server(tmp_path) as server,
        chromium() as browser,
        watched(browser, width, scheme, server.org.url) as tab,
    ):
        await sign_in_and_enable(server, tab)
        await use(server, tab)
        await disable(server, tab)


async def sign_in_and_enable(server: SignInServer, tab: Watched) -> None:
    page = tab.page
    await page.goto(server.url + PAGE_PATH)
    await tab.look("1-sign-in")
    await tab.press(page.get_by_role("button", name="Sign in with Salesforce"))
    await log_in(tab, "admin")
    await expect(page.get_by_role("heading", level=2, name="BookIt MCP (BETA)")).to_be_visible()
    await tab.look("2-overview-new")
    await tab.press(page.get_by_role("link", name="Get Started"))
    await tab.look("3-enable")
    await tab.press(page.get_by_role("button", name="Enable with an integration user"))
    await log_in(tab, "second_admin")
    await expect(page.get_by_role("status").first).to_contain_text("BookIt MCP is enabled")


async def use(server: SignInServer, tab: Watched) -> None:
    page = tab.page
    await tab.press(page.get_by_role("button", name="Copy the server URL"))
    await expect(page.locator("#copied")).to_have_text("Copied to the clipboard.")
    assert await page.evaluate("navigator.clipboard.readText()") == f"{server.url}/mcp"

    await tab.press(page.get_by_role("checkbox"), key="Space")
    await tab.press(page.get_by_role("button", name="Save"))
    await expect(page.get_by_role("status").first).to_contain_text("Usage is shown")
    await plant_calls(server.database, server.people.org_id, server.clock())
    for handle, name in (("rep", "Claude"), ("admin", "Cursor")):
        await (await server.client(client_name=name)).tokens_of(handle)
    await page.reload()
    await tab.look("4-settings")

    await tab.press(page.get_by_role("button", name="Revoke the sign-in of rep@demo.example"))
    await expect(page.get_by_role("status").first).to_contain_text("The sign-in has ended")
    await expect(page.get_by_role("button", name="Revoke")).to_have_count(1)
    await tab.press(page.get_by_role("button", name="Check now"))
    await expect(page.get_by_role("status").first).to_contain_text("The org was checked")
    assert tab.errors == []


async def disable(server: SignInServer, tab: Watched) -> None:
    page = tab.page
    await page.goto(server.url + PAGE_PATH)
    await tab.look("5-overview-enabled")
    await tab.press(page.get_by_role("link", name="Update Settings"))
    await tab.press(page.get_by_role("link", name="Disable BookIt MCP"))
    await tab.look("6-disable")
    await tab.press(page.get_by_role("button", name="Disable BookIt MCP"))
    await expect(page.get_by_role("status").first).to_contain_text("BookIt MCP is disabled")
    await tab.press(page.get_by_role("button", name="Sign out"))
    await expect(page.get_by_role("status").first).to_contain_text("You are signed out")
