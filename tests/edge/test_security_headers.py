"""Every answer has its headers, errors of every kind too; and no answer tells of what went wrong inside."""

from __future__ import annotations

import pytest

from tests.edge.conftest import Serve

pytestmark = pytest.mark.anyio

ALWAYS = {"x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/token", 200),
        ("GET", "/nowhere", 404),
        ("POST", "/get", 405),
        ("GET", "/broken", 500),
        ("POST", "/token", 413),
    ],
)
async def test_every_answer_has_the_headers(serve: Serve, method: str, path: str, status: int) -> None:
    async with serve() as server:
        answer = await server.http.request(method, path, content=b"x" * (70_000 if status == 413 else 0))
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "default-src 'none'; frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in answer.headers
    assert "server" not in answer.headers
    assert not answer.headers["content-type"].startswith("text/html")
    assert "inner workings" not in answer.text
    assert "Traceback" not in answer.text


async def test_an_answer_keeps_its_own(serve: Serve) -> None:
    async with serve() as server:
        answer = await server.http.get("/own")
    assert answer.headers.get_list("x-frame-options") == ["SAMEORIGIN"]
    assert answer.headers.get_list("referrer-policy") == ["origin"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_on_https_browsers_are_told_to_stay_there(serve: Serve) -> None:
    async with serve(public_url="https://mcp.example") as server:
        for host, status in (("mcp.example", 200), ("evil.example", 421)):
            answer = await server.http.get("/token", headers={"Host": host})
            assert answer.status_code == status
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
