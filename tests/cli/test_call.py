"""`bookit-mcp call`: one tool, and its JSON alone on stdout."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.cli.conftest import Shell
from tests.support.local_org import PASSWORD
from tests.support.running_server import RunningServer


def test_the_answer_is_json_and_nothing_else(shell: Shell, demo_server: RunningServer) -> None:
    result = shell(
        "call",
        "whoami",
        "--as",
        "rep1@demo.example",
        "--url",
        demo_server.url,
        "--password-stdin",
        given=f"{PASSWORD}\n",
    )
    assert (result.exit_code, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert (answer["caller"]["username"], answer["scope"]) == ("rep1@demo.example", "user")


def test_the_url_may_be_the_one_that_clients_are_given(shell: Shell, demo_server: RunningServer) -> None:
    arguments = json.dumps({"period": "next_7_days", "status": ["scheduled"], "limit": 1})
    result = shell(
        *("call", "query_meetings", arguments, "--as", "admin@demo.example"),
        *("--url", f"{demo_server.url}/mcp", "--password-stdin"),
        given=f"{PASSWORD}\n",
    )
    assert result.exit_code == 0
    assert len(json.loads(result.stdout)["items"]) == 1


def test_a_tools_error_is_json_too_and_exits_1(shell: Shell, demo_server: RunningServer) -> None:
    result = shell(
        *("call", "query_meetings", '{"pool": "SDR Pool"}', "--as", "rep1@demo.example"),
        *("--url", demo_server.url, "--password-stdin"),
        given=f"{PASSWORD}\n",
    )
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "invalid_argument"


@pytest.mark.parametrize(
    ("tool", "who", "password", "why"),
    [
        ("no_such_tool", "rep1", PASSWORD, "Unknown tool: no_such_tool"),
        ("whoami", "nosets", PASSWORD, "neither of the permission sets"),
        ("whoami", "rep1", "not the password", "check your username and password"),
    ],
)
def test_what_is_no_answer_goes_to_stderr(
    shell: Shell, demo_server: RunningServer, tool: str, who: str, password: str, why: str
) -> None:
    result = shell(
        *("call", tool, "--as", f"{who}@demo.example", "--url", demo_server.url, "--password-stdin"),
        given=f"{password}\n",
    )
    assert (result.exit_code, result.stdout) == (1, "")
    assert why in result.stderr
    assert password not in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", ["{", "[]", '"period"'])
def test_arguments_that_are_no_object_are_a_usage_error(shell: Shell, arguments: str) -> None:
    result = shell("call", "whoami", arguments, "--as", "rep1@demo.example", "--url", "http://127.0.0.1:9")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "JSON" in result.stderr


def test_a_server_that_is_not_there_is_named(shell: Shell) -> None:
    result = shell("call", "whoami", "--as", "rep1@demo.example", "--url", "http://127.0.0.1:9")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "http://127.0.0.1:9" in result.stderr


@pytest.mark.timeout(150)
def test_without_a_url_it_brings_up_a_demo_for_the_one_call() -> None:
    command = [sys.executable, "-m", "app.cli", "call", "whoami", "--as", "admin@demo.example"]
    command += ["--meetings", "0", "--bookit-version", "7"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=140, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["scope"], answer["org"]["bookit_version"]) == ("admin", "7.4")
