"""whoami says who acts, on which org, at what time, and what is off."""

import pytest

from app.org.caller import Scope
from tests.mcp.world import World

pytestmark = pytest.mark.anyio


async def test_it_names_person_scope_org_time_and_what_is_off(a_world: World) -> None:
    rep = a_world.caller("rep1")
    answer = await a_world.ask(rep, "whoami")
    assert answer["caller"]["user_id"] == rep.user_id
    assert answer["caller"]["signed_in_with"] == "salesforce_login"
    assert answer["scope"] == "user"
    assert answer["org"] == {
        "org_id": a_world.org_id,
        "name": "Demo Org",
        "bookit_version": "8.2",
        "timezone": "America/Los_Angeles",
        "week_starts_on": "monday",
    }
    assert answer["now"]["utc"] == "2026-11-23T15:30:00Z"
    assert answer["now"]["weekday"] == "Monday"
    assert answer["timezone"] == rep.timezone
    assert answer["off"] == [{"what": "reassign_meeting", "why": "Needs BookIt 8.x."}]
    assert answer["beta"]["label"] == "BookIt MCP (BETA)"
    assert "LeanData Support" in answer["beta"]["report_to"]


async def test_a_caller_by_one_time_code_is_no_salesforce_user(a_world: World) -> None:
    answer = await a_world.ask(a_world.agent(), "whoami")
    assert answer["caller"]["user_id"] is None
    assert answer["caller"]["signed_in_with"] == "one_time_code"
    assert answer["scope"] == "admin"


async def test_it_costs_no_call_to_salesforce(a_world: World) -> None:
    await a_world.ask(a_world.caller("admin", Scope.ADMIN), "whoami")
    assert a_world.audit.reads[-1][1].salesforce_calls == 0
