"""Every store test runs on SQLite and on PostgreSQL, each time on a database of its own, at the newest schema."""

import itertools
import shutil
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.store.database import Database
from app.store.encryption import Keyring
from app.store.tables import Base
from tests.support.postgres import PostgresServer, create_database, running_postgres

_numbers = itertools.count()


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


class CleanDatabases:
    """PostgreSQL databases at the newest schema. One is emptied and used again, which is faster than a new one; a new
    one comes when the last test took its tables apart.
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._url: str | None = None

    async def next(self) -> str:
        if self._url is None or not await self._emptied(self._url):
            name = f"state_{next(_numbers)}"
            await create_database(self._server, name)
            self._url = self._server.url(name)
            database = Database(self._url)
            await database.migrate()
            await database.dispose()
        return self._url

    async def _emptied(self, url: str) -> bool:
        database = Database(url)
        try:
            async with database.session() as session:
                await session.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)}"))
        except ProgrammingError:
            return False
        finally:
            await database.dispose()
        return True


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def keyring() -> Keyring:
    return Keyring({"first": b"1" * 32})


@pytest.fixture(scope="session")
def postgres() -> Generator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
async def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.migrate()
    await database.dispose()
    return str(path)


@pytest.fixture(scope="session")
def clean_postgres(postgres: PostgresServer) -> CleanDatabases:
    return CleanDatabases(postgres)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
async def empty_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database without any table."""
    if kind == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    await create_database(server, name)
    return server.url(name)


@pytest.fixture
def source(kind: str, request: pytest.FixtureRequest) -> str | CleanDatabases:
    """Where the test's database comes from; asked for apart from `url`, because it may need the event loop itself."""
    source: str | CleanDatabases = request.getfixturevalue("migrated_sqlite" if kind == "sqlite" else "clean_postgres")
    return source


@pytest.fixture
async def url(source: str | CleanDatabases, tmp_path: Path) -> str:
    """A database at the newest schema, without any row."""
    if isinstance(source, str):
        shutil.copy(source, tmp_path / "state.db")
        return f"sqlite+aiosqlite:///{tmp_path / 'state.db'}"
    return await source.next()


@pytest.fixture
async def database(url: str) -> AsyncGenerator[Database]:
    opened = Database(url)
    yield opened
    await opened.dispose()


@pytest.fixture
async def open_another(url: str) -> AsyncGenerator[Callable[[], Database]]:
    """Opens the same database again, as another replica would."""
    opened: list[Database] = []

    def another() -> Database:
        opened.append(Database(url))
        return opened[-1]

    yield another
    for database in opened:
        await database.dispose()
