"""docs/operations.md speaks of what there is: commands, settings, metrics, log events, files, statements."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app import metrics
from app.cli import COMMANDS
from app.settings import Settings
from app.store.database import migrate

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
EVENTS = (
    "salesforce_",
    "authorization_code_",
    "refresh_token_",
    "audit_",
    "scope_",
    "org_not_",
    "signed_in",
    "tool_call",
)


def test_every_command_in_it_exists() -> None:
    assert set(re.findall(r"\bbookit-mcp ([a-z]+)\b", TEXT)) <= set(COMMANDS)


def test_every_setting_in_it_exists() -> None:
    assert {name.lower() for name in re.findall(r"BOOKIT_MCP_([A-Z_]+)", TEXT)} <= set(Settings.model_fields)


def test_it_lists_every_metric_and_no_other() -> None:
    listed = re.findall(r"^\| `(bookit_\w+)` \|", TEXT, re.MULTILINE)
    counted = {
        f"{each.name}_total" if each.type == "counter" else each.name
        for each in metrics.REGISTRY.collect()
        if each.name.startswith("bookit_")
    }
    assert len(listed) == len(set(listed))
    assert set(listed) == counted
    assert set(re.findall(r"\bbookit_\w+", TEXT)) <= counted


def test_every_event_in_it_is_logged_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
    named = {name for name in re.findall(r"`([a-z_]+)`", TEXT) if name.startswith(EVENTS)}
    assert len(named) >= len(EVENTS)
    assert {name for name in named if f'"{name}"' not in code} == set()


def test_every_file_in_it_is_there() -> None:
    links = {link for link in re.findall(r"\]\(([^)#]+)", TEXT) if "://" not in link}
    assert [link for link in sorted(links) if not (ROOT / "docs" / link).exists()] == []
    tests = set(re.findall(r"\btests/[\w/]+\.py", TEXT))
    assert [test for test in sorted(tests) if not (ROOT / test).is_file()] == []


def test_every_link_into_it_leads_to_a_heading() -> None:
    headings = {title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings


@pytest.mark.parametrize("statement", re.findall(r"```sql\n(.+?)```", TEXT, re.DOTALL))
def test_every_statement_in_it_runs(statement: str, tmp_path: Path) -> None:
    migrate(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    with closing(sqlite3.connect(tmp_path / "empty.db")) as connection:
        assert connection.execute(statement).fetchall() == []
