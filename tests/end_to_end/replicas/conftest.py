"""One stage for all tests of this folder: each signs in people of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

import pytest

from tests.end_to_end.replicas.stage import ManyServers, Stage, behind_nginx, staged
from tests.support.nginx import nginx_program


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    nginx_program()  # before all else: without it these tests are skipped
    with staged(tmp_path_factory.mktemp("replicas")) as opened:
        yield opened


@pytest.fixture
async def servers(stage: Stage) -> AsyncGenerator[ManyServers]:
    async with behind_nginx(stage) as opened:
        yield opened
