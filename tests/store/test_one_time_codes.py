"""One-time codes: ten minutes, one use, and the delay after wrong tries."""

from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.store.database import Database
from app.store.one_time_codes import (
    ALPHABET,
    DELAYS,
    LIFETIME,
    WRONG_TRIES_REMEMBERED,
    OneTimeCode,
    OneTimeCodes,
    canonical,
    new_code,
    org_group,
)
from app.store.orgs import Check, Orgs
from app.store.tables import CounterRow, OneTimeCodeRow
from tests.store.conftest import FakeClock
from tests.store.people import ORG, OTHER_ORG, USER

pytestmark = pytest.mark.anyio

EMAIL = "agents@demo.example"
CHECK = Check(result={}, bookit_version="8.0", what_is_off={})


@pytest.fixture
async def orgs(database: Database, clock: FakeClock) -> Orgs:
    orgs = Orgs(database, clock)
    for org_id in (ORG, OTHER_ORG):
        await orgs.enable(org_id, name="Demo", instance_url="https://x.example", connection_user_id=USER, check=CHECK)
    return orgs


@pytest.fixture
def codes(database: Database, clock: FakeClock, orgs: Orgs) -> OneTimeCodes:  # noqa: ARG001 (codes are of enabled orgs)
    return OneTimeCodes(database, clock)


async def added(codes: OneTimeCodes, org_id: str = ORG) -> str:
    code = new_code(org_id)
    await codes.add(code, org_id=org_id, email=EMAIL, requested_by=USER)
    return code.get_secret_value()


def wrong(org_id: str = ORG) -> str:
    return new_code(org_id).get_secret_value()


def test_a_code_is_five_groups_of_four_of_an_alphabet_without_look_alikes() -> None:
    groups = wrong().split("-")
    assert [len(group) for group in groups] == [4] * 5
    assert set("".join(groups)) <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)
    assert len(set(ALPHABET)) == 32


def test_the_first_group_is_the_orgs_and_the_rest_is_random() -> None:
    one, other = wrong().split("-"), wrong().split("-")
    assert one[0] == other[0] == org_group(ORG) != org_group(OTHER_ORG)
    assert one[1:] != other[1:]
    seen = {wrong()[5:] for _ in range(1_000)}
    assert len(seen) == 1_000
    assert all({code[place] for code in seen} == set(ALPHABET) for place in (0, 3, 10, 18)), "every character varies"


@pytest.mark.parametrize(
    "typed",
    [
        "K7QF-0V81-M2RS-94GD-TWZ1",
        "k7qf 0v81 m2rs 94gd twz1",
        "K7QF0V81M2RS94GDTWZ1",
        " k7qf\u2013OV8l\u2014m2rs\u00a094gd -- twzI\r\n",
    ],
)
def test_case_dashes_blanks_and_look_alikes_are_forgiven(typed: str) -> None:
    assert canonical(typed) == "K7QF0V81M2RS94GDTWZ1"


def test_what_is_too_long_is_cut() -> None:
    assert len(canonical("7" * 100_000)) == 100


async def test_a_code_says_for_which_org_and_address_it_was(codes: OneTimeCodes) -> None:
    code = await added(codes)
    assert await codes.take(f" {code.lower().replace('-', ' ')} ") == OneTimeCode(ORG, EMAIL, USER)


@pytest.mark.requirement("code.single_use")
async def test_a_code_works_once(codes: OneTimeCodes) -> None:
    code = await added(codes)
    assert await codes.take(code) is not None
    assert await codes.take(code) is None


@pytest.mark.requirement("code.expiry")
async def test_a_code_lives_for_ten_minutes(codes: OneTimeCodes, clock: FakeClock) -> None:
    code, late = await added(codes), new_code(OTHER_ORG)
    expires = await codes.add(late, org_id=OTHER_ORG, email=EMAIL, requested_by=USER)
    assert expires == clock.now + timedelta(minutes=10) == clock.now + LIFETIME
    clock.move(LIFETIME - timedelta(microseconds=1))
    assert await codes.take(code) is not None
    clock.move(timedelta(microseconds=1))
    assert await codes.take(late.get_secret_value()) is None


async def test_only_the_hash_is_stored(codes: OneTimeCodes, database: Database) -> None:
    code = await added(codes)
    async with database.reading() as session:
        row = (await session.execute(select(OneTimeCodeRow))).scalar_one()
    stored = " ".join(str(getattr(row, column.key)) for column in OneTimeCodeRow.__table__.columns)
    assert canonical(code)[4:8] not in canonical(stored)
    assert len(row.code_hash) == 64


async def test_of_twenty_takes_at_once_exactly_one_wins(
    codes: OneTimeCodes,
    open_another: Callable[[], Database],
    clock: FakeClock,
) -> None:
    code = await added(codes)
    replicas = [OneTimeCodes(open_another(), clock) for _ in range(4)]
    taken: list[OneTimeCode | None] = []

    async def take(replica: OneTimeCodes) -> None:
        taken.append(await replica.take(code))

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(take, replicas[number % 4])
    assert len(taken) == 20
    assert [each for each in taken if each is not None] == [OneTimeCode(ORG, EMAIL, USER)]


async def test_good_codes_of_one_org_at_once_do_not_delay_each_other(
    codes: OneTimeCodes,
    open_another: Callable[[], Database],
    clock: FakeClock,
) -> None:
    good = [await added(codes) for _ in range(12)]
    replicas = [OneTimeCodes(open_another(), clock) for _ in range(4)]
    taken: list[OneTimeCode | None] = []

    async def take(replica: OneTimeCodes, code: str) -> None:
        taken.append(await replica.take(code))

    async with anyio.create_task_group() as tasks:
        for number, code in enumerate(good):
            tasks.start_soon(take, replicas[number % 4], code)
    assert len([each for each in taken if each is not None]) == 12


async def test_a_code_of_an_org_that_was_disabled_is_void_also_when_it_is_enabled_again(
    codes: OneTimeCodes, orgs: Orgs
) -> None:
    code, other = await added(codes), await added(codes, OTHER_ORG)
    await orgs.disable(ORG)
    assert not await orgs.disable(ORG)
    await orgs.enable(ORG, name="Demo", instance_url="https://x.example", connection_user_id=USER, check=CHECK)
    assert await codes.take(code) is None
    assert await codes.take(other) is not None


async def test_a_code_added_while_the_org_was_being_disabled_is_not_taken(codes: OneTimeCodes, orgs: Orgs) -> None:
    await orgs.disable(ORG)
    code = new_code(ORG)
    assert await codes.add(code, org_id=ORG, email=EMAIL, requested_by=USER) is None
    assert await codes.take(code.get_secret_value()) is None
    await orgs.enable(ORG, name="Demo", instance_url="https://x.example", connection_user_id=USER, check=CHECK)
    assert await codes.take(code.get_secret_value()) is None, "also when it is enabled again"


async def test_the_first_group_of_another_org_makes_another_code(codes: OneTimeCodes) -> None:
    code = await added(codes)
    assert await codes.take(org_group(OTHER_ORG) + code[4:]) is None
    assert await codes.take(code) is not None, "and what was wrong was not this org's try"


async def test_after_each_wrong_try_the_next_waits_longer(codes: OneTimeCodes, clock: FakeClock) -> None:
    assert [delay.total_seconds() for delay in DELAYS] == [1, 2, 4, 8, 16, 30]
    code = await added(codes)
    for delay in [*DELAYS, DELAYS[-1]]:
        assert await codes.take(wrong()) is None
        clock.move(delay - timedelta(microseconds=1))
        assert await codes.take(code) is None, f"{delay} have not gone by"
        clock.move(timedelta(microseconds=1))
    assert await codes.take(code) == OneTimeCode(ORG, EMAIL, USER), "what was tried too soon is not used up"


async def test_a_try_within_the_delay_does_not_prolong_it(codes: OneTimeCodes, clock: FakeClock) -> None:
    code = await added(codes)
    await codes.take(wrong())
    for _ in range(9):
        clock.move(timedelta(milliseconds=100))
        await codes.take(wrong())
    clock.move(timedelta(milliseconds=100))
    assert await codes.take(code) is not None


async def test_a_good_code_ends_the_delay(codes: OneTimeCodes, clock: FakeClock) -> None:
    one, other, last = await added(codes), await added(codes), await added(codes)
    for delay in DELAYS[:3]:
        await codes.take(wrong())
        clock.move(delay)
    assert await codes.take(one) is not None
    assert await codes.take(other) is not None
    await codes.take(wrong())
    clock.move(DELAYS[0])
    assert await codes.take(last) is not None


async def test_wrong_tries_are_forgotten_after_ten_quiet_minutes(
    codes: OneTimeCodes,
    clock: FakeClock,
) -> None:
    for _ in range(3):
        await codes.take(wrong())
        clock.move(timedelta(minutes=1))
    clock.move(WRONG_TRIES_REMEMBERED)
    code = await added(codes)
    await codes.take(wrong())
    clock.move(DELAYS[0])
    assert await codes.take(code) is not None


async def test_one_org_does_not_wait_for_anothers_wrong_tries(codes: OneTimeCodes) -> None:
    code, other = await added(codes), await added(codes, OTHER_ORG)
    await codes.take(wrong())
    assert await codes.take(code) is None
    assert await codes.take(other) is not None


async def test_guesses_for_orgs_without_a_code_make_one_row(
    codes: OneTimeCodes,
    database: Database,
    clock: FakeClock,
) -> None:
    code = await added(codes)
    for number in range(40):
        await codes.take(wrong(f"00D{number:015}"))
        clock.move(timedelta(seconds=1))
    for nonsense in ("", "-", "x" * 1_000, "\x00", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")):
        assert await codes.take(nonsense) is None
    async with database.reading() as session:
        rows = (await session.execute(select(CounterRow.name))).scalars().all()
    assert len(rows) == 1
    assert await codes.take(code) is not None


async def test_of_wrong_tries_at_once_over_all_replicas_one_is_looked_at(
    codes: OneTimeCodes,
    open_another: Callable[[], Database],
    database: Database,
    clock: FakeClock,
) -> None:
    code = await added(codes)
    replicas = [OneTimeCodes(open_another(), clock) for _ in range(4)]
    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(replicas[number % 4].take, wrong())
    async with database.reading() as session:
        assert (await session.execute(select(CounterRow.count))).scalar_one() == 1
    assert await codes.take(code) is None
    clock.move(DELAYS[0])
    assert await codes.take(code) is not None


async def test_a_code_added_twice_is_an_error_and_not_a_second_life(codes: OneTimeCodes) -> None:
    code = SecretStr(await added(codes))
    with pytest.raises(IntegrityError):
        await codes.add(code, org_id=ORG, email=EMAIL, requested_by=USER)
