"""What arrives at an org, request by request: recorded in front of its application, before any fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADMIN = "/__admin__/"


@dataclass(slots=True)
class Arrived:
    """One request. path: decoded, without the query. query: the query string as sent."""

    method: str
    path: str
    query: str
    body: bytes = b""

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(slots=True)
class Wire:
    """`serving(org, around=wire.around)`. Faults being armed are left out."""

    requests: list[Arrived] = field(default_factory=list[Arrived])

    def around(self, app: ASGIApp) -> ASGIApp:
        async def recorded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"].startswith(ADMIN):
                await app(scope, receive, send)
                return
            arrived = Arrived(scope["method"], scope["path"], scope["query_string"].decode())
            self.requests.append(arrived)

            async def keep() -> Message:
                message: Any = await receive()
                arrived.body += message.get("body", b"")
                return message

            await app(scope, keep, send)

        return recorded

    def to(self, part: str) -> list[Arrived]:
        """The requests whose path holds this."""
        return [each for each in self.requests if part in each.path]
