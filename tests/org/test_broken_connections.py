"""Connections that break or hang, on real sockets: what `responses` cannot show."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import perf_counter

import anyio
import pytest

from app.org.call_count import counting
from app.org.errors import OrgError, OrgErrorCode
from app.org.limits import OrgLimits
from app.org.queries import OrgQueries, Query
from app.org.salesforce_client import SalesforceClient
from tests.org.grants_in_memory import TokensInTurn, token
from tests.support.movable_clock import MovableClock

pytestmark = pytest.mark.anyio

BODY = b'{"totalSize":0,"done":true,"records":[]}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
HALF = ANSWER[:-10]

Behaviour = Callable[[socket.socket], None]


@contextmanager
def org_that(*connections: Behaviour) -> Generator[str]:
    """A server that treats its first connection in the first way, its second in the second, and so on."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for behave in connections:
            connection, _ = listener.accept()
            with connection:
                behave(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        thread.join(5)


@contextmanager
def queries_to(url: str, clock: MovableClock, *, read_seconds: float = 5) -> Generator[OrgQueries]:
    limits = OrgLimits(clock)
    client = SalesforceClient(
        api_version="66.0", read_seconds=read_seconds, connections=2, trusted_origin=url, limits=limits
    )
    yield OrgQueries(client, TokensInTurn([token(instance_url=url)]), limits)
    client.close()


def answer(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(ANSWER)


def hang_up(connection: socket.socket) -> None:
    connection.recv(65_536)


def break_off(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(HALF)


def answer_then_hang_up(connection: socket.socket) -> None:
    answer(connection)
    connection.recv(65_536)


async def test_a_kept_connection_that_the_org_has_closed_costs_no_error(clock: MovableClock) -> None:
    with org_that(answer_then_hang_up, answer) as url, queries_to(url, clock) as queries, counting() as count:
        await queries.run(Query("SELECT Id FROM User"))
        await queries.run(Query("SELECT Id FROM User"))
    assert count.calls == 3


@pytest.mark.parametrize("broken", [hang_up, break_off])
async def test_an_answer_that_breaks_off_is_asked_for_once_more(clock: MovableClock, broken: Behaviour) -> None:
    with org_that(broken, answer) as url, queries_to(url, clock) as queries:
        result = await queries.run(Query("SELECT Id FROM User"))
    assert result.total == 0


async def test_an_org_that_hangs_up_every_time_is_unavailable(clock: MovableClock) -> None:
    with org_that(hang_up, hang_up, answer) as url, queries_to(url, clock) as queries:
        with pytest.raises(OrgError) as failed:
            await queries.run(Query("SELECT Id FROM User"))
        assert failed.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
        answer_left = await queries.run(Query("SELECT Id FROM User"))
    assert answer_left.total == 0


async def test_who_finds_every_connection_taken_waits_no_longer_than_for_an_answer(clock: MovableClock) -> None:
    async def ask(queries: OrgQueries) -> OrgErrorCode | None:
        try:
            await queries.run(Query("SELECT Id FROM User"))
        except OrgError as problem:
            return problem.code
        return None

    codes: list[OrgErrorCode | None] = []
    began = perf_counter()
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        queries_to(f"http://127.0.0.1:{silent.getsockname()[1]}", clock, read_seconds=0.5) as queries,
        counting() as count,
    ):

        async def note() -> None:
            codes.append(await ask(queries))

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(note)
    assert codes == [OrgErrorCode.SALESFORCE_UNAVAILABLE] * 8
    assert perf_counter() - began < 3
    assert 2 <= count.calls <= 4


async def test_an_org_that_does_not_answer_is_given_up_after_the_time_that_is_set(clock: MovableClock) -> None:
    over = threading.Event()

    def say_nothing(connection: socket.socket) -> None:
        connection.recv(65_536)
        over.wait(5)

    with org_that(say_nothing) as url, queries_to(url, clock, read_seconds=0.2) as queries, counting() as count:
        with pytest.raises(OrgError) as failed:
            await queries.run(Query("SELECT Id FROM User"))
        over.set()
    assert failed.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    assert count.calls == 1
