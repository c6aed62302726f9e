"""One run for all who ask at the same time."""

import asyncio

import pytest

from app.signin.single_flight import SingleFlight

pytestmark = pytest.mark.anyio


async def test_who_comes_meanwhile_gets_the_same_result() -> None:
    flights: SingleFlight[str, object] = SingleFlight()
    runs = 0

    async def work() -> object:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0.01)
        return object()

    results = await asyncio.gather(*(flights.run("a", work) for _ in range(10)), flights.run("b", work))
    assert runs == 2
    assert len(set(results)) == 2


async def test_who_comes_later_runs_again() -> None:
    flights: SingleFlight[str, object] = SingleFlight()

    async def work() -> object:
        return object()

    assert await flights.run("a", work) is not await flights.run("a", work)


async def test_an_exception_reaches_everybody_and_is_not_kept() -> None:
    flights: SingleFlight[str, int] = SingleFlight()
    runs = 0

    async def work() -> int:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)
        if runs == 1:
            raise ValueError("first")
        return runs

    results = await asyncio.gather(*(flights.run("a", work) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [ValueError] * 3
    assert await flights.run("a", work) == 2


async def test_a_cancelled_waiter_does_not_cancel_the_work() -> None:
    flights: SingleFlight[str, int] = SingleFlight()
    done = asyncio.Event()

    async def work() -> int:
        await asyncio.sleep(0.02)
        done.set()
        return 1

    waiter = asyncio.create_task(flights.run("a", work))
    await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    await asyncio.wait_for(done.wait(), 1)
