"""The settings of a server that talks to the local org: everything a newcomer would otherwise have to make up."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from pydantic import SecretStr

CONSUMER_KEY = "3MVG9.demo.LeanDataECA.consumer.key"
CONSUMER_SECRET = SecretStr("demo-consumer-secret-of-the-local-org-only")
"""The local org's External Client App. It exists on this machine only, so its secret can stand here."""

PASSWORD = SecretStr("bookit-demo-1")
"""The password of every user of the local org."""

ADMIN = "admin@demo.example"
REP = "rep1@demo.example"

LOOPBACK_CALLBACK = "http://localhost:1717/oauth/callback"
"""Where `bookit-mcp enable` receives the admin's sign-in."""


def callbacks(server_url: str) -> tuple[str, ...]:
    """The callback URLs that the External Client App must list for a server at that URL."""
    page = f"{server_url}/integrations/bookit-mcp/callback"
    return (f"{server_url}/signin/salesforce/callback", page, LOOPBACK_CALLBACK)


SENDER = "bookit-mcp@demo.example"


def demo_environment(server_url: str, org_url: str, directory: Path, smtp_port: int | None = None) -> dict[str, str]:
    """`BOOKIT_MCP_*` for a server at server_url, its state in `directory`, with fresh keys. smtp_port: where mail goes,
    on loopback; None: there is none."""
    port = server_url.rpartition(":")[2]
    return {
        "BOOKIT_MCP_PUBLIC_URL": server_url,
        "BOOKIT_MCP_PORT": port,
        "BOOKIT_MCP_DATABASE_URL": f"sqlite+aiosqlite:///{directory / 'bookit-mcp.db'}",
        "BOOKIT_MCP_ENCRYPTION_KEYS": f"demo:{_key()}",
        "BOOKIT_MCP_SIGNING_KEYS": f"demo:{_key()}",
        "BOOKIT_MCP_SALESFORCE_CLIENT_ID": CONSUMER_KEY,
        "BOOKIT_MCP_SALESFORCE_CLIENT_SECRET": CONSUMER_SECRET.get_secret_value(),
        "BOOKIT_MCP_SALESFORCE_LOGIN_URL": org_url,
        "BOOKIT_MCP_SALESFORCE_SANDBOX_URL": org_url,
        "BOOKIT_MCP_SALESFORCE_TRUSTED_ORIGIN": org_url,
        "BOOKIT_MCP_PACKAGE_INSTALL_URL": f"{org_url}/packaging/installPackage.apexp?p0=04t000000000000",
        "BOOKIT_MCP_LOG_LEVEL": "WARNING",
        **(_mail(smtp_port) if smtp_port is not None else {}),
    }


def _mail(port: int) -> dict[str, str]:
    return {
        "BOOKIT_MCP_SMTP_HOST": "127.0.0.1",
        "BOOKIT_MCP_SMTP_PORT": str(port),
        "BOOKIT_MCP_SMTP_SECURITY": "none",
        "BOOKIT_MCP_SMTP_SENDER": SENDER,
    }


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()
