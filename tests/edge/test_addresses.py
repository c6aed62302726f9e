"""Where a request comes from: what a trusted proxy says, and nobody else."""

from __future__ import annotations

import pytest

from app.edge.addresses import UNKNOWN, source_of
from tests.edge.conftest import Serve

pytestmark = pytest.mark.anyio

FORWARDED = {"X-Forwarded-For": "203.0.113.7"}


async def test_a_trusted_proxy_says_for_whom_it_asks(serve: Serve) -> None:
    async with serve(trusted_proxies="127.0.0.1") as server:
        answer = await server.http.get("/health", headers=FORWARDED)
        assert answer.json()["client"][0] == "203.0.113.7"


async def test_what_stands_before_the_proxys_own_entry_was_written_by_the_client(serve: Serve) -> None:
    async with serve(trusted_proxies="127.0.0.1,10.0.0.0/8") as server:
        headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7, 10.1.2.3"}
        assert (await server.http.get("/health", headers=headers)).json()["client"][0] == "203.0.113.7"


async def test_nobody_else_is_believed(serve: Serve) -> None:
    async with serve(trusted_proxies="10.0.0.0/8") as server:
        answer = await server.http.get("/health", headers=FORWARDED)
        assert answer.json()["client"][0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("somebody", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_subscriber_is_one_source(host: str, source: str) -> None:
    assert source_of({"type": "http", "client": (host, 1)}) == source


def test_a_connection_without_an_address_is_one_source_too() -> None:
    assert source_of({"type": "http", "client": None}) == UNKNOWN
