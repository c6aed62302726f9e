"""The MCP Inspector's command line signs in by itself, in both protocol eras, and keeps what it was given."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.support.node_clients import PACKAGES, allowed_and_gone, node
from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio

INSPECTOR = PACKAGES / "inspector" / "clients" / "launcher" / "build" / "index.js"
AUTH_REQUIRED = 3


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.mark.requirement("overview.any_client")
@pytest.mark.parametrize("era", ["legacy", "modern"])
async def test_it_signs_in_and_lists_and_calls(demo_server: RunningServer, tmp_path: Path, era: str) -> None:
    callback = f"http://127.0.0.1:{free_port()}/oauth/callback"
    common = [INSPECTOR, "--cli", f"{demo_server.url}/mcp", "--transport", "http", "--format", "json"]
    common += ["--protocol-era", era, "--callback-url", callback]
    # Without a keychain its secrets are in a file, or nowhere.
    home = {"HOME": str(tmp_path), "MCP_INSPECTOR_SECRET_STORE": "file"}
    async with node(*common, "--method", "tools/list", terminal=True, environment=home) as inspector:
        visit = (await inspector.line("Please navigate to: ")).partition("navigate to: ")[2].strip()
        await allowed_and_gone(visit, "admin", callback)
        tools = json.loads(await inspector.line('"tools"'))
        assert await inspector.end() == 0
    assert {"whoami", "book_meeting"} <= {tool["name"] for tool in tools["result"]["tools"]}
    # Without a person: with the tokens that it keeps.
    call = ["--method", "tools/call", "--tool-name", "whoami", "--stored-auth-only"]
    async with node(*common, *call, environment=home) as inspector:
        answer = json.loads(await inspector.line('"structuredContent"'))
        assert await inspector.end() == 0
    assert answer["result"]["structuredContent"]["scope"] == "admin"


async def test_without_a_sign_in_it_says_that_one_is_needed(demo_server: RunningServer, tmp_path: Path) -> None:
    arguments = ["--cli", f"{demo_server.url}/mcp", "--transport", "http", "--method", "tools/list"]
    async with node(INSPECTOR, *arguments, "--stored-auth-only", environment={"HOME": str(tmp_path)}) as inspector:
        assert await inspector.end() == AUTH_REQUIRED
