"""How each MCP client is connected to a server: where to enter what. The page and the demo show the same."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientSetup:
    """where: what to open in that client. text: what to paste there."""

    client: str
    where: str
    text: str


def client_setups(url: str) -> tuple[ClientSetup, ...]:
    """For the MCP endpoint at that URL."""
    cursor = json.dumps({"mcpServers": {"bookit": {"url": url}}})
    vs_code = json.dumps({"servers": {"bookit": {"type": "http", "url": url}}})
    return (
        ClientSetup("Claude", "Settings › Connectors › Add custom connector (https and public only)", url),
        ClientSetup("Claude Code", "In a terminal", f"claude mcp add --transport http bookit {url}"),
        ClientSetup("ChatGPT", "Settings › Connectors › Create, in developer mode (https and public only)", url),
        ClientSetup("Cursor", "In ~/.cursor/mcp.json", cursor),
        ClientSetup("VS Code", "In .vscode/mcp.json", vs_code),
        ClientSetup(
            "MCP Inspector",
            "In a terminal; then Streamable HTTP and the server URL",
            "npx @modelcontextprotocol/inspector",
        ),
    )
