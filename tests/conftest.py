"""What every test shares: the async backend and hypothesis's profiles."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("daily", max_examples=100, deadline=None)
# A hundred thousand examples, once before a release: HYPOTHESIS_PROFILE=exhaustive.
settings.register_profile(
    "exhaustive", max_examples=100_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "daily"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """asyncio: SQLAlchemy's async engines run on nothing else."""
    return "asyncio"
