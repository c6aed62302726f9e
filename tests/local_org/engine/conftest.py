"""The small org, new for each test."""

from collections.abc import Generator

import pytest

from tests.support.small_org import SmallOrg, small_org


@pytest.fixture
def small() -> Generator[SmallOrg]:
    made = small_org()
    yield made
    made.org.close()
