"""An agent with a one-time code, from the mail to the cancelled meeting, and what ends its access."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client

from app.demo.deeds import deeds
from app.demo.mcp_client import MemoryStorage
from tests.support.agency import Agency, an_agency
from tests.support.mailed_codes import AGENTS

pytestmark = pytest.mark.anyio

FULL = "LeanData_Custom_Objects_Full_Access"
NEXT_CHECK = timedelta(minutes=5, seconds=1)


@pytest.fixture
async def agency(tmp_path: Path) -> AsyncGenerator[Agency]:
    async with an_agency(tmp_path) as running:
        yield running


async def answer(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.structured_content
    assert result.structured_content is not None
    return result.structured_content


async def error(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert result.structured_content is not None
    return result.structured_content["error"]


@pytest.mark.requirement("auth.one_time_code", "scope.one_time_code", "code.by_admin", "security.audit")
async def test_an_agent_signs_in_with_the_code_and_acts_under_its_address(agency: Agency) -> None:
    meeting_id = deeds(agency.server.reading)[0].expected
    async with agency.agent(await agency.code()) as client:
        me = await answer(client, "whoami")
        assert me["scope"] == "admin"
        assert me["caller"]["signed_in_with"] == "one_time_code"
        assert (me["caller"]["user_id"], me["caller"]["name"], me["caller"]["email"]) == (None, AGENTS, AGENTS)
        everybody = await answer(client, "query_meetings", period="this_month", limit=100)
        assert len({meeting["host"]["user_id"] for meeting in everybody["items"]}) > 1
        refused = await error(client, "query_meetings", mine=True)
        assert "one-time code" in refused["message"]
        asked = {"meeting_id": meeting_id, "reason": "The agent was told so"}
        preview = await answer(client, "cancel_meeting", **asked)
        done = await answer(client, "cancel_meeting", **asked, confirm_token=preview["confirm_token"])
        assert done["status"] == "done"
    rows = agency.server.audit(5)
    assert Counter(row["tool"] for row in rows) == {"whoami": 1, "query_meetings": 2, "cancel_meeting": 2}
    assert {(row["actor"], row["user_id"], row["scope"]) for row in rows} == {(AGENTS, None, "admin")}
    soql = (
        "SELECT LeanData__Actor__c, LeanData__Channel__c FROM LeanData__BookIt_Meeting_Activity__c "
        f"WHERE LeanData__Meeting__c = '{meeting_id}' ORDER BY CreatedDate DESC, Id DESC LIMIT 1"
    )
    (activity,) = agency.server.org.org.as_system().query(soql)["records"]
    assert (activity["LeanData__Actor__c"], activity["LeanData__Channel__c"]) == (AGENTS, "MCP")


async def test_the_access_ends_with_the_org(agency: Agency) -> None:
    storage = MemoryStorage()
    async with agency.agent(await agency.code(), storage) as client:
        await answer(client, "whoami")
        await agency.page.orgs.disable(agency.org_id)
        agency.server.clock.advance(timedelta(seconds=31))
        assert await agency.status(storage) == 401


async def test_the_access_ends_when_the_connections_user_is_no_admin_any_more(agency: Agency) -> None:
    one, other = MemoryStorage(), MemoryStorage()
    async with agency.agent(await agency.code(), one) as first, agency.agent(await agency.code(), other) as second:
        for client in (first, second):
            await answer(client, "whoami")
        agency.server.take_sets("admin", FULL)
        agency.server.clock.advance(NEXT_CHECK)
        assert [await agency.status(storage) for storage in (one, other)] == [401, 401]
    ended = agency.server.rows("SELECT ended_because FROM sign_ins WHERE method = 'one_time_code'")
    assert len(ended) == 2
    assert all(row["ended_because"].startswith("connection_") for row in ended)


async def test_a_dead_connection_is_said_to_the_agent_and_mailed_to_the_admin(agency: Agency) -> None:
    async with agency.agent(await agency.code()) as client:
        await answer(client, "query_meetings", period="this_week")
        admin = agency.server.data.people["admin"]
        agency.server.org.controls.tokens.end_grants(admin)
        agency.server.org.controls.tokens.end_sessions(admin)
        agency.server.clock.advance(NEXT_CHECK)
        for tool, arguments in (("whoami", {}), ("query_meetings", {"period": "this_week"}), ("lookup_pool", {})):
            refused = await error(client, tool, **arguments)
            assert refused["code"] == "reconnect_required"
            assert "admin has to bind the connection anew" in refused["hint"]
        assert agency.mail.recipients == [AGENTS, "admin@demo.example"]
        (org,) = agency.server.rows("SELECT connection_lost_at FROM orgs")
        assert org["connection_lost_at"] is not None
        assert [row["outcome"] for row in agency.server.audit(4)] == ["ok", *["reconnect_required"] * 3]
