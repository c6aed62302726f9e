"""Orgs: turned on, checked, turned off and on again."""

from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest

from app.store.database import Database
from app.store.orgs import Check, Org, Orgs
from tests.store.conftest import FakeClock
from tests.store.people import ORG, OTHER_ORG, OTHER_USER, USER

pytestmark = pytest.mark.anyio

GOOD = Check(result={"view_all_data": True}, bookit_version="8.4", what_is_off={})
POOR = Check(result={"view_all_data": False}, bookit_version="7.2", what_is_off={"preview_availability": "why not"})


@pytest.fixture
def orgs(database: Database, clock: FakeClock) -> Orgs:
    return Orgs(database, clock)


async def enable(orgs: Orgs, org_id: str = ORG, user_id: str = USER) -> Org:
    return await orgs.enable(
        org_id, name="Acme", instance_url="https://acme.my.salesforce.com", connection_user_id=user_id, check=GOOD
    )


async def test_an_enabled_org_is_found_as_it_was_enabled(orgs: Orgs, clock: FakeClock) -> None:
    enabled = await enable(orgs)
    assert enabled.is_enabled
    assert (enabled.enabled_at, enabled.checked_at) == (clock.now, clock.now)
    assert await orgs.find(ORG) == enabled
    assert await orgs.find(OTHER_ORG) is None


async def test_a_later_check_replaces_what_is_off(orgs: Orgs, clock: FakeClock) -> None:
    await enable(orgs)
    clock.move(timedelta(minutes=5))
    assert await orgs.note_check(ORG, POOR)
    assert not await orgs.note_check(OTHER_ORG, POOR)
    org = await orgs.find(ORG)
    assert org is not None
    assert (org.check_result, org.bookit_version, org.what_is_off) == (
        POOR.result,
        POOR.bookit_version,
        POOR.what_is_off,
    )
    assert org.checked_at == clock.now
    assert org.enabled_at == clock.now - timedelta(minutes=5)


async def test_a_disabled_org_is_known_but_off_until_it_is_enabled_again(orgs: Orgs, clock: FakeClock) -> None:
    await enable(orgs)
    other = await enable(orgs, OTHER_ORG)
    assert await orgs.disable(ORG)
    assert not await orgs.disable(ORG)
    off = await orgs.find(ORG)
    assert off is not None
    assert not off.is_enabled
    assert off.disabled_at == clock.now
    assert await orgs.enabled() == [other]
    clock.move(timedelta(days=1))
    again = await enable(orgs, user_id=OTHER_USER)
    assert await orgs.find(ORG) == again
    assert again.connection_user_id == OTHER_USER
    assert await orgs.enabled() == [again, other]


async def test_a_lost_connection_is_noted_once_until_it_works_again(orgs: Orgs, clock: FakeClock) -> None:
    await orgs.enable(
        ORG,
        name="Acme",
        instance_url="https://acme.my.salesforce.com",
        connection_user_id=USER,
        check=GOOD,
        connection_username="integration@acme.example",
        admin_email="admin@acme.example",
    )
    assert not await orgs.note_connection_works(ORG)
    lost = await orgs.note_connection_lost(ORG)
    assert lost is not None
    assert (lost.connection_lost_at, lost.connection_username) == (clock.now, "integration@acme.example")
    assert lost.admin_email == "admin@acme.example"
    clock.move(timedelta(minutes=5))
    assert await orgs.note_connection_lost(ORG) is None
    assert await orgs.note_connection_works(ORG)
    assert await orgs.note_connection_lost(ORG) is not None


async def test_of_all_who_find_the_connection_lost_at_once_one_is_to_tell_it(
    orgs: Orgs, open_another: Callable[[], Database], clock: FakeClock
) -> None:
    await enable(orgs)
    replicas = [Orgs(open_another(), clock) for _ in range(4)]
    told: list[Org | None] = []

    async def note(replica: Orgs) -> None:
        told.append(await replica.note_connection_lost(ORG))

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(note, replicas[number % 4])
    assert len([each for each in told if each is not None]) == 1


async def test_enabling_again_forgets_that_the_connection_was_lost(orgs: Orgs) -> None:
    await enable(orgs)
    await orgs.note_connection_lost(ORG)
    assert (await enable(orgs, user_id=OTHER_USER)).connection_lost_at is None


async def test_an_org_that_is_off_has_no_connection_to_lose(orgs: Orgs) -> None:
    await enable(orgs)
    await orgs.disable(ORG)
    assert await orgs.note_connection_lost(ORG) is None


async def test_usage_is_hidden_until_it_is_shown_and_stays_as_it_was_set(orgs: Orgs) -> None:
    assert not (await enable(orgs)).usage_shown
    await enable(orgs, OTHER_ORG)
    await orgs.show_usage(ORG, shown=True)
    assert (await enable(orgs)).usage_shown
    other = await orgs.find(OTHER_ORG)
    assert other is not None
    assert not other.usage_shown
    await orgs.show_usage(ORG, shown=False)
    org = await orgs.find(ORG)
    assert org is not None
    assert not org.usage_shown
