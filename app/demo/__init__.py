"""The demonstration: a real MCP client signs in and asks, over the network."""
