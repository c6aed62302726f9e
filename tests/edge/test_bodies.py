"""A body is small enough and there in time, or nobody looks at the request."""

from __future__ import annotations

import pytest

from app.edge.bodies import MOST_BYTES, MOST_BYTES_OF
from tests.edge.conftest import EdgeServer, Serve
from tests.support.by_hand import connected

pytestmark = pytest.mark.anyio


def head(server: EdgeServer, path: str, *headers: bytes) -> bytes:
    host = server.url.removeprefix("http://")
    return b"\r\n".join((f"POST {path} HTTP/1.1\r\nHost: {host}".encode(), *headers, b"", b""))


@pytest.mark.parametrize(("path", "most"), [("/token", MOST_BYTES), ("/mcp", MOST_BYTES_OF["/mcp"])])
async def test_a_body_may_have_so_many_bytes_and_no_more(serve: Serve, path: str, most: int) -> None:
    async with serve() as server:
        answer = await server.http.post(path, content=b"x" * most)
        assert answer.json()["length"] == most
        refused = await server.http.post(path, content=b"x" * (most + 1))
        assert refused.status_code == 413
        assert refused.headers["connection"] == "close"
        assert len(server.bodies) == 1


async def test_a_body_that_does_not_say_its_length_is_counted(serve: Serve) -> None:
    async with serve() as server, connected(server.url) as connection:
        await connection.send(head(server, "/token", b"Transfer-Encoding: chunked"))
        for _ in range(9):
            await connection.send(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
        await connection.send(b"0\r\n\r\n")
        assert (await connection.answer()).status == 413
        assert await connection.is_closed()
        assert server.bodies == []


@pytest.mark.parametrize("more", [(), (b"Expect: 100-continue",)])
async def test_what_is_announced_as_too_large_is_refused_without_being_read(
    serve: Serve, more: tuple[bytes, ...]
) -> None:
    async with serve(body_seconds=0.2) as server, connected(server.url) as connection:
        await connection.send(head(server, "/token", b"Content-Length: 9999999999", *more))
        assert (await connection.answer()).status == 413
        assert await connection.is_closed()
        assert server.bodies == []


@pytest.mark.parametrize("kind", [b"Content-Length: 100", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("path", ["/token", "/mcp", "/nowhere"])
async def test_a_body_that_trickles_in_is_answered_in_the_end(serve: Serve, path: str, kind: bytes) -> None:
    async with serve(body_seconds=0.3) as server, connected(server.url) as connection:
        await connection.send(head(server, path, kind))
        await connection.send(b"1\r\nx\r\n" if kind.startswith(b"T") else b"x")
        answer = await connection.answer()
        assert answer.status == 408
        assert await connection.is_closed()
        assert server.bodies == []


async def test_a_body_that_comes_in_pieces_within_its_time_is_whole(serve: Serve) -> None:
    async with serve() as server, connected(server.url) as connection:
        await connection.send(head(server, "/token", b"Content-Length: 6"))
        for piece in (b"ab", b"cd", b"ef"):
            await connection.send(piece)
        assert (await connection.answer()).status == 200
        assert server.bodies == [b"abcdef"]


async def test_who_goes_away_in_the_middle_leaves_nothing_behind(serve: Serve) -> None:
    async with serve() as server:
        async with connected(server.url) as connection:
            await connection.send(head(server, "/token", b"Content-Length: 100"))
            await connection.send(b"half")
        assert (await server.http.get("/token")).status_code == 200
        assert server.bodies == [b""]


async def test_a_head_that_never_ends_is_not_waited_for(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.edge.listening.HEAD_SECONDS", 0.2)
    async with serve() as server:
        async with connected(server.url) as silent:
            assert await silent.is_closed()
        async with connected(server.url) as trickling:
            await trickling.send(b"GET /health HTTP/1.1\r\nHo")
            assert await trickling.is_closed()
        async with connected(server.url) as second:
            whole = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
            await second.send(whole)
            assert (await second.answer()).status == 200
            await second.send(whole[:10])
            assert await second.is_closed()


async def test_a_head_that_is_too_large_is_refused(serve: Serve) -> None:
    async with serve() as server, connected(server.url) as connection:
        await connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 40_000)
        assert (await connection.answer()).status == 400
        assert await connection.is_closed()
