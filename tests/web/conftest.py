"""Servers for the tests of the page: with the org enabled, and not yet."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.support.sign_in_server import SignInServer, running_server


@pytest.fixture
async def new_server(tmp_path: Path) -> AsyncGenerator[SignInServer]:
    """Its org is not enabled."""
    async with running_server(tmp_path) as running:
        yield running


@pytest.fixture
async def own_server(tmp_path: Path) -> AsyncGenerator[SignInServer]:
    """For one test alone, its org enabled."""
    async with running_server(tmp_path) as running:
        report = await running.enable()
        assert report.enabled, report.problems
        yield running


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[SignInServer]:
    """Shared by a module, its org enabled: for tests that change neither the org nor the clock."""
    async with running_server(tmp_path_factory.mktemp("server")) as running:
        report = await running.enable()
        assert report.enabled, report.problems
        yield running
