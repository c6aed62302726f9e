"""Bodies: how large one may be, and within which time it must have arrived, on every path.

A body is read whole before anything looks at the request, so that no handler waits for one that never ends.
"""

from __future__ import annotations

from typing import Final

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import metrics
from app.edge.refusals import refused

MOST_BYTES: Final = 64 * 1024
MOST_BYTES_OF: Final = dict.fromkeys(("/mcp", "/mcp/"), 256 * 1024)
"""The longest tool call is a few kilobytes; the form answers of a booking may be longer."""
_MOST_DISCARDED: Final = 4 * 1024 * 1024


class Disconnected(Exception):
    """The client went away before its body was complete: there is nobody to answer."""


class TooLarge(Exception):
    pass


class BodyLimits:
    """413 for a body that is too large, 408 for one that is not complete in time; both close the connection."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(headers := Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        most = MOST_BYTES_OF.get(scope["path"], MOST_BYTES)
        try:
            with anyio.fail_after(self._seconds):
                body = await _read(receive, most, headers.get("content-length", ""))
        except Disconnected:
            return
        except TooLarge:
            if "expect" not in headers:
                with anyio.move_on_after(self._seconds):
                    await _discard(receive)
            metrics.note_refusal("edge", "body_size")
            answer = refused(413, "invalid_request", f"A body may have {most} bytes here.", Connection="close")
            await answer(scope, receive, send)
            return
        except TimeoutError:
            metrics.note_refusal("edge", "body_time")
            answer = refused(408, "invalid_request", "The body did not arrive in time.", Connection="close")
            await answer(scope, receive, send)
            return
        await self._app(scope, _replaying(body, receive), send)


def _has_body(headers: Headers) -> bool:
    """RFC 9112 section 6.3: a request has a body when one of these says so."""
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


async def _read(receive: Receive, most: int, declared: str) -> bytes:
    """The whole body. Raises Disconnected, TooLarge."""
    if declared.isdecimal() and int(declared) > most:
        raise TooLarge
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            raise TooLarge
    return bytes(body)


async def _discard(receive: Receive) -> None:
    """Lets the rest go by for a while: a client that is still sending when the connection closes may never see the
    answer."""
    discarded, more = 0, True
    while more and discarded < _MOST_DISCARDED:
        message = await receive()
        discarded += len(message.get("body", b""))
        more = message.get("more_body", False)


def _replaying(body: bytes, receive: Receive) -> Receive:
    """The body in one piece, and then whatever the connection tells."""
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay
