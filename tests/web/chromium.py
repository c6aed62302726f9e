"""A real browser, watched: what it logs, what it may not load, what axe finds, whether a page scrolls sideways."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright

ROOT = Path(__file__).parents[2]
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MOST_TABS = 200

Scheme = Literal["light", "dark"]


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """The machine's Chromium. Skips the test where there is none, unless CI says that there must be one."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        message = "no Chromium on this machine: install the package chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


def screenshots() -> Path:
    """Where screenshots go: BOOKIT_MCP_SCREENSHOTS, else a folder that git ignores."""
    folder = Path(os.environ.get("BOOKIT_MCP_SCREENSHOTS") or ROOT / "artifacts" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass
class Watched:
    """A tab of a browser. label: in the names of its screenshots. errors: what it logged as an error, but of the
    local org's pages, at `org_url`, which are not ours."""

    page: Page
    label: str
    org_url: str
    errors: list[str] = field(default_factory=list[str])

    def note(self, message: ConsoleMessage) -> None:
        """Takes down what is an error or a warning: a refusal by the Content-Security-Policy is one."""
        if message.type in {"error", "warning"} and not message.location["url"].startswith(self.org_url):
            self.errors.append(f"{self.page.url}: {message.text}")

    async def look(self, name: str, *, status: int = 200) -> None:
        """Takes a screenshot, and finds nothing wrong: not by axe, not in the log, nothing wider than the window.

        status: the page's own, which a browser logs when it is an error's.
        """
        await self.page.screenshot(path=screenshots() / f"{name}-{self.label}.png", full_page=True)
        found = await Axe().run(self.page)  # pyright: ignore[reportUnknownMemberType]  axe has no types of its own
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        wide = await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, f"{name} scrolls sideways by {wide} px"
        logged, self.errors[:] = list(self.errors), []
        assert len(logged) == (0 if status == 200 else 1), logged
        assert all(f"status of {status}" in line for line in logged), logged

    async def press(self, target: Locator, *, key: str = "Enter") -> None:
        """Goes to a link or button with the Tab key, sees that its focus shows, and presses it with the keyboard."""
        await self.tab_to(target)
        await self.page.keyboard.press(key)

    async def tab_to(self, target: Locator) -> None:
        """Moves the focus with the Tab key."""
        handle = await target.element_handle()
        for _ in range(MOST_TABS):
            if await self.page.evaluate("element => document.activeElement === element", handle):
                outline = await self.page.evaluate("element => getComputedStyle(element).outlineStyle", handle)
                assert outline != "none", f"the focus on {target} does not show"
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not lead to {target}")


@asynccontextmanager
async def watched(browser: Browser, width: int, scheme: Scheme, org_url: str) -> AsyncGenerator[Watched]:
    """A new window, as wide as a phone or a desk, light or dark, with a clipboard of its own."""
    context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = Watched(await context.new_page(), f"{width}-{scheme}", org_url)
    tab.page.on("console", tab.note)
    tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
    try:
        yield tab
    finally:
        await context.close()
