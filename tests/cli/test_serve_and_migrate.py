"""`bookit-mcp serve` and `migrate`: settings first, the database next."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.support.sign_in_server import KEY

NEEDED = (
    "BOOKIT_MCP_PUBLIC_URL",
    "BOOKIT_MCP_DATABASE_URL",
    "BOOKIT_MCP_ENCRYPTION_KEYS",
    "BOOKIT_MCP_SIGNING_KEYS",
    "BOOKIT_MCP_SALESFORCE_CLIENT_ID",
    "BOOKIT_MCP_SALESFORCE_CLIENT_SECRET",
)


def settings(folder: Path) -> dict[str, str]:
    return {
        "PUBLIC_URL": "https://bookit-mcp.example",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'some.db'}",
        "ENCRYPTION_KEYS": f"k1:{KEY}",
        "SIGNING_KEYS": f"s1:{KEY}",
        "SALESFORCE_CLIENT_ID": "3MVG9.consumer.key",
        "SALESFORCE_CLIENT_SECRET": "planted-consumer-secret",
    }


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_missing_settings_are_named(shell: Shell, command: str) -> None:
    result = shell(command)
    assert (result.exit_code, result.stdout) == (1, "")
    for name in NEEDED:
        assert f"{name}: Field required" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENCRYPTION_KEYS", "k1:planted-not-base64!"),
        ("SIGNING_KEYS", "planted-without-an-id"),
        ("DATABASE_URL", ""),
        ("PUBLIC_URL", "http://planted.example"),
        ("PORT", "planted"),
        ("LOG_LEVEL", "planted"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not(shell: Shell, tmp_path: Path, name: str, value: str) -> None:
    values = settings(tmp_path) | {name: value}
    if not value:
        del values[name]
    result = shell("serve", settings=values)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "The settings are not complete" in result.stderr
    assert "BOOKIT_MCP_" in result.stderr
    assert "planted" not in result.stderr
    assert KEY not in result.stderr


def test_migrating_twice_is_migrating_once(shell: Shell, tmp_path: Path) -> None:
    for _ in range(2):
        result = shell("migrate", settings=settings(tmp_path))
        assert (result.exit_code, result.stdout) == (0, "The database is at the newest schema.\n")
    connection = sqlite3.connect(tmp_path / "some.db")
    versions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    connection.close()
    assert len(versions) == 1
