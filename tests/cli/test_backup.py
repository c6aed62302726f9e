"""`bookit-mcp backup`: a whole copy of a database in use."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx2

from app.demo.mcp_client import MemoryStorage
from tests.cli.conftest import Shell
from tests.cli.test_serve_and_migrate import settings
from tests.support.running_server import RunningServer, apart, serving_app

HEADERS = {
    "Accept": "application/json, text/event-stream",
    "Content-Type": "application/json",
    "MCP-Protocol-Version": "2025-11-25",
}


def test_the_copy_holds_what_was_committed_and_is_its_owners_alone(shell: Shell, tmp_path: Path) -> None:
    values = settings(tmp_path)
    assert shell("migrate", settings=values).exit_code == 0
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(tmp_path / "some.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO leases VALUES ('committed', 'us', '2026-11-23 09:00:00.000000')")
        connection.commit()
        connection.execute("INSERT INTO leases VALUES ('under way', 'us', '2026-11-23 09:00:00.000000')")
        assert b"committed" not in (tmp_path / "some.db").read_bytes()  # it stands in the write-ahead log
        result = shell("backup", str(copy), settings=values)
    assert (result.exit_code, result.stdout) == (0, f"The database is in {copy}.\n")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM leases").fetchall() == [("committed",)]


def test_a_file_that_exists_is_left_alone(shell: Shell, tmp_path: Path) -> None:
    values = settings(tmp_path)
    assert shell("migrate", settings=values).exit_code == 0
    before = tmp_path / "before.db"
    before.write_bytes(b"another backup")
    result = shell("backup", str(before), settings=values)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "File exists" in result.stderr
    assert before.read_bytes() == b"another backup"


def test_what_cannot_be_copied_is_said_and_leaves_no_file(shell: Shell, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    nowhere = shell("backup", str(copy), settings=settings(tmp_path))
    assert (nowhere.exit_code, nowhere.stdout) == (1, "")
    assert "There is no database" in nowhere.stderr
    (tmp_path / "some.db").write_bytes(b"no database at all, but a file of some length")
    broken = shell("backup", str(copy), settings=settings(tmp_path))
    assert "could not copy" in broken.stderr
    postgres = settings(tmp_path) | {"DATABASE_URL": "postgresql+asyncpg://someone:planted@host/name"}
    result = shell("backup", str(copy), settings=postgres)
    assert "pg_dump" in result.stderr
    assert "planted" not in result.stderr
    assert not copy.exists()


def test_clients_go_on_at_a_server_whose_database_was_restored(
    shell: Shell, own_server: RunningServer, tmp_path: Path
) -> None:
    storage = MemoryStorage()
    apart(lambda: sign_in(own_server, storage))
    copy, restored = tmp_path / "copy.db", tmp_path / "restored.db"
    assert shell("backup", str(copy), server=own_server).exit_code == 0
    shutil.copy(copy, restored)
    values = own_server.settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{restored}"})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with serving_app(values, own_server.clock, listener):
            assert apart(lambda: called(url, storage)).status_code == 200


async def sign_in(server: RunningServer, storage: MemoryStorage) -> None:
    async with server.signed_in("rep1", storage=storage):
        pass


async def called(url: str, storage: MemoryStorage) -> httpx2.Response:
    tokens = await storage.get_tokens()
    assert tokens is not None
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "whoami"}}
    async with httpx2.AsyncClient(trust_env=False) as http:
        headers = {**HEADERS, "Authorization": f"Bearer {tokens.access_token}"}
        return await http.post(f"{url}/mcp", headers=headers, json=call)
