"""The conformance suite's tests of an authorization server, all of them."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.node_clients import PACKAGES, allowed_and_gone, node
from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio

CONFORMANCE = PACKAGES / "conformance" / "dist" / "index.js"
EXPECTED = {
    "authorization-server-metadata",
    "authorization-server-metadata-cimd",
    "authorization-code-grant",
}
EXPECTED_FAILURES: dict[str, str] = {}
"""Check → why it fails. Empty: none does."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def checks_in(folder: Path) -> list[dict[str, Any]]:
    return [check for file in sorted(folder.rglob("checks.json")) for check in json.loads(file.read_text())]


@pytest.mark.requirement("overview.any_client")
async def test_the_whole_authorization_leg_passes(demo_server: RunningServer, tmp_path: Path) -> None:
    port = free_port()
    callback = f"http://127.0.0.1:{port}/callback"
    async with httpx2.AsyncClient(base_url=demo_server.url, trust_env=False) as http:
        body = {"client_name": "Conformance", "redirect_uris": [callback], "token_endpoint_auth_method": "none"}
        client = (await http.post("/register", json=body)).json()
    arguments = ["authorization", "--url", demo_server.url, "--client-id", client["client_id"]]
    arguments += ["--resource", f"{demo_server.url}/mcp", "--port", str(port), "--output-dir", str(tmp_path)]
    async with node(CONFORMANCE, *arguments) as suite:
        visit = (await suite.line(f"{demo_server.url}/authorize?")).strip()
        await allowed_and_gone(visit, "admin", callback)
        code = await suite.end()
    said = "".join(suite.said)
    results = {check["id"]: check["status"] for check in checks_in(tmp_path)}
    assert set(results) == EXPECTED, said
    assert {name for name, status in results.items() if status != "SUCCESS"} == set(EXPECTED_FAILURES), said
    assert code == 0, said
