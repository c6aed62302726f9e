"""One world for all tests of tools: it is read only, and takes a second to make."""

from collections.abc import Generator

import pytest

from tests.mcp.world import World, world


@pytest.fixture(scope="session")
def a_world() -> Generator[World]:
    with world() as made:
        yield made
