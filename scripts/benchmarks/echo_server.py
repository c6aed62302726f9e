"""The floor: one echo tool on the bare SDK, without sign-in, audit or anything of ours."""

from __future__ import annotations

import sys

import uvicorn
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult, PaginatedRequestParams, TextContent, Tool


async def _list(_context: ServerRequestContext[object], _params: PaginatedRequestParams | None) -> ListToolsResult:
    schema = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    return ListToolsResult(tools=[Tool(name="echo", input_schema=schema)])


async def _call(_context: ServerRequestContext[object], params: CallToolRequestParams) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=str((params.arguments or {})["text"]))])


if __name__ == "__main__":
    server = Server("echo", on_list_tools=_list, on_call_tool=_call)
    app = server.streamable_http_app(stateless_http=True, json_response=True)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="h11", log_level="warning")
