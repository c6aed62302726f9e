"""Pending authorize requests: bound to a browser, consented, taken once, gone after ten minutes."""

from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest
from pydantic import SecretStr

from app.store.authorizations import MOST_CODES, Authorizations, PendingAuthorization, ReturnedAuthorization, Upstream
from app.store.database import Database
from app.store.encryption import Keyring, SealError
from tests.store.conftest import FakeClock
from tests.store.people import REQUEST

pytestmark = pytest.mark.anyio

UPSTREAM = Upstream(SecretStr("upstream-state"), "https://login.salesforce.com", SecretStr("upstream-verifier"))
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def authorizations(database: Database, keyring: Keyring, clock: FakeClock) -> Authorizations:
    return Authorizations(database, keyring, clock)


async def consented(authorizations: Authorizations, browser: str = "browser") -> PendingAuthorization:
    pending = await authorizations.add(REQUEST)
    assert await authorizations.bind(pending.authorization_id, browser)
    assert await authorizations.consent(pending.authorization_id, browser, UPSTREAM)
    return pending


@pytest.mark.parametrize("odd", ["", "\0", "a" * 43 + "\0", "é" * 43, "a" * 5000])
async def test_an_id_of_another_shape_is_unknown(authorizations: Authorizations, odd: str) -> None:
    """PostgreSQL would refuse some of them with an error."""
    assert await authorizations.find(odd) is None
    assert not await authorizations.bind(odd, "browser")
    assert not await authorizations.consent(odd, "browser", UPSTREAM)
    assert await authorizations.count_code(odd, "browser") is None
    assert await authorizations.drop(odd, "browser") is None


async def test_a_request_waits_unbound_and_without_consent(authorizations: Authorizations) -> None:
    pending = await authorizations.add(REQUEST)
    assert await authorizations.find(pending.authorization_id) == pending
    assert pending.request == REQUEST
    assert not pending.bound
    assert pending.consented_at is None
    assert await authorizations.find("unknown") is None


async def test_the_first_browser_owns_the_request(authorizations: Authorizations) -> None:
    pending = await authorizations.add(REQUEST)
    assert await authorizations.bind(pending.authorization_id, "browser")
    assert await authorizations.bind(pending.authorization_id, "browser")
    assert not await authorizations.bind(pending.authorization_id, "another")
    assert not await authorizations.consent(pending.authorization_id, "another", UPSTREAM)
    assert await authorizations.drop(pending.authorization_id, "another") is None


async def test_consent_needs_a_bound_browser(authorizations: Authorizations) -> None:
    pending = await authorizations.add(REQUEST)
    assert not await authorizations.consent(pending.authorization_id, "browser", UPSTREAM)


async def test_the_returning_browser_gets_its_request_with_the_verifier_once(
    authorizations: Authorizations, clock: FakeClock
) -> None:
    pending = await consented(authorizations)
    returned = await authorizations.take("upstream-state", "browser")
    assert returned is not None
    assert returned.authorization_id == pending.authorization_id
    assert returned.request == REQUEST
    assert returned.consented_at == clock.now
    assert returned.login_origin == UPSTREAM.login_origin
    assert returned.code_verifier.get_secret_value() == "upstream-verifier"
    assert await authorizations.take("upstream-state", "browser") is None
    assert await authorizations.find(pending.authorization_id) is None


async def test_a_foreign_browser_with_the_right_state_gets_nothing_and_spoils_nothing(
    authorizations: Authorizations,
) -> None:
    await consented(authorizations)
    assert await authorizations.take("upstream-state", "another") is None
    assert await authorizations.take("upstream-state", "browser") is not None


async def test_a_request_without_consent_cannot_be_taken(authorizations: Authorizations) -> None:
    pending = await authorizations.add(REQUEST)
    await authorizations.bind(pending.authorization_id, "browser")
    assert await authorizations.take("upstream-state", "browser") is None


async def test_a_second_consent_replaces_the_first_state(authorizations: Authorizations) -> None:
    pending = await consented(authorizations)
    again = Upstream(SecretStr("second-state"), "https://test.salesforce.com", SecretStr("second-verifier"))
    assert await authorizations.consent(pending.authorization_id, "browser", again)
    assert await authorizations.take("upstream-state", "browser") is None
    returned = await authorizations.take("second-state", "browser")
    assert returned is not None
    assert returned.code_verifier.get_secret_value() == "second-verifier"


async def test_after_ten_minutes_the_request_is_over(authorizations: Authorizations, clock: FakeClock) -> None:
    pending = await consented(authorizations)
    clock.move(TEN_MINUTES - timedelta(microseconds=1))
    assert await authorizations.find(pending.authorization_id) is not None
    clock.move(timedelta(microseconds=1))
    assert await authorizations.find(pending.authorization_id) is None
    assert not await authorizations.bind(pending.authorization_id, "browser")
    assert not await authorizations.consent(pending.authorization_id, "browser", UPSTREAM)
    assert await authorizations.take("upstream-state", "browser") is None
    assert await authorizations.drop(pending.authorization_id, "browser") is None


async def test_who_says_no_ends_his_request_once(authorizations: Authorizations) -> None:
    pending = await consented(authorizations)
    assert await authorizations.drop(pending.authorization_id, "browser") == REQUEST
    assert await authorizations.drop(pending.authorization_id, "browser") is None
    assert await authorizations.take("upstream-state", "browser") is None


async def test_of_many_returns_at_the_same_time_exactly_one_gets_the_request(
    authorizations: Authorizations, open_another: Callable[[], Database], keyring: Keyring, clock: FakeClock
) -> None:
    await consented(authorizations)
    replicas = [Authorizations(open_another(), keyring, clock) for _ in range(4)]
    got: list[ReturnedAuthorization | None] = []

    async def take(replica: Authorizations) -> None:
        got.append(await replica.take("upstream-state", "browser"))

    async with anyio.create_task_group() as tasks:
        for number in range(100):
            tasks.start_soon(take, replicas[number % 4])
    assert len(got) == 100
    assert sum(returned is not None for returned in got) == 1


async def test_a_verifier_sealed_with_a_lost_key_is_an_error_and_no_sign_in(
    authorizations: Authorizations, database: Database, clock: FakeClock
) -> None:
    await consented(authorizations)
    with pytest.raises(SealError):
        await Authorizations(database, Keyring({"other": b"2" * 32}), clock).take("upstream-state", "browser")


async def test_codes_are_counted_up_to_the_most_for_the_browser_that_owns_the_request(
    authorizations: Authorizations, clock: FakeClock
) -> None:
    pending = await authorizations.add(REQUEST)
    await authorizations.bind(pending.authorization_id, "browser")
    assert await authorizations.count_code(pending.authorization_id, "another") is None
    counted = [await authorizations.count_code(pending.authorization_id, "browser") for _ in range(MOST_CODES + 2)]
    assert counted == [1, 2, 3, 4, 5, None, None]
    other = await authorizations.add(REQUEST)
    await authorizations.bind(other.authorization_id, "browser")
    clock.move(TEN_MINUTES)
    assert await authorizations.count_code(other.authorization_id, "browser") is None


async def test_of_twenty_codes_at_once_no_more_than_the_most_are_counted(
    authorizations: Authorizations, open_another: Callable[[], Database], keyring: Keyring, clock: FakeClock
) -> None:
    pending = await authorizations.add(REQUEST)
    await authorizations.bind(pending.authorization_id, "browser")
    replicas = [Authorizations(open_another(), keyring, clock) for _ in range(4)]
    counted: list[int | None] = []

    async def count(replica: Authorizations) -> None:
        counted.append(await replica.count_code(pending.authorization_id, "browser"))

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(count, replicas[number % 4])
    assert sorted(each for each in counted if each is not None) == [1, 2, 3, 4, 5]
