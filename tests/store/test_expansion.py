"""Two versions of the server run side by side while replicas are replaced: each revision only expands the schema."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from app.store.database import Database
from app.store.migrations import configuration
from tests.store.expansion import REVISIONS, Table, declared, read_schema, taken_away
from tests.support.newer_schema import NEWER, upgrade_to_newer

pytestmark = pytest.mark.anyio


@pytest.fixture
async def empty(empty_url: str) -> AsyncGenerator[Database]:
    database = Database(empty_url)
    yield database
    await database.dispose()


async def test_every_revision_only_expands(empty: Database) -> None:
    unused: set[str] = set()
    before: dict[str, Table] = {}
    for revision in REVISIONS:
        after = await _migrated(empty, revision.revision)
        found = taken_away(before, after) if before else {}
        declared_here = declared(revision, "contracts")
        assert {name: why for name, why in found.items() if name not in declared_here} == {}, revision.revision
        assert declared_here <= unused, f"{revision.revision}: no earlier revision has named it in `unused`"
        assert declared_here <= found.keys(), f"{revision.revision} takes nothing of it away"
        unused |= declared(revision, "unused")
        for name in declared(revision, "unused"):
            table, _, column = name.partition(".")
            assert not column or after[table].columns[column].may_be_absent, f"{name} is unused, yet must be given"
        before = dict(after)


async def _migrated(database: Database, revision: str) -> dict[str, Table]:
    def upgrade(connection: Connection) -> dict[str, Table]:
        command.upgrade(configuration(connection), revision)
        return dict(read_schema(connection))

    async with database.session() as session:
        return await (await session.connection()).run_sync(upgrade)


SCHEMA = """
CREATE TABLE person (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(9) NOT NULL, born DATE, kind VARCHAR(9) DEFAULT 'a');
CREATE TABLE house (id INTEGER NOT NULL PRIMARY KEY, owner INTEGER)
"""
EXPANDS = (
    "CREATE TABLE town (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(9) NOT NULL UNIQUE)",
    "CREATE TABLE room (house INTEGER, FOREIGN KEY (house) REFERENCES house (id) ON DELETE CASCADE)",
    "ALTER TABLE person ADD COLUMN nickname VARCHAR(9)",
    "ALTER TABLE person ADD COLUMN age INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX ix_person_name ON person (name)",
)
TAKES_AWAY = {
    "DROP TABLE house": {"house": "is gone"},
    "ALTER TABLE person DROP COLUMN born": {"person.born": "is gone"},
    "ALTER TABLE person RENAME COLUMN born TO birthday": {"person.born": "is gone"},
    "CREATE UNIQUE INDEX uq_person_name ON person (name)": {"person": "demands more: unique ['name']"},
    "CREATE TABLE room (house INTEGER, FOREIGN KEY (house) REFERENCES house (id))": {
        "room": "keeps rows from being deleted in house"
    },
    "ALTER TABLE house ADD COLUMN built INTEGER REFERENCES person (id)": {
        "house": "demands more: reference ['built'] to person"
    },
}
REMADE = {
    "id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, born DATE, kind VARCHAR(9) DEFAULT 'a'": {
        "person.name": "was VARCHAR(9) and is TEXT"
    },
    "id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(9) NOT NULL, born DATE NOT NULL, kind VARCHAR(9) DEFAULT 'a'": {
        "person.born": "may not be null any more"
    },
    "id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(9) NOT NULL, born DATE, kind VARCHAR(9) DEFAULT 'a', "
    "age INTEGER NOT NULL": {"person.age": "is new and must be given"},
    "id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(9) NOT NULL, born DATE, kind VARCHAR(9) DEFAULT 'a', "
    "CHECK (name <> '')": {"person": "demands more: check name <> ''"},
}


@pytest.mark.parametrize("statement", EXPANDS)
def test_what_expands_takes_nothing_away(tmp_path: Path, statement: str) -> None:
    assert _taken_away(tmp_path, statement) == {}


@pytest.mark.parametrize("statement", TAKES_AWAY)
def test_what_takes_something_away_is_named(tmp_path: Path, statement: str) -> None:
    assert _taken_away(tmp_path, statement) == TAKES_AWAY[statement]


@pytest.mark.parametrize("columns", REMADE)
def test_a_table_that_is_stricter_than_before_is_named(tmp_path: Path, columns: str) -> None:
    assert _taken_away(tmp_path, f"DROP TABLE person; CREATE TABLE person ({columns})") == REMADE[columns]


def _taken_away(folder: Path, statements: str) -> dict[str, str]:
    engine = create_engine(f"sqlite:///{folder / 'made_up.db'}")

    def run(script: str) -> dict[str, Table]:
        with engine.begin() as connection:
            for statement in script.split(";"):
                connection.execute(text(statement))
            return dict(read_schema(connection))

    before, after = run(SCHEMA), run(statements)
    engine.dispose()
    return taken_away(before, after)


async def test_a_newer_schema_serves_this_version_and_migrating_leaves_it(empty: Database) -> None:
    await empty.migrate()
    await upgrade_to_newer(empty)
    assert await empty.is_current()
    await empty.migrate()
    async with empty.reading() as session:
        assert (await session.execute(text("SELECT version_num FROM alembic_version"))).scalars().all() == [NEWER]


async def test_an_older_schema_does_not_serve_this_version(empty: Database) -> None:
    for revision in REVISIONS[:-1]:
        await _migrated(empty, revision.revision)
        assert not await empty.is_current()
    await empty.migrate()
    assert await empty.is_current()
