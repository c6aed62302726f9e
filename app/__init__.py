"""The BookIt MCP server."""
