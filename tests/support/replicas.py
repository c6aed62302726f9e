"""Servers that are processes of their own, to be killed at any moment: `bookit-mcp serve`, each on its own port.

They are forked from one process that has read all code and opened nothing, so that a new one listens in a moment.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from app.demo.processes import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Replica:
    """One server process. url: its own origin."""

    url: str
    process_id: int
    log: Path

    def is_there(self) -> bool:
        """Whether the process has not ended."""
        return Path(f"/proc/{self.process_id}").exists()

    def kill(self) -> None:
        """SIGKILL: nothing of it runs any more when this returns."""
        os.kill(self.process_id, signal.SIGKILL)
        deadline = time.monotonic() + START_SECONDS
        while self.is_there():
            assert time.monotonic() < deadline, "the server would not die"
            time.sleep(0.005)

    def listens(self) -> None:
        """Comes back once it is ready."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self.is_there(), f"{self.url} has ended:\n{self.log.read_text()[-4000:]}"
            assert time.monotonic() < deadline, f"{self.url} does not answer:\n{self.log.read_text()[-4000:]}"
            try:
                if httpx2.get(f"{self.url}/ready", timeout=5).is_success:
                    return
            except httpx2.TransportError:
                pass  # it does not listen yet; asked again until the deadline
            time.sleep(0.02)


class Replicas:
    """All servers with the same settings."""

    def __init__(self, source: subprocess.Popen[str], log: Path) -> None:
        self._source = source
        self._log = log

    def start(self, *, wait: bool = True) -> Replica:
        """A new one, listening; without wait it may still be on its way."""
        port = free_port()
        assert self._source.stdin is not None
        assert self._source.stdout is not None
        print(port, file=self._source.stdin, flush=True)
        replica = Replica(f"http://127.0.0.1:{port}", int(self._source.stdout.readline()), self._log)
        if wait:
            replica.listens()
        return replica


@contextmanager
def replicas(environment: Mapping[str, str], log: Path) -> Generator[Replicas]:
    """environment: settings by their names without BOOKIT_MCP_. log: where all of them write. All end with this."""
    settings = {f"BOOKIT_MCP_{name}": value for name, value in environment.items()}
    with log.open("w") as errors:
        source = subprocess.Popen(
            [sys.executable, "-m", "tests.support.replica_source"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
    try:
        yield Replicas(source, log)
    finally:
        os.killpg(source.pid, signal.SIGKILL)
        source.wait()
        for pipe in (source.stdin, source.stdout):
            if pipe is not None:
                pipe.close()
