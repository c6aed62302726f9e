"""A load generator that costs little beside what it measures: raw HTTP/1.1 over kept-alive sockets."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Load:
    """What one round saw: answers per second, and the median time of one in milliseconds."""

    per_second: float
    median_ms: float


class BadAnswer(RuntimeError):
    """The server answered something else than success; a rate of failures is no rate."""


async def drive(
    url: str, headers: dict[str, str], body_of: bytes | None, *, connections: int, seconds: float, must_hold: bytes
) -> Load:
    """POST body_of (with `%d` for a running number), or GET where it is None, over `connections` sockets for `seconds`.

    must_hold: bytes that every answer's body has to contain. Raises BadAnswer.
    """
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    head = f"{'GET' if body_of is None else 'POST'} {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    times: list[float] = []
    stop_at = time.perf_counter() + seconds

    async def worker(first: int) -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        number = first
        try:
            while time.perf_counter() < stop_at:
                body = b"" if body_of is None else body_of % number
                number += connections
                started = time.perf_counter()
                writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
                answer = await _read(reader)
                times.append(time.perf_counter() - started)
                if must_hold not in answer:
                    raise BadAnswer(answer[:500].decode(errors="replace"))
        finally:
            writer.close()

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for first in range(connections):
            group.create_task(worker(first))
    elapsed = time.perf_counter() - started
    return Load(len(times) / elapsed, median(times) * 1000)


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    if " 200" not in status:
        raise BadAnswer(status)
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return await reader.readexactly(int(value))
    raise BadAnswer("an answer without Content-Length")
