"""A server whose org is enabled, for one test."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.support.mailed_codes import MailingServer, mailing_server
from tests.support.sign_in_server import SignInServer, enabled_server


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[SignInServer]:
    async with enabled_server(tmp_path) as running:
        yield running


@pytest.fixture
async def mailing(tmp_path: Path) -> AsyncGenerator[MailingServer]:
    """With a mail server."""
    async with mailing_server(tmp_path) as running:
        yield running
