"""One org and its servers for all tests of this folder: each takes days and people of its own."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.end_to_end.integrity.stage import Stage, staged


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    with staged(tmp_path_factory.mktemp("integrity")) as opened:
        yield opened
