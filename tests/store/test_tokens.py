"""Access and refresh tokens: lifetimes, rotation, siblings, reuse and revocation."""

from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest

from app.store.codes import Codes, Person
from app.store.database import Database
from app.store.sign_ins import SignIns
from app.store.tokens import FamilyEnded, IssuedTokens, RefreshReused, Tokens
from tests.store.conftest import FakeClock
from tests.store.people import AUDIENCE, ORG, OTHER_ORG, OTHER_USER, REQUEST, USER, person, sign_in

pytestmark = pytest.mark.anyio

SECOND = timedelta(seconds=1)


@pytest.fixture
def tokens(database: Database, clock: FakeClock) -> Tokens:
    return Tokens(database, clock)


@pytest.fixture
def codes(database: Database, clock: FakeClock) -> Codes:
    return Codes(database, clock)


def agent(org_id: str) -> Person:
    """Somebody who came by one-time code."""
    return Person(org_id, None, "agents@demo.example", "admin", "one_time_code")


async def lives(tokens: Tokens, issued: IssuedTokens) -> bool:
    access = await tokens.find_access(issued.access_token)
    refresh = await tokens.find_refresh(issued.refresh_token)
    assert (access is None) == (refresh is None)
    return access is not None


async def test_an_access_token_stands_for_its_sign_in(codes: Codes, tokens: Tokens, clock: FakeClock) -> None:
    issued = await sign_in(codes, tokens)
    record = await tokens.find_access(issued.access_token)
    assert record == issued.record
    assert record is not None
    assert (record.org_id, record.user_id, record.client_id) == (ORG, USER, REQUEST.client_id)
    assert (record.scopes, record.audience) == (("bookit",), AUDIENCE)
    assert issued.expires_in == 3600
    assert record.expires_at == clock.now + timedelta(hours=1)


async def test_each_kind_of_token_is_good_for_its_own_use_only(codes: Codes, tokens: Tokens) -> None:
    issued = await sign_in(codes, tokens)
    assert await tokens.find_access(issued.refresh_token) is None
    assert await tokens.find_refresh(issued.access_token) is None
    assert await tokens.rotate(issued.access_token) is None
    assert await tokens.find_access("") is None


async def test_an_access_token_lives_for_an_hour_and_a_refresh_token_for_thirty_days(
    codes: Codes, tokens: Tokens, clock: FakeClock
) -> None:
    issued = await sign_in(codes, tokens)
    clock.move(timedelta(hours=1) - SECOND)
    assert await tokens.find_access(issued.access_token) is not None
    clock.move(SECOND)
    assert await tokens.find_access(issued.access_token) is None
    clock.move(timedelta(days=30) - timedelta(hours=1))
    assert await tokens.find_refresh(issued.refresh_token) is None
    assert await tokens.rotate(issued.refresh_token) is None


async def test_rotation_gives_a_new_pair_and_leaves_running_requests_their_token(
    codes: Codes, tokens: Tokens, clock: FakeClock
) -> None:
    first = await sign_in(codes, tokens)
    clock.move(timedelta(minutes=50))
    second = await tokens.rotate(first.refresh_token)
    assert second is not None
    assert await tokens.find_access(first.access_token) is not None
    assert await lives(tokens, second)
    assert second.record.family_id == first.record.family_id
    assert second.record.scopes == first.record.scopes
    assert second.record.audience == AUDIENCE


async def test_a_rotated_token_gets_a_sibling_for_thirty_seconds(
    codes: Codes, tokens: Tokens, clock: FakeClock
) -> None:
    first = await sign_in(codes, tokens)
    second = await tokens.rotate(first.refresh_token)
    clock.move(timedelta(seconds=30))
    sibling = await tokens.rotate(first.refresh_token)
    assert second is not None
    assert sibling is not None
    assert await lives(tokens, second)
    assert await lives(tokens, sibling)


async def test_a_sibling_does_not_prolong_the_thirty_seconds(codes: Codes, tokens: Tokens, clock: FakeClock) -> None:
    first = await sign_in(codes, tokens)
    await tokens.rotate(first.refresh_token)
    clock.move(timedelta(seconds=20))
    await tokens.rotate(first.refresh_token)
    clock.move(timedelta(seconds=11))
    with pytest.raises(RefreshReused):
        await tokens.rotate(first.refresh_token)


async def test_later_reuse_ends_the_family_and_nobody_elses(
    codes: Codes, tokens: Tokens, database: Database, clock: FakeClock
) -> None:
    first = await sign_in(codes, tokens)
    other = await sign_in(codes, tokens)
    second = await tokens.rotate(first.refresh_token)
    assert second is not None
    clock.move(timedelta(seconds=30, microseconds=1))
    with pytest.raises(RefreshReused) as reused:
        await tokens.rotate(first.refresh_token)
    assert reused.value.family_id == first.record.family_id
    assert not await lives(tokens, first)
    assert not await lives(tokens, second)
    assert await tokens.rotate(second.refresh_token) is None
    assert await lives(tokens, other)
    ended = await SignIns(database, clock).find(first.record.family_id)
    assert ended is not None
    assert ended.ended_because == "refresh_reused"


async def test_parallel_refreshes_over_replicas_all_get_a_pair_that_works(
    codes: Codes, tokens: Tokens, open_another: Callable[[], Database], clock: FakeClock
) -> None:
    first = await sign_in(codes, tokens)
    replicas = [Tokens(open_another(), clock) for _ in range(4)]
    pairs: list[IssuedTokens | None] = []

    async def rotate(replica: Tokens) -> None:
        pairs.append(await replica.rotate(first.refresh_token))

    async with anyio.create_task_group() as tasks:
        for number in range(40):
            tasks.start_soon(rotate, replicas[number % 4])
    assert len(pairs) == 40
    for pair in pairs:
        assert pair is not None
        assert await lives(tokens, pair)


async def test_no_token_survives_a_revocation_that_races_with_refreshes(
    codes: Codes, tokens: Tokens, open_another: Callable[[], Database], clock: FakeClock
) -> None:
    first = await sign_in(codes, tokens)
    replicas = [Tokens(open_another(), clock) for _ in range(4)]
    pairs: list[IssuedTokens] = []

    async def rotate(replica: Tokens) -> None:
        try:
            pair = await replica.rotate(first.refresh_token)
        except FamilyEnded:
            return
        if pair is not None:
            pairs.append(pair)

    async def revoke(replica: Tokens) -> None:
        await replica.revoke_user(ORG, USER, because="test")

    async with anyio.create_task_group() as tasks:
        for number in range(40):
            tasks.start_soon(rotate, replicas[number % 4])
            if number == 20:
                tasks.start_soon(revoke, replicas[0])
    for pair in pairs:
        assert not await lives(tokens, pair)


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_revoking_either_token_ends_the_sign_in(codes: Codes, tokens: Tokens, which: str) -> None:
    issued = await sign_in(codes, tokens)
    token = issued.access_token if which == "access_token" else issued.refresh_token
    assert await tokens.revoke_token(token, client_id="somebody else") is None
    assert await lives(tokens, issued)
    record = await tokens.revoke_token(token, client_id=REQUEST.client_id)
    assert record is not None
    assert record.family_id == issued.record.family_id
    assert not await lives(tokens, issued)
    assert await tokens.revoke_token(token, client_id=REQUEST.client_id) is None


async def test_family_user_and_org_are_revoked_apart(codes: Codes, tokens: Tokens) -> None:
    mine = await sign_in(codes, tokens)
    mine_too = await sign_in(codes, tokens)
    colleague = await sign_in(codes, tokens, person(user_id=OTHER_USER))
    stranger = await sign_in(codes, tokens, person(org_id=OTHER_ORG))
    assert await tokens.revoke_family(mine.record.family_id, because="signed_out") == 1
    assert [await lives(tokens, it) for it in (mine, mine_too, colleague, stranger)] == [False, True, True, True]
    assert await tokens.revoke_user(ORG, USER, because="lost_access") == 1
    assert [await lives(tokens, it) for it in (mine, mine_too, colleague, stranger)] == [False, False, True, True]
    assert await tokens.revoke_org(ORG, because="org_disabled") == 1
    assert [await lives(tokens, it) for it in (mine, mine_too, colleague, stranger)] == [False, False, False, True]


async def test_the_living_sign_ins_of_a_user_and_an_org_are_listed(
    codes: Codes, tokens: Tokens, database: Database, clock: FakeClock
) -> None:
    sign_ins = SignIns(database, clock)
    first = await sign_in(codes, tokens)
    clock.move(SECOND)
    second = await sign_in(codes, tokens)
    colleague = await sign_in(codes, tokens, person(user_id=OTHER_USER, scope="user"))
    await tokens.revoke_family(first.record.family_id, because="signed_out")
    assert [it.family_id for it in await sign_ins.of_user(ORG, USER)] == [second.record.family_id]
    assert {it.family_id for it in await sign_ins.of_org(ORG)} == {second.record.family_id, colleague.record.family_id}
    assert await sign_ins.of_org(OTHER_ORG) == []


async def test_a_scope_derived_anew_is_noted(
    codes: Codes, tokens: Tokens, database: Database, clock: FakeClock
) -> None:
    sign_ins = SignIns(database, clock)
    issued = await sign_in(codes, tokens)
    clock.move(SECOND)
    await sign_ins.note_scope(issued.record.family_id, "user")
    found = await sign_ins.find(issued.record.family_id)
    assert found is not None
    assert (found.scope, found.last_used_at) == ("user", clock.now)


async def test_a_sign_in_by_one_time_code_has_no_user_anywhere(
    codes: Codes, tokens: Tokens, database: Database, clock: FakeClock
) -> None:
    issued = await sign_in(codes, tokens, agent(ORG))
    access, refresh = await tokens.find_access(issued.access_token), await tokens.find_refresh(issued.refresh_token)
    assert access is not None
    assert refresh is not None
    rotated = await tokens.rotate(issued.refresh_token)
    assert rotated is not None
    assert (issued.record.user_id, access.user_id, refresh.user_id, rotated.record.user_id) == (None,) * 4
    found = await SignIns(database, clock).find(issued.record.family_id)
    assert found is not None
    assert (found.user_id, found.username, found.method) == (None, "agents@demo.example", "one_time_code")


async def test_ending_the_codes_of_an_org_ends_nobody_elses_sign_in(
    codes: Codes, tokens: Tokens, database: Database, clock: FakeClock
) -> None:
    ended = [await sign_in(codes, tokens, agent(ORG)) for _ in range(2)]
    kept = [await sign_in(codes, tokens, who) for who in (agent(OTHER_ORG), person())]
    assert await tokens.revoke_codes(ORG, because="connection_no_admin") == 2
    for each in ended:
        assert await tokens.find_access(each.access_token) is None
        found = await SignIns(database, clock).find(each.record.family_id)
        assert found is not None
        assert found.ended_because == "connection_no_admin"
    for each in kept:
        assert await tokens.find_access(each.access_token) is not None
