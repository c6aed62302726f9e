"""The official TypeScript SDK, of both major versions, signs in: by registration and by its metadata document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.document_host import document_host
from tests.support.node_clients import allowed, node
from tests.support.running_server import RunningServer, running_server

pytestmark = pytest.mark.anyio

REDIRECT_URI = "http://127.0.0.1:41999/callback"
VERSIONS = pytest.mark.parametrize("version", ["1", "2"])


async def signed_in(version: str, server: RunningServer, handle: str, *more: str) -> dict[str, Any]:
    """What the SDK came to know."""
    async with node("sign_in.mjs", version, f"{server.url}/mcp", REDIRECT_URI, *more) as client:
        visit = json.loads(await client.line('"visit"'))["visit"]
        await client.tell(await allowed(visit, handle, REDIRECT_URI))
        result = json.loads(await client.line('"result"'))["result"]
        assert await client.end() == 0
    return result


@pytest.mark.requirement("overview.any_client", "auth.salesforce_login")
@VERSIONS
async def test_it_registers_signs_in_calls_and_refreshes(version: str, demo_server: RunningServer) -> None:
    result = await signed_in(version, demo_server, "admin")
    assert "route_prospect" in result["tools"]
    assert result["before"]["scope"] == result["after"]["scope"] == "admin"
    assert result["refreshed"]
    assert result["issuer"] == demo_server.url


@VERSIONS
async def test_it_signs_in_by_its_metadata_document(version: str, tmp_path: Path) -> None:
    async with document_host(tmp_path) as host:
        url = host.serve("/client.json", client_name="TypeScript SDK", redirect_uris=["http://127.0.0.1/callback"])
        with running_server(tmp_path, fetcher=host.fetcher(), CLIENT_METADATA_TRUSTED_ORIGIN=host.origin) as server:
            result = await signed_in(version, server, "admin", url)
        assert len(host.heads) == 1
    assert result["client_id"] == url
    assert result["before"]["scope"] == result["after"]["scope"] == "admin"
    assert result["refreshed"]
