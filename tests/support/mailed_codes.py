"""One-time codes as they come by mail."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.support.browser import Browser, Page
from tests.support.mail_server import MailServer, mail_server
from tests.support.sign_in_server import McpClient, SignInServer, enabled_server

SENDER = "bookit@leandata.example"
AGENTS = "agents@demo.example"
_CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}\b")


def mail_settings(port: int) -> dict[str, Any]:
    """The settings that send mail to a server on that loopback port."""
    return {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_sender": SENDER}


def mail_environment(port: int) -> dict[str, str]:
    """The same as the environment has them, without BOOKIT_MCP_."""
    return {name.upper(): str(value) for name, value in mail_settings(port).items()}


def words(message: EmailMessage, kind: str = "plain") -> str:
    """The mail's text in one of its forms (plain, html)."""
    part = message.get_body((kind,))
    assert part is not None
    return part.get_content()


def code_in(message: EmailMessage) -> str:
    """The one code that the mail holds."""
    found = _CODE.findall(words(message))
    assert len(found) == 1, words(message)
    return found[0]


@dataclass
class MailingServer:
    """A sign-in server whose org is enabled, and the mail server that it sends to."""

    server: SignInServer
    mail: MailServer

    @property
    def org_id(self) -> str:
        return self.server.people.org_id

    async def code(self, email: str = AGENTS) -> str:
        """A code that an admin asked for, out of its mail."""
        admin = self.server.people.users["admin"]
        await self.server.services.one_time_codes.ask(org_id=self.org_id, email=email, requested_by=admin)
        return code_in(self.mail.received[-1].message)

    async def try_code(self, browser: Browser, page: Page, code: str) -> Page:
        """Types the code on the authorize page: where that ends."""
        return await browser.submit(page, {"code": code}, button="code")

    async def tokens(self, client: McpClient | None = None) -> dict[str, Any]:
        """A whole sign-in with a new code, in a new browser: the answer of /token."""
        client = client or await self.server.client()
        async with self.server.browser() as browser:
            page = await self.try_code(browser, await browser.open(client.authorize_url()), await self.code())
        answer = await client.exchange(page.answer["code"])
        assert answer.status_code == 200, answer.text
        return answer.json()


@asynccontextmanager
async def mailing_server(folder: Path, *, enable_as: str = "admin") -> AsyncGenerator[MailingServer]:
    """Both, running, the org enabled by that person."""
    async with (
        mail_server(MailServer()) as mail,
        enabled_server(folder, enable_as=enable_as, **mail_settings(mail.port)) as server,
    ):
        yield MailingServer(server, mail)
