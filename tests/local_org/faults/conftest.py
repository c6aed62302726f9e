"""An org whose faults can be armed, on a clock that stands still until it is moved."""

from collections.abc import Generator

import pytest

from app.local_org.faults.clock import OrgClock
from app.local_org.org import LocalOrg
from app.local_org.schema.model import Schema
from tests.support.local_org import RunningLocalOrg, load_people, serving
from tests.support.movable_clock import MovableClock


@pytest.fixture
def faulty_org(compiled_schema: Schema) -> Generator[RunningLocalOrg]:
    """An org of its own for each test, the switch on, no fault armed."""
    clock = OrgClock(MovableClock())
    org = LocalOrg(":memory:", compiled_schema, clock)
    load_people(org)
    with serving(org, clock=clock, faults=True) as running:
        yield running
    org.close()
