"""The connection below a request, for faults that break it: put into the ASGI scope by the server's protocol class."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_EXTENSION = "local_org.connection"


class BreakableH11Protocol(H11Protocol):
    """uvicorn's h11 protocol, which also tells the application the transport that a request came in on."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - uvicorn's own narrowing
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[_EXTENSION] = transport
            await app(scope, receive, send)

        self.app = with_transport


async def break_off(scope: Scope, receive: Receive, *, unsent: bool) -> None:
    """Ends the request's connection and returns when it is gone.

    unsent: throw away what was not sent yet; else it is sent first. Raises RuntimeError below another server than
    one that runs with `app.UVICORN_OPTIONS`.
    """
    extensions: Mapping[str, Any] = scope.get("extensions") or {}
    transport: asyncio.Transport | None = extensions.get(_EXTENSION)
    if transport is None:
        raise RuntimeError("this server cannot break connections; run it with UVICORN_OPTIONS")
    if unsent:
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
