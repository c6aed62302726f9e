"""How to connect a client to the server that is running."""

from __future__ import annotations

import json


def how_to_connect(server_url: str, mail_url: str) -> str:
    """Settings to paste, per client, for a server at that origin; where its mail can be read."""
    url = f"{server_url}/mcp"
    cursor = json.dumps({"mcpServers": {"bookit": {"url": url}}})
    vs_code = json.dumps({"servers": {"bookit": {"type": "http", "url": url}}})
    return f"""\
The server is at {url}

  Claude Code     claude mcp add --transport http bookit {url}
  Claude          Settings › Connectors › Add custom connector › the URL (from Claude's cloud: https and public only)
  ChatGPT         Settings › Connectors › Create › the URL (https and public only)
  Cursor          ~/.cursor/mcp.json:   {cursor}
  VS Code         .vscode/mcp.json:     {vs_code}
  MCP Inspector   npx @modelcontextprotocol/inspector, then Streamable HTTP and the URL

Sign in as admin@demo.example, rep1@demo.example … rep30@demo.example; the password is bookit-demo-1.
An agent signs in with a one-time code: as the admin ask for one on {server_url}/integrations/bookit-mcp, and read it
at {mail_url}, which shows all mail of the demo.
"""
