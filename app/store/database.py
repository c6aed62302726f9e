"""The way to the database: SQLite in a file, or PostgreSQL, by URL. The same tables and statements on both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVarTuple

import anyio
from sqlalchemy import Row, Select, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.store import migrations
from app.store.tables import Base

BUSY_TIMEOUT_MS = 15_000
READING = "bookit_reading"

Columns = TypeVarTuple("Columns")


class Database:
    """An engine and its transactions. `sqlite+aiosqlite:///file` or `postgresql+asyncpg://…`.

    Raises ValueError for another kind of URL, and for SQLite in memory: its connections would not share it.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        parsed = make_url(url)
        if parsed.drivername not in {"sqlite+aiosqlite", "postgresql+asyncpg"}:
            raise ValueError(f"the database must be sqlite+aiosqlite or postgresql+asyncpg, not {parsed.drivername}")
        self.is_sqlite = parsed.drivername == "sqlite+aiosqlite"
        if self.is_sqlite and parsed.database in {None, "", ":memory:"}:
            raise ValueError("SQLite needs a file: sqlite+aiosqlite:///path/to/file.db")
        self._file = Path(parsed.database) if self.is_sqlite and parsed.database else None
        # No pre-ping: it would cost every request a round trip. After a database restart one statement fails, and
        # SQLAlchemy then renews the whole pool.
        self._engine = create_async_engine(
            parsed, pool_size=pool_size, max_overflow=0, pool_timeout=30, hide_parameters=True
        )
        if self.is_sqlite:
            _prepare_sqlite(self._engine)
            self._reading_engine = self._engine.execution_options(**{READING: True})
        else:
            # Every statement by itself: a look-up is one round trip, without BEGIN and ROLLBACK around it.
            self._reading_engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        # SQLite has one writer at a time. Writers of this process queue here, in order; those of other processes wait
        # in busy_timeout, which is not fair and would starve some of many.
        self._writers = anyio.Lock() if self.is_sqlite else None

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[AsyncSession]:
        """One transaction that may write; committed at the end, rolled back by an exception.

        On SQLite it holds the write lock from its start (BEGIN IMMEDIATE), so what it reads stays true until it
        commits. On PostgreSQL it is READ COMMITTED: lock the row that a decision is based on (`with_for_update`).
        """
        async with AsyncExitStack() as stack:
            if self._writers is not None:
                await stack.enter_async_context(self._writers)
            session = await stack.enter_async_context(AsyncSession(self._engine, expire_on_commit=False))
            async with session.begin():
                yield session

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """For statements that only read. Each sees what is committed when it runs; no snapshot spans several."""
        async with AsyncSession(self._reading_engine, expire_on_commit=False) as session:
            yield session

    async def look_up(self, statement: Select[*Columns], values: Mapping[str, object]) -> Row[*Columns] | None:
        """The only row of a statement over columns, or None. One round trip, and without a session half the work: for
        what every request asks. Make the statement once, with bindparam for each of the values.
        """
        async with self._reading_engine.connect() as connection:
            return (await connection.execute(statement, values)).one_or_none()

    def insert(self, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that can say ON CONFLICT, which SQLAlchemy spells once per database."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def migrate(self) -> None:
        """Brings the schema to our newest revision; a later one stays. Safe to run twice, and from several processes at
        once.

        A new SQLite file can be read by its owner alone; SQLite gives its journal the same mode. Raises OSError when
        the file's folder does not exist.
        """
        if self._file is not None:
            self._file.touch(mode=0o600)
        async with self._engine.begin() as connection:
            if not self.is_sqlite:  # SQLite's BEGIN IMMEDIATE is such a lock already
                await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({migrations.ADVISORY_LOCK})")
            await connection.run_sync(migrations.upgrade)

    async def is_current(self) -> bool:
        """True when the schema has all that this version needs: it is at our newest revision, or at a later one.

        Raises SQLAlchemyError or OSError: no database answers.
        """
        async with self._reading_engine.connect() as connection:
            return await connection.run_sync(migrations.is_new_enough)

    async def dispose(self) -> None:
        """Closes the connections."""
        await self._engine.dispose()


def migrate(url: str) -> None:
    """Brings the database at that URL to the newest schema. For the command line: not from within an event loop."""
    asyncio.run(_migrate(url))


async def _migrate(url: str) -> None:
    database = Database(url)
    try:
        await database.migrate()
    finally:
        await database.dispose()


def _prepare_sqlite(engine: AsyncEngine) -> None:
    def connected(connection: Any, _entry: ConnectionPoolEntry) -> None:
        # The driver must open no transaction by itself: it would begin a deferred one, which fails when it turns into
        # a writer later.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # FULL: what was answered is on the disk. A refresh token lost to a power cut would end a sign-in for good.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    def begun(connection: Connection) -> None:
        if not connection.get_execution_options().get(READING, False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)
