"""Salesforce grants: one a user, sealed, replaced only by who knows the present version."""

from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from app.store.codes import Codes
from app.store.database import Database
from app.store.encryption import Keyring, SealError
from app.store.grants import Grant, GrantChanged, GrantKey, Grants, Purpose
from app.store.orgs import Check, Orgs
from app.store.tables import GrantRow
from tests.store.conftest import FakeClock
from tests.store.people import ORG, OTHER_ORG, OTHER_USER, REQUEST, USER, person

pytestmark = pytest.mark.anyio

KEY = GrantKey(ORG, USER)
CHECK = Check(result={}, bookit_version="8.4", what_is_off={})
CONNECTION = GrantKey(ORG, USER, Purpose.ORG_CONNECTION)


@pytest.fixture
def grants(database: Database, keyring: Keyring, clock: FakeClock) -> Grants:
    return Grants(database, keyring, clock)


async def put(grants: Grants, key: GrantKey = KEY, name: str = "1") -> Grant:
    return await grants.put(
        key,
        access_token=SecretStr(f"00D000000000001!access{name}"),
        refresh_token=SecretStr(f"5Aep861refresh{name}"),
        instance_url="https://acme.my.salesforce.com",
        login_origin="https://login.salesforce.com",
    )


async def replace(grants: Grants, grant: Grant, name: str = "2") -> Grant:
    return await grants.save(grant, access_token=SecretStr(f"access{name}"), refresh_token=SecretStr(f"refresh{name}"))


async def test_a_stored_grant_opens_again(grants: Grants) -> None:
    stored = await put(grants)
    assert await grants.find(KEY) == stored
    assert await grants.find(GrantKey(ORG, OTHER_USER)) is None


async def test_a_printed_grant_shows_no_token(grants: Grants) -> None:
    stored = await put(grants)
    assert "access1" not in f"{stored!r} {stored}"
    assert "refresh1" not in f"{stored!r} {stored}"


async def test_the_org_connection_is_apart_from_the_persons_own_grant(grants: Grants) -> None:
    mine = await put(grants)
    connection = await put(grants, CONNECTION, "of the org")
    assert await grants.delete(KEY) == mine
    assert await grants.find(CONNECTION) == connection


async def test_a_new_sign_in_replaces_the_grant_under_a_new_version(grants: Grants) -> None:
    first = await put(grants)
    second = await put(grants, name="2")
    assert second.version == first.version + 1
    assert await grants.find(KEY) == second


async def test_a_refresh_replaces_exactly_the_version_it_knows(grants: Grants) -> None:
    first = await put(grants)
    second = await replace(grants, first)
    assert second.version == first.version + 1
    with pytest.raises(GrantChanged):
        await replace(grants, first, "3")
    assert await grants.find(KEY) == second


async def test_a_writer_who_knows_a_deleted_grant_cannot_hit_its_successor(grants: Grants) -> None:
    first = await put(grants)
    await grants.delete(KEY)
    with pytest.raises(GrantChanged):
        await replace(grants, first)
    second = await put(grants)
    with pytest.raises(GrantChanged):
        await replace(grants, first)
    assert await grants.find(KEY) == second


async def test_deleting_names_the_version_it_means(grants: Grants) -> None:
    first = await put(grants)
    second = await replace(grants, first)
    assert await grants.delete(KEY, version=first.version) is None
    assert await grants.delete(KEY, version=second.version) == second
    assert await grants.delete(KEY) is None


async def test_of_parallel_writers_of_one_version_exactly_one_wins(
    grants: Grants, open_another: Callable[[], Database], keyring: Keyring, clock: FakeClock
) -> None:
    first = await put(grants)
    replicas = [Grants(open_another(), keyring, clock) for _ in range(4)]
    won: list[Grant] = []

    async def write(number: int) -> None:
        try:
            won.append(await replace(replicas[number % 4], first, str(number)))
        except GrantChanged:
            return

    async with anyio.create_task_group() as tasks:
        for number in range(40):
            tasks.start_soon(write, number)
    assert len(won) == 1
    assert await grants.find(KEY) == won[0]


async def test_a_token_moved_to_another_users_row_does_not_open(grants: Grants, database: Database) -> None:
    await put(grants)
    await put(grants, GrantKey(ORG, OTHER_USER), "of another")
    async with database.session() as session:
        statement = select(GrantRow.sealed_access_token).where(GrantRow.user_id == OTHER_USER)
        stolen = (await session.execute(statement)).scalar_one()
        await session.execute(update(GrantRow).where(GrantRow.user_id == USER).values(sealed_access_token=stolen))
    with pytest.raises(SealError, match="another row"):
        await grants.find(KEY)


async def test_the_two_tokens_of_a_row_cannot_trade_places(grants: Grants, database: Database) -> None:
    await put(grants)
    async with database.session() as session:
        await session.execute(
            update(GrantRow).values(
                sealed_access_token=GrantRow.sealed_refresh_token, sealed_refresh_token=GrantRow.sealed_access_token
            )
        )
    with pytest.raises(SealError):
        await grants.find(KEY)


async def test_resealing_moves_every_grant_to_the_new_key(grants: Grants, database: Database, clock: FakeClock) -> None:
    stored = await put(grants)
    both = Keyring({"second": b"2" * 32, "first": b"1" * 32})
    assert await Grants(database, both, clock).reseal() == 1
    assert await Grants(database, both, clock).reseal() == 0
    alone = Grants(database, Keyring({"second": b"2" * 32}), clock)
    assert await alone.find(KEY) == stored
    with pytest.raises(SealError, match="not in the ring"):
        await grants.find(KEY)


async def test_unused_are_those_of_nobody_who_is_signed_in_of_no_connection_and_of_orgs_that_are_off(
    grants: Grants, database: Database, clock: FakeClock
) -> None:
    orgs, codes = Orgs(database, clock), Codes(database, clock)
    await orgs.enable(ORG, name="Acme", instance_url="https://x.example", connection_user_id=USER, check=CHECK)
    await codes.issue(REQUEST, person())
    for key in (KEY, CONNECTION):
        await put(grants, key)
    abandoned = await put(grants, GrantKey(ORG, OTHER_USER))
    rebound = await put(grants, GrantKey(ORG, OTHER_USER, Purpose.ORG_CONNECTION))
    unknown = await put(grants, GrantKey(OTHER_ORG, USER))
    assert await grants.unused(clock.now - timedelta(seconds=1)) == []
    left = {(grant.key, grant.version) for grant in (abandoned, rebound, unknown)}
    assert set(await grants.unused(clock.now)) == left
    assert await orgs.disable(ORG)
    assert {key for key, _ in await grants.unused(clock.now)} == {KEY, CONNECTION, *(key for key, _ in left)}
