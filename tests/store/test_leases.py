"""Leases: one holder at a time, over connections and processes, and none for ever."""

import sys
from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest

from app.store.database import Database
from app.store.leases import Leases
from tests.store.conftest import FakeClock

pytestmark = pytest.mark.anyio

TTL = timedelta(seconds=30)

CONTENDER = """
import asyncio, sys
from datetime import timedelta
from app.clock import system_clock
from app.store.database import Database
from app.store.leases import Leases

async def main():
    database = Database(sys.argv[1])
    print(await Leases(database, system_clock).acquire("refresh", sys.argv[2], timedelta(minutes=5)))
    await database.dispose()

asyncio.run(main())
"""


@pytest.fixture
def leases(database: Database, clock: FakeClock) -> Leases:
    return Leases(database, clock)


async def test_a_held_lease_is_refused_to_others_and_prolonged_for_its_holder(leases: Leases, clock: FakeClock) -> None:
    assert await leases.acquire("refresh", "one", TTL)
    assert not await leases.acquire("refresh", "two", TTL)
    clock.move(TTL - timedelta(seconds=1))
    assert await leases.acquire("refresh", "one", TTL)
    clock.move(timedelta(seconds=2))
    assert not await leases.acquire("refresh", "two", TTL)


async def test_leases_of_different_names_are_independent(leases: Leases) -> None:
    assert await leases.acquire("refresh", "one", TTL)
    assert await leases.acquire("janitor", "two", TTL)


async def test_a_lease_past_its_time_is_anyones(leases: Leases, clock: FakeClock) -> None:
    assert await leases.acquire("refresh", "one", TTL)
    clock.move(TTL)
    assert await leases.acquire("refresh", "two", TTL)
    assert not await leases.release("refresh", "one")
    assert not await leases.acquire("refresh", "one", TTL)


async def test_a_released_lease_is_free(leases: Leases) -> None:
    assert await leases.acquire("refresh", "one", TTL)
    assert await leases.release("refresh", "one")
    assert not await leases.release("refresh", "one")
    assert await leases.acquire("refresh", "two", TTL)


async def test_holding_releases_after_an_error_and_a_cancellation_too(leases: Leases) -> None:
    async def fail() -> None:
        async with leases.holding("refresh", TTL) as held:
            assert held
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        await fail()
    with anyio.CancelScope() as request:
        async with leases.holding("refresh", TTL) as held:
            assert held
            request.cancel()
            await anyio.sleep_forever()
    async with leases.holding("refresh", TTL) as held:
        assert held
        async with leases.holding("refresh", TTL) as held_twice:
            assert not held_twice
    assert await leases.acquire("refresh", "after", TTL)


async def test_who_is_cancelled_while_asking_holds_nothing(leases: Leases) -> None:
    async def ask(seconds: float) -> None:
        with anyio.move_on_after(seconds):
            async with leases.holding("refresh", TTL):
                pass

    async with anyio.create_task_group() as tasks:
        for number in range(60):
            tasks.start_soon(ask, number / 1000)
    assert await leases.acquire("refresh", "after", TTL)


async def test_of_many_connections_exactly_one_gets_the_lease(
    open_another: Callable[[], Database], clock: FakeClock
) -> None:
    replicas = [Leases(open_another(), clock) for _ in range(4)]
    results: list[bool] = []

    async def acquire(number: int) -> None:
        results.append(await replicas[number % 4].acquire("refresh", f"owner-{number}", TTL))

    async with anyio.create_task_group() as tasks:
        for number in range(100):
            tasks.start_soon(acquire, number)
    assert sorted(results) == [False] * 99 + [True]


@pytest.mark.usefixtures("database")
async def test_of_several_processes_exactly_one_gets_the_lease(url: str) -> None:
    answers: list[bytes] = []

    async def contend(owner: str) -> None:
        finished = await anyio.run_process([sys.executable, "-c", CONTENDER, url, owner], stderr=None)
        answers.append(finished.stdout.strip())

    async with anyio.create_task_group() as tasks:
        for number in range(4):
            tasks.start_soon(contend, f"process-{number}")
    assert sorted(answers) == [b"False", b"False", b"False", b"True"]
