"""`bookit-mcp disable`: an org is turned off, and nobody is left in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.support.running_server import running_server


def test_an_org_is_turned_off_with_its_grants(shell: Shell, tmp_path: Path) -> None:
    with running_server(tmp_path, meetings=0) as server:
        (org,) = server.rows("SELECT * FROM orgs")
        assert org["disabled_at"] is None
        assert len(server.rows("SELECT * FROM salesforce_grants")) == 1
        short = org["org_id"][:15]
        result = shell("disable", "--org", short, server=server)
        assert result.exit_code == 0, result.stderr
        assert result.stdout == f"BookIt MCP is off for the org {org['org_id']}.\n"
        (org,) = server.rows("SELECT * FROM orgs")
        assert org["disabled_at"] is not None
        assert server.rows("SELECT * FROM salesforce_grants") == []
        again = shell("disable", "--org", short, server=server)
        assert again.exit_code == 1
        assert "is not on for the org" in again.stderr


@pytest.mark.parametrize("org_id", ["", "00D", "nonsense; DROP", "00Dxx0000000001AAA"])
def test_what_is_no_org_id_is_refused(shell: Shell, tmp_path: Path, org_id: str) -> None:
    with running_server(tmp_path, meetings=0) as server:
        result = shell("disable", "--org", org_id, server=server)
    assert result.exit_code == 1
    assert "not a Salesforce record id" in result.stderr
