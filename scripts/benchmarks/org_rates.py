"""How many calls per second the local org serves over HTTP, beside what the server needs for its own work."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import quote_plus

from app.cli.local_org import PACKAGES
from app.demo.processes import OrgOptions, free_port, running
from app.local_org.org import LocalOrg
from app.local_org.rest.call import ROOT
from app.local_org.schema.compile import compile_schema
from scripts.benchmarks.load import Load, drive
from scripts.benchmarks.mcp_calls import UNLIMITED, access_token, body, headers
from scripts.benchmarks.org_statements import CALLERS, NOW, Case, Known, cases
from scripts.benchmarks.starting import wait_for

ROUNDS, CONNECTIONS = 3, 8
LOOK_UP = ("meetings/search_own user", "meetings/count_own user")
"""What query_meetings sends as one composite: a page, and the count of all."""


def print_rates(path: Path, seconds: float) -> None:
    """The rates of the org in that file, and the server's needs. Servers run on the first core, the load on the last.

    Reads /proc, so it needs Linux.
    """
    cores = sorted(os.sched_getaffinity(0))
    org = LocalOrg(path, compile_schema(PACKAGES), lambda: NOW)
    found = {(case.form, case.given): case for case in cases(Known.of(org))}
    org.close()
    with _serving(path, cores[0]) as (url, tokens):
        os.sched_setaffinity(0, {cores[-1]})
        small = _query(url, tokens, found["signin/user org", ""], seconds)
        page = _composite(url, tokens, [found[form, "start"] for form in LOOK_UP], seconds)
    server, org_itself = _look_ups(seconds, cores)
    print(f"local org, one core: {small:.0f} calls/s of one row, {page:.0f} look-ups/s (a page of 26 and its count)")
    print(f"query_meetings: {server:.2f} ms of CPU in the server, {org_itself:.2f} ms in the local org")
    print(f"so one core of the local org keeps {server / org_itself:.2f} cores of the server busy")


@contextmanager
def _serving(path: Path, core: int) -> Generator[tuple[str, Mapping[str, str]]]:
    port = free_port()
    command = [sys.executable, "-m", "scripts.benchmarks.org_server", str(path), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        os.sched_setaffinity(process.pid, {core})
        assert process.stdout is not None
        tokens = dict(process.stdout.readline().split() for _ in CALLERS)
        wait_for(port)
        yield f"http://127.0.0.1:{port}", tokens
    finally:
        process.terminate()
        process.wait()


def _query(url: str, tokens: Mapping[str, str], case: Case, seconds: float) -> float:
    target = f"{url}{ROOT}/query?q={quote_plus(case.soql)}"
    return _rate(target, tokens[CALLERS[case.scope]], None, seconds, b'"totalSize":1')


def _composite(url: str, tokens: Mapping[str, str], together: list[Case], seconds: float) -> float:
    parts = [
        {"method": "GET", "url": f"{ROOT}/query?q={quote_plus(case.soql)}", "referenceId": f"q{number}_NUMBER"}
        for number, case in enumerate(together)
    ]
    text = json.dumps({"allOrNone": False, "compositeRequest": parts})
    given = text.replace("%", "%%").replace("_NUMBER", "_%d", 1).encode()
    return _rate(f"{url}{ROOT}/composite", tokens[CALLERS[together[0].scope]], given, seconds, b'"httpStatusCode":200')


def _rate(url: str, token: str, given: bytes | None, seconds: float, must_hold: bytes) -> float:
    sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def rounds() -> list[Load]:
        return [
            await drive(url, sent, given, connections=CONNECTIONS, seconds=seconds, must_hold=must_hold)
            for _ in range(ROUNDS)
        ]

    return median(load.per_second for load in asyncio.run(rounds()))


def _look_ups(seconds: float, cores: list[int]) -> tuple[float, float]:
    """CPU milliseconds that one query_meetings costs the server, and the local org behind it."""
    with running(
        OrgOptions(datetime.now(UTC), 7, 2000, 8), server_port=None, org_port=None, settings=UNLIMITED
    ) as demo:
        processes = {command: pid for pid, command in _children()}
        for pid in processes.values():
            os.sched_setaffinity(pid, {cores[0]})
        os.sched_setaffinity(0, {cores[-1]})
        url, arguments = f"{demo.server_url}/mcp", body("query_meetings", "{}")

        async def rounds() -> tuple[float, float]:
            sent = headers("query_meetings", await access_token(demo.server_url))
            calls, before = 0.0, {}
            for number in range(ROUNDS + 1):
                if number == 1:  # the first warms both up
                    before = {command: _cpu_seconds(pid) for command, pid in processes.items()}
                load = await drive(url, sent, arguments, connections=CONNECTIONS, seconds=seconds, must_hold=b'"items"')
                calls += load.per_second * seconds if number else 0
            used = {command: _cpu_seconds(pid) - before[command] for command, pid in processes.items()}
            return used["serve"] / calls * 1000, used["local-org"] / calls * 1000

        return asyncio.run(rounds())


def _children() -> list[tuple[int, str]]:
    """This process's children that are `bookit-mcp`, with its sub-command."""
    listed = Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children").read_text().split()
    found: list[tuple[int, str]] = []
    for pid in map(int, listed):
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        if "app.cli" in words:
            found.append((pid, words[words.index("app.cli") + 1]))
    return found


def _cpu_seconds(pid: int) -> float:
    """User and system time of all threads of a process (proc(5), stat, fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
