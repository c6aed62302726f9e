"""Servers for the tests of the page: with the org enabled, and not yet."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.oauth.conftest import own_server, server
from tests.support.sign_in_server import SignInServer, running_server

__all__ = ["own_server", "server"]


@pytest.fixture
async def new_server(tmp_path: Path) -> AsyncGenerator[SignInServer]:
    """Its org is not enabled."""
    async with running_server(tmp_path) as running:
        yield running
