"""So many requests a minute from one address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.edge.conftest import Serve

pytestmark = pytest.mark.anyio


async def test_who_has_used_up_his_minute_is_told_how_long_to_wait(serve: Serve) -> None:
    async with serve(requests_per_minute=3) as server:
        assert [(await server.http.post("/token")).status_code for _ in range(3)] == [200] * 3
        answer = await server.http.post("/token")
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "20"
        assert answer.json()["error"] == "too_many_requests"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert (await server.http.get("/nowhere")).status_code == 429, "one bucket for all paths"
        server.clock.advance(timedelta(seconds=20))
        assert (await server.http.post("/token")).status_code == 200


async def test_a_browser_gets_a_page(serve: Serve) -> None:
    async with serve(requests_per_minute=1) as server:
        accept = {"Accept": "text/html,application/xhtml+xml"}
        await server.http.get("/token", headers=accept)
        answer = await server.http.get("/token", headers=accept)
    assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (429, "<p>wait 60</p>", "60")


async def test_addresses_are_counted_apart_and_cannot_be_made_up(serve: Serve) -> None:
    one, other = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
    async with serve(requests_per_minute=1) as server:
        assert (await server.http.get("/token", headers=one)).status_code == 200
        assert (await server.http.get("/token", headers=other)).status_code == 200
        assert (await server.http.get("/token", headers=one)).status_code == 429
    async with serve(requests_per_minute=1, trusted_proxies="10.0.0.0/8") as server:
        assert (await server.http.get("/token", headers=one)).status_code == 200
        assert (await server.http.get("/token", headers=other)).status_code == 429


@pytest.mark.parametrize("path", ["/mcp", "/health", "/ready", "/static/x.css", "/.well-known/y"])
async def test_what_many_share_and_what_costs_nothing_is_not_counted(serve: Serve, path: str) -> None:
    async with serve(requests_per_minute=1) as server:
        assert {(await server.http.get(path)).status_code for _ in range(4)} == {200}
        assert (await server.http.get("/token")).status_code == 200
