"""Each command says what it is for."""

import click
import pytest

from app.cli import main
from tests.cli.conftest import Shell

CONTEXT = click.Context(main)
COMMANDS = {name: main.get_command(CONTEXT, name) for name in main.list_commands(CONTEXT)}


def test_there_are_these_commands_and_no_others() -> None:
    commands = {"demo", "serve", "local-org", "migrate", "backup", "reseal", "enable", "disable", "call", "doctor"}
    assert set(COMMANDS) == commands


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_group_names_every_command_and_carries_the_beta_label(shell: Shell, option: str) -> None:
    result = shell(option)
    assert result.exit_code == 0
    assert "BookIt MCP (BETA)" in result.stdout
    assert ".env.example" in result.stdout
    for name in COMMANDS:
        assert f"  {name} " in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_without_settings(shell: Shell, name: str) -> None:
    result = shell(name, "--help")
    assert result.exit_code == 0
    command = COMMANDS[name]
    assert command is not None
    summary = (command.help or "").splitlines()[0].split(".")[0]
    assert len(summary) > 15
    assert summary.split(",")[0].split(":")[0] in " ".join(result.stdout.split())
    assert result.stderr == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_says_what_it_is_or_what_it_is_by_default(name: str) -> None:
    command = COMMANDS[name]
    assert command is not None
    for parameter in command.params:
        if parameter.param_type_name == "option":
            record = parameter.to_info_dict()
            assert record["help"] or record["default"] is not None, f"{name} {parameter.name}"


def test_an_unknown_command_is_a_usage_error(shell: Shell) -> None:
    result = shell("reticulate")
    assert result.exit_code == 2
    assert "No such command" in result.stderr


def test_the_version_is_told(shell: Shell) -> None:
    result = shell("--version")
    assert result.exit_code == 0
    assert "bookit-mcp, version" in result.stdout
