"""What one process does reaches the others within half a minute; what is due then is done by one of them."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import anyio
import pytest
from sqlalchemy import select, update

from app.clock import system_clock
from app.store.tables import OrgRow
from tests.end_to_end.replicas.stage import PROCESSES, ManyServers, Stage, behind_nginx

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(150)]

HALF_A_MINUTE = 30
PACKAGES = "/tooling/query/"
"""What is asked in each check of an org, and at no other time."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Half a minute in which one client called all processes with a token that had been revoked."""

    before: Sequence[int]
    at_once: Sequence[int]
    after: Sequence[int]
    others_after: Sequence[int]
    checks: int


@pytest.fixture(scope="module")
async def passed(stage: Stage) -> AsyncGenerator[Passed]:
    """One wait for both tests. The processes go by the machine's clock, so it is a real half minute."""
    async with behind_nginx(stage) as servers:
        client, other = await servers.client(), await servers.client()
        tokens, others = await client.tokens_of("rep6"), await other.tokens_of("rep6")
        before = await servers.statuses(tokens["access_token"])
        await servers.statuses(others["access_token"])
        checks = stage.asked.times(PACKAGES)
        await _make_check_due(servers)
        revoked = await servers.http.post(
            "/revoke", data={"token": tokens["refresh_token"], "client_id": client.client_id}
        )
        assert revoked.status_code == 200, revoked.text
        ends = anyio.current_time() + HALF_A_MINUTE
        at_once = await servers.statuses(tokens["access_token"])
        while anyio.current_time() < ends:
            await servers.statuses(tokens["access_token"])  # being used does not make it live longer
            await anyio.sleep(1)
        after = await servers.statuses(tokens["access_token"])
        others_after = await servers.statuses(others["access_token"])
        await _wait_for_check(servers)
        yield Passed(before, at_once, after, others_after, stage.asked.times(PACKAGES) - checks)


async def test_a_revocation_reaches_every_process(passed: Passed) -> None:
    assert passed.before == [200] * PROCESSES
    assert passed.at_once.count(401) >= 1  # the one that was told
    assert passed.after == [401] * PROCESSES


async def test_the_same_persons_other_client_goes_on(passed: Passed) -> None:
    assert passed.others_after == [200] * PROCESSES


async def test_an_org_that_is_due_is_checked_by_one_process(passed: Passed) -> None:
    assert passed.checks == 1


async def test_the_janitor_sweeps_in_one_process(stage: Stage, passed: Passed) -> None:  # noqa: ARG001 (time)
    lines = [json.loads(line) for line in stage.log.read_text().splitlines()]
    assert [line["event"] for line in lines].count("janitor_swept") == 1


async def _make_check_due(servers: ManyServers) -> None:
    async with servers.database.session() as session:
        await session.execute(update(OrgRow).values(checked_at=system_clock() - timedelta(hours=1)))


async def _wait_for_check(servers: ManyServers) -> None:
    """Until it has been written; each process has had a turn by then, or has it while the last one is at it."""
    with anyio.fail_after(60):
        while True:
            async with servers.database.reading() as session:
                checked = (await session.execute(select(OrgRow.checked_at))).scalar_one()
            if checked is not None and system_clock() - checked < timedelta(minutes=30):
                return
            await anyio.sleep(0.2)
