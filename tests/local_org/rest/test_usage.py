"""The daily API count."""

from datetime import timedelta

import pytest

from app.local_org.errors import ApiError
from app.local_org.rest.usage import ApiUsage
from tests.support.movable_clock import MovableClock


def test_calls_are_counted_until_the_limit_and_then_refused_with_403() -> None:
    usage = ApiUsage(MovableClock(), daily_limit=2)
    usage.count()
    usage.count()
    assert usage.header() == "api-usage=2/2"
    with pytest.raises(ApiError) as refused:
        usage.count()
    assert (refused.value.status, refused.value.code) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert refused.value.message == "TotalRequests Limit exceeded."


def test_a_call_is_forgotten_after_24_hours() -> None:
    clock = MovableClock()
    usage = ApiUsage(clock, daily_limit=5)
    usage.count()
    clock.advance(timedelta(hours=23))
    usage.count()
    assert usage.used == 2
    clock.advance(timedelta(hours=1))
    assert usage.used == 1
