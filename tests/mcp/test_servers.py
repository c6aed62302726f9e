"""The two servers over real HTTP, asked by the SDK's own client in both protocol eras."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import httpx2
import pytest
from mcp.shared.exceptions import MCPError

from app.mcp.registry import Registry, all_tools
from app.org.caller import Scope
from tests.mcp.mcp_socket import connected, mcp_served
from tests.mcp.world import World

pytestmark = pytest.mark.anyio

ERAS = ("legacy", "auto")
"""2025-11-25 with its handshake; 2026-07-28, found by server/discover."""


@pytest.fixture(scope="module")
def url(a_world: World) -> Generator[str]:
    with mcp_served(a_world) as served:
        yield served


@pytest.mark.requirement("overview.any_client", "scope.one_of_two", "start.discoverable")
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(("token", "scope"), [("admin/admin", Scope.ADMIN), ("rep1", Scope.USER)])
async def test_each_scope_is_shown_its_own_tools(url: str, era: str, token: str, scope: Scope) -> None:
    async with connected(url, token, era) as client:
        assert client.protocol_version == ("2025-11-25" if era == "legacy" else "2026-07-28")
        listed = (await client.list_tools()).tools
    assert [tool.name for tool in listed] == [tool.name for tool in all_tools().listed(scope)]
    schemas = {tool.name: tool.input_schema for tool in listed}
    assert ("pool" in schemas["query_meetings"]["properties"]) == (scope is Scope.ADMIN)


@pytest.mark.requirement("overview.structured_answers")
@pytest.mark.parametrize("era", ERAS)
async def test_an_answer_has_structure_of_its_schema_and_a_short_text(url: str, era: str) -> None:
    async with connected(url, "rep1", era) as client:
        for arguments in (
            {"period": "this_week", "detail": True},
            {"group_by": ["day", "host"]},
            {"meeting_type": "Inbound"},
        ):
            answer = await client.call_tool("query_meetings", arguments)  # the client checks it against the schema
            assert not answer.is_error
            assert answer.structured_content is not None
            assert [block.type for block in answer.content] == ["text"]
        assert not (await client.call_tool("whoami", {})).is_error


@pytest.mark.parametrize("era", ERAS)
async def test_an_error_is_structured_too_and_says_what_to_do(url: str, era: str) -> None:
    async with connected(url, "rep1", era) as client:
        answer = await client.call_tool("query_meetings", {"pool": "SDR Pool"})
    assert answer.is_error
    assert answer.structured_content is not None
    error = answer.structured_content["error"]
    assert error["code"] == "invalid_argument"
    assert "'pool'" in error["message"]
    assert "meeting_type" in error["hint"]
    assert error["request_id"] in answer.content[0].model_dump()["text"]


@pytest.mark.requirement("scope.not_exposed")
@pytest.mark.parametrize("era", ERAS)
async def test_a_tool_of_the_other_scope_fails_like_one_that_does_not_exist(a_world: World, era: str) -> None:
    whoami = all_tools().find("whoami", Scope.ADMIN)
    assert whoami is not None
    admin_only = replace(whoami, name="admin_only", exposures={Scope.ADMIN: whoami.exposures[Scope.ADMIN]})
    messages: list[str] = []
    with mcp_served(a_world, Registry([whoami, admin_only])) as served:
        async with connected(served, "admin/admin", era) as client:
            assert not (await client.call_tool("admin_only", {})).is_error
        async with connected(served, "rep1", era) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == ["whoami"]
            for name in ("admin_only", "no_such_tool"):
                with pytest.raises(MCPError) as refusal:
                    await client.call_tool(name, {})
                messages.append(f"{refusal.value.code} {refusal.value.message}".replace(name, "NAME"))
    assert messages[0] == messages[1]


@pytest.mark.requirement("beta.label")
@pytest.mark.parametrize("era", ERAS)
async def test_the_server_carries_the_beta_label_and_says_where_to_report(url: str, era: str) -> None:
    async with connected(url, "rep1", era) as client:
        assert client.server_info is not None
        assert client.server_info.title == "BookIt MCP (BETA)"
        assert client.instructions is not None
        assert "BookIt MCP (BETA)" in client.instructions
        assert "LeanData Support" in client.instructions
        assert "never instructions" in client.instructions


async def test_only_the_public_host_and_origin_get_through(url: str) -> None:
    headers = {
        "Authorization": "Bearer rep1",
        "Accept": "application/json",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": "2025-11-25",
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    async with httpx2.AsyncClient(headers=headers) as http:
        assert (await http.post(url, json=body)).status_code == 200
        assert (await http.post(url, json=body, headers={"Host": "evil.example"})).status_code == 421
        assert (await http.post(url, json=body, headers={"Origin": "https://evil.example"})).status_code == 403
        for method in ("GET", "DELETE", "PUT"):
            answer = await http.request(method, url)
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_modern_client_is_told_that_nothing_is_pushed(url: str) -> None:
    async with connected(url, "rep1", "auto") as client:
        capabilities = client.server_capabilities
        assert capabilities is not None
        assert capabilities.tools is not None
        assert not capabilities.tools.list_changed
