"""A small org on a real socket: an administrator, a rep, and people who may not come in."""

from collections.abc import Generator

import pytest

from app.clock import system_clock
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from app.local_org.schema.model import Schema
from tests.support.local_org import PACKAGES, RunningLocalOrg, load_people, serving


@pytest.fixture(scope="session")
def compiled_schema() -> Schema:
    """The schema of salesforce_package/, BookIt 8."""
    return compile_schema(PACKAGES)


@pytest.fixture
def running_local_org(compiled_schema: Schema) -> Generator[RunningLocalOrg]:
    """An org of its own for each test. People: see tests.support.local_org.PEOPLE."""
    org = LocalOrg(":memory:", compiled_schema, system_clock)
    load_people(org)
    with serving(org) as running:
        yield running
    org.close()
