"""A process that is killed in the middle of a refresh: the next goes on, or Salesforce itself has ended the grant."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest

from app.clock import system_clock
from app.org.errors import OrgError, OrgErrorCode
from app.org.tokens import SalesforceToken
from app.signin.grants import LEASE
from app.store.encryption import Keyring
from app.store.grants import Grant, GrantKey, Grants, Purpose
from tests.support.movable_clock import MovableClock
from tests.support.sign_in_server import SignInServer, enabled_server, services_for

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[SignInServer]:
    """Its clock begins at the real time, which the processes that are killed go by, and stands still behind theirs."""
    async with enabled_server(tmp_path, clock=MovableClock(system_clock())) as running:
        yield running


async def signed_in(server: SignInServer) -> SalesforceToken:
    await (await server.client()).tokens_of("rep")
    return await server.services.grants.of_user(server.people.org_id, server.people.users["rep"]).current()


async def stored(server: SignInServer) -> Grant | None:
    table = Grants(server.database, Keyring.from_settings(server.settings.encryption_keys), server.clock)
    return await table.find(GrantKey(server.people.org_id, server.people.users["rep"], Purpose.PERSON))


@asynccontextmanager
async def process(server: SignInServer, module: str, token: SalesforceToken, last: str) -> AsyncGenerator[str]:
    """Another process, at its first line; killed with SIGKILL at the end."""
    file = server.settings.database_url.removeprefix("sqlite+aiosqlite:///")
    arguments = (server.url, server.org.url, file, token.org_id, token.user_id, token.access_token.get_secret_value())
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments, last), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert worker.stdout is not None
        yield (await worker.stdout.readline()).decode().strip()
    finally:
        worker.kill()
        assert await worker.wait() == -signal.SIGKILL


async def killed_at(server: SignInServer, token: SalesforceToken, step: str) -> None:
    async with process(server, "tests.signin.interrupted_refresh", token, step) as said:
        assert said == "stopped"


async def renewed(server: SignInServer, stale: SalesforceToken) -> SalesforceToken:
    """By a process that knows nothing of the one that was killed."""
    services = services_for(server.settings, server.database, server.clock)
    try:
        return await services.grants.of_user(stale.org_id, stale.user_id).renewed(stale)
    finally:
        services.gateway.close()


async def works(server: SignInServer, token: SalesforceToken) -> bool:
    return (await server.services.gateway.userinfo(token))["user_id"] == token.user_id


async def test_killed_before_the_request_the_next_process_refreshes(server: SignInServer) -> None:
    stale = await signed_in(server)
    before = await stored(server)
    await killed_at(server, stale, "request")
    assert await stored(server) == before
    server.clock.advance(2 * LEASE)
    assert await works(server, await renewed(server, stale))


async def test_killed_before_the_request_nobody_refreshes_until_the_lease_has_ended(server: SignInServer) -> None:
    stale = await signed_in(server)
    await killed_at(server, stale, "request")
    waiting = asyncio.create_task(renewed(server, stale))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    server.clock.advance(LEASE / 2 + timedelta(seconds=1))
    with pytest.raises(OrgError) as waited:
        await waiting
    assert waited.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    server.clock.advance(2 * LEASE)
    assert await works(server, await renewed(server, stale))


async def test_killed_after_the_token_was_rotated_and_lost_the_grant_ends_as_salesforce_says(
    server: SignInServer,
) -> None:
    stale = await signed_in(server)
    await killed_at(server, stale, "answer")
    assert await stored(server) is not None, "nobody gives the grant up before Salesforce has"
    server.clock.advance(2 * LEASE)
    with pytest.raises(OrgError) as ended:
        await renewed(server, stale)
    assert ended.value.code is OrgErrorCode.RECONNECT_REQUIRED
    assert await stored(server) is None
    assert await works(server, await signed_in(server)), "a new sign-in brings everything back"


async def test_killed_after_the_request_without_rotation_the_next_process_refreshes(server: SignInServer) -> None:
    stale = await signed_in(server)
    server.org.controls.external_client_app.change(refresh_token_rotation=False)
    await killed_at(server, stale, "answer")
    server.clock.advance(2 * LEASE)
    assert await works(server, await renewed(server, stale))


async def test_killed_after_it_was_stored_the_rotated_token_is_there_at_once(server: SignInServer) -> None:
    stale = await signed_in(server)
    before = await stored(server)
    await killed_at(server, stale, "release")
    after = await stored(server)
    assert before is not None
    assert after is not None
    assert after.refresh_token != before.refresh_token
    began = perf_counter()
    fresh = await renewed(server, stale)
    assert perf_counter() - began < 5, "nobody waits for the lease of the dead"
    assert fresh.access_token == after.access_token
    assert await works(server, fresh)
    server.clock.advance(2 * LEASE)
    assert await works(server, await renewed(server, fresh)), "and the stored refresh token is the living one"


async def test_four_processes_after_one_was_killed_refresh_once(server: SignInServer) -> None:
    stale = await signed_in(server)
    await killed_at(server, stale, "request")
    server.clock.advance(2 * LEASE)
    before = await stored(server)
    fresh = await asyncio.gather(*(renewed(server, stale) for _ in range(4)))
    after = await stored(server)
    assert before is not None
    assert after is not None
    assert after.version == before.version + 1
    assert {token.access_token for token in fresh} == {after.access_token}
