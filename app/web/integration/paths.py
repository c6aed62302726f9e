"""Where the integration page is."""

PAGE_PATH = "/integrations/bookit-mcp"
CALLBACK_PATH = f"{PAGE_PATH}/callback"
"""Also in the External Client App's callback URLs."""
