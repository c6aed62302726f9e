"""The whole server with a mail server beside it, for agents who sign in with one-time codes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from mcp.client import Client

from app.demo.mcp_client import MemoryStorage, connected
from app.server import sign_in_services
from app.signin.services import SignInServices
from app.store.database import Database
from tests.support.browser import Browser
from tests.support.mail_server import MailServer, mail_server
from tests.support.mailed_codes import AGENTS, code_in, mail_environment
from tests.support.running_server import RunningServer, running_server


@dataclass
class Agency:
    """The running server, the mail server that it sends to, and another replica, to act as the integration page."""

    server: RunningServer
    mail: MailServer
    page: SignInServices

    @property
    def org_id(self) -> str:
        return self.server.org.org.info.org_id

    async def code(self) -> str:
        """Out of the mail for which the admin asks."""
        admin = self.server.data.people["admin"]
        await self.page.one_time_codes.ask(org_id=self.org_id, email=AGENTS, requested_by=admin)
        return code_in(self.mail.received[-1].message)

    def agent(self, code: str, storage: MemoryStorage | None = None) -> AbstractAsyncContextManager[Client]:
        """The SDK's client, signed in with that code."""

        async def visit(start: str, destination: str) -> str:
            async with Browser(self.server.url) as browser:
                page = await browser.submit(await browser.open(start), {"code": code}, button="code")
            assert page.left_to is not None, page.text
            assert page.left_to.startswith(destination)
            return page.left_to

        return connected(self.server.url, visit, client_name="Nightly agent", storage=storage)

    async def status(self, storage: MemoryStorage) -> int:
        """What /mcp answers to the token that a client has kept."""
        tokens = await storage.get_tokens()
        assert tokens is not None
        async with httpx2.AsyncClient(trust_env=False) as http:
            headers = {"Authorization": f"Bearer {tokens.access_token}"}
            return (await http.post(f"{self.server.url}/mcp", headers=headers, json={})).status_code


@asynccontextmanager
async def an_agency(folder: Path, **more: Any) -> AsyncGenerator[Agency]:
    """All of it, the org enabled by its admin. more: for running_server."""
    async with mail_server(MailServer()) as mail:
        with running_server(folder, **mail_environment(mail.port), **more) as server:
            database = Database(server.settings.database_url)
            page = sign_in_services(server.settings, database, server.clock)
            yield Agency(server, mail, page)
            page.gateway.close()
            await database.dispose()
