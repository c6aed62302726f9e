"""The MCP app behind uvicorn, on a free port. A bearer token is a handle: `rep1`, or `admin/admin` with scope."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import httpx2
import uvicorn
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from app.mcp.current_caller import STATE_KEY
from app.mcp.http import mcp_app
from app.mcp.registry import Registry
from app.org.caller import Scope as CallerScope
from tests.mcp.world import World

STARTUP_SECONDS = 10


class HandleAsToken:
    """Stands where the bearer middleware stands."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
        handle, _, wanted = token.partition("/")
        if not handle:
            await Response(status_code=401)(scope, receive, send)
            return
        scope.setdefault("state", {})[STATE_KEY] = self._world.caller(handle, CallerScope(wanted or "user"))
        await self._app(scope, receive, send)


@contextmanager
def mcp_served(world: World, registry: Registry | None = None) -> Generator[str]:
    """The URL of /mcp, on loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    mcp = mcp_app(origin, world.services, registry)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        async with mcp.run():
            yield

    app = Starlette(routes=[Mount("/mcp", HandleAsToken(mcp, world))], lifespan=lifespan)
    server = uvicorn.Server(uvicorn.Config(app, http="h11", log_config=None, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="mcp", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + STARTUP_SECONDS
        while not server.started:
            assert thread.is_alive(), "the MCP app did not start"
            assert time.monotonic() < deadline, "the MCP app did not start in time"
            time.sleep(0.01)
        yield f"{origin}/mcp/"
    finally:
        server.should_exit = True
        thread.join(STARTUP_SECONDS)
        listener.close()


@asynccontextmanager
async def connected(url: str, token: str, mode: str) -> AsyncGenerator[Client]:
    """The SDK's own client. mode: `legacy` (2025-11-25 handshake) or `auto` (2026-07-28)."""
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client
