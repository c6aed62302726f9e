"""HTTP by hand over a socket, for requests that no client library would send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

PATIENCE_SECONDS = 20
"""So long a test waits for what must come; how long it took is not measured."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """One answer as it was read. headers: names in lower case, in order, each as often as it came."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for each, value in self.headers if each == name]


class Connection:
    """One connection, kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> Self:
        """Sends exactly this."""
        self._writer.write(data)
        await self._writer.drain()
        return self

    async def answer(self) -> RawAnswer:
        """The next answer, with a body of its Content-Length. Raises IncompleteReadError where the server closed."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")[:-2]
            headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in head[1:])]
            answer = RawAnswer(int(head[0].split()[1]), headers, b"")
            length = int((answer.all("content-length") or ["0"])[0])
            return RawAnswer(answer.status, headers, await self._reader.readexactly(length))

    async def is_closed(self) -> bool:
        """Whether the server closes it, after whatever it still says. Raises TimeoutError when it does not."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            with suppress(ConnectionResetError):
                await self._reader.read()
        return True


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[Connection]:
    """A new connection to an origin."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()
