"""The list of an org's living sign-ins."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.store.clients import Clients
from app.store.codes import Codes, Person
from app.store.database import Database
from app.store.sign_in_list import ListedSignIn, SignInList
from app.store.tokens import Tokens
from tests.store.conftest import FakeClock
from tests.store.people import ORG, OTHER_ORG, REQUEST, person

pytestmark = pytest.mark.anyio


async def test_who_through_which_client_and_how(database: Database, clock: FakeClock) -> None:
    await Clients(database, clock).save("client-1", {"client_name": "Claude"})
    codes = Codes(database, clock)
    began = clock.now
    await codes.issue(REQUEST, person())
    clock.move(timedelta(minutes=1))
    agent = Person(ORG, None, "agents@acme.example", "admin", "one_time_code")
    await codes.issue(replace(REQUEST, client_id="unknown"), agent)
    await codes.issue(REQUEST, person(org_id=OTHER_ORG))
    listed, total = await SignInList(database).of_org(ORG, skip=0, limit=50)
    assert total == 2
    assert [(each.username, each.client_name, each.method) for each in listed] == [
        ("agents@acme.example", None, "one_time_code"),
        ("admin@demo.example", "Claude", "salesforce_login"),
    ]
    assert listed[1] == ListedSignIn(
        listed[1].family_id, "admin@demo.example", "Claude", "admin", "salesforce_login", began, began
    )


async def test_it_comes_in_pages_without_those_that_ended(database: Database, clock: FakeClock) -> None:
    codes, reader = Codes(database, clock), SignInList(database)
    for _ in range(5):
        clock.move(timedelta(seconds=1))
        await codes.issue(REQUEST, person())
    everything, total = await reader.of_org(ORG, skip=0, limit=50)
    assert total == 5
    await Tokens(database, clock).revoke_family(everything[0].family_id, because="revoked")
    living = everything[1:]
    assert await reader.of_org(ORG, skip=0, limit=2) == (living[:2], 4)
    assert await reader.of_org(ORG, skip=2, limit=2) == (living[2:], 4)
    assert await reader.of_org(ORG, skip=4, limit=2) == ([], 4)
    assert await reader.of_org(ORG, skip=0, limit=0) == ([], 4)
