"""Licence and version: when they stand in the way, and how that is said."""

from datetime import timedelta
from typing import Any

import pytest

from app.signin.org_checks import FRESH, licence_problems
from app.store.orgs import Check, Orgs
from tests.support.sign_in_server import SignInServer

GOOD: dict[str, Any] = {"licensed": True, "supported": True, "licence": "Active"}


def test_a_licensed_org_with_a_known_version_has_no_problem() -> None:
    assert licence_problems(GOOD, "8.2") == ()


@pytest.mark.parametrize(
    ("changes", "version", "said"),
    [
        ({}, None, "not installed"),
        ({"supported": False}, "6.9", "is 6.9; 7.x or 8.x"),
        ({"licensed": False, "licence": "Suspended"}, "8.2", "its status is Suspended"),
        ({"licensed": False, "licence": None}, "8.2", "there is none"),
        ({"licensed": False}, "8.2", "it has expired"),
    ],
)
def test_each_problem_is_named(changes: dict[str, Any], version: str | None, said: str) -> None:
    assert said in " ".join(licence_problems({**GOOD, **changes}, version))


def test_an_org_that_was_never_checked_has_a_problem() -> None:
    assert licence_problems(None, "8.2")


@pytest.mark.anyio
async def test_a_sign_in_to_an_org_without_a_licence_is_refused_with_the_reason(server: SignInServer) -> None:
    orgs = Orgs(server.database, server.clock)
    unlicensed = Check({**GOOD, "licensed": False, "licence": "Suspended"}, "8.2", {})
    await orgs.note_check(server.people.org_id, unlicensed)
    client = await server.client()
    async with server.browser() as browser:
        page = await client.sign_in(browser, "rep")
    assert page.status == 403
    assert "no BookIt 7.x or 8.x with an active licence" in page.text
    assert "its status is Suspended" in page.text


@pytest.mark.anyio
async def test_an_old_check_is_made_again_at_the_next_sign_in(server: SignInServer) -> None:
    orgs = Orgs(server.database, server.clock)
    await orgs.note_check(server.people.org_id, Check({**GOOD, "licensed": False}, "8.2", {}))
    server.clock.advance(FRESH + timedelta(seconds=1))
    await (await server.client()).tokens_of("rep")
    org = await orgs.find(server.people.org_id)
    assert org is not None
    assert org.checked_at == server.clock()
    assert org.check_result is not None
    assert org.check_result["licensed"] is True
