"""Tool calls as an MCP client puts them on the wire, for the load generator, and an access token to send with them."""

from __future__ import annotations

from app.demo.environment import PASSWORD, REP
from app.demo.mcp_client import MemoryStorage, signed_in

PROTOCOL = "2026-07-28"
UNLIMITED = {
    f"BOOKIT_MCP_{limit}": "1000000"
    for limit in ("CALLS_PER_MINUTE", "CALLS_AT_ONCE", "ORG_CALLS_PER_MINUTE", "ORG_CALLS_AT_ONCE")
}
"""Settings of a server that takes all calls that it can answer."""


def body(tool: str, arguments: str) -> bytes:
    """A tools/call request with `%d` for its id; arguments: JSON."""
    meta = (
        f'{{"io.modelcontextprotocol/protocolVersion":"{PROTOCOL}","io.modelcontextprotocol/clientCapabilities":{{}}}}'
    )
    params = f'{{"name":"{tool}","arguments":{arguments},"_meta":{meta}}}'
    return f'{{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{params}}}'.encode()


def headers(tool: str, token: str | None = None) -> dict[str, str]:
    found = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": PROTOCOL,
        "Mcp-Method": "tools/call",
        "Mcp-Name": tool,
    }
    return found if token is None else {**found, "Authorization": f"Bearer {token}"}


async def access_token(server_url: str) -> str:
    """Sign the demo's rep in and return his access token."""
    storage = MemoryStorage()
    async with signed_in(server_url, REP, PASSWORD, storage=storage) as client:
        await client.call_tool("whoami", {})
    tokens = await storage.get_tokens()
    assert tokens is not None
    return tokens.access_token
