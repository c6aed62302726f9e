"""What an admin changes in Salesforce reaches whoever is signed in, at the next check."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from mcp.client import Client

from app.demo.mcp_client import MemoryStorage
from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio

NEXT_CHECK = timedelta(minutes=5, seconds=1)
FULL, DASHBOARD = "LeanData_Custom_Objects_Full_Access", "LeanData_Dashboard_Access"


@pytest.mark.requirement("scope.lost")
async def test_who_loses_his_set_is_out_within_five_minutes_and_stays_out(own_server: RunningServer) -> None:
    storage = MemoryStorage()
    async with own_server.signed_in("rep1", storage=storage) as client:
        assert await _scope(client) == "user"
        own_server.take_sets("rep1")
    kept = await storage.get_tokens()
    assert kept is not None
    own_server.clock.advance(NEXT_CHECK)
    # The SDK's client tries what it has, then signs in anew: and there the person is told why.
    assert "neither of the permission sets" in await own_server.refused("rep1", storage)
    ended = own_server.rows("SELECT ended_because FROM sign_ins WHERE ended_because IS NOT NULL")
    assert [row["ended_because"] for row in ended] == ["no_permission_set"]


@pytest.mark.requirement("scope.lost")
async def test_who_is_lowered_to_user_sees_the_tools_of_a_user(own_server: RunningServer) -> None:
    async with own_server.signed_in("both") as client:
        assert await _scope(client) == "admin"
        assert not (await client.call_tool("query_meetings", {"pool": "SDR Pool"})).is_error
        own_server.take_sets("both", FULL)
        own_server.clock.advance(NEXT_CHECK)
        assert await _scope(client) == "user"
        assert (await client.call_tool("query_meetings", {"pool": "SDR Pool"})).is_error


@pytest.mark.requirement("scope.lost", "scope.inactive")
async def test_who_becomes_inactive_is_out(own_server: RunningServer) -> None:
    storage = MemoryStorage()
    async with own_server.signed_in("rep2", storage=storage) as client:
        assert await _scope(client) == "user"
    own_server.org.org.as_system().update("User", own_server.data.people["rep2"], {"IsActive": False})
    own_server.clock.advance(NEXT_CHECK)
    assert "check your username and password" in await own_server.refused("rep2", storage)


async def _scope(client: Client) -> str:
    me: dict[str, Any] | None = (await client.call_tool("whoami", {})).structured_content
    assert me is not None
    return me["scope"]
