"""What the integration page works with. Built once by the composition root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.clock import Clock
from app.settings import Settings
from app.signin.services import SignInServices
from app.store.counters import Counters
from app.store.database import Database
from app.store.encryption import Keyring
from app.store.page_logins import PageLogins
from app.store.page_sessions import PageSessions
from app.store.sign_in_list import SignInList
from app.store.usage import Usage
from app.web.browser_cookie import BrowserCookie
from app.web.integration.capabilities import Capability
from app.web.integration.paths import CALLBACK_PATH
from app.web.login_choice import LoginChoice
from app.web.pages import Pages

SESSION_COOKIE = "bookit_page"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDeps:
    """Everything behind the page. browser: the cookie that binds a login; cookie: the session's."""

    settings: Settings
    server_url: str
    clock: Clock
    pages: Pages
    services: SignInServices
    capabilities: Sequence[Capability]
    logins: PageLogins
    sessions: PageSessions
    sign_ins: SignInList
    usage: Usage
    counters: Counters
    login_choice: LoginChoice
    browser: BrowserCookie
    cookie: BrowserCookie

    @classmethod
    def build(
        cls,
        settings: Settings,
        database: Database,
        keyring: Keyring,
        services: SignInServices,
        clock: Clock,
        *,
        server_url: str,
        capabilities: Sequence[Capability],
    ) -> PageDeps:
        """server_url: what MCP clients connect to. capabilities: one for each tool."""
        return cls(
            settings=settings,
            server_url=server_url,
            clock=clock,
            pages=Pages(),
            services=services,
            capabilities=capabilities,
            logins=PageLogins(database, keyring, clock),
            sessions=PageSessions(database, clock),
            sign_ins=SignInList(database),
            usage=Usage(database),
            counters=Counters(database, clock),
            login_choice=LoginChoice(settings, services.hosts),
            browser=BrowserCookie(settings.public_url),
            cookie=BrowserCookie(settings.public_url, SESSION_COOKIE),
        )

    @property
    def callback_url(self) -> str:
        """Where Salesforce sends an admin's browser back to."""
        return self.settings.public_url + CALLBACK_PATH
