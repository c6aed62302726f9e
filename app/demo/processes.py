"""The local org, the server and the mailbox as processes of their own, reached over sockets like anybody's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2

from app.demo.environment import ADMIN, PASSWORD, demo_environment

START_SECONDS = 60
DEFAULT_ORG_PORT = 8099
DEFAULT_SERVER_PORT = 8080
DEFAULT_MAIL_PORT = 8025
"""Of the page that shows the mail."""


@dataclass(frozen=True, slots=True)
class OrgOptions:
    """What the local org is made from; two processes with the same options hold the same rows."""

    now: datetime
    seed: int
    meetings: int
    bookit_version: int

    def arguments(self) -> list[str]:
        return [
            *("--now", self.now.isoformat()),
            *("--seed", str(self.seed)),
            *("--meetings", str(self.meetings)),
            *("--bookit-version", str(self.bookit_version)),
        ]


@dataclass(frozen=True, slots=True)
class Running:
    """Where they listen, and the environment in which `bookit-mcp` speaks of that server. mail_url: of the page that
    shows the mail."""

    org_url: str
    server_url: str
    mail_url: str
    environment: Mapping[str, str]


class DidNotStart(RuntimeError):
    """A process ended or did not answer in time; the message holds what it wrote."""


@contextmanager
def running(
    options: OrgOptions, *, server_port: int | None, org_port: int | None, mail_port: int | None = None
) -> Generator[Running]:
    """Local org, server and mailbox, migrated and enabled, for as long as the context lasts. A port of None is any free
    one.

    Their state is in a temporary directory that goes with them. Raises DidNotStart.
    """
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bookit-mcp-")))
        org_url = f"http://127.0.0.1:{org_port or free_port()}"
        server_url = f"http://127.0.0.1:{server_port or free_port()}"
        mail_port, smtp_port = mail_port or free_port(), free_port()
        mail_url = f"http://127.0.0.1:{mail_port}"
        environment = {**os.environ, **demo_environment(server_url, org_url, directory, smtp_port)}
        arguments = ["local-org", "--url", org_url, "--server-url", server_url, *options.arguments()]
        org = stack.enter_context(_process("local-org", _command(arguments), environment, directory))
        catcher = [sys.executable, "-m", "app.demo.mailbox", str(smtp_port), str(mail_port)]
        mailbox = stack.enter_context(_process("mailbox", catcher, environment, directory))
        _run(["migrate"], environment)
        org.wait_until_it_answers(f"{org_url}/services/data/")
        server = stack.enter_context(_process("serve", _command(["serve"]), environment, directory))
        _run(["enable", "--as", ADMIN, "--password-stdin"], environment, given=PASSWORD.get_secret_value())
        server.wait_until_it_answers(f"{server_url}/ready")
        mailbox.wait_until_it_answers(mail_url)
        yield Running(org_url, server_url, mail_url, environment)


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "app.cli", *arguments]


def _run(arguments: Sequence[str], environment: Mapping[str, str], *, given: str = "") -> None:
    done = subprocess.run(  # noqa: S603 (our own command line)
        _command(arguments), env=environment, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DidNotStart(f"bookit-mcp {arguments[0]} failed:\n{done.stdout}{done.stderr}")


@dataclass(frozen=True, slots=True)
class _Process:
    popen: subprocess.Popen[bytes]
    log: Path

    def wait_until_it_answers(self, url: str) -> None:
        """Raises DidNotStart when the process ended, or does not answer in time."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.popen.poll() is None:
            try:
                if httpx2.get(url, timeout=5).is_success:
                    return
            except httpx2.TransportError:
                pass  # it does not listen yet; asked again until the deadline
            time.sleep(0.05)
        raise DidNotStart(f"{url} does not answer:\n{self.log.read_text()[-4000:]}")


@contextmanager
def _process(name: str, command: Sequence[str], environment: Mapping[str, str], directory: Path) -> Generator[_Process]:
    log = directory / f"{name}.log"
    with log.open("w") as output:
        popen = subprocess.Popen(  # noqa: S603 (our own command line)
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        yield _Process(popen, log)
    finally:
        popen.terminate()
        try:
            popen.wait(timeout=15)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()


def free_port() -> int:
    """A loopback port that nothing listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    """Whether something could listen on that loopback port now."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
