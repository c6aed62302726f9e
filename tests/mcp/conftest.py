"""Worlds for tests of tools. Those of a session are read only, as they take a second to make."""

from collections.abc import Generator

import pytest

from app.org.caller import Caller, Scope
from tests.mcp.odd_availability import add_odd_availability
from tests.mcp.odd_people import add_odd_people
from tests.mcp.odd_setup import add_odd_setup
from tests.mcp.world import World, world


@pytest.fixture(scope="session")
def a_world() -> Generator[World]:
    with world() as made:
        yield made


@pytest.fixture(scope="session")
def an_odd_world() -> Generator[World]:
    """With pools and meeting types beyond the demo's, full of corners."""
    with world(meetings=0, add=add_odd_setup) as made:
        yield made


@pytest.fixture(scope="session")
def a_peopled_world() -> Generator[World]:
    """With settings, connections, vacations and links of people beyond the demo's, full of corners."""
    with world(meetings=0, add=add_odd_people) as made:
        yield made


@pytest.fixture(scope="session")
def busy_world() -> Generator[World]:
    """With what decides when people can be booked, full of corners."""
    with world(meetings=60, add=add_odd_availability) as made:
        yield made


@pytest.fixture
def office() -> Generator[World]:
    """A world of each test's own, to act in."""
    with world(meetings=0) as made:
        yield made


@pytest.fixture
def admin(office: World) -> Caller:
    """The office's."""
    return office.caller("admin", Scope.ADMIN)
