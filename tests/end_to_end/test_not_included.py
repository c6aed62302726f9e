"""What the product does not do, no tool and no statement does."""

from __future__ import annotations

import re

import pytest
from mcp.client.client import ConnectMode

from soql.statements import load_statements
from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio

CONFIGURATION = re.compile(r"^(add|change|configure|create|delete|edit|remove|save|set|update)_")
AUDIT_OR_ORCHESTRATION = re.compile(r"audit|orchestrat", re.IGNORECASE)


@pytest.mark.requirement("excluded.configuration", "excluded.audit_and_orchestration")
@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize("handle", ["admin", "rep1"])
async def test_no_tool_changes_a_configuration_or_reads_the_logs(
    demo_server: RunningServer, handle: str, mode: ConnectMode
) -> None:
    async with demo_server.signed_in(handle, mode) as client:
        tools = (await client.list_tools()).tools
    assert tools
    for tool in tools:
        assert not CONFIGURATION.search(tool.name)
        assert not AUDIT_OR_ORCHESTRATION.search(tool.name + str(tool.input_schema))


@pytest.mark.requirement("excluded.audit_and_orchestration")
def test_no_statement_reads_the_audit_log_or_orchestration() -> None:
    statements = load_statements()
    assert statements
    assert [name for name, file in statements.items() if AUDIT_OR_ORCHESTRATION.search(str(file.select))] == []
