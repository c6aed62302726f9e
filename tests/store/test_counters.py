"""Counters: exact under competition, on both databases, and new when their span has ended."""

from datetime import timedelta

import anyio
import pytest

from app.store.counters import Count, Counters
from app.store.database import Database
from tests.support.movable_clock import MovableClock

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


async def test_a_span_begins_with_the_first_time_and_ends_at_its_instant(database: Database) -> None:
    clock = MovableClock()
    counters = Counters(database, clock)
    began = clock()
    assert await counters.add("a", HOUR) == Count(1, began + HOUR)
    clock.advance(timedelta(minutes=59))
    assert await counters.add("a", HOUR) == Count(2, began + HOUR)
    assert await counters.add("b", HOUR) == Count(1, clock() + HOUR)
    clock.advance(timedelta(minutes=1))
    assert await counters.add("a", HOUR) == Count(1, began + 2 * HOUR)


async def test_of_many_at_once_each_is_counted(database: Database) -> None:
    counters = Counters(database, MovableClock())
    seen: list[int] = []

    async def add() -> None:
        seen.append((await counters.add("a", HOUR)).count)

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(add)
    assert sorted(seen) == list(range(1, 21))
