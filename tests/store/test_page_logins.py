"""Logins of the integration page: bound to a browser, single use, ten minutes."""

from __future__ import annotations

from datetime import timedelta

import anyio
import pytest

from app.store.authorizations import Upstream
from app.store.database import Database
from app.store.encryption import Keyring
from app.store.page_logins import LIFETIME, LoginPurpose, PageLogins, ReturnedLogin
from app.store.secrets import new_token
from tests.store.conftest import FakeClock

pytestmark = pytest.mark.anyio

ORIGIN = "https://login.salesforce.com"


@pytest.fixture
def logins(database: Database, keyring: Keyring, clock: FakeClock) -> PageLogins:
    return PageLogins(database, keyring, clock)


async def begin(logins: PageLogins) -> Upstream:
    upstream = Upstream(new_token(), ORIGIN, new_token())
    await logins.begin("browser", LoginPurpose.CONNECTION, upstream, session_hash="session")
    return upstream


async def test_a_login_comes_back_to_its_browser_as_it_was_begun(logins: PageLogins) -> None:
    upstream = await begin(logins)
    returned = await logins.take(upstream.state.get_secret_value(), "browser")
    assert returned == ReturnedLogin(LoginPurpose.CONNECTION, "session", ORIGIN, upstream.code_verifier)


async def test_another_browser_or_state_gets_nothing_and_leaves_it_there(logins: PageLogins) -> None:
    state = (await begin(logins)).state.get_secret_value()
    assert await logins.take(state, "another") is None
    assert await logins.take("another", "browser") is None
    assert await logins.take(state, "browser") is not None


async def test_it_ends_after_ten_minutes(logins: PageLogins, clock: FakeClock) -> None:
    state = (await begin(logins)).state.get_secret_value()
    clock.move(LIFETIME - timedelta(microseconds=1))
    other = (await begin(logins)).state.get_secret_value()
    clock.move(timedelta(microseconds=1))
    assert await logins.take(state, "browser") is None
    assert await logins.take(other, "browser") is not None


async def test_of_many_at_the_same_time_one_gets_it(logins: PageLogins) -> None:
    state = (await begin(logins)).state.get_secret_value()
    taken: list[ReturnedLogin | None] = []

    async def take() -> None:
        taken.append(await logins.take(state, "browser"))

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(take)
    assert len([each for each in taken if each is not None]) == 1
