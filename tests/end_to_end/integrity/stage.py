"""Many callers at once at several server processes, in front of one org; and what the org holds afterwards."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import anyio
import httpx2
from starlette.types import ASGIApp, Receive, Scope, Send

from app.clock import system_clock
from app.demo.mcp_client import MemoryStorage
from app.local_org.demo_data.model import DemoData, bookit
from app.local_org.demo_data.setup import DEEP_DIVE, INTRO, RENEWAL
from app.local_org.org import LocalOrg
from tests.support.consistency import problems_of
from tests.support.postgres import create_database, running_postgres
from tests.support.replicas import Replica, Replicas, replicas
from tests.support.running_server import RunningServer, apart, running_server

PROCESSES = int(os.environ.get("INTEGRITY_PROCESSES", "2"))
CALLS = int(os.environ.get("INTEGRITY_CALLS", "24"))
KILLS = int(os.environ.get("INTEGRITY_KILLS", "8"))
DATABASE = os.environ.get("INTEGRITY_DATABASE", "sqlite")
"""How long and on what; scripts/soak sets them higher."""

WEST = ZoneInfo("America/Los_Angeles")
MAX_PER_DAY = 2
MAX_PER_WEEK = 3
BUFFER = timedelta(minutes=30)
HEADERS = {
    "Accept": "application/json, text/event-stream",
    "Content-Type": "application/json",
    "MCP-Protocol-Version": "2025-11-25",
}
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Told:
    """What a call answered. code: `ok` or that of its error; body: the structured content, also beside an error."""

    code: str
    body: Mapping[str, Any]

    @property
    def status(self) -> str:
        """`done`, `preview`, … or the error's code."""
        return self.body["status"] if self.code == "ok" else self.code


class Underway:
    """Middleware of the org that knows how many requests it is at: it goes on with those whose client is dead."""

    def __init__(self) -> None:
        self.requests = 0

    def around(self, app: ASGIApp) -> ASGIApp:
        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.requests += 1
            try:
                await app(scope, receive, send)
            finally:
                self.requests -= 1

        return counted


@dataclass
class Stage:
    """The org, its servers, and one admin's access to all of them."""

    server: RunningServer
    underway: Underway
    source: Replicas
    replicas: list[Replica]
    token: str = field(repr=False)

    async def call(self, http: httpx2.AsyncClient, number: int, tool: str, arguments: Mapping[str, Any]) -> Told:
        """At the number-th process, and so on round."""
        return await told_by(http, self.replicas[number % len(self.replicas)], self.token, tool, arguments)

    @asynccontextmanager
    async def http(self) -> AsyncGenerator[httpx2.AsyncClient]:
        limits = httpx2.Limits(max_connections=400, max_keepalive_connections=400)
        async with httpx2.AsyncClient(headers=HEADERS, timeout=180, limits=limits) as client:
            yield client

    def rows(self, soql: str) -> list[dict[str, Any]]:
        """As the org itself reads it: fields by their names without prefix."""
        found = self.server.org.org.as_system().query(soql)["records"]
        return [{name.removeprefix("LeanData__").removesuffix("__c"): row[name] for name in row} for row in found]

    def hosted(self, user_id: str, day: date, days: int = 1) -> list[dict[str, Any]]:
        """The live meetings of a host that start on these days of the west, by start."""
        first = datetime.combine(day, time(), WEST).astimezone(UTC)
        last = first + timedelta(days=days)
        return self.rows(
            f"SELECT Id, LeanData__Start__c, LeanData__End__c FROM {bookit('Meeting')} "
            f"WHERE LeanData__Main_Host__c = '{user_id}' AND LeanData__Status__c != 'Canceled' "
            f"AND LeanData__Start__c >= {first:%Y-%m-%dT%H:%M:%SZ} AND LeanData__Start__c < {last:%Y-%m-%dT%H:%M:%SZ} "
            "ORDER BY LeanData__Start__c"
        )

    async def previewed(
        self, http: httpx2.AsyncClient, number: int, day: date, days: int = 1, **asked: Any
    ) -> Mapping[str, Any]:
        """preview_availability of these days of the west. Its range is like no other's, and so is its offer."""
        start = datetime.combine(day, time(), WEST) + timedelta(seconds=next(_numbers))
        end = datetime.combine(day + timedelta(days=days), time(), WEST)
        window = {"start": start.isoformat(), "end": end.isoformat(), "timezone": WEST.key}
        answer = await self.call(http, number, "preview_availability", {**asked, **window})
        assert answer.code == "ok", answer.body
        return answer.body

    async def agreed(self, http: httpx2.AsyncClient, number: int, tool: str, arguments: Mapping[str, Any]) -> Told:
        """Preview, and what it asks to be repeated: the same arguments with a confirm token."""
        shown = await self.call(http, number, tool, arguments)
        assert shown.status == "preview", shown.body
        return Told("ok", {**arguments, "confirm_token": shown.body["confirm_token"]})

    async def carried_out(self, http: httpx2.AsyncClient, number: int, tool: str, confirmed: Mapping[str, Any]) -> Told:
        """Confirmed, and confirmed anew as long as the preview has changed."""
        arguments = dict(confirmed)
        while True:
            answer = await self.call(http, number, tool, arguments)
            if answer.code != "conflict" or "confirm_token" not in answer.body:
                return answer
            arguments["confirm_token"] = answer.body["confirm_token"]

    async def booked(self, calls: Sequence[Mapping[str, Any]]) -> list[str]:
        """The ids of the meetings of these bookings, made one after the other."""
        made: list[str] = []
        async with self.http() as http:
            for number, arguments in enumerate(calls):
                agreed = await self.agreed(http, number, "book_meeting", arguments)
                answer = await self.carried_out(http, number, "book_meeting", agreed.body)
                assert answer.status == "done", answer.body
                made.append(answer.body["meeting"]["meeting_id"])
        return made

    async def all_at_once(self, tool: str, calls: Sequence[Mapping[str, Any]]) -> list[Told]:
        """Previews of all of them, then all of them confirmed at the same time, in their order."""
        async with self.http() as http:
            agreed = await asyncio.gather(*(self.agreed(http, n, tool, each) for n, each in enumerate(calls)))
            return await asyncio.gather(*(self.carried_out(http, n, tool, each.body) for n, each in enumerate(agreed)))

    async def quiet(self) -> None:
        """Comes back once the org has done or refused all that it was sent."""
        with anyio.fail_after(30):
            while True:
                if not self.underway.requests:
                    return
                await anyio.sleep(0.01)

    def clear_faults(self) -> None:
        armed = self.server.org.controls.faults
        assert armed is not None
        armed.faults.clear()

    def problems(self) -> list[str]:
        """What doctor would find in the org."""
        return problems_of(self.server)


def keyed(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """With a key of its own: the same once more is another deed."""
    return {**arguments, "idempotency_key": f"key {next(_numbers)}"}


async def told_by(
    http: httpx2.AsyncClient, replica: Replica, token: str, tool: str, arguments: Mapping[str, Any]
) -> Told:
    answer = await http.post(
        f"{replica.url}/mcp",
        headers={"Authorization": f"Bearer {token}"},
        json={
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": tool, "arguments": dict(arguments)},
        },
    )
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    body = result["structuredContent"]
    return Told(body["error"]["code"] if result["isError"] else "ok", body)


def booking(offer: Mapping[str, Any], start: str) -> dict[str, Any]:
    """Arguments of book_meeting, each with a prospect of its own."""
    number = next(_numbers)
    prospect = {
        "email": f"prospect{number}@acme.example",
        "first_name": "Pat",
        "last_name": f"Number {number}",
        "company": "Acme Corp",
    }
    return {"offer_id": offer["offer_id"], "start": start, "prospect": prospect}


def starts_of(offer: Mapping[str, Any]) -> list[str]:
    """All of an offer, with their dates."""
    return [_dated(day["date"], start) for day in offer["days"] for start in day["starts"]]


def free_at(offer: Mapping[str, Any]) -> dict[str, list[str]]:
    """The free hosts of each start, in their order; of an offer with detail."""
    return {_dated(day["date"], slot["start"]): slot["hosts"] for day in offer["days"] for slot in day["slots"]}


def _dated(day: str, start: str) -> str:
    return f"{day}T{start[:5]}:00{start[5:]}"


def workday(number: int) -> date:
    """The number-th day from Monday to Friday, from Monday after next on."""
    monday = system_clock().date() + timedelta(days=14 - system_clock().date().weekday())
    return monday + timedelta(days=number // 5 * 7 + number % 5)


def _change_org(org: LocalOrg, data: DemoData) -> None:
    """Everybody can be booked on every day; two meeting types have limits, one of them buffers, and a third one starts
    that overlap."""
    system = org.as_system()
    for row in data.of(bookit("User_Setting")):
        values: dict[str, Any] = {"Calendar_Status__c": "Connected", "Is_Paused__c": False, "Paused_Until__c": None}
        for product in ("Forms", "Links", "Handoff"):
            values[f"Product_Access_{product}__c"] = True
        system.update(bookit("User_Setting"), row["Id"], {f"LeanData__{name}": each for name, each in values.items()})
    for name in ("Vacation", "Holiday"):
        for row in data.of(bookit(name)):
            system.delete(bookit(name), row["Id"])
    for row in data.of("Event"):
        if row["IsAllDayEvent"]:
            system.delete("Event", row["Id"])
    minutes = BUFFER.total_seconds() / 60
    limits: Mapping[str, Mapping[str, Any]] = {
        DEEP_DIVE: {"Max_Per_Day__c": MAX_PER_DAY, "Buffer_Before_Minutes__c": minutes, "Buffer_After_Minutes__c": 0},
        RENEWAL: {"Max_Per_Week__c": MAX_PER_WEEK},
        INTRO: {"Slot_Interval_Minutes__c": 15},
    }
    for row in data.of(bookit("Meeting_Type")):
        values = dict(limits.get(row["LeanData__Display_Name__c"], {}))
        if values:
            system.update(
                bookit("Meeting_Type"), row["Id"], {f"LeanData__{name}": each for name, each in values.items()}
            )


@contextmanager
def staged(folder: Path) -> Generator[Stage]:
    """Opened: an org without ordinary meetings, and PROCESSES servers."""
    with ExitStack() as stack:
        database = f"sqlite+aiosqlite:///{folder / 'server.db'}"
        if DATABASE == "postgresql":
            postgres = stack.enter_context(running_postgres())
            apart(lambda: create_database(postgres, "integrity"))
            database = postgres.url("integrity")
        underway = Underway()
        server = stack.enter_context(
            running_server(
                folder,
                now=system_clock(),
                meetings=0,
                faults=True,
                change_org=_change_org,
                around_org=underway.around,
                DATABASE_URL=database,
                SALESFORCE_TIMEOUT_SECONDS="30",
                LOG_LEVEL="ERROR",
            )
        )
        source = stack.enter_context(replicas(server.environment, folder / "replicas.log"))
        started = [source.start() for _ in range(PROCESSES)]
        yield Stage(server, underway, source, started, apart(lambda: _token(server)))


async def _token(server: RunningServer) -> str:
    storage = MemoryStorage()
    async with server.signed_in("admin", storage=storage):
        tokens = await storage.get_tokens()
    assert tokens is not None
    return tokens.access_token
