"""The edge alone, over sockets, in front of an application that says what it was given."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.edge.edge import edge
from tests.support.movable_clock import MovableClock
from tests.support.sign_in_server import served, settings_for


@dataclass
class EdgeServer:
    """url: what it is reached by. asked: the bodies that got through."""

    url: str
    clock: MovableClock
    http: httpx2.AsyncClient
    bodies: list[bytes] = field(default_factory=list[bytes])


Serve = Callable[..., AbstractAsyncContextManager[EdgeServer]]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """`async with serve(requests_per_minute=3) as server`: settings by their names."""

    @asynccontextmanager
    async def serving(**settings: Any) -> AsyncGenerator[EdgeServer]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            usual = settings_for(url, "http://127.0.0.1:1", tmp_path / "none.db")
            async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=20) as http:
                server = EdgeServer(url, MovableClock(), http)
                outermost = edge(
                    _echo(server), usual.model_copy(update=settings), server.clock, lambda seconds: _page(seconds)
                )
                async with served(outermost, listener):
                    yield server

    return serving


def _page(seconds: int) -> Response:
    return Response(f"<p>wait {seconds}</p>", 429, media_type="text/html")


def _echo(server: EdgeServer) -> Starlette:
    """Answers who asks, on every path; `/broken` raises, `/own` has headers of its own."""

    async def echo(request: Request) -> Response:
        server.bodies.append(await request.body())
        return JSONResponse({"client": list(request.client or ()), "length": len(server.bodies[-1])})

    async def broken(_request: Request) -> Response:
        raise RuntimeError(json.dumps({"secret": "inner workings"}))

    async def own(_request: Request) -> Response:
        return PlainTextResponse("own", headers={"X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "origin"})

    async def only_get(_request: Request) -> Response:
        return PlainTextResponse("got")

    paths = ("/mcp", "/token", "/health", "/ready", "/static/x.css", "/.well-known/y")
    return Starlette(
        routes=[
            *(Route(path, echo, methods=["GET", "POST"]) for path in paths),
            Route("/broken", broken),
            Route("/own", own),
            Route("/get", only_get, methods=["GET"]),
        ]
    )
