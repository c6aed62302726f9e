"""What the tests of the demo data share."""

import pytest

from app.local_org.schema.model import Schema
from tests.local_org.demo_data.demos import Demos


@pytest.fixture(scope="session")
def demos(compiled_schema: Schema) -> Demos:
    return Demos(compiled_schema)
