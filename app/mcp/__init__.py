"""The MCP surface: tools, views, errors."""
