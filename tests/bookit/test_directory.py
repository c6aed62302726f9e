"""The lists of names: kept for a while, per caller, fetched once; searched in Salesforce where they are too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import anyio
import pytest

from app.bookit.directory import CAP, TTL_SECONDS, Directory
from app.bookit.errors import BookItError, ErrorCode
from app.org.caller import Caller, Scope
from app.org.reader import Ask, Row
from soql.ast import Pattern
from tests.bookit.naive_reader import NaiveReader
from tests.support.movable_clock import MovableClock

pytestmark = pytest.mark.anyio

ADMIN = Caller(
    "00Dxx0000000001EAA", "005xx0000000001AAA", Scope.ADMIN, "Ada", "ada@x.example", "ada@x", "UTC", "client"
)
POOLS: tuple[Row, ...] = ({"Id": "a00xx0000000001AAA", "Grouping_Name": "SDR Pool"},)


async def test_a_list_is_fetched_once_however_many_ask_and_again_when_it_is_old() -> None:
    clock = MovableClock()
    directory, reader = Directory(clock), NaiveReader(lambda _: POOLS)
    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(lambda: directory.find("pool", "sdr", caller=ADMIN, reader=reader))
    assert len(reader.asks) == 1
    clock.advance(timedelta(seconds=TTL_SECONDS + 1))
    await directory.find("pool", "sdr", caller=ADMIN, reader=reader)
    assert len(reader.asks) == 2


async def test_nobody_is_answered_from_the_list_of_another() -> None:
    directory, reader = Directory(MovableClock()), NaiveReader(lambda _: POOLS)
    others = (
        ADMIN,
        replace(ADMIN, user_id="005xx0000000002AAA"),
        replace(ADMIN, org_id="00Dxx0000000002EAA"),
        replace(ADMIN, scope=Scope.USER),
        replace(ADMIN, user_id=None),
    )
    for caller in others:
        await directory.find("pool", "sdr", caller=caller, reader=reader)
    assert len(reader.asks) == len(others)


async def test_a_list_that_is_too_long_is_searched_in_salesforce() -> None:
    def answer(ask: Ask) -> tuple[Row, ...]:
        if "text" not in ask.binds:
            return tuple({"Id": f"id {number}", "Grouping_Name": f"Pool {number:05d}"} for number in range(CAP))
        assert isinstance(ask.binds["text"], Pattern)
        return ({"Id": "beyond", "Grouping_Name": "Zebra Pool"},)

    directory, reader = Directory(MovableClock()), NaiveReader(answer)
    assert (await directory.find("pool", "zebra", caller=ADMIN, reader=reader)).id == "beyond"
    far = "a00xx0000000009AAA"
    assert (await directory.find("pool", far, caller=ADMIN, reader=reader)).id == far


async def test_me_is_the_caller_and_nobody_for_one_who_came_by_a_code() -> None:
    directory, reader = Directory(MovableClock()), NaiveReader(lambda _: ())
    assert (await directory.find("user", " Me ", caller=ADMIN, reader=reader)).id == ADMIN.user_id
    with pytest.raises(BookItError) as refusal:
        await directory.find("user", "me", caller=replace(ADMIN, user_id=None), reader=reader)
    assert refusal.value.code is ErrorCode.INVALID_ARGUMENT
    assert reader.asks == []


async def test_a_failed_fetch_is_not_kept() -> None:
    answers = iter([ConnectionError(), POOLS])

    def answer(_: Ask) -> tuple[Row, ...]:
        found = next(answers)
        if isinstance(found, ConnectionError):
            raise found
        return found

    directory, reader = Directory(MovableClock()), NaiveReader(answer)
    with pytest.raises(ConnectionError):
        await directory.find("pool", "sdr", caller=ADMIN, reader=reader)
    assert (await directory.find("pool", "sdr", caller=ADMIN, reader=reader)).shown == "SDR Pool"
