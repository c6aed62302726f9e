"""`bookit-mcp doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Shell
from tests.cli.test_serve_and_migrate import NEEDED, settings
from tests.support.running_server import RunningServer


def test_incomplete_settings_are_named_without_their_values(shell: Shell) -> None:
    result = shell("doctor", settings={"ENCRYPTION_KEYS": "k1:planted"})
    assert result.exit_code == 1
    for name in NEEDED:
        assert name in result.stdout
    assert "planted" not in result.output


def test_a_database_that_was_not_migrated(shell: Shell, tmp_path: Path) -> None:
    result = shell("doctor", settings=settings(tmp_path))
    assert result.exit_code == 1
    assert "problem  database: is not at this version's schema. Run: bookit-mcp migrate" in result.stdout


def test_a_database_that_does_not_answer(shell: Shell, tmp_path: Path) -> None:
    away = "postgresql+asyncpg://someone:planted@127.0.0.1:9/none"
    result = shell("doctor", settings=settings(tmp_path) | {"DATABASE_URL": away})
    assert result.exit_code == 1
    assert "problem  database: does not answer" in result.stdout
    assert "planted" not in result.output


def test_no_org(shell: Shell, tmp_path: Path) -> None:
    assert shell("migrate", settings=settings(tmp_path)).exit_code == 0
    result = shell("doctor", settings=settings(tmp_path))
    assert result.exit_code == 1
    assert "problem  orgs: none is enabled. Run: bookit-mcp enable --as ADMIN_USERNAME" in result.stdout


def test_all_is_well(shell: Shell, demo_server: RunningServer) -> None:
    result = shell("doctor", server=demo_server)
    assert result.exit_code == 0, result.stdout
    assert "problem" not in result.stdout
    for found in ("settings: complete", "statements: every one", "database: answers", "the org connection works"):
        assert f"ok  {found}" in result.stdout or found in result.stdout
    assert "BookIt 8.2" in result.stdout


def test_an_org_connection_that_has_ended(shell: Shell, own_server: RunningServer) -> None:
    own_server.org.controls.tokens.end_grants(own_server.data.people["admin"])
    result = shell("doctor", server=own_server)
    assert result.exit_code == 1
    assert "the org connection does not work" in result.stdout
    assert "Run: bookit-mcp enable --as ADMIN_USERNAME" in result.stdout


def test_an_override_of_the_schema_map_that_cannot_be_read(shell: Shell, demo_server: RunningServer) -> None:
    override = demo_server.database.parent / "broken.toml"
    override.write_text('[objects.Meeting.fields.Nonsense]\napi = "Nonsense__c"\n')
    result = shell("doctor", server=demo_server, settings={"SCHEMA_MAP": str(override)})
    assert result.exit_code == 1
    assert "problem  schema map: " in result.stdout
    assert "Correct the file in BOOKIT_MCP_SCHEMA_MAP" in result.stdout
