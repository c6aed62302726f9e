"""A process that ends, killed or told to, costs at most what it was at; one that is replaced in order costs nothing."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx2
import pytest
from anyio import to_thread

from tests.end_to_end.replicas.stage import PROCESSES, ManyServers, Stage, address, answered, behind_nginx
from tests.support.nginx import running_nginx
from tests.support.replicas import Replica

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(150)]

CALLERS = 4
READING = {"match": {"path": "*/composite", "object": "LeanData__BookIt_Meeting__c"}}
"""The one request to Salesforce of query_meetings."""


async def test_when_one_is_killed_the_others_go_on(servers: ManyServers) -> None:
    client = await servers.client()
    tokens = await client.tokens_of("rep7")
    killed = servers.stage.replicas[0]
    killed.kill()
    servers.served_by.clear()
    for _ in range(2 * PROCESSES):
        answered(await servers.tool(tokens["access_token"], "whoami"))
    assert (await client.refresh(tokens["refresh_token"])).status_code == 200
    tried = [each.split(", ") for each in servers.served_by]
    assert {each[-1] for each in tried} == {address(each) for each in servers.stage.replicas[1:]}
    assert any(each[0] == address(killed) for each in tried)  # in vain, before anything was sent
    await to_thread.run_sync(servers.stage.replace, killed)


async def test_a_call_under_way_at_one_that_is_killed_is_not_repeated(stage: Stage, tmp_path: Path) -> None:
    async with _first_of_all(stage, tmp_path) as (first, servers):
        token = (await (await servers.client()).tokens_of("rep8"))["access_token"]
        fault = stage.org.fault("slow", seconds=1.0, **READING)
        calling = asyncio.create_task(servers.tool(token, "query_meetings"))
        await stage.org.met(fault["id"])
        asked = stage.asked.times("/composite")
        first.kill()
        answer = await calling
        assert answer.status_code == 502
        assert servers.served_by[-1] == address(first)  # and nobody after it
        assert stage.asked.times("/composite") == asked
        answered(await servers.tool(token, "query_meetings"))
        assert servers.served_by[-1] != address(first)
    await to_thread.run_sync(stage.replace, first)


@pytest.mark.parametrize(("method", "times"), [("POST", 1), ("GET", 2)])
async def test_what_changes_something_is_sent_once_and_what_reads_to_a_second_one(
    tmp_path: Path, method: str, times: int
) -> None:
    async with _breaking_off() as (first, asked_first), _breaking_off() as (second, asked_second):
        with running_nginx(tmp_path / "nginx", [first, second]) as nginx:
            async with httpx2.AsyncClient(base_url=nginx.url, trust_env=False) as http:
                assert (await http.request(method, "/mcp")).status_code == 502
    assert asked_first + asked_second == [method] * times


async def test_one_that_is_told_to_stop_answers_what_it_is_at(stage: Stage, tmp_path: Path) -> None:
    async with _first_of_all(stage, tmp_path) as (first, servers):
        token = (await (await servers.client()).tokens_of("rep9"))["access_token"]
        answered(await servers.tool(token, "whoami"))
        assert servers.served_by[-1] == address(first)
        fault = stage.org.fault("slow", seconds=1.0, **READING)
        calling = asyncio.create_task(servers.tool(token, "query_meetings"))
        await stage.org.met(fault["id"])
        os.kill(first.process_id, signal.SIGTERM)
        await _listens_no_more(first)
        for _ in range(PROCESSES):
            answered(await servers.tool(token, "whoami"))
            assert servers.served_by[-1] != address(first)
        answered(await calling)
        assert servers.served_by[-1] == address(first)
    with anyio.fail_after(20):
        while True:
            if not first.is_there():
                break
            await anyio.sleep(0.02)
    await to_thread.run_sync(stage.replace, first)


async def test_replacing_one_after_the_other_loses_no_request(stage: Stage, servers: ManyServers) -> None:
    client = await servers.client()
    tokens = await client.tokens_of("rep10")
    done = anyio.Event()
    calling = [asyncio.create_task(servers.calls_on(tokens["access_token"], done)) for _ in range(CALLERS)]
    everybody = {address(each) for each in stage.replicas}
    for old in stage.replicas[:2]:
        new = await to_thread.run_sync(stage.replace, old)
        everybody.add(address(new))
        for _ in range(PROCESSES):  # the new one has its turn too
            answered(await servers.tool(tokens["access_token"], "whoami"))
    done.set()
    served = set[str]().union(*await asyncio.gather(*calling))
    assert served | set(servers.served_by) == everybody
    assert (await client.refresh(tokens["refresh_token"])).status_code == 200


@asynccontextmanager
async def _first_of_all(stage: Stage, folder: Path) -> AsyncGenerator[tuple[Replica, ManyServers]]:
    """Behind an nginx that asks one process as long as it can be reached, and only then the others."""
    first, *others = stage.replicas
    places = [address(first), *(f"{address(other)} backup" for other in others)]
    with running_nginx(folder / "nginx", places) as nginx:
        async with behind_nginx(stage, nginx.url) as servers:
            yield first, servers


async def _listens_no_more(replica: Replica) -> None:
    host, _, port = address(replica).partition(":")
    with anyio.fail_after(20):
        while True:
            try:
                stream = await anyio.connect_tcp(host, int(port))
            except OSError:
                return
            await stream.aclose()
            await anyio.sleep(0.02)


@asynccontextmanager
async def _breaking_off() -> AsyncGenerator[tuple[str, list[str]]]:
    """A server that reads a request and dies: its address, and the methods of what it was asked."""
    methods: list[str] = []

    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        methods.append(request.split(b" ")[0].decode())
        writer.close()

    async with await asyncio.start_server(break_off, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}", methods
