"""Salesforce tokens: one refresh for all who need it, stored before use, and what a refusal or a lost answer means."""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app.org.errors import OrgError, OrgErrorCode
from app.org.tokens import SalesforceToken
from app.signin.grants import LEASE, REFRESHES
from app.store.encryption import Keyring
from app.store.grants import GrantKey, Grants, Purpose
from app.store.leases import Leases
from tests.support.local_org import CONSUMER_SECRET
from tests.support.sign_in_server import SignInServer, services_for

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]


async def signed_in(server: SignInServer, handle: str = "rep") -> SalesforceToken:
    """The Salesforce token that we hold of somebody who has just signed in."""
    await (await server.client()).tokens_of(handle)
    return await source(server, handle).current()


def source(server: SignInServer, handle: str = "rep"):
    return server.services.grants.of_user(server.people.org_id, server.people.users[handle])


def stored(server: SignInServer) -> Grants:
    return Grants(server.database, Keyring.from_settings(server.settings.encryption_keys), server.clock)


def key_of(server: SignInServer, handle: str = "rep") -> GrantKey:
    return GrantKey(server.people.org_id, server.people.users[handle], Purpose.PERSON)


async def works(server: SignInServer, token: SalesforceToken) -> bool:
    try:
        await server.services.gateway.userinfo(token)
    except OrgError:
        return False
    return True


async def test_many_callers_in_one_process_refresh_once(server: SignInServer) -> None:
    stale = await signed_in(server)
    before = await stored(server).find(key_of(server))
    fresh = await asyncio.gather(*(source(server).renewed(stale) for _ in range(20)))
    after = await stored(server).find(key_of(server))
    assert before is not None
    assert after is not None
    assert after.version == before.version + 1
    assert {token.access_token for token in fresh} == {after.access_token}
    assert await works(server, fresh[0])


async def test_four_processes_with_ten_calls_each_refresh_once(server: SignInServer) -> None:
    stale = await signed_in(server)
    before = await stored(server).find(key_of(server))
    file = server.settings.database_url.removeprefix("sqlite+aiosqlite:///")
    arguments = (server.url, server.org.url, file, stale.org_id, stale.user_id, stale.access_token.get_secret_value())
    pipe = asyncio.subprocess.PIPE
    workers = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.signin.refresh_worker", *arguments, "10"), cwd=ROOT, stdin=pipe, stdout=pipe
        )
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert await worker.stdout.readline() == b"ready\n"
    ends = await asyncio.gather(*(worker.communicate(b"go\n") for worker in workers))
    after = await stored(server).find(key_of(server))
    assert before is not None
    assert after is not None
    # A second refresh would have raised the version again, or, with the rotated token, have ended the grant.
    assert after.version == before.version + 1
    assert {out.decode().strip() for out, _ in ends} == {after.access_token.get_secret_value()}
    assert await works(server, await source(server).current())


async def test_who_comes_with_an_older_token_gets_the_stored_one(server: SignInServer) -> None:
    stale = await signed_in(server)
    fresh = await source(server).renewed(stale)
    other_process = services_for(server.settings, server.database, server.clock)
    again = await other_process.grants.of_user(stale.org_id, stale.user_id).renewed(stale)
    assert again.access_token == fresh.access_token


async def test_the_new_refresh_token_is_used_the_next_time(server: SignInServer) -> None:
    token = await signed_in(server)
    for _ in range(3):
        token = await source(server).renewed(token)
        assert await works(server, token)


async def test_a_refresh_ends_well_though_its_caller_went_away(server: SignInServer) -> None:
    stale = await signed_in(server)
    leases, name = Leases(server.database, server.clock), f"refresh|{key_of(server).row_id('')}"
    await leases.acquire(name, "another process", timedelta(seconds=60))
    call = asyncio.create_task(source(server).renewed(stale))
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await leases.release(name, "another process")
    for _ in range(100):
        grant = await stored(server).find(key_of(server))
        assert grant is not None
        if grant.access_token != stale.access_token:
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("nothing was stored")
    assert await works(server, await source(server).renewed(stale))


async def test_a_grant_that_salesforce_ended_is_deleted_and_its_sign_ins_end(server: SignInServer) -> None:
    client = await server.client()
    tokens = await client.tokens_of("rep")
    token = await source(server).current()
    server.org.controls.tokens.end_grants(server.people.users["rep"])
    with pytest.raises(OrgError) as ended:
        await source(server).renewed(token)
    assert ended.value.code is OrgErrorCode.RECONNECT_REQUIRED
    assert await stored(server).find(key_of(server)) is None
    assert (await client.refresh(tokens["refresh_token"])).status_code == 400
    with pytest.raises(OrgError) as gone:
        await source(server).current()
    assert gone.value.code is OrgErrorCode.RECONNECT_REQUIRED


async def test_our_own_wrong_secret_costs_nobody_his_grant(server: SignInServer) -> None:
    token = await signed_in(server)
    app = server.org.controls.external_client_app
    app.change(consumer_secret="another")
    with pytest.raises(OrgError) as refused:
        await source(server).renewed(token)
    assert refused.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    app.change(consumer_secret=CONSUMER_SECRET)
    assert await works(server, await source(server).renewed(token))


async def test_a_lost_answer_is_not_tried_again_until_its_lease_has_ended(server: SignInServer) -> None:
    token = await signed_in(server)
    grant = await stored(server).find(key_of(server))
    assert grant is not None
    # A proxy that takes the request and hangs up: whether Salesforce has seen it nobody knows.
    requests_seen = 0

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests_seen
        requests_seen += 1
        await _reader.read(100)
        writer.close()

    proxy = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with proxy:
        lost = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        await stored(server).save(
            grant, access_token=grant.access_token, refresh_token=grant.refresh_token, instance_url=lost
        )
        for _ in range(3):
            with pytest.raises(OrgError) as failure:
                await source(server).renewed(token)
            assert failure.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
        assert requests_seen == 1
    grant = await stored(server).find(key_of(server))
    assert grant is not None
    await stored(server).save(
        grant, access_token=grant.access_token, refresh_token=grant.refresh_token, instance_url=server.org.url
    )
    server.clock.advance(LEASE)
    assert await works(server, await source(server).renewed(token))


async def test_a_process_that_waits_for_anothers_lease_takes_what_that_one_stored(server: SignInServer) -> None:
    token = await signed_in(server)
    leases = Leases(server.database, server.clock)
    name = f"refresh|{key_of(server).row_id('')}"
    assert await leases.acquire(name, "another process", timedelta(seconds=60))
    waiting = asyncio.create_task(source(server).renewed(token))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    grant = await stored(server).find(key_of(server))
    assert grant is not None
    fresh = await server.services.login.refresh(grant.instance_url, grant.refresh_token)
    await stored(server).save(grant, access_token=fresh.access_token, refresh_token=fresh.refresh_token)
    assert (await waiting).access_token == fresh.access_token
    await leases.release(name, "another process")


async def test_a_new_sign_in_replaces_the_grant_and_revokes_the_old_one(server: SignInServer) -> None:
    old = await signed_in(server)
    new = await signed_in(server)
    assert old.access_token != new.access_token
    assert await works(server, new)
    assert (await source(server).renewed(old)).access_token == new.access_token


async def test_a_sign_in_during_a_refresh_wins(server: SignInServer) -> None:
    stale = await signed_in(server)
    refreshing = asyncio.create_task(source(server).renewed(stale))
    new = await signed_in(server)
    token = await refreshing
    assert await works(server, await source(server).renewed(stale))
    assert token.access_token != stale.access_token
    assert new.user_id == token.user_id


async def test_the_org_connection_is_a_grant_of_its_own(server: SignInServer) -> None:
    connection = await server.services.grants.of_org_connection(server.people.org_id).current()
    own = await signed_in(server, "admin")
    assert connection.user_id == own.user_id
    assert connection.access_token != own.access_token
    await server.services.grants.give_back(own.org_id, own.user_id)
    assert await works(server, connection)
    assert not await works(server, own)


async def test_an_org_that_is_not_known_has_no_connection(server: SignInServer) -> None:
    with pytest.raises(OrgError) as ended:
        await server.services.grants.of_org_connection("00Dxx0000000002EAA").current()
    assert ended.value.code is OrgErrorCode.RECONNECT_REQUIRED


async def test_tokens_do_not_stand_in_the_database_as_text(server: SignInServer) -> None:
    token = await signed_in(server)
    grant = await stored(server).find(key_of(server))
    assert grant is not None
    file = Path(server.settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    content = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    assert token.access_token.get_secret_value().encode() not in content
    assert grant.refresh_token.get_secret_value().encode() not in content


async def test_an_org_that_gives_the_same_access_token_again_is_not_asked_without_end(server: SignInServer) -> None:
    token = await signed_in(server)
    grant = await stored(server).find(key_of(server))
    assert grant is not None
    answer = {
        "access_token": token.access_token.get_secret_value(),
        "instance_url": "https://elsewhere.example",
        "token_type": "Bearer",
    }
    body = json.dumps(answer).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    asked = 0

    async def give_the_same(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.read(65_536)
        writer.write(head + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(give_the_same, "127.0.0.1", 0) as org:
        place = f"http://127.0.0.1:{org.sockets[0].getsockname()[1]}"
        await stored(server).save(
            grant, access_token=grant.access_token, refresh_token=grant.refresh_token, instance_url=place
        )
        same = await source(server).renewed(token)
    assert same.access_token == token.access_token
    assert asked == REFRESHES
