"""How to connect a client to the server that is running."""

from __future__ import annotations

from app.web.integration.connecting import client_setups
from app.web.integration.paths import PAGE_PATH


def how_to_connect(server_url: str, mail_url: str) -> str:
    """What to paste, per client, for a server at that origin; where its mail can be read."""
    url = f"{server_url}/mcp"
    clients = "\n".join(f"  {setup.client:<15} {setup.where}: {setup.text}" for setup in client_setups(url))
    return f"""\
The server is at {url}

{clients}

Sign in as admin@demo.example, rep1@demo.example … rep30@demo.example; the password is bookit-demo-1.
The page for admins is {server_url}{PAGE_PATH}
An agent signs in with a one-time code: as the admin ask for one on that page, and read it at {mail_url}, which shows
all mail of the demo.
"""
