import anyio
import anyio.lowlevel
import pytest

from app.org.call_count import count_call, counting

pytestmark = pytest.mark.anyio


def test_calls_are_counted_while_the_block_runs() -> None:
    with counting() as count:
        count_call()
        count_call()
    count_call()
    assert count.calls == 2


def test_a_nested_block_adds_to_the_outer_one() -> None:
    with counting() as outer:
        count_call()
        with counting() as inner:
            count_call()
    assert (inner.calls, outer.calls) == (1, 2)


def test_calls_of_a_block_that_fails_are_counted() -> None:
    def fail() -> None:
        with counting():
            count_call()
            raise ValueError("too late")

    with counting() as outer, pytest.raises(ValueError, match="late"):
        fail()
    assert outer.calls == 1


async def test_calls_of_the_tasks_that_a_block_starts_are_counted_and_those_of_others_are_not() -> None:
    async def call() -> None:
        await anyio.lowlevel.checkpoint()
        count_call()

    async def other() -> int:
        with counting() as mine:
            await anyio.lowlevel.checkpoint()
            count_call()
        return mine.calls

    with counting() as count:
        async with anyio.create_task_group() as group:
            group.start_soon(call)
            group.start_soon(call)
    assert count.calls == 2
    assert await other() == 1
