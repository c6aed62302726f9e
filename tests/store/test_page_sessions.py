"""Sessions of the integration page: an hour, twenty idle minutes, and ended for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.store.database import Database
from app.store.page_sessions import IDLE, LIFETIME, PageAdmin, PageSessions
from tests.store.conftest import FakeClock
from tests.store.people import ORG, OTHER_ORG, OTHER_USER, USER

pytestmark = pytest.mark.anyio

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def sessions(database: Database, clock: FakeClock) -> PageSessions:
    return PageSessions(database, clock)


def admin(org_id: str = ORG, user_id: str = USER) -> PageAdmin:
    return PageAdmin(
        org_id=org_id,
        org_name="Acme",
        user_id=user_id,
        username="admin@acme.example",
        name="An Admin",
        email="admin@acme.example",
        timezone="Europe/Berlin",
        login_origin="https://acme.my.salesforce.com",
    )


async def begin(sessions: PageSessions, who: PageAdmin | None = None) -> str:
    return (await sessions.begin(who or admin())).get_secret_value()


async def test_a_session_knows_its_admin(sessions: PageSessions, clock: FakeClock) -> None:
    value = await begin(sessions)
    session = await sessions.use(value)
    assert session is not None
    assert session.admin == admin()
    assert (session.checked_at, session.expires_at) == (clock.now, clock.now + LIFETIME)
    assert await sessions.use("another") is None
    assert await begin(sessions) != value


async def test_it_ends_after_an_hour_of_use(sessions: PageSessions, clock: FakeClock) -> None:
    value = await begin(sessions)
    for _ in range(3):
        clock.move(IDLE - MOMENT)
        assert await sessions.use(value) is not None
    clock.move(3 * MOMENT - MOMENT)
    assert await sessions.use(value) is not None
    clock.move(MOMENT)
    assert await sessions.use(value) is None


async def test_it_ends_when_nothing_was_asked_for_twenty_minutes(sessions: PageSessions, clock: FakeClock) -> None:
    value = await begin(sessions)
    clock.move(IDLE)
    assert await sessions.use(value) is None


async def test_one_is_ended_and_the_others_stay(sessions: PageSessions) -> None:
    one, other = await begin(sessions), await begin(sessions)
    await sessions.end(one)
    assert await sessions.use(one) is None
    assert await sessions.use(other) is not None


async def test_all_of_a_user_are_ended_or_noted_as_checked(sessions: PageSessions, clock: FakeClock) -> None:
    his = [await begin(sessions) for _ in range(2)]
    others = [await begin(sessions, admin(user_id=OTHER_USER)), await begin(sessions, admin(org_id=OTHER_ORG))]
    began = clock.now
    clock.move(timedelta(minutes=5))
    await sessions.note_checked(ORG, USER)
    for values, checked in ((his, clock.now), (others, began)):
        for value in values:
            session = await sessions.use(value)
            assert session is not None
            assert session.checked_at == checked
    await sessions.end_user(ORG, USER)
    assert [await sessions.use(value) for value in his] == [None, None]
    assert None not in [await sessions.use(value) for value in others]
