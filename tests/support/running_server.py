"""The whole thing for tests: the local org with its demo data, and our server in front of it, each on a socket."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
import uvicorn
from mcp.client import Client
from mcp.client.client import ConnectMode
from mcp.client.session import ElicitationFnT
from pydantic import SecretStr
from starlette.types import ASGIApp

from app.demo.browser import SignInRefused, walk_through
from app.demo.mcp_client import MemoryStorage, signed_in
from app.demo.reading import Reading
from app.edge.listening import listening
from app.local_org.demo_data import load
from app.local_org.demo_data.model import DemoData
from app.local_org.demo_data.options import DemoOptions
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from app.local_org.schema.model import Schema
from app.oauth.client_documents.fetching import DocumentFetcher
from app.oauth.deps import CALLBACK_PATH
from app.server import create_app, sign_in_services
from app.settings import Settings
from app.signin.enable import EnableReport, enable_org
from app.signin.loopback_login import REDIRECT_URI, loopback_login
from app.store.database import Database
from app.web.integration.paths import CALLBACK_PATH as PAGE_CALLBACK_PATH
from tests.support.local_org import CONSUMER_KEY, CONSUMER_SECRET, PACKAGES, PASSWORD, RunningLocalOrg, serving
from tests.support.movable_clock import MovableClock
from tests.support.sign_in_server import KEY

T = TypeVar("T")

MEETINGS = 150
"""Ordinary meetings beside the story: enough for more than one page, and loaded in a moment."""
STARTUP_SECONDS = 10
UNLIMITED = dict.fromkeys(
    (
        "CALLS_PER_MINUTE",
        "CALLS_AT_ONCE",
        "ORG_CALLS_PER_MINUTE",
        "ORG_CALLS_AT_ONCE",
        "REQUESTS_PER_MINUTE",
        "REGISTRATIONS_PER_HOUR",
    ),
    "1000000",
)
"""Under a clock that stands still no limit ever gives anything back. Tests of the limits set their own."""


@dataclass(frozen=True)
class RunningServer:
    """Both, running. url: the server's public origin. address: `host:port` where it listens itself.

    data: the rows that the org was loaded with.
    """

    url: str
    address: str
    clock: MovableClock
    org: RunningLocalOrg
    data: DemoData
    environment: Mapping[str, str]
    settings: Settings
    database: Path
    enabled: EnableReport | None

    @property
    def reading(self) -> Reading:
        """The data as a plain reader sees it at this moment."""
        return Reading(self.data.rows, self.clock())

    def signed_in(
        self,
        handle: str,
        mode: ConnectMode = "auto",
        storage: MemoryStorage | None = None,
        elicitation: ElicitationFnT | None = None,
    ) -> AbstractAsyncContextManager[Client]:
        """The SDK's own client, signed in through the real pages as `handle@demo.example`."""
        password = SecretStr(PASSWORD)
        return signed_in(self.url, username(handle), password, mode=mode, storage=storage, elicitation=elicitation)

    async def refused(self, handle: str, storage: MemoryStorage | None = None) -> str:
        """The words of the page on which this person's sign-in ends, with what his client has kept or without."""
        try:
            async with self.signed_in(handle, storage=storage):
                pass
        except (SignInRefused, BaseExceptionGroup) as error:
            return str(_cause(error))
        raise AssertionError(f"{handle} came in")

    def take_sets(self, handle: str, *names: str) -> None:
        """Take these permission sets away from somebody; without names, all."""
        system = self.org.org.as_system()
        soql = (
            "SELECT Id, PermissionSet.Name FROM PermissionSetAssignment "
            f"WHERE AssigneeId = '{self.data.people[handle]}' AND PermissionSet.IsOwnedByProfile = false"
        )
        for row in system.query(soql)["records"]:
            if not names or row["PermissionSet"]["Name"] in names:
                system.delete("PermissionSetAssignment", row["Id"])

    def rows(self, sql: str, *values: str) -> list[dict[str, Any]]:
        """What our own database says."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]
        finally:
            connection.close()

    def audit(self, count: int) -> list[dict[str, Any]]:
        """The audit, oldest first, once it has that many rows: reads are written a quarter of a second late."""
        return self.eventually("SELECT * FROM audit ORDER BY rowid", count)

    def eventually(self, sql: str, count: int) -> list[dict[str, Any]]:
        """The answer as soon as it has exactly `count` rows; fails after ten seconds."""
        deadline = time.monotonic() + STARTUP_SECONDS
        while len(found := self.rows(sql)) != count:
            assert time.monotonic() < deadline, found
            time.sleep(0.02)
        return found


def _cause(error: BaseException) -> SignInRefused:
    """The refusal inside what the client's task groups raise; whatever else they hold is raised again."""
    inside = error
    while isinstance(inside, BaseExceptionGroup):
        inside = cast("BaseExceptionGroup[BaseException]", inside).exceptions[0]
    if not isinstance(inside, SignInRefused):
        raise error
    return inside


def username(handle: str) -> str:
    return f"{handle}@demo.example"


@contextmanager
def running_server(
    folder: Path,
    *,
    now: datetime | None = None,
    meetings: int = MEETINGS,
    bookit_version: int = 8,
    change_schema: Callable[[Schema], Schema] | None = None,
    change_org: Callable[[LocalOrg, DemoData], None] | None = None,
    enable_as: str | None = "admin",
    around: Callable[[ASGIApp], ASGIApp] | None = None,
    around_org: Callable[[ASGIApp], ASGIApp] | None = None,
    faults: bool = False,
    public_url: str | None = None,
    fetcher: DocumentFetcher | None = None,
    **more_settings: str,
) -> Generator[RunningServer]:
    """Local org and server, migrated, and enabled by that person; None leaves the org as it is.

    now: where the one clock of both stands. change_schema, change_org: what is different in the org before anybody
    signs in. around, around_org: middleware of the test's own in front of our server and of the org. faults: may be
    armed in the org. public_url: of a proxy in front, by which clients must come then. fetcher: of clients' metadata
    documents, the test's own. more_settings: BOOKIT_MCP_… by the rest of their name.
    """
    clock = MovableClock(now.astimezone(UTC)) if now is not None else MovableClock()
    schema = compile_schema(PACKAGES, bookit_version=bookit_version)
    if change_schema is not None:
        schema = change_schema(schema)
    data = load.demo_data(schema, DemoOptions(clock(), meetings=meetings))
    local = LocalOrg(":memory:", schema, clock)
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    try:
        load.load(local, data)
        if change_org is not None:
            change_org(local, data)
        public = public_url or f"http://{address}"
        callbacks = (f"{public}{CALLBACK_PATH}", f"{public}{PAGE_CALLBACK_PATH}", REDIRECT_URI)
        # A month: what the server does with a session that ended is tested beside its code.
        with serving(
            local,
            clock=clock,
            callback_urls=callbacks,
            session_timeout=timedelta(days=30),
            faults=faults,
            around=around_org,
        ) as org:
            database = folder / "server.db"
            environment = _environment(public, org.url, database) | more_settings
            settings = _settings(environment)
            enabled = apart(partial(_prepare, settings, clock, enable_as))
            with serving_app(settings, clock, listener, around, fetcher=fetcher):
                yield RunningServer(public, address, clock, org, data, environment, settings, database, enabled)
    finally:
        listener.close()
        local.close()


@contextmanager
def serving_app(
    settings: Settings,
    clock: MovableClock,
    listener: socket.socket,
    around: Callable[[ASGIApp], ASGIApp] | None = None,
    *,
    fetcher: DocumentFetcher | None = None,
) -> Generator[None]:
    """Our server in a thread of its own, as `bookit-mcp serve` runs it."""
    app = create_app(settings, clock=clock, fetcher=fetcher)
    config = listening(around(app) if around is not None else app, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + STARTUP_SECONDS
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join(STARTUP_SECONDS)
        assert not thread.is_alive(), "the server did not stop"


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningServer]:
    """Shared by all tests that only read: nobody moves its clock or changes its org."""
    with running_server(tmp_path_factory.mktemp("demo_server")) as running:
        yield running


@pytest.fixture
def own_server(tmp_path: Path) -> Generator[RunningServer]:
    """For a test that moves the clock or changes the org."""
    with running_server(tmp_path) as running:
        yield running


def apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run async work to its end in a thread of its own, whether or not this one has a loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


async def _prepare(settings: Settings, clock: MovableClock, enable_as: str | None) -> EnableReport | None:
    database = Database(settings.database_url)
    try:
        await database.migrate()
        return await _enable(settings, database, clock, enable_as) if enable_as is not None else None
    finally:
        await database.dispose()


async def _enable(settings: Settings, database: Database, clock: MovableClock, handle: str) -> EnableReport:
    services = sign_in_services(settings, database, clock)

    async def visit(start: str, destination: str) -> str:
        return await walk_through(start, destination, {"username": username(handle), "pw": PASSWORD})

    try:
        tokens = await loopback_login(services.login, settings.salesforce_login_url, visit=visit)
        return await enable_org(services.enabling, tokens)
    finally:
        services.gateway.close()


def _environment(url: str, org_url: str, database: Path) -> dict[str, str]:
    return {
        "PUBLIC_URL": url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "ENCRYPTION_KEYS": f"k1:{KEY}",
        "SIGNING_KEYS": f"s1:{KEY}",
        "SALESFORCE_CLIENT_ID": CONSUMER_KEY,
        "SALESFORCE_CLIENT_SECRET": CONSUMER_SECRET,
        "SALESFORCE_LOGIN_URL": org_url,
        "SALESFORCE_SANDBOX_URL": org_url,
        "SALESFORCE_TRUSTED_ORIGIN": org_url,
        "REGISTRATIONS_PER_HOUR": "10000",  # every test is of the same address
        "PACKAGE_INSTALL_URL": f"{org_url}/packaging/installPackage.apexp?p0=04t000000000000",
        **UNLIMITED,
    }


def _settings(environment: Mapping[str, str]) -> Settings:
    values: dict[str, Any] = {name.lower(): value for name, value in environment.items()}
    return Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue] (pydantic-settings' own argument)
