"""The migrations lead to exactly the tables that the code uses, on both databases."""

import sys
from typing import Any

import anyio
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from app.store.database import Database
from app.store.tables import Base
from tests.store.expansion import unused_things

pytestmark = pytest.mark.anyio


def differences(connection: Connection) -> list[object]:
    """But for what a revision has named in `unused`: it is in the database until a later release takes it away."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return [each for each in compare_metadata(context, Base.metadata) if _removed(each) not in unused_things()]


def _removed(difference: Any) -> str | None:
    match difference:
        case ("remove_table", table):
            return str(table.name)
        case ("remove_column", _, str(table), column):
            return f"{table}.{column.name}"
        case _:
            return None


async def test_the_migrated_schema_equals_the_tables(database: Database) -> None:
    async with database.session() as session:
        connection = await session.connection()
        assert await connection.run_sync(differences) == []


async def test_a_new_database_is_not_current_until_it_is_migrated(empty_url: str) -> None:
    database = Database(empty_url)
    assert not await database.is_current()
    await database.migrate()
    assert await database.is_current()
    await database.dispose()


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    def names(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names())

    async with database.session() as session:
        before = await (await session.connection()).run_sync(names)
    await database.migrate()
    async with database.session() as session:
        assert await (await session.connection()).run_sync(names) == before
    assert before == set(Base.metadata.tables) | {"alembic_version"}


async def test_processes_that_migrate_at_the_same_time_all_succeed(empty_url: str) -> None:
    program = "import sys; from app.store.database import migrate; migrate(sys.argv[1])"
    codes: list[int] = []

    async def run() -> None:
        finished = await anyio.run_process([sys.executable, "-c", program, empty_url], check=False, stderr=None)
        codes.append(finished.returncode)

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(run)
    assert codes == [0, 0, 0]
    database = Database(empty_url)
    assert await database.is_current()
    await database.dispose()


@pytest.mark.parametrize(
    "url", ["mysql://h/d", "sqlite:///file", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"]
)
async def test_a_database_that_would_not_work_is_refused_by_name(url: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite\+aiosqlite"):
        Database(url)
