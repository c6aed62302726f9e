"""While replicas are replaced by a later version, the database is already of that version: the older ones go on."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import anyio
import pytest
from sqlalchemy import text

from app.store.database import Database
from tests.end_to_end.replicas.stage import PROCESSES, ManyServers, Stage, answered
from tests.support.newer_schema import NEWER, upgrade_to_newer
from tests.support.replicas import ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(150)]

CALLERS = 4


async def test_servers_go_on_while_a_later_version_migrates_and_after_it(stage: Stage, servers: ManyServers) -> None:
    client = await servers.client()
    tokens = await client.tokens_of("rep11")
    done = anyio.Event()
    calling = [asyncio.create_task(servers.calls_on(tokens["access_token"], done)) for _ in range(CALLERS)]
    await upgrade_to_newer(servers.database)
    assert await _revision(servers.database) == NEWER
    for replica in stage.replicas:
        ready = await servers.http.get(f"{replica.url}/ready")
        assert (ready.status_code, ready.json()) == (200, {"ready": True})
    # All that is stored in a sign-in, at every process: rows are written, changed and read beside the new columns.
    for _ in range(PROCESSES):
        later = await servers.client()
        signed_in = await later.tokens_of("rep12")
        assert await servers.statuses(signed_in["access_token"]) == [200] * PROCESSES
        renewed = (await later.refresh(signed_in["refresh_token"])).json()
        answered(await servers.tool(renewed["access_token"], "query_meetings"))
        assert (await later.refresh(renewed["refresh_token"])).status_code == 200
    done.set()
    await asyncio.gather(*calling)


async def test_a_process_of_the_older_version_starts_on_it_and_its_migrate_leaves_it_alone(
    stage: Stage, servers: ManyServers
) -> None:
    if await _revision(servers.database) != NEWER:
        await upgrade_to_newer(servers.database)
    done = await asyncio.to_thread(_migrate, stage)
    assert done.returncode == 0, done.stderr
    assert await _revision(servers.database) == NEWER
    await asyncio.to_thread(stage.replace, stage.replicas[0])  # it waits for its /ready


def _migrate(stage: Stage) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "migrate"],
        cwd=ROOT,
        env={f"BOOKIT_MCP_{name}": value for name, value in stage.environment.items()},
        capture_output=True,
        text=True,
        check=False,
    )


async def _revision(database: Database) -> str:
    async with database.reading() as session:
        return (await session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
