"""What the integration page says of the tools is what they are."""

from __future__ import annotations

from app.mcp.capabilities import capabilities
from app.mcp.registry import all_tools
from app.mcp.tools import reassign_meeting
from app.org.caller import Scope
from app.signin.org_checks import ACTIONS, AVAILABILITY


def test_there_is_one_for_each_tool_with_its_scopes() -> None:
    listed = {scope: {tool.name for tool in all_tools().listed(scope)} for scope in Scope}
    assert {each.tool for each in capabilities()} == set().union(*listed.values())
    for each in capabilities():
        assert {scope for scope in Scope if each.tool in listed[scope]} == each.scopes


def test_what_changes_something_needs_actions_and_what_looks_for_free_time_needs_availability() -> None:
    for each in capabilities():
        looks = each.tool in {"preview_availability", "route_prospect"}
        assert list(each.needs) == ([ACTIONS] if each.changes else [AVAILABILITY] if looks else [])


def test_reassigning_came_with_version_8() -> None:
    versions = {each.tool: each.from_version for each in capabilities() if each.from_version is not None}
    assert versions == {"reassign_meeting": reassign_meeting.FIRST_VERSION} == {"reassign_meeting": 8}
