"""Who comes in, as what, and what the others are told."""

from __future__ import annotations

import pytest

from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("handle", "scope"),
    [
        pytest.param("admin", "admin", marks=pytest.mark.requirement("scope.admin", "auth.salesforce_login")),
        pytest.param("rep1", "user", marks=pytest.mark.requirement("scope.user", "auth.salesforce_login")),
        pytest.param("both", "admin", marks=pytest.mark.requirement("scope.both")),
        pytest.param("group", "user", marks=pytest.mark.requirement("scope.group")),
        pytest.param("minimum", "user", marks=pytest.mark.requirement("scope.minimum_access")),
        pytest.param("poolmanager2", "user", marks=pytest.mark.requirement("scope.managers")),
    ],
)
async def test_the_permission_sets_decide_the_scope(demo_server: RunningServer, handle: str, scope: str) -> None:
    async with demo_server.signed_in(handle) as client:
        me = (await client.call_tool("whoami", {})).structured_content
    assert me is not None
    assert me["caller"]["username"] == f"{handle}@demo.example"
    assert me["scope"] == scope


@pytest.mark.parametrize(
    "handle",
    [
        pytest.param("nosets", marks=pytest.mark.requirement("scope.neither")),
        pytest.param("expired", marks=pytest.mark.requirement("scope.expired")),
        pytest.param("poolmanager1", marks=pytest.mark.requirement("scope.managers")),
        pytest.param("bookitmanager", marks=pytest.mark.requirement("scope.managers")),
    ],
)
async def test_who_has_neither_set_is_told_which_two_there_are(demo_server: RunningServer, handle: str) -> None:
    page = await demo_server.refused(handle)
    assert "You have neither of the permission sets that BookIt MCP needs" in page
    assert "LeanData Custom Objects Full Access" in page
    assert "LeanData Dashboard Access" in page
    assert "BookIt Manager and Pool Manager do not count" in page
    assert "no_permission_set" in page


@pytest.mark.requirement("scope.inactive")
async def test_an_inactive_user_does_not_get_past_salesforces_own_login(demo_server: RunningServer) -> None:
    assert "check your username and password" in await demo_server.refused("inactive")
