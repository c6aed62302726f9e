"""Four server processes and a PostgreSQL behind nginx, in front of one org: as several replicas are run."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx2
from starlette.types import ASGIApp, Receive, Scope, Send

from app.clock import system_clock
from app.demo.processes import free_port
from app.oauth.deps import CALLBACK_PATH
from app.signin.loopback_login import REDIRECT_URI
from app.store.database import Database
from app.web.integration.paths import CALLBACK_PATH as PAGE_CALLBACK_PATH
from tests.support.browser import Browser
from tests.support.local_org import CONSUMER_KEY, CONSUMER_SECRET, RunningLocalOrg, serving
from tests.support.mailed_codes import mail_environment
from tests.support.movable_clock import MovableClock
from tests.support.nginx import SERVED_BY, Nginx, running_nginx
from tests.support.postgres import PostgresServer, create_database, running_postgres
from tests.support.replicas import Replica, Replicas, replicas
from tests.support.running_server import apart
from tests.support.sign_in_people import DASHBOARD, PEOPLE, Person, SignInOrg
from tests.support.sign_in_server import KEY, SignInServer, services_for, settings_for

PROCESSES = 4
DATABASE = "replicas"
REPS = tuple(Person(f"rep{number}", (DASHBOARD,)) for number in range(1, 13))
"""So that each test has people of its own."""
MANY = "1000000"
"""All that these tests do comes from one address, and much of it at once."""
HEADERS = {
    "Accept": "application/json, text/event-stream",
    "Content-Type": "application/json",
    "MCP-Protocol-Version": "2025-11-25",
}


class Asked:
    """Middleware of the org that keeps the paths of what it was asked."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def around(self, app: ASGIApp) -> ASGIApp:
        async def kept(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self.paths.append(scope["path"])
            await app(scope, receive, send)

        return kept

    def times(self, end: str) -> int:
        """How many requests had a path with that end."""
        return sum(path.endswith(end) for path in self.paths)


@dataclass
class Stage:
    """All that runs. url: that of nginx. environment: the servers' settings. log: where all of them write."""

    url: str
    people: SignInOrg
    org: RunningLocalOrg
    asked: Asked
    environment: Mapping[str, str]
    postgres: PostgresServer
    source: Replicas
    replicas: list[Replica]
    nginx: Nginx
    log: Path

    def replace(self, old: Replica) -> Replica:
        """A new process in the place of one that has ended or is about to: in order, so that no request is lost."""
        places = [address(each) for each in self.replicas]
        at = self.replicas.index(old)
        places[at] += " down"
        self.nginx.lead_to(places)
        if old.is_there():
            os.kill(old.process_id, signal.SIGTERM)
        self.replicas[at] = self.source.start()
        self.nginx.lead_to([address(each) for each in self.replicas])
        return self.replicas[at]


@dataclass
class ManyServers(SignInServer):
    """What a client and a browser see: one address. served_by: the process that gave each answer, in order."""

    stage: Stage = field(kw_only=True)
    served_by: list[str] = field(default_factory=list[str], kw_only=True)

    def browser(self) -> Browser:
        browser = super().browser()
        browser.http.event_hooks["response"].append(self.note)
        return browser

    async def note(self, response: httpx2.Response) -> None:
        """Who served this answer, if it came through nginx."""
        if SERVED_BY in response.headers:
            self.served_by.append(response.headers[SERVED_BY])

    async def tool(self, access_token: str, tool: str, *, at: str = "", keep_alive: bool = True) -> httpx2.Response:
        """Calls a tool without arguments. at: a process's own address; without it, through nginx."""
        headers = {**HEADERS, "Authorization": f"Bearer {access_token}"}
        if not keep_alive:
            headers["Connection"] = "close"
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool}}
        return await self.http.post(f"{at}/mcp", headers=headers, json=call)

    async def calls_on(self, access_token: str, done: anyio.Event) -> set[str]:
        """Calls one after the other until it is done; every one must work. Who served them."""
        served: set[str] = set()
        while not done.is_set():
            # A connection a call: nginx closes those that it keeps when it reads its configuration anew.
            answer = await self.tool(access_token, "whoami", keep_alive=False)
            answered(answer)
            served |= set(answer.headers[SERVED_BY].split(", "))
        return served

    async def statuses(self, access_token: str) -> list[int]:
        """What each process answers to that token."""
        return [(await self.tool(access_token, "whoami", at=each.url)).status_code for each in self.stage.replicas]


def answered(response: httpx2.Response) -> dict[str, Any]:
    """The structured answer of a tool; it must have worked."""
    assert response.status_code == 200, response.text
    result = response.json()["result"]
    assert not result["isError"], result
    return result["structuredContent"]


def address(replica: Replica) -> str:
    """`host:port`, as nginx names it."""
    return replica.url.removeprefix("http://")


@contextmanager
def staged(folder: Path) -> Generator[Stage]:
    """Migrated, the org enabled by its admin."""
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres())
        apart(lambda: create_database(postgres, DATABASE))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        people = SignInOrg(system_clock, (*PEOPLE, *REPS))
        stack.callback(people.local.close)
        asked = Asked()
        org = stack.enter_context(
            serving(
                people.local,
                clock=system_clock,
                callback_urls=(url + CALLBACK_PATH, url + PAGE_CALLBACK_PATH, REDIRECT_URI),
                session_timeout=timedelta(hours=12),
                faults=True,
                around=asked.around,
            )
        )
        environment = {
            "PUBLIC_URL": url,
            "DATABASE_URL": postgres.url(DATABASE),
            "ENCRYPTION_KEYS": f"k1:{KEY}",
            "SIGNING_KEYS": f"s1:{KEY}",
            "SALESFORCE_CLIENT_ID": CONSUMER_KEY,
            "SALESFORCE_CLIENT_SECRET": CONSUMER_SECRET,
            "SALESFORCE_LOGIN_URL": org.url,
            "SALESFORCE_TRUSTED_ORIGIN": org.url,
            **mail_environment(free_port()),  # nobody listens there: it makes the sign-in page offer one-time codes
            "CALLS_PER_MINUTE": MANY,
            "CALLS_AT_ONCE": MANY,
            "REQUESTS_PER_MINUTE": MANY,
            "REGISTRATIONS_PER_HOUR": MANY,
        }
        apart(lambda: _migrate(environment["DATABASE_URL"]))
        log = folder / "replicas.log"
        source = stack.enter_context(replicas(environment, log))
        started = [source.start(wait=False) for _ in range(PROCESSES)]
        for replica in started:
            replica.listens()
        nginx = stack.enter_context(running_nginx(folder / "nginx", [address(each) for each in started], port=port))
        stage = Stage(url, people, org, asked, environment, postgres, source, started, nginx, log)
        apart(lambda: _enable(stage))
        yield stage


@asynccontextmanager
async def behind_nginx(stage: Stage, url: str | None = None) -> AsyncGenerator[ManyServers]:
    """For one test. url: of another nginx in front of servers with the same settings."""
    settings = settings_for(stage.url, stage.org.url, Path()).model_copy(
        update={"database_url": stage.environment["DATABASE_URL"]}
    )
    database = Database(settings.database_url)
    services = services_for(settings, database, system_clock)
    async with httpx2.AsyncClient(base_url=url or stage.url, trust_env=False, timeout=60) as http:
        now = MovableClock(system_clock())
        servers = ManyServers(stage.url, now, stage.people, stage.org, settings, database, services, http, stage=stage)
        http.event_hooks["response"].append(servers.note)
        yield servers
    services.gateway.close()
    await database.dispose()


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.dispose()


async def _enable(stage: Stage) -> None:
    async with behind_nginx(stage) as servers:
        report = await servers.enable()
        assert report.enabled, report.problems
