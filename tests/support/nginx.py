"""A real nginx on loopback, from Debian: in the foreground, unprivileged, with all that it writes in one folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.demo.processes import free_port

DEPLOY = Path(__file__).parents[2] / "scripts" / "deploy" / "nginx"
SERVED_BY = "X-Served-By"
"""A header of the tests' own site: address and port of the servers that were asked, in turn."""
SECONDS = 10
_PLACES = ("/usr/sbin", "/usr/local/sbin")

_MAIN = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
_SITE = """
include {folder}/upstream.conf;
server {{
    listen 127.0.0.1:{port};
    add_header {served_by} $upstream_addr always;
    location / {{ include {deploy}/proxy.conf; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running one. port: on 127.0.0.1. folder: its configuration and what it writes."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def lead_to(self, servers: Sequence[str]) -> None:
        """From now on requests go to these servers in turn. Comes back once no process is left that knew the former
        ones: what they were at is answered then."""
        _write_upstream(self.folder, servers)
        before = self._workers()
        self.process.send_signal(signal.SIGHUP)
        self._wait(lambda: bool(self._workers()) and not self._workers() & before)

    def listens(self) -> None:
        """Comes back once it takes connections."""

        def answers() -> bool:
            with socket.socket() as caller:
                return caller.connect_ex(("127.0.0.1", self.port)) == 0

        self._wait(answers)

    def _wait(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not is_so():
            said = self.folder / "error.log"
            assert self.process.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.01)

    def _workers(self) -> set[str]:
        master = self.process.pid
        return set(Path(f"/proc/{master}/task/{master}/children").read_text().split())


def nginx_program() -> str:
    """Where it is. Without it the test is skipped; under CI, where scripts/setup_system installs it, that fails."""
    found = shutil.which("nginx", path=os.pathsep.join((os.environ.get("PATH", ""), *_PLACES)))
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is not installed: scripts/setup_system installs it")
        pytest.skip("nginx is not installed: scripts/setup_system installs it")
    return found


@contextmanager
def running_nginx(
    folder: Path, servers: Sequence[str], *, port: int | None = None, site: str | None = None
) -> Generator[Nginx]:
    """In front of these servers (`host:port`, with options such as `down` and `backup`), in turn.

    It hands requests on as scripts/deploy does, without TLS, and says in SERVED_BY who was asked; or it serves another
    site, which listens on that port. port: without it, any free one.
    """
    program = nginx_program()
    folder.mkdir(exist_ok=True)
    port = port or free_port()
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers could not enter the folder
    (folder / "nginx.conf").write_text(_MAIN.format(user=user, folder=folder))
    own = _SITE.format(folder=folder, port=port, served_by=SERVED_BY, deploy=DEPLOY)
    (folder / "site.conf").write_text(site if site is not None else own)
    _write_upstream(folder, servers)
    command = [program, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # it says the same in error.log
    try:
        nginx = Nginx(port, folder, process)
        nginx.listens()
        yield nginx
    finally:
        process.terminate()
        process.wait(timeout=SECONDS)


def _write_upstream(folder: Path, servers: Sequence[str]) -> None:
    address = [server.partition(" ") for server in servers]
    lines = "".join(f"    server {where} fail_timeout=2s {options};\n" for where, _, options in address)
    (folder / "upstream.conf").write_text(f"upstream bookit_mcp {{\n{lines}}}\n")
