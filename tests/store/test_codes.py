"""Authorization codes: five minutes, one use, and the family ends with a second one."""

from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest

from app.store.codes import Code, CodeReused, Codes
from app.store.database import Database
from app.store.sign_ins import SignIns
from app.store.tokens import FamilyEnded, Tokens
from tests.store.conftest import FakeClock
from tests.store.people import REQUEST, person

pytestmark = pytest.mark.anyio


@pytest.fixture
def codes(database: Database, clock: FakeClock) -> Codes:
    return Codes(database, clock)


async def test_a_code_carries_the_request_and_the_person(codes: Codes, clock: FakeClock) -> None:
    code = await codes.issue(REQUEST, person())
    found = await codes.find(code)
    assert found is not None
    assert (found.client_id, found.redirect_uri, found.redirect_uri_explicit) == (
        REQUEST.client_id,
        REQUEST.redirect_uri,
        True,
    )
    assert (found.code_challenge, found.resource, found.scopes) == (
        REQUEST.code_challenge,
        REQUEST.resource,
        REQUEST.scopes,
    )
    assert (found.org_id, found.user_id) == (person().org_id, person().user_id)
    assert found.expires_at == clock.now + timedelta(minutes=5)
    assert found.used_at is None


async def test_taking_uses_the_code(codes: Codes, clock: FakeClock) -> None:
    code = await codes.issue(REQUEST, person())
    taken = await codes.take(code)
    assert taken is not None
    assert taken.used_at == clock.now


async def test_an_unknown_code_is_none(codes: Codes) -> None:
    assert await codes.find("bookit_ac_unknown") is None
    assert await codes.take("bookit_ac_unknown") is None


async def test_a_code_lives_for_five_minutes(codes: Codes, clock: FakeClock) -> None:
    code = await codes.issue(REQUEST, person())
    clock.move(timedelta(minutes=5))
    assert await codes.find(code) is None
    assert await codes.take(code) is None


async def test_a_second_use_ends_the_family_and_its_tokens(codes: Codes, database: Database, clock: FakeClock) -> None:
    tokens = Tokens(database, clock)
    code = await codes.issue(REQUEST, person())
    taken = await codes.take(code)
    assert taken is not None
    issued = await tokens.issue(taken.family_id, scopes=taken.scopes, audience=taken.resource)
    clock.move(timedelta(minutes=20))
    with pytest.raises(CodeReused) as reused:
        await codes.take(code)
    assert reused.value.family_id == taken.family_id
    assert await tokens.find_access(issued.access_token) is None
    assert await tokens.find_refresh(issued.refresh_token) is None
    ended = await SignIns(database, clock).find(taken.family_id)
    assert ended is not None
    assert (ended.ended_at, ended.ended_because) == (clock.now, "code_reused")


async def test_a_second_use_before_the_exchange_finished_leaves_the_first_without_tokens(
    codes: Codes, database: Database, clock: FakeClock
) -> None:
    code = await codes.issue(REQUEST, person())
    taken = await codes.take(code)
    assert taken is not None
    with pytest.raises(CodeReused):
        await codes.take(code)
    with pytest.raises(FamilyEnded):
        await Tokens(database, clock).issue(taken.family_id, scopes=taken.scopes, audience=taken.resource)


async def test_of_a_hundred_takes_of_one_code_exactly_one_wins(
    codes: Codes, open_another: Callable[[], Database], clock: FakeClock
) -> None:
    code = await codes.issue(REQUEST, person())
    replicas = [Codes(open_another(), clock) for _ in range(4)]
    results: list[Code | None] = []
    reused: list[CodeReused] = []

    async def take(replica: Codes) -> None:
        try:
            results.append(await replica.take(code))
        except CodeReused as error:
            reused.append(error)

    async with anyio.create_task_group() as tasks:
        for number in range(100):
            tasks.start_soon(take, replicas[number % 4])
    assert len(results) == 1
    assert results[0] is not None
    assert len(reused) == 99
