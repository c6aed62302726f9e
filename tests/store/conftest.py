"""Every store test runs on SQLite and on PostgreSQL, each time on a database of its own, at the newest schema."""

import itertools
import shutil
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.store.database import Database
from app.store.encryption import Keyring
from tests.support.postgres import PostgresServer, create_database, running_postgres

MIGRATED = "migrated"
_numbers = itertools.count()


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


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
async def migrated_postgres(postgres: PostgresServer) -> PostgresServer:
    await create_database(postgres, MIGRATED)
    database = Database(postgres.url(MIGRATED))
    await database.migrate()
    await database.dispose()
    return postgres


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
def fresh_database(kind: str, request: pytest.FixtureRequest) -> str | PostgresServer:
    """What the test's database is copied from; asked for before the loop runs, because it needs the loop itself."""
    source: str | PostgresServer = request.getfixturevalue(
        "migrated_sqlite" if kind == "sqlite" else "migrated_postgres"
    )
    return source


@pytest.fixture
async def url(fresh_database: str | PostgresServer, tmp_path: Path) -> str:
    """A database at the newest schema, without any row."""
    if isinstance(fresh_database, str):
        shutil.copy(fresh_database, tmp_path / "state.db")
        return f"sqlite+aiosqlite:///{tmp_path / 'state.db'}"
    name = f"state_{next(_numbers)}"
    await create_database(fresh_database, name, template=MIGRATED)
    return fresh_database.url(name)


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
