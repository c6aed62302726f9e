"""A server for the tests of one module, its org enabled."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.support.sign_in_server import SignInServer, enabled_server


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[SignInServer]:
    """Shared by a module: a test that changes the org or moves the clock takes `own_server`."""
    async with enabled_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
async def own_server(tmp_path: Path) -> AsyncGenerator[SignInServer]:
    """For one test alone, its org enabled."""
    async with enabled_server(tmp_path) as running:
        yield running
