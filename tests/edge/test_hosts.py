"""Only requests to our own host get through; /health and /ready answer a load balancer, whatever it calls us."""

from __future__ import annotations

import pytest

from app.edge.hosts import PublicHosts
from tests.edge.conftest import Serve
from tests.support.by_hand import connected

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/mcp", "/token", "/static/x.css", "/nowhere"])
async def test_another_host_gets_no_answer_of_ours(serve: Serve, path: str) -> None:
    async with serve() as server:
        answer = await server.http.get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 421
        assert answer.json()["error"] == "misdirected_request"
        assert "evil" not in answer.text
        assert server.bodies == []


@pytest.mark.parametrize("path", ["/health", "/ready"])
async def test_a_load_balancer_may_call_us_by_any_name(serve: Serve, path: str) -> None:
    async with serve() as server:
        assert (await server.http.get(path, headers={"Host": "10.1.2.3:8080"})).status_code == 200


async def test_a_request_without_a_host_is_meant_for_nobody(serve: Serve) -> None:
    async with serve() as server, connected(server.url) as connection:
        await connection.send(b"GET /token HTTP/1.0\r\n\r\n")
        assert (await connection.answer()).status == 421


async def test_two_hosts_are_none(serve: Serve) -> None:
    async with serve() as server, connected(server.url) as connection:
        host = server.url.removeprefix("http://").encode()
        await connection.send(b"GET /token HTTP/1.1\r\nHost: " + host + b"\r\nHost: evil.example\r\n\r\n")
        assert (await connection.answer()).status == 400


@pytest.mark.parametrize(
    ("public_url", "host", "allowed"),
    [
        ("https://mcp.example", "mcp.example", True),
        ("https://mcp.example", "mcp.example:443", True),
        ("https://mcp.example:443", "mcp.example", True),
        ("https://mcp.example:8443", "mcp.example:8443", True),
        ("https://mcp.example:8443", "mcp.example", False),
        ("https://mcp.example", "mcp.example:80", False),
        ("https://mcp.example", "mcp.example.evil.example", False),
        ("https://mcp.example", "localhost", False),
        ("https://mcp.example", "", False),
        ("http://127.0.0.1:8080", "localhost:5555", True),
        ("http://127.0.0.1:8080", "[::1]:8080", True),
        ("http://127.0.0.1:8080", "127.0.0.1:x.evil.example", False),
        ("http://127.0.0.1:8080", "127.0.0.1.evil.example:80", False),
        ("http://127.0.0.1:8080", "evil.example", False),
    ],
)
def test_the_public_host_is_ours_and_on_loopback_every_port(public_url: str, host: str, allowed: bool) -> None:
    assert PublicHosts(public_url).allows(host) == allowed
