"""Replicas share a database and nothing else: whichever of them is asked, the answer is the same."""

from __future__ import annotations

import socket
from typing import Any

import httpx2
import pytest

from app.demo.mcp_client import MemoryStorage
from tests.support.running_server import RunningServer, serving_app

pytestmark = pytest.mark.anyio

HEADERS = {
    "Accept": "application/json, text/event-stream",
    "Content-Type": "application/json",
    "MCP-Protocol-Version": "2025-11-25",
}


async def test_a_sign_in_and_a_cursor_of_one_replica_are_good_at_another(own_server: RunningServer) -> None:
    storage = MemoryStorage()
    async with own_server.signed_in("admin", storage=storage) as client:
        asked = {"period": "last_30_days", "limit": 10}
        first = (await client.call_tool("query_meetings", asked)).structured_content
        assert first is not None
        second = (
            await client.call_tool("query_meetings", {**asked, "cursor": first["next_cursor"]})
        ).structured_content
    tokens = await storage.get_tokens()
    assert tokens is not None
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with serving_app(own_server.settings, own_server.clock, listener):
        async with httpx2.AsyncClient(headers=HEADERS) as http:
            answer = await http.post(
                f"{url}/mcp",
                headers={"Authorization": f"Bearer {tokens.access_token}"},
                json=_call("query_meetings", {**asked, "cursor": first["next_cursor"]}),
            )
            unknown = await http.post(
                f"{url}/mcp",
                headers={"Authorization": f"Bearer {tokens.access_token}x"},
                json=_call("query_meetings", asked),
            )
    listener.close()
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"]["structuredContent"] == second
    assert unknown.status_code == 401


def _call(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
