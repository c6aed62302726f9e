"""The tools: every module of app/mcp/tools has one TOOL."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import mcp_types as types

import app.mcp.tools
from app.mcp.tool import Tool
from app.org.caller import Scope

MAX_TOOLS: Final = 20
"""More than a model chooses well among; clients cap what they take, too."""


class Registry:
    """The tools by name, in the order in which tools/list shows them: by name, in every process alike."""

    def __init__(self, tools: Iterable[Tool[Any]]) -> None:
        ordered = sorted(tools, key=lambda tool: tool.name)
        self._tools = {tool.name: tool for tool in ordered}
        if len(self._tools) != len(ordered) or len(ordered) > MAX_TOOLS:
            raise ValueError(f"tool names must be unique, and at most {MAX_TOOLS}")
        self._listed = {
            scope: [tool.definition(scope) for tool in ordered if scope in tool.exposures] for scope in Scope
        }

    def find(self, name: str, scope: Scope) -> Tool[Any] | None:
        """The tool of that name; None if there is none, or none for that scope."""
        tool = self._tools.get(name)
        return tool if tool is not None and scope in tool.exposures else None

    def every(self) -> Sequence[Tool[Any]]:
        """All tools, by name."""
        return list(self._tools.values())

    def statements(self) -> Mapping[str, frozenset[str]]:
        """The names of the statements that each tool runs; those of one argument as `query_meetings (pool)`."""
        return {
            f"{tool.name} ({argument})" if argument else tool.name: names
            for tool in self._tools.values()
            for argument, names in tool.statements.items()
        }

    def unexposed(self, scope: Scope) -> frozenset[str]:
        """The names of the tools that a scope does not have, and must not hear of."""
        return frozenset(tool.name for tool in self._tools.values() if scope not in tool.exposures)

    def listed(self, scope: Scope) -> list[types.Tool]:
        """The definitions of a scope's tools."""
        return self._listed[scope]


@cache
def all_tools() -> Registry:
    """The registry of every tool file. Raises AttributeError for a file that has no TOOL."""
    names = (module.name for module in pkgutil.iter_modules(app.mcp.tools.__path__))
    return Registry(importlib.import_module(f"app.mcp.tools.{name}").TOOL for name in names)
