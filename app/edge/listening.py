"""How uvicorn listens: what it takes before the application is asked."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 10.0
MOST_HEAD_BYTES: Final = 16 * 1024
"""An authorization request with the longest state is about half of it."""
MOST_CONNECTIONS: Final = 1000
"""Open connections and requests under way in one process; the next ones are answered 503. With the largest bodies that
is 256 MiB."""
KEEP_ALIVE_SECONDS: Final = 75
"""Longer than proxies keep an idle connection (60 s is usual), so that none of them sends into one just closed."""
SHUTDOWN_SECONDS: Final = 30
"""A write that is under way when the server stops gets its answer: it waits for Salesforce 20 seconds at most."""


class DeadlineProtocol(H11Protocol):
    """h11, since httptools leaves white space at the end of header values, which clients may send.

    A request's head must be there 10 seconds after the connection was opened, or after its first byte where an earlier
    request came before it: uvicorn itself waits without end.
    """

    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        else:
            self._head_came()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._head_due is None and not self.transport.is_closing():
            self._head_due = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_came(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None


_OPTIONS: Final[dict[str, Any]] = {
    "http": DeadlineProtocol,
    "ws": "none",
    "h11_max_incomplete_event_size": MOST_HEAD_BYTES,
    "limit_concurrency": MOST_CONNECTIONS,
    "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
    "proxy_headers": False,  # the application has them (app.edge.edge), with the settings' trusted proxies
    "server_header": False,
    "log_config": None,
    "access_log": False,  # a URL can hold an authorization code; our own log lines say what happened
}


def listening(app: ASGIApp, **options: Any) -> uvicorn.Config:
    """uvicorn's configuration for an application of ours. options: host, port, and what differs from the usual."""
    return uvicorn.Config(app, **{**_OPTIONS, **options})
