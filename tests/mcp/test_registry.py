"""The contract of every tool, per scope, as a snapshot: a change of it shows in review.

To accept a change: BOOKIT_MCP_WRITE_SNAPSHOTS=1 scripts/test tests/mcp/test_registry.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import mcp_types as types
import pytest

from app.mcp.registry import MAX_TOOLS, all_tools
from app.org.caller import Scope
from app.settings import Settings

SNAPSHOTS = Path(__file__).parent / "snapshots"
LISTED = [(scope, tool) for scope in Scope for tool in all_tools().listed(scope)]
each_tool = pytest.mark.parametrize(("scope", "tool"), LISTED, ids=[f"{scope}-{tool.name}" for scope, tool in LISTED])


@each_tool
def test_a_tool_is_as_its_snapshot_says(scope: Scope, tool: types.Tool) -> None:
    path = SNAPSHOTS / f"{tool.name}.{scope}.json"
    shown = (
        json.dumps(tool.model_dump(mode="json", by_alias=True, exclude_none=True), indent=2, ensure_ascii=False) + "\n"
    )
    if os.environ.get("BOOKIT_MCP_WRITE_SNAPSHOTS"):
        path.write_text(shown, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == shown


def test_no_snapshot_is_left_of_a_tool_that_is_gone() -> None:
    assert {path.name for path in SNAPSHOTS.iterdir()} == {f"{tool.name}.{scope}.json" for scope, tool in LISTED}


@each_tool
def test_schemas_are_valid_and_every_argument_is_described(scope: Scope, tool: types.Tool) -> None:
    del scope
    for schema in (tool.input_schema, tool.output_schema):
        assert schema is not None
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"
    assert tool.input_schema["additionalProperties"] is False
    arguments: dict[str, Any] = tool.input_schema["properties"]
    assert [name for name, schema in arguments.items() if not schema.get("description")] == []


@each_tool
def test_annotations_are_all_explicit(scope: Scope, tool: types.Tool) -> None:
    del scope
    assert tool.annotations is not None
    hints = tool.annotations.model_dump(by_alias=True)
    assert hints.pop("title") == tool.title
    assert None not in hints.values()
    assert hints["openWorldHint"] is False


def test_there_are_few_enough_tools_in_an_order_that_stays() -> None:
    for scope in Scope:
        names = [tool.name for tool in all_tools().listed(scope)]
        assert len(names) <= MAX_TOOLS
        assert names == sorted(names)


def test_arguments_of_an_admin_do_not_exist_for_a_user() -> None:
    def arguments(scope: Scope) -> set[str]:
        return set(next(t for t in all_tools().listed(scope) if t.name == "query_meetings").input_schema["properties"])

    assert arguments(Scope.ADMIN) - arguments(Scope.USER) == {"mine", "host", "pool"}
    assert arguments(Scope.USER) < arguments(Scope.ADMIN)


CONTRACT = {
    "whoami", "query_meetings", "preview_availability", "lookup_user", "lookup_pool", "lookup_meeting_type",
    "view_counts", "explain_assignment", "get_scheduling_links", "route_prospect", "book_meeting", "cancel_meeting",
    "reschedule_meeting", "request_credit", "reassign_meeting", "list_credit_requests", "review_credit_request",
}  # fmt: skip
"""Every capability of the guide's two tables, and whoami; what the guide leaves out has no tool."""


@pytest.mark.requirement("excluded.configuration", "excluded.audit_and_orchestration", "excluded.usage_dashboards")
def test_there_is_no_tool_beyond_the_guide_s_capabilities() -> None:
    assert {tool.name for _, tool in LISTED} <= CONTRACT


@pytest.mark.requirement("security.no_llm_keys")
def test_no_argument_and_no_setting_takes_a_key_of_a_model_provider() -> None:
    names = {name for _, tool in LISTED for name in tool.input_schema["properties"]} | set(Settings.model_fields)
    for word in ("openai", "anthropic", "llm", "model", "api_key", "prompt", "provider"):
        assert [name for name in names if word in name] == []
