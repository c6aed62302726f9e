"""What the demo makes up for a newcomer is a complete and private configuration."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from app.clock import system_clock
from app.demo.connecting import how_to_connect
from app.demo.environment import CONSUMER_SECRET, PASSWORD, callbacks, demo_environment
from app.demo.processes import DidNotStart, OrgOptions, free_port, port_is_free, running
from app.settings import Settings

SERVER, ORG, MAIL = "http://127.0.0.1:8080", "http://127.0.0.1:8099", "http://127.0.0.1:8025"


def test_the_settings_are_complete(tmp_path: Path) -> None:
    names = demo_environment(SERVER, ORG, tmp_path)
    values: dict[str, Any] = {name.removeprefix("BOOKIT_MCP_").lower(): value for name, value in names.items()}
    settings = Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue] (pydantic-settings' own argument)
    assert settings.public_url == SERVER
    assert settings.port == 8080
    assert settings.salesforce_trusted_origin == ORG
    assert str(tmp_path) in settings.database_url


def test_keys_are_made_anew_each_time(tmp_path: Path) -> None:
    keys = {
        demo_environment(SERVER, ORG, tmp_path)[f"BOOKIT_MCP_{ring}_KEYS"]
        for ring in ("ENCRYPTION", "SIGNING")
        for _ in range(3)
    }
    assert len(keys) == 6


def test_the_org_knows_the_servers_callback_and_the_command_lines() -> None:
    page = f"{SERVER}/integrations/bookit-mcp/callback"
    assert callbacks(SERVER) == (f"{SERVER}/signin/salesforce/callback", page, "http://localhost:1717/oauth/callback")


def test_every_client_is_told_how_to_connect_and_no_secret_is() -> None:
    text = how_to_connect(SERVER, MAIL)
    assert MAIL in text
    for client in ("Claude Code", "Claude ", "ChatGPT", "Cursor", "VS Code", "MCP Inspector"):
        assert f"  {client}" in text
    assert f"claude mcp add --transport http bookit {SERVER}/mcp" in text
    for line in text.splitlines():
        if "{" in line:
            assert f"{SERVER}/mcp" in str(json.loads(line[line.index("{") :]))
    assert PASSWORD.get_secret_value() in text
    assert CONSUMER_SECRET.get_secret_value() not in text


def test_a_port_that_is_taken_is_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not port_is_free(listener.getsockname()[1])
    assert port_is_free(free_port())


def test_an_org_that_cannot_listen_is_told_with_what_it_wrote() -> None:
    options = OrgOptions(system_clock(), seed=7, meetings=0, bookit_version=8)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        with pytest.raises(DidNotStart, match="does not answer"), running(options, server_port=None, org_port=port):
            pass
