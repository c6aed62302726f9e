"""The compiled schema, once: compiling is pure."""

from pathlib import Path

import pytest

from app.local_org.schema.compile import compile_schema
from app.local_org.schema.model import Schema

PACKAGES = Path(__file__).parents[3] / "salesforce_package"


@pytest.fixture(scope="session")
def schema() -> Schema:
    return compile_schema(PACKAGES)


@pytest.fixture(scope="session")
def schema_of_7() -> Schema:
    return compile_schema(PACKAGES, bookit_version=7)
