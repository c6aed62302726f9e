"""The local org's OAuth: the web-server flow with PKCE of an External Client App, and what belongs to it."""
