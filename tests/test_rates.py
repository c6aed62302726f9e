"""So many a minute: at once, then evenly; never more; in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import rates
from app.rates import Rates
from tests.support.movable_clock import MovableClock


def test_a_minutes_worth_may_come_at_once_and_then_one_by_one() -> None:
    clock = MovableClock()
    limited = Rates(60, clock)
    assert [limited.take("a") for _ in range(60)] == [0.0] * 60
    assert limited.take("a") == pytest.approx(1.0)
    clock.advance(timedelta(seconds=0.5))
    assert limited.take("a") == pytest.approx(0.5)
    clock.advance(timedelta(seconds=0.5))
    assert limited.take("a") == 0.0
    assert limited.take("a") == pytest.approx(1.0)


def test_a_refused_one_takes_nothing() -> None:
    clock = MovableClock()
    limited = Rates(1, clock)
    assert limited.take("a") == 0.0
    assert [limited.take("a") for _ in range(5)] == [pytest.approx(60.0)] * 5
    clock.advance(timedelta(minutes=1))
    assert limited.take("a") == 0.0


def test_keys_are_counted_apart() -> None:
    limited = Rates(1, MovableClock())
    assert limited.take("a") == 0.0
    assert limited.take("b") == 0.0
    assert limited.take("a") > 0


@given(st.integers(1, 10), st.lists(st.floats(0, 20), min_size=1, max_size=60))
def test_in_no_minute_pass_more_than_a_full_bucket_and_a_minutes_refill(
    per_minute: int, pauses: Sequence[float]
) -> None:
    clock = MovableClock()
    limited = Rates(per_minute, clock)
    passed: list[float] = []
    for pause in pauses:
        clock.advance(timedelta(seconds=pause))
        while limited.take("a") == 0.0:
            passed.append(clock().timestamp())
    for begin in passed:
        assert sum(begin <= each < begin + 60 for each in passed) <= 2 * per_minute


@given(st.integers(1, 10), st.floats(0, 59.9))
def test_who_waits_as_long_as_he_was_told_gets_in(per_minute: int, pause: float) -> None:
    clock = MovableClock()
    limited = Rates(per_minute, clock)
    while limited.take("a") == 0.0:
        clock.advance(timedelta(seconds=pause / per_minute / 2))
    clock.advance(timedelta(seconds=limited.take("a") + 0.00001))
    assert limited.take("a") == 0.0


def test_keys_without_end_take_no_memory_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_KEYS", 100)
    limited = Rates(1, MovableClock())
    for number in range(1000):
        assert limited.take(number) == 0.0
    assert limited.take(999) > 0
    assert limited.take(0) == 0.0, "forgotten, as the oldest are"
