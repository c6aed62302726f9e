"""`bookit-mcp enable`: an admin's login becomes the org connection, or the reason why not."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from app.local_org.schema.model import Schema
from tests.cli.conftest import Shell
from tests.support.local_org import PASSWORD
from tests.support.running_server import RunningServer, running_server


@pytest.fixture
def new_server(tmp_path: Path) -> Generator[RunningServer]:
    """Migrated, its org not enabled yet."""
    with running_server(tmp_path, meetings=0, enable_as=None) as server:
        yield server


def _enable(shell: Shell, server: RunningServer, who: str, password: str = PASSWORD):
    return shell("enable", "--as", f"{who}@demo.example", "--password-stdin", server=server, given=f"{password}\n")


def test_an_admin_turns_the_org_on(shell: Shell, new_server: RunningServer) -> None:
    result = _enable(shell, new_server, "admin")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == "BookIt MCP is on for Demo Org, BookIt 8.2, as admin@demo.example.\n"
    (org,) = new_server.rows("SELECT * FROM orgs")
    assert org["connection_user_id"] == new_server.data.people["admin"]


def test_it_can_be_repeated_to_bind_another_login(shell: Shell, new_server: RunningServer) -> None:
    assert _enable(shell, new_server, "admin").exit_code == 0
    assert _enable(shell, new_server, "integration").exit_code == 0
    (org,) = new_server.rows("SELECT * FROM orgs")
    assert org["connection_user_id"] == new_server.data.people["integration"]
    grants = new_server.rows("SELECT user_id FROM salesforce_grants")
    assert [grant["user_id"] for grant in grants] == [new_server.data.people["integration"]]


@pytest.mark.parametrize(
    ("who", "password", "why"),
    [
        ("rep1", PASSWORD, "Enable as an admin"),
        ("nosets", PASSWORD, "Enable as an admin"),
        ("inactive", PASSWORD, "check your username and password"),
        ("admin", "not the password", "check your username and password"),
    ],
)
def test_who_is_no_admin_turns_nothing_on(
    shell: Shell, new_server: RunningServer, who: str, password: str, why: str
) -> None:
    result = _enable(shell, new_server, who, password)
    assert result.exit_code == 1
    assert why in result.stderr
    assert "is on for" not in result.stdout
    assert "who signed in" not in result.stderr
    assert "Traceback" not in result.stderr
    assert password not in result.output
    assert new_server.rows("SELECT * FROM orgs") == []
    assert new_server.rows("SELECT * FROM salesforce_grants") == []


def test_a_username_may_be_written_in_any_case(shell: Shell, new_server: RunningServer) -> None:
    result = _enable(shell, new_server, "Admin")
    assert result.exit_code == 0, result.stderr
    assert "who signed in" not in result.stderr


@pytest.mark.requirement("prerequisite.view_all_data")
def test_without_view_all_data_it_says_what_is_off_and_why(shell: Shell, tmp_path: Path) -> None:
    def blind(schema: Schema) -> Schema:
        sees_all = {"ViewAllData", "ModifyAllData"}
        sets = (replace(each, system_permissions=each.system_permissions - sees_all) for each in schema.permission_sets)
        return replace(schema, permission_sets=tuple(sets))

    with running_server(tmp_path, meetings=0, change_schema=blind, enable_as=None) as server:
        result = _enable(shell, server, "admin")
        assert result.exit_code == 0, result.stderr
        for what in ("availability", "actions"):
            assert f"off: {what}: The org connection's user lacks the permission View All Data" in result.stdout
        assert "BookIt MCP is on for Demo Org" in result.stdout


def test_to_see_everything_is_not_enough_for_actions(shell: Shell, tmp_path: Path) -> None:
    def reading(schema: Schema) -> Schema:
        sets = (
            replace(each, system_permissions=each.system_permissions - {"ModifyAllData"})
            for each in schema.permission_sets
        )
        return replace(schema, permission_sets=tuple(sets))

    with running_server(tmp_path, meetings=0, change_schema=reading, enable_as=None) as server:
        result = _enable(shell, server, "admin")
        assert result.exit_code == 0, result.stderr
        assert "off: actions: The org connection's user lacks the permission Modify All Data" in result.stdout
        assert "off: availability" not in result.stdout
        assert "BookIt MCP is on for Demo Org" in result.stdout


@pytest.mark.parametrize("lacked", ["BookIt_MCP_Claim__c", "BookIt_MCP_Operation__c"])
def test_without_our_own_objects_actions_are_off_and_named(shell: Shell, tmp_path: Path, lacked: str) -> None:
    def poorer(schema: Schema) -> Schema:
        objects = {name: each for name, each in schema.objects.items() if name != lacked}
        sets = (
            replace(
                each,
                object_permissions={name: one for name, one in each.object_permissions.items() if name != lacked},
                field_permissions={
                    name: one for name, one in each.field_permissions.items() if not name.startswith(f"{lacked}.")
                },
            )
            for each in schema.permission_sets
        )
        return replace(schema, objects=objects, permission_sets=tuple(sets))

    with running_server(tmp_path, meetings=0, change_schema=poorer, enable_as=None) as server:
        result = _enable(shell, server, "admin")
        assert result.exit_code == 0, result.stderr
        (line,) = (line for line in result.stdout.splitlines() if line.startswith("off: actions: "))
        assert lacked in line
        assert "permission" not in line
        assert "off: availability" not in result.stdout


def test_the_app_must_be_installed_first(shell: Shell, new_server: RunningServer) -> None:
    new_server.org.controls.external_client_app.change(installed=False)
    result = _enable(shell, new_server, "admin")
    assert result.exit_code == 1
    assert "LeanDataECA" in result.stderr
    assert "Traceback" not in result.stderr
