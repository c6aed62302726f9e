"""The integration page for admins: `/integrations/bookit-mcp`."""
