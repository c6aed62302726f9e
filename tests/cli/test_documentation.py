"""What is not documented does not exist: settings, commands and tools stand where a newcomer looks."""

from __future__ import annotations

import re
from pathlib import Path

from app.cli import COMMANDS
from app.mcp.registry import all_tools
from app.org.caller import Scope
from app.settings import Settings

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_example_and_nothing_else_does() -> None:
    shown = set(re.findall(r"^#?(BOOKIT_MCP_[A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert shown == {f"BOOKIT_MCP_{name.upper()}" for name in Settings.model_fields}


def test_a_setting_that_is_commented_out_shows_its_default() -> None:
    for name, value in re.findall(r"^#BOOKIT_MCP_([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE):
        default = Settings.model_fields[name.lower()].default
        if default is not None:
            assert str(default).removesuffix(".0") == value.removesuffix(".0"), name


def test_the_example_holds_no_secret() -> None:
    for name in ("ENCRYPTION_KEYS", "SIGNING_KEYS", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"):
        assert f"BOOKIT_MCP_{name}=\n" in EXAMPLE


def test_the_readme_or_the_operators_document_names_every_command() -> None:
    shown = README + OPERATIONS
    assert [name for name in COMMANDS if f"bookit-mcp {name}" not in shown and f"scripts/{name}" not in shown] == []


def test_the_readme_names_every_tool_and_who_has_it() -> None:
    table = {name: cells.split("|") for name, cells in re.findall(r"^\| `(\w+)` \|(.*)\|$", README, re.MULTILINE)}
    listed = {scope: {tool.name for tool in all_tools().listed(scope)} for scope in Scope}
    assert set(table) == set().union(*listed.values())
    for name, (admin, user, *_) in table.items():
        assert bool(admin.strip()) == (name in listed[Scope.ADMIN]), name
        assert bool(user.strip()) == (name in listed[Scope.USER]), name


def test_the_readme_carries_the_beta_label_and_says_where_to_report() -> None:
    assert "BookIt MCP (BETA)" in README
    assert "LeanData Support" in README
