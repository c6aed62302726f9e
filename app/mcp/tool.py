"""What a tool is: one file in app/mcp/tools that makes one Tool."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

import mcp_types as types
from pydantic import BaseModel

from app.mcp.arguments import Arguments
from app.mcp.audited import OK
from app.mcp.call import Call
from app.mcp.interaction import Question
from app.mcp.schemas import compact_schema
from app.org.caller import Scope

A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Annotations:
    """What a client may be told before a call. None has a default: whoever writes a tool decides. No tool of ours
    reaches beyond the caller's org, so openWorld is false for all."""

    read_only: bool
    destructive: bool
    idempotent: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers. text: short, for a person; never holds what a prospect typed. rows, outcome: for the
    audit; an action that was only previewed says so."""

    structured: BaseModel
    text: str
    rows: int | None = None
    outcome: str = OK


@dataclass(frozen=True)
class Exposure(Generic[A]):
    """A tool as one scope sees it. description: written for a model, with examples. output: the answer's shape."""

    description: str
    arguments: type[A]
    output: type[BaseModel]

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        return compact_schema(self.arguments, nullable=False)

    @cached_property
    def output_schema(self) -> dict[str, Any]:
        return compact_schema(self.output, nullable=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(Generic[A]):
    """A tool. A scope that is missing in `exposures` cannot tell it from one that does not exist.

    statements: the names of what it runs (soql/queries), under the argument that alone needs them, under "" for what no
    call can do without. By them an org that lacks a field turns off what needs it, by name, and nothing else.
    """

    name: str
    title: str
    annotations: Annotations
    exposures: Mapping[Scope, Exposure[Any]]
    handle: Callable[[Call, A], Awaitable[Answer | Question]]
    statements: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def definition(self, scope: Scope) -> types.Tool:
        """As tools/list shows it. Raises KeyError for a scope that it is not exposed to."""
        exposure = self.exposures[scope]
        return types.Tool(
            name=self.name,
            title=self.title,
            description=exposure.description,
            input_schema=exposure.input_schema,
            output_schema=exposure.output_schema,
            annotations=types.ToolAnnotations(
                title=self.title,
                read_only_hint=self.annotations.read_only,
                destructive_hint=self.annotations.destructive,
                idempotent_hint=self.annotations.idempotent,
                open_world_hint=False,
            ),
        )
