"""docs/operations.md, Backup: PostgreSQL is dumped, lost and restored, and clients go on without a new sign-in.

The commands are those of the document; the servers keep running all the while.
"""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from app.store.database import Database
from tests.end_to_end.replicas.stage import DATABASE, PROCESSES, ManyServers, Stage, answered
from tests.support.replicas import Replica
from tests.support.sign_in_server import McpClient

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(150)]


async def test_clients_go_on_after_a_restore(stage: Stage, servers: ManyServers, tmp_path: Path) -> None:
    client = await servers.client()
    tokens = await client.tokens_of("both")
    dump = tmp_path / "bookit-mcp.dump"
    await asyncio.to_thread(_run, stage, "pg_dump", "--format=custom", f"--file={dump}", DATABASE)

    await _wipe(servers.database)
    assert [(await servers.http.get(f"{each.url}/ready")).status_code for each in stage.replicas] == [503] * PROCESSES

    await asyncio.to_thread(_run, stage, "pg_restore", f"--dbname={DATABASE}", "--exit-on-error", str(dump))
    assert [(await servers.http.get(f"{each.url}/ready")).status_code for each in stage.replicas] == [200] * PROCESSES
    for replica in stage.replicas:
        answered(await servers.tool(tokens["access_token"], "query_meetings", at=replica.url))
    renewed = await client.refresh(tokens["refresh_token"])
    assert renewed.status_code == 200, renewed.text
    answered(await servers.tool(renewed.json()["access_token"], "query_meetings"))


async def test_what_happened_after_the_backup_is_unknown_and_asks_for_a_new_sign_in(
    stage: Stage, servers: ManyServers, tmp_path: Path
) -> None:
    client = await servers.client()
    before = await client.tokens_of("group")
    dump = tmp_path / "bookit-mcp.dump"
    await asyncio.to_thread(_run, stage, "pg_dump", "--format=custom", f"--file={dump}", DATABASE)
    after = (await client.refresh(before["refresh_token"])).json()
    servers.org.controls.tokens.end_sessions(servers.people.users["group"])
    answered(await servers.tool(after["access_token"], "query_meetings"))  # Salesforce rotates its token here

    await _wipe(servers.database)
    await asyncio.to_thread(_run, stage, "pg_restore", f"--dbname={DATABASE}", "--exit-on-error", str(dump))
    started = await asyncio.to_thread(stage.source.start)  # as all are after a restore: what others know is of before
    assert (await servers.tool(after["access_token"], "whoami", at=started.url)).status_code == 401
    assert await _refreshed(servers, client, after["refresh_token"], started) == "invalid_grant"
    # Its own token is as good as it was, but the one of Salesforce has been rotated since.
    assert await _refreshed(servers, client, before["refresh_token"], started) == "invalid_grant"
    started.kill()
    anew = await client.tokens_of("group")
    for replica in stage.replicas:
        answered(await servers.tool(anew["access_token"], "query_meetings", at=replica.url))


async def _refreshed(servers: ManyServers, client: McpClient, token: str, at: Replica) -> str:
    data = {"grant_type": "refresh_token", "refresh_token": token, "client_id": client.client_id}
    return (await servers.http.post(f"{at.url}/token", data=data)).json()["error"]


async def _wipe(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("DROP SCHEMA public CASCADE"))
        await session.execute(text("CREATE SCHEMA public"))


def _run(stage: Stage, program: str, *arguments: str) -> None:
    """A program of PostgreSQL's, as an operator runs it."""
    done = subprocess.run(
        [stage.postgres.program(program), f"--host={stage.postgres.folder}", "--username=postgres", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
