"""An org gateway whose HTTP is answered by `responses`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from app.org.gateway import Gateway
from app.org.schema_map import SchemaMap, load_schema_map
from app.settings import Settings
from soql.statements import StatementFile, load_statements
from tests.org.grants_in_memory import INTEGRATION_USER, ORG, OTHER_REP, REP, GrantsInMemory, TokensInTurn, token
from tests.support.movable_clock import MovableClock

_KEY = "k1:" + "A" * 43 + "="


@pytest.fixture(scope="session")
def schema_map() -> SchemaMap:
    return load_schema_map()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def grants() -> GrantsInMemory:
    return GrantsInMemory(
        {
            (ORG, REP): TokensInTurn([token("rep-token-1"), token("rep-token-2")]),
            (ORG, OTHER_REP): TokensInTurn([token("other-rep-token", user_id=OTHER_REP)]),
            (ORG, INTEGRATION_USER): TokensInTurn([token("org-token", user_id=INTEGRATION_USER)]),
        }
    )


@pytest.fixture(scope="session")
def statement_files() -> dict[str, StatementFile]:
    return dict(load_statements())


@pytest.fixture
def settings() -> Settings:
    return org_settings()


def org_settings(**changes: object) -> Settings:
    values: dict[str, object] = {
        "public_url": "https://bookit-mcp.example",
        "database_url": "sqlite+aiosqlite:///:memory:",
        "encryption_keys": _KEY,
        "signing_keys": _KEY,
        "salesforce_client_id": "3MVG9",
        "salesforce_client_secret": "secret",
        "_env_file": None,
    }
    return Settings(**(values | changes))  # pyright: ignore[reportArgumentType]


@pytest.fixture
def gateway(
    settings: Settings,
    statement_files: dict[str, StatementFile],
    schema_map: SchemaMap,
    grants: GrantsInMemory,
    clock: MovableClock,
) -> Iterator[Gateway]:
    gateway = Gateway(settings, statement_files, schema_map, grants, clock)
    yield gateway
    gateway.close()


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    """Every HTTP request that a test lets happen, and no other."""
    with responses.RequestsMock() as mock:
        yield mock
