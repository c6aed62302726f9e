"""The tools as the integration page lists them."""

from __future__ import annotations

from typing import Final

from app.mcp.registry import all_tools
from app.mcp.tools.reassign_meeting import FIRST_VERSION
from app.org.caller import Scope
from app.signin.org_checks import ACTIONS, AVAILABILITY
from app.web.integration.capabilities import Capability

_FROM_VERSION: Final = {"reassign_meeting": FIRST_VERSION}
_LOOKS_FOR_FREE_TIME: Final = frozenset({"preview_availability", "route_prospect"})


def capabilities() -> tuple[Capability, ...]:
    """One for each tool."""
    return tuple(
        Capability(
            tool=tool.name,
            title=tool.title,
            changes=not tool.annotations.read_only,
            scopes=frozenset(scope for scope in Scope if scope in tool.exposures),
            needs=(AVAILABILITY,)
            if tool.name in _LOOKS_FOR_FREE_TIME
            else (ACTIONS,) * (not tool.annotations.read_only),
            from_version=_FROM_VERSION.get(tool.name),
        )
        for tool in all_tools().every()
    )
