"""Which hosts and pages may reach /mcp."""

from __future__ import annotations

import pytest
from mcp.server.transport_security import TransportSecurityMiddleware
from starlette.requests import Request

from app.mcp.http import transport_security

pytestmark = pytest.mark.anyio


async def status(public_url: str, host: str, origin: str | None) -> int:
    """What the SDK's check answers to a POST with these headers; 200 stands for: it gets through."""
    headers = [(b"content-type", b"application/json"), (b"host", host.encode())]
    headers += [(b"origin", origin.encode())] if origin else []
    request = Request({"type": "http", "method": "POST", "path": "/mcp", "headers": headers, "query_string": b""})
    refusal = await TransportSecurityMiddleware(transport_security(public_url)).validate_request(request, is_post=True)
    return 200 if refusal is None else refusal.status_code


@pytest.mark.parametrize(
    ("public_url", "host", "origin", "expected"),
    [
        ("https://mcp.example", "mcp.example", None, 200),
        ("https://mcp.example", "mcp.example:443", "https://mcp.example", 200),
        ("https://mcp.example:443", "mcp.example", "https://mcp.example", 200),
        ("https://mcp.example", "mcp.example:8443", None, 421),
        ("https://mcp.example", "localhost", None, 421),
        ("https://mcp.example", "mcp.example.evil.example", None, 421),
        ("https://mcp.example", "mcp.example", "http://mcp.example", 403),
        ("https://mcp.example", "mcp.example", "http://localhost:6274", 403),
        ("https://mcp.example", "mcp.example", "null", 403),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", None, 200),
        ("http://127.0.0.1:8080", "localhost:8080", "http://localhost:6274", 200),
        ("http://127.0.0.1:8080", "evil.example", None, 421),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "https://evil.example", 403),
    ],
)
async def test_only_the_public_host_and_its_own_pages_get_through(
    public_url: str, host: str, origin: str | None, expected: int
) -> None:
    assert await status(public_url, host, origin) == expected
