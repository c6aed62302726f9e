"""scripts/deploy/Dockerfile: what it copies and runs exists, and its health check tells ready from not ready."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib

from app.cli import COMMANDS
from app.demo.processes import free_port
from tests.deploy.deploy_files import FOLDER, ROOT
from tests.support.running_server import RunningServer

TEXT = re.sub(r"\\\n\s*", "", (FOLDER / "Dockerfile").read_text(encoding="utf-8"))
IGNORE = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()


def instructions(name: str) -> list[str]:
    return re.findall(rf"^\s*{name} (.+)$", TEXT, re.MULTILINE)


def test_it_copies_all_that_the_package_is_built_of() -> None:
    copied = {source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]}
    assert all((ROOT / source).exists() for source in copied)
    assert {f"!{source}" for source in copied} == {line for line in IGNORE if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*wheel["packages"], project["project"]["readme"], "pyproject.toml", "constraints.txt"} == copied


def test_it_installs_what_the_constraints_pin() -> None:
    (install,) = [line for line in instructions("RUN") if "pip install" in line]
    assert "--constraint constraints.txt" in install


def test_it_serves_as_somebody_else_than_root() -> None:
    assert instructions("USER") == ["10001"]
    assert "--uid 10001" in TEXT
    assert json.loads(instructions("ENTRYPOINT")[0]) == ["bookit-mcp"]
    assert json.loads(instructions("CMD")[-1])[0] in COMMANDS


def test_its_python_is_one_that_the_package_takes() -> None:
    assert {line.split()[0] for line in instructions("FROM")} == {"python:3.11-slim"}
    assert "3.11" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_health_check_tells_ready_from_not_ready(demo_server: RunningServer) -> None:
    assert _healthy(demo_server.address.rpartition(":")[2])
    assert not _healthy(str(free_port()))


def _healthy(port: str) -> bool:
    (line,) = instructions("HEALTHCHECK")
    check = json.loads(line.partition("CMD ")[2])
    assert check[0] == "python"
    done = subprocess.run(
        [sys.executable, *check[1:]], env={**os.environ, "BOOKIT_MCP_PORT": port}, capture_output=True, check=False
    )
    return done.returncode == 0
