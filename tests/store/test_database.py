"""Transactions, and what an SQLite connection is set to."""

from collections import Counter

import anyio
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.store.database import BUSY_TIMEOUT_MS, Database
from app.store.tables import AccessTokenRow, ClientRow
from tests.store.conftest import FakeClock

pytestmark = pytest.mark.anyio


def a_client(clock: FakeClock) -> ClientRow:
    return ClientRow(client_id="client-1", details={}, created_at=clock.now, last_used_at=clock.now)


async def test_a_failed_transaction_leaves_nothing(database: Database, clock: FakeClock) -> None:
    async def fail() -> None:
        async with database.session() as session:
            session.add(a_client(clock))
            await session.flush()
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        await fail()
    async with database.reading() as session:
        assert await session.get(ClientRow, "client-1") is None


async def test_a_committed_row_is_seen_by_a_reader_while_another_writes(database: Database, clock: FakeClock) -> None:
    async with database.session() as session:
        session.add(a_client(clock))
    async with database.session() as writing:
        await writing.execute(text("UPDATE mcp_clients SET client_id = 'client-2'"))
        async with database.reading() as session:
            assert await session.get(ClientRow, "client-1") is not None


async def test_a_token_without_its_sign_in_is_refused(database: Database, clock: FakeClock) -> None:
    row = AccessTokenRow(
        token_hash="h",
        family_id="nobody's",
        client_id="c",
        org_id="o",
        user_id="u",
        scopes=[],
        audience=None,
        created_at=clock.now,
        expires_at=clock.now,
    )
    with pytest.raises(IntegrityError):
        async with database.session() as session:
            session.add(row)


async def test_an_error_of_the_database_names_no_values(database: Database, clock: FakeClock) -> None:
    async def insert(note: str) -> None:
        async with database.session() as session:
            client = a_client(clock)
            client.details = {"note": note}
            session.add(client)

    await insert("the first")
    with pytest.raises(IntegrityError) as caught:
        await insert("a-planted-value")
    assert "a-planted-value" not in str(caught.value)


async def test_requests_cancelled_at_any_moment_leave_neither_locks_nor_halves(
    database: Database, clock: FakeClock
) -> None:
    async def write(number: int) -> None:
        async with database.session() as session:
            for half in ("a", "b"):
                row = a_client(clock)
                row.client_id = f"{number}-{half}"
                session.add(row)
                await session.flush()
                await session.execute(text("SELECT 1"))

    async def write_for(number: int, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await write(number)

    async with anyio.create_task_group() as tasks:
        for number in range(150):
            tasks.start_soon(write_for, number, number / 1000)
    with anyio.fail_after(10):
        await write(1000)
        async with database.reading() as session:
            ids = (await session.execute(select(ClientRow.client_id))).scalars().all()
    halves = Counter(client_id.partition("-")[0] for client_id in ids)
    assert set(halves.values()) == {2}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=False)
async def test_sqlite_is_set_for_many_readers_one_writer_and_power_cuts(database: Database) -> None:
    expected = {"journal_mode": "wal", "busy_timeout": BUSY_TIMEOUT_MS, "foreign_keys": 1, "synchronous": 2}
    async with database.reading() as session:
        for pragma, value in expected.items():
            assert (await session.execute(text(f"PRAGMA {pragma}"))).scalar_one() == value


@pytest.mark.parametrize("kind", ["postgresql"], indirect=False)
async def test_a_look_up_opens_no_transaction_around_itself(database: Database) -> None:
    async with database.reading() as session:
        transactions = {(await session.execute(text("SELECT txid_current()"))).scalar_one() for _ in range(3)}
    assert len(transactions) == 3
