"""The audit: no row is lost, a write does not start without its row, and no argument's text is kept."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from app.store import audit as audit_module
from app.store.audit import Audit, Call, Outcome, digest_arguments
from app.store.database import Database
from app.store.tables import AuditRow
from tests.store.conftest import FakeClock
from tests.store.people import ORG, USER
from tests.support.logs import logged

pytestmark = pytest.mark.anyio

CALL = Call(
    request_id="r-1",
    org_id=ORG,
    user_id=USER,
    actor="admin@demo.example",
    client_id="client-1",
    scope="admin",
    tool="query_meetings",
    arguments_digest=digest_arguments({"host": "Jordan Lee"}),
)
OK = Outcome(code="ok", rows=25, salesforce_calls=1, duration_ms=12)


async def rows(database: Database) -> Sequence[AuditRow]:
    async with database.reading() as session:
        return (await session.execute(select(AuditRow).order_by(AuditRow.request_id))).scalars().all()


async def wait_for_rows(database: Database, count: int) -> None:
    with anyio.fail_after(10):
        while len(await rows(database)) < count:  # noqa: ASYNC110 (another connection writes them)
            await anyio.sleep(0.02)


async def test_a_read_is_written_soon_with_everything_about_it(database: Database, clock: FakeClock) -> None:
    async with Audit(database, clock) as audit:
        await audit.read(CALL, OK)
        await wait_for_rows(database, 1)
    (row,) = await rows(database)
    assert (row.request_id, row.org_id, row.user_id, row.actor) == ("r-1", ORG, USER, "admin@demo.example")
    assert (row.client_id, row.scope, row.tool) == ("client-1", "admin", "query_meetings")
    assert (row.outcome, row.rows, row.salesforce_calls, row.duration_ms) == ("ok", 25, 1, 12)
    assert row.at == clock.now
    assert row.arguments_digest == CALL.arguments_digest


async def test_reads_that_wait_are_flushed_on_stop(database: Database, clock: FakeClock) -> None:
    async with Audit(database, clock) as audit:
        for number in range(1234):
            await audit.read(replace(CALL, request_id=f"r-{number:04}"), OK)
    assert len(await rows(database)) == 1234


async def test_reads_that_wait_are_flushed_when_the_server_is_cancelled(database: Database, clock: FakeClock) -> None:
    with anyio.CancelScope() as server:
        async with Audit(database, clock) as audit:
            await audit.read(CALL, OK)
            server.cancel()
            await anyio.sleep_forever()
    assert len(await rows(database)) == 1


async def test_a_full_queue_makes_readers_wait_and_loses_nothing(
    database: Database, clock: FakeClock, url: str
) -> None:
    blocker = Database(url)
    async with Audit(database, clock, queue_rows=5) as audit:
        async with anyio.create_task_group() as tasks, blocker.session() as session:
            lock = "UPDATE audit SET rows = 0" if database.is_sqlite else "LOCK TABLE audit"
            await session.execute(text(lock))
            for number in range(50):
                tasks.start_soon(audit.read, replace(CALL, request_id=f"r-{number}"), OK)
            await anyio.sleep(1)
            assert await rows_past_the_lock(database) == 0
            # Released: the queue drains, and everybody gets through.
        await wait_for_rows(database, 50)
    await blocker.dispose()


async def rows_past_the_lock(database: Database) -> int:
    if not database.is_sqlite:
        return 0  # a locked PostgreSQL table cannot be read either
    return len(await rows(database))


async def test_a_batch_is_tried_again_until_the_database_takes_it(database: Database, clock: FakeClock) -> None:
    async with database.session() as session:
        await session.execute(text("ALTER TABLE audit RENAME TO audit_away"))
    async with Audit(database, clock) as audit:
        await audit.read(CALL, OK)
        await anyio.sleep(0.6)
        async with database.session() as session:
            await session.execute(text("ALTER TABLE audit_away RENAME TO audit"))
        await wait_for_rows(database, 1)


async def test_rows_that_cannot_be_written_before_the_stop_go_to_the_log(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "RETRY_SECONDS", (0.01, 0.01))
    async with database.session() as session:
        await session.execute(text("DROP TABLE audit"))
    with logged() as log:
        async with Audit(database, clock) as audit:
            await audit.read(CALL, OK)
    assert "audit_row_unwritten" in log.getvalue()
    assert CALL.arguments_digest in log.getvalue()


async def test_a_write_has_its_row_before_it_starts_and_its_outcome_after(database: Database, clock: FakeClock) -> None:
    audit = Audit(database, clock)
    async with audit.write(CALL) as record:
        (row,) = await rows(database)
        assert (row.outcome, row.at) == ("started", clock.now)
        clock.move(timedelta(seconds=2))
        record.finish("ok", rows=1, salesforce_calls=3)
    (row,) = await rows(database)
    assert (row.outcome, row.rows, row.salesforce_calls) == ("ok", 1, 3)
    assert row.duration_ms is not None
    assert row.duration_ms >= 0
    assert row.at == clock.now - timedelta(seconds=2)


async def test_a_write_does_not_start_without_its_row(database: Database, clock: FakeClock) -> None:
    async with database.session() as session:
        await session.execute(text("DROP TABLE audit"))
    started = False

    async def write() -> None:
        nonlocal started
        async with Audit(database, clock).write(CALL):
            started = True

    with pytest.raises(SQLAlchemyError):
        await write()
    assert not started


async def test_a_write_that_fails_without_a_word_reads_as_an_internal_error(
    database: Database, clock: FakeClock
) -> None:
    async def write() -> None:
        async with Audit(database, clock).write(CALL):
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        await write()
    (row,) = await rows(database)
    assert row.outcome == "internal"


async def test_a_write_that_is_cancelled_says_so(database: Database, clock: FakeClock) -> None:
    with anyio.CancelScope() as request:
        async with Audit(database, clock).write(CALL):
            request.cancel()
            await anyio.sleep_forever()
    (row,) = await rows(database)
    assert row.outcome == "cancelled"


async def test_a_write_that_was_done_stays_done_when_its_outcome_cannot_be_written(
    database: Database, clock: FakeClock
) -> None:
    with logged() as log:
        async with Audit(database, clock).write(CALL) as record:
            async with database.session() as session:
                await session.execute(text("DROP TABLE audit"))
            record.finish("ok")
    assert "audit_outcome_unwritten" in log.getvalue()


@pytest.mark.parametrize("tool", ["no\0such\0tool", "lone \ud800 surrogate", "long" * 100, "línea\n2"])
async def test_no_name_that_a_client_makes_up_blocks_the_queue(database: Database, clock: FakeClock, tool: str) -> None:
    async with Audit(database, clock) as audit:
        await audit.read(replace(CALL, tool=tool, client_id=tool, actor=tool), OK)
        await audit.read(replace(CALL, request_id="r-2"), OK)
        async with audit.write(replace(CALL, request_id="r-3", tool=tool)) as record:
            record.finish(tool)
    assert len(await rows(database)) == 3


async def test_reading_needs_a_running_audit(database: Database, clock: FakeClock) -> None:
    with pytest.raises(RuntimeError, match="not running"):
        await Audit(database, clock).read(CALL, OK)


async def test_an_error_inside_the_block_is_passed_on(database: Database, clock: FakeClock) -> None:
    async def serve() -> None:
        async with Audit(database, clock) as audit:
            await audit.read(CALL, OK)
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        await serve()
    assert len(await rows(database)) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_a_digest_does_not_depend_on_the_order_of_keys(arguments: dict[str, object]) -> None:
    reordered = dict(reversed(list(arguments.items())))
    digest = digest_arguments(arguments)
    assert digest == digest_arguments(reordered)
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert digest == digest_arguments(json.loads(json.dumps(arguments)))


def test_different_arguments_have_different_digests() -> None:
    assert digest_arguments({"a": 1}) != digest_arguments({"a": "1"})
    assert digest_arguments({}) != digest_arguments({"a": None})
