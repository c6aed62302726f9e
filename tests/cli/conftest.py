"""The command line in this process, as a shell would run it: its own folder, its own environment, its own logging."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from app.cli import main
from app.logs import configure_logging
from tests.support.running_server import RunningServer, demo_server, own_server

__all__ = ["demo_server", "own_server"]

Shell = Callable[..., Result]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """`shell("doctor", server=…, given="…")`: a command's Result, with the settings of that server or with none."""
    # Not the project's folder: a developer's .env must not decide what these tests see.
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("BOOKIT_MCP_")]:
        monkeypatch.delenv(name)
    root = logging.getLogger()
    handlers, level, before = list(root.handlers), root.level, structlog.get_config()

    def run(
        *arguments: str, server: RunningServer | None = None, given: str = "", settings: Mapping[str, str] | None = None
    ) -> Result:
        values = {**(server.environment if server is not None else {}), **(settings or {})}
        environment = {f"BOOKIT_MCP_{name}": value for name, value in values.items()}
        # The servers of these tests log in this very process: not onto what the command prints.
        configure_logging("ERROR", stream=io.StringIO())
        try:
            return CliRunner(env=environment).invoke(main, arguments, input=given, prog_name="bookit-mcp")
        finally:
            # A command that configures logging does so for its process, onto a stream that ends with it.
            root.handlers[:] = handlers
            root.setLevel(level)
            structlog.configure(**before)

    return run
