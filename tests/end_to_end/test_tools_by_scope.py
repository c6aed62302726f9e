"""What each scope is shown, and what stays unseen: tools, arguments, records."""

from __future__ import annotations

from typing import Any

import pytest
from mcp.client.client import ConnectMode
from mcp.shared.exceptions import MCPError

from app.demo.reading import field
from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio

ERAS: tuple[tuple[ConnectMode, str], ...] = (("auto", "2026-07-28"), ("legacy", "2025-11-25"))
ADMIN_ARGUMENTS = {"mine", "host", "pool"}
BOTH = {
    "cancel_meeting",
    "get_scheduling_links",
    "lookup_meeting_type",
    "lookup_user",
    "preview_availability",
    "query_meetings",
    "request_credit",
    "reschedule_meeting",
    "whoami",
}
ADMIN_ONLY = {
    "book_meeting",
    "explain_assignment",
    "list_credit_requests",
    "lookup_pool",
    "reassign_meeting",
    "review_credit_request",
    "route_prospect",
    "view_counts",
}


@pytest.mark.requirement("overview.any_client", "start.discoverable", "scope.one_of_two", "auth.salesforce_login")
@pytest.mark.parametrize(("mode", "version"), ERAS)
@pytest.mark.parametrize(("handle", "scope"), [("admin", "admin"), ("rep1", "user")])
async def test_whoever_signs_in_finds_the_tools_of_his_scope(
    demo_server: RunningServer, handle: str, scope: str, mode: ConnectMode, version: str
) -> None:
    async with demo_server.signed_in(handle, mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        me = (await client.call_tool("whoami", {})).structured_content
        assert client.protocol_version == version
    assert me is not None
    assert me["scope"] == scope
    assert set(tools) == (BOTH | ADMIN_ONLY if scope == "admin" else BOTH)
    asked = set(tools["query_meetings"].input_schema["properties"])
    assert (asked & ADMIN_ARGUMENTS) == (ADMIN_ARGUMENTS if scope == "admin" else set())
    assert ("pool" in str(tools["query_meetings"].input_schema)) == (scope == "admin")


@pytest.mark.requirement("overview.structured_answers")
@pytest.mark.parametrize(("mode", "version"), ERAS)
async def test_an_answer_is_structured_and_has_a_text_for_people(
    demo_server: RunningServer, mode: ConnectMode, version: str
) -> None:
    async with demo_server.signed_in("rep1", mode) as client:
        assert client.protocol_version == version
        answer = await client.call_tool("query_meetings", {"period": "next_7_days"})  # checked against its schema
    assert answer.structured_content is not None
    assert answer.structured_content["total"] == len(answer.structured_content["items"]) > 0
    assert [block.type for block in answer.content] == ["text"]


@pytest.mark.requirement("scope.not_exposed", "read.pool.user", "read.counts.user")
@pytest.mark.parametrize(("mode", "version"), ERAS)
async def test_a_tool_that_is_not_exposed_is_unknown(
    demo_server: RunningServer, mode: ConnectMode, version: str
) -> None:
    said: set[str] = set()
    async with demo_server.signed_in("rep1", mode) as client:
        assert client.protocol_version == version
        for name in (*sorted(ADMIN_ONLY), "no_such_tool"):
            with pytest.raises(MCPError) as refusal:
                await client.call_tool(name, {})
            said.add(f"{refusal.value.code} {refusal.value.message}".replace(name, "NAME"))
    assert said == {"-32602 Unknown tool: NAME"}


@pytest.mark.requirement("scope.not_exposed")
@pytest.mark.parametrize("argument", [{"pool": "SDR Pool"}, {"host": "me"}, {"mine": True}, {"group_by": ["pool"]}])
async def test_an_admins_argument_is_refused_in_user_scope(
    demo_server: RunningServer, argument: dict[str, Any]
) -> None:
    async with demo_server.signed_in("rep1") as client:
        error = await _error(client, argument)
    assert error["code"] == "invalid_argument"
    async with demo_server.signed_in("admin") as client:
        assert not (await client.call_tool("query_meetings", argument)).is_error


@pytest.mark.parametrize("handle", ["admin", "rep1"])
async def test_an_argument_that_nobody_knows_is_refused_and_named(demo_server: RunningServer, handle: str) -> None:
    async with demo_server.signed_in(handle) as client:
        error = await _error(client, {"statuses": ["canceled"]})
    assert error["code"] == "invalid_argument"
    assert "'statuses'" in error["message"]
    assert "status" in error["hint"]


@pytest.mark.requirement("scope.hidden_record", "read.meetings.user")
async def test_somebody_elses_meeting_is_as_missing_as_one_that_never_was(demo_server: RunningServer) -> None:
    reading = demo_server.reading
    own = {row["Id"] for row in reading.own("rep1@demo.example")}
    hidden = next(row for row in reading.meetings if row["Id"] not in own)
    missing_id = hidden["Id"][:9] + "zzzzzz"
    asked = (field(hidden, "Meeting_Id"), hidden["Id"], "BKT-9999999", missing_id + "AAA", missing_id)
    async with demo_server.signed_in("rep1") as client:
        errors = [await _error(client, {"meeting_id": each}) for each in asked]
    assert {error["code"] for error in errors} == {"not_found"}
    assert len({(error["message"], error["hint"]) for error in errors}) == 1
    async with demo_server.signed_in("admin") as client:
        seen = (await client.call_tool("query_meetings", {"meeting_id": asked[0]})).structured_content
    assert seen is not None
    assert [item["meeting_id"] for item in seen["items"]] == [hidden["Id"]]


@pytest.mark.requirement("read.meetings.admin", "read.meetings.user")
@pytest.mark.parametrize("handle", ["admin", "both", "rep1", "rep25", "group", "minimum", "poolmanager2"])
async def test_an_admin_counts_every_meeting_and_a_user_his_own(demo_server: RunningServer, handle: str) -> None:
    reading = demo_server.reading
    mine = reading.meetings if handle in {"admin", "both"} else reading.own(f"{handle}@demo.example")
    ever = {"start": "2020-01-01T00:00:00Z", "end": "2030-01-01T00:00:00Z", "limit": 1}
    async with demo_server.signed_in(handle) as client:
        answer = (await client.call_tool("query_meetings", ever)).structured_content
    assert answer is not None
    assert answer["total"] == len(mine) > 0


@pytest.mark.requirement("read.meetings.admin", "read.meetings.user")
@pytest.mark.parametrize(("handle", "limit"), [("admin", 25), ("rep9", 2)])
async def test_the_pages_together_hold_every_meeting_once(demo_server: RunningServer, handle: str, limit: int) -> None:
    reading = demo_server.reading
    expected = reading.meetings if handle == "admin" else reading.own(f"{handle}@demo.example")
    found: list[str] = []
    asked: dict[str, Any] = {"start": "2020-01-01T00:00:00Z", "end": "2030-01-01T00:00:00Z", "limit": limit}
    async with demo_server.signed_in(handle, "legacy") as client:
        while True:
            page = (await client.call_tool("query_meetings", asked)).structured_content
            assert page is not None
            found += [item["meeting_id"] for item in page["items"]]
            if not page["has_more"]:
                break
            asked["cursor"] = page["next_cursor"]
    assert len(found) == len(expected) > limit
    assert set(found) == {row["Id"] for row in expected}


@pytest.mark.requirement("read.meetings.filters")
async def test_meetings_are_found_by_the_account_of_their_prospect(demo_server: RunningServer) -> None:
    reading = demo_server.reading
    account = next(row["Id"] for row in reading.rows["Account"] if row["Name"] == "Acme Corporation")
    expected = {row["Id"] for row in reading.meetings if field(row, "Account") == account}
    async with demo_server.signed_in("admin") as client:
        answer = (await client.call_tool("query_meetings", {"prospect": "acme corporation"})).structured_content
    assert answer is not None
    assert {item["meeting_id"] for item in answer["items"]} == expected != set()


@pytest.mark.requirement("beta.label")
@pytest.mark.parametrize(("mode", "version"), ERAS)
async def test_the_product_carries_the_beta_label_and_says_where_to_report(
    demo_server: RunningServer, mode: ConnectMode, version: str
) -> None:
    async with demo_server.signed_in("rep1", mode) as client:
        assert client.protocol_version == version
        assert client.server_info is not None
        assert client.server_info.title == "BookIt MCP (BETA)"
        assert client.instructions is not None
        assert "LeanData Support" in client.instructions
        me = (await client.call_tool("whoami", {})).structured_content
    assert me is not None
    assert me["beta"]["label"] == "BookIt MCP (BETA)"
    assert "LeanData Support" in me["beta"]["report_to"]


async def _error(client: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    answer = await client.call_tool("query_meetings", arguments)
    assert answer.is_error
    return answer.structured_content["error"]
