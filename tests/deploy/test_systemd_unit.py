"""scripts/deploy/bookit-mcp@.service: its commands exist, and systemd understands it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.cli import COMMANDS
from app.edge.listening import SHUTDOWN_SECONDS
from tests.deploy.deploy_files import FOLDER

UNIT = FOLDER / "bookit-mcp@.service"
PROGRAM = "/opt/bookit-mcp/.venv/bin/bookit-mcp"


def lines(name: str) -> list[str]:
    found = (line.partition("=") for line in UNIT.read_text(encoding="utf-8").splitlines() if "=" in line)
    return [value for key, _, value in found if key == name]


def test_it_migrates_and_serves() -> None:
    assert lines("ExecStartPre") == [f"{PROGRAM} migrate"]
    assert lines("ExecStart") == [f"{PROGRAM} serve"]
    assert {"migrate", "serve"} <= set(COMMANDS)


def test_a_replica_may_finish_what_it_is_at() -> None:
    (seconds,) = lines("TimeoutStopSec")
    assert int(seconds) > SHUTDOWN_SECONDS


def test_the_ports_follow_from_the_instance() -> None:
    values: Mapping[str, str] = dict(value.split("=") for value in lines("Environment"))
    assert values == {"BOOKIT_MCP_PORT": "%i", "BOOKIT_MCP_METRICS_PORT": "1%i"}


def test_systemd_finds_nothing_to_complain_of(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        message = "systemd-analyze is not installed: scripts/setup_system installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # Its program is somewhere else here, and systemd looks whether it is there.
    text = UNIT.read_text(encoding="utf-8").replace(PROGRAM, shutil.which("true") or "/bin/true")
    instance = tmp_path / "bookit-mcp@8080.service"
    instance.write_text(text)
    done = subprocess.run([program, "verify", instance], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
