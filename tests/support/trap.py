"""A listener that nobody should ever talk to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


@asynccontextmanager
async def trap() -> AsyncGenerator[tuple[str, list[bytes]]]:
    """A listener on loopback, by its origin, and what was sent to it, one entry a connection."""
    sent: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(sent)
        sent.append(b"")
        sent[number] = await reader.read(100)
        writer.close()

    listener = await asyncio.start_server(take, "127.0.0.1", 0)
    async with listener:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}", sent
