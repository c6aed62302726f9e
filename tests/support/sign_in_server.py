"""The authorization server over sockets, in the test's own event loop, in front of a served local org."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import socket
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import httpx2
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.clock import Clock
from app.demo.browser import walk_through
from app.edge.edge import edge
from app.edge.listening import listening
from app.mcp.capabilities import capabilities
from app.oauth.bearer import BearerMiddleware
from app.oauth.deps import CALLBACK_PATH, OAuthDeps
from app.oauth.routes import cors, oauth_routes
from app.org.schema_map import load_schema_map
from app.settings import Settings
from app.signin.enable import EnableReport, enable_org
from app.signin.loopback_login import REDIRECT_URI, loopback_login
from app.signin.services import SignInServices
from app.store.database import Database
from app.store.encryption import Keyring
from app.web.integration.deps import PageDeps
from app.web.integration.paths import CALLBACK_PATH as PAGE_CALLBACK_PATH
from app.web.integration.routes import integration_routes
from app.web.pages import static_routes
from soql.statements import load_statements
from tests.support.browser import Browser, Page
from tests.support.document_host import DocumentHost
from tests.support.local_org import CONSUMER_KEY, CONSUMER_SECRET, PASSWORD, RunningLocalOrg, serving
from tests.support.movable_clock import MovableClock
from tests.support.sign_in_people import PEOPLE, Person, SignInOrg

CLIENT_CALLBACK = "http://127.0.0.1:53682/callback"
KEY = base64.b64encode(bytes(range(32))).decode()


def production_settings(public_url: str, database: Path, **more: Any) -> Settings:
    """What must be set, and any others by name: without them logins are Salesforce's own."""
    return Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]  pydantic-settings' own argument
        public_url=public_url,
        database_url=f"sqlite+aiosqlite:///{database}",
        encryption_keys={"k1": SecretStr(KEY)},
        signing_keys={"s1": SecretStr(KEY)},
        salesforce_client_id=CONSUMER_KEY,
        salesforce_client_secret=SecretStr(CONSUMER_SECRET),
        **more,
    )


def settings_for(public_url: str, org_url: str, database: Path, **more: Any) -> Settings:
    """Settings of a server in front of a local org; more: any others by name."""
    beside_it = {
        "salesforce_login_url": org_url,
        "salesforce_trusted_origin": org_url,
        "salesforce_timeout_seconds": 5,
        "requests_per_minute": 1_000_000,
        "registrations_per_hour": 1_000_000,
    }
    return production_settings(public_url, database, **{**beside_it, **more})


def services_for(settings: Settings, database: Database, clock: Clock) -> SignInServices:
    """The sign-in services, as the composition root builds them."""
    return SignInServices.build(
        settings,
        database,
        Keyring.from_settings(settings.encryption_keys),
        statements=load_statements(),
        schema_map=load_schema_map(),
        clock=clock,
    )


@dataclass
class McpClient:
    """An MCP client that registered itself, and the steps of its sign-in. secret: None for a public one."""

    server: SignInServer
    client_id: str
    secret: str | None = None
    redirect_uri: str = CLIENT_CALLBACK
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    def authorize_url(self, **changes: str | None) -> str:
        """Where the client sends the person; None takes a parameter away."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        values: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "resource": f"{self.server.url}/mcp",
            "scope": "bookit",
            **changes,
        }
        return f"{self.server.url}/authorize?{urlencode({k: v for k, v in values.items() if v is not None})}"

    async def sign_in(self, browser: Browser, handle: str, *, decision: str = "allow") -> Page:
        """Consent, login, approval: the page where it ends."""
        return await self.server.log_in(browser, await browser.open(self.authorize_url()), handle, decision=decision)

    async def token(self, **values: str) -> httpx2.Response:
        """Posts to /token with the client's credentials in the body."""
        data = {"client_id": self.client_id, **({"client_secret": self.secret} if self.secret else {}), **values}
        return await self.server.http.post("/token", data=data)

    async def exchange(self, code: str, **changes: str) -> httpx2.Response:
        """Trades a code."""
        values = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            "resource": f"{self.server.url}/mcp",
            **changes,
        }
        return await self.token(**values)

    async def refresh(self, refresh_token: str, **changes: str) -> httpx2.Response:
        """Trades a refresh token."""
        return await self.token(grant_type="refresh_token", refresh_token=refresh_token, **changes)

    async def tokens_of(self, handle: str) -> dict[str, Any]:
        """The whole sign-in in a new browser: the answer of /token."""
        async with self.server.browser() as browser:
            page = await self.sign_in(browser, handle)
        answer = await self.exchange(page.answer["code"])
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass
class SignInServer:
    """The running server. url: its public URL. http: a plain client with that base."""

    url: str
    clock: MovableClock
    people: SignInOrg
    org: RunningLocalOrg
    settings: Settings
    database: Database
    services: SignInServices
    http: httpx2.AsyncClient

    def browser(self) -> Browser:
        """A new browser that visits us and the org."""
        return Browser(self.url, self.org.url)

    async def register(self, **metadata: Any) -> httpx2.Response:
        """Posts to /register."""
        body = {
            "client_name": "Test client",
            "redirect_uris": [CLIENT_CALLBACK],
            "token_endpoint_auth_method": "none",
            **metadata,
        }
        return await self.http.post("/register", json=body)

    async def client(self, **metadata: Any) -> McpClient:
        """A newly registered client."""
        answer = await self.register(**metadata)
        assert answer.status_code == 201, answer.text
        body = answer.json()
        return McpClient(self, body["client_id"], body.get("client_secret"), body["redirect_uris"][0])

    async def log_in(self, browser: Browser, consent: Page, handle: str, *, decision: str = "allow") -> Page:
        """From the consent page on: consent, login form, approval."""
        page = await browser.submit(consent, button="production")
        return await self.fill_in(browser, page, handle, decision=decision)

    async def fill_in(self, browser: Browser, page: Page, handle: str, *, decision: str = "allow") -> Page:
        """From Salesforce's login form on, if there is one: login and approval."""
        if page.left_to is None and "pw" in page.form.fields:
            page = await browser.submit(page, {"username": f"{handle}@demo.example", "pw": PASSWORD})
        if page.left_to is None and 'name="decision"' in page.response.text:
            page = await browser.submit(page, {"decision": decision})
        return page

    async def enable(self, handle: str = "admin") -> EnableReport:
        """Enables the org as `bookit-mcp enable --as` does."""

        async def visit(url: str, destination: str) -> str:
            answers = {"username": f"{handle}@demo.example", "pw": PASSWORD}
            return await walk_through(url, destination, answers)

        tokens = await loopback_login(self.services.login, self.settings.salesforce_login_url, visit=visit)
        return await enable_org(self.services.enabling, tokens)

    async def call(self, access_token: str | None, **headers: str) -> httpx2.Response:
        """Calls /mcp: answers the caller as JSON when the guard lets us in."""
        if access_token is not None:
            headers["Authorization"] = f"Bearer {access_token}"
        return await self.http.post("/mcp", headers=headers, json={})


async def _echo_caller(scope: Scope, receive: Receive, send: Send) -> None:
    caller = scope["state"]["caller"]
    body = {name: getattr(caller, name) for name in caller.__slots__}
    await JSONResponse(body)(scope, receive, send)


@contextmanager
def _listening() -> Generator[socket.socket]:
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        yield listener
    finally:
        listener.close()


@asynccontextmanager
async def running_server(
    folder: Path,
    *,
    people: Sequence[Person] = PEOPLE,
    clock: MovableClock | None = None,
    bookit_version: int | None = 8,
    around_org: Callable[[ASGIApp], ASGIApp] | None = None,
    documents: DocumentHost | None = None,
    **settings_beside: Any,
) -> AsyncGenerator[SignInServer]:
    """A local org with these people, and the server in front of it, with these settings beside what it needs. The org
    is not enabled yet.

    around_org: middleware of the test's own in front of the org. documents: the one host that clients' metadata
    documents may be read from though it is not public.
    """
    now = clock or MovableClock()
    org = SignInOrg(now, people, bookit_version)
    with _listening() as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        callbacks = (url + CALLBACK_PATH, url + PAGE_CALLBACK_PATH, REDIRECT_URI)
        with serving(
            org.local,
            clock=now,
            callback_urls=callbacks,
            session_timeout=timedelta(hours=12),
            around=around_org,
            faults=True,
        ) as running:
            origin = documents.origin if documents is not None else None
            settings = settings_for(
                url,
                running.url,
                folder / "server.db",
                client_metadata_trusted_origin=origin,
                **settings_beside,
            )
            database = Database(settings.database_url)
            await database.migrate()
            services = services_for(settings, database, now)
            keyring = Keyring.from_settings(settings.encryption_keys)
            fetcher = documents.fetcher() if documents is not None else None
            deps = OAuthDeps.build(settings, database, keyring, services, now, fetcher=fetcher)
            guarded = cors(BearerMiddleware(_echo_caller, deps))
            page = PageDeps.build(
                settings, database, keyring, services, now, server_url=deps.resource, capabilities=capabilities()
            )
            routes = [*oauth_routes(deps), *integration_routes(page), *static_routes(), Route("/mcp", guarded)]
            outermost = edge(Starlette(routes=routes), settings, now, deps.pages.wait)
            async with (
                served(outermost, listener),
                httpx2.AsyncClient(base_url=url, trust_env=False, timeout=30) as http,
            ):
                yield SignInServer(url, now, org, running, settings, database, services, http)
            services.gateway.close()
            await database.dispose()
            org.local.close()


@asynccontextmanager
async def enabled_server(folder: Path, *, enable_as: str = "admin", **options: Any) -> AsyncGenerator[SignInServer]:
    """The same with its org enabled by that person. options: of running_server."""
    async with running_server(folder, **options) as server:
        report = await server.enable(enable_as)
        assert report.enabled, report.problems
        yield server


class _Quiet(uvicorn.Server):
    """Leaves the signals to pytest."""

    @contextmanager
    def capture_signals(self: Self) -> Generator[None]:
        yield


@asynccontextmanager
async def served(app: ASGIApp, listener: socket.socket) -> AsyncGenerator[None]:
    """The application in the test's own event loop."""
    server = _Quiet(listening(app, lifespan="off", timeout_graceful_shutdown=2))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task
