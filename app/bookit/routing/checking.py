"""Whether the nodes of a graph fit together: edges, ways that end, inputs and records that are there when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

from app.bookit.routing.graph import (
    INPUT,
    MAX_LENGTH,
    PROSPECT_FIELDS,
    RECORD_FIELDS,
    Condition,
    Decision,
    Graph,
    GraphError,
    InputType,
    Match,
    Operator,
    Record,
    Schedule,
    Trigger,
    edges,
)

_TEXTS: Final[frozenset[InputType]] = frozenset({"STRING", "PHONE"})
_ALL: Final[frozenset[InputType]] = frozenset({"STRING", "PHONE", "DOUBLE", "BOOLEAN"})
_LISTABLE: Final[frozenset[InputType]] = frozenset({"STRING", "PHONE", "DOUBLE"})
_TAKES: Final[Mapping[Operator, frozenset[InputType]]] = {
    "equals": _ALL,
    "not_equals": _ALL,
    "contains": _TEXTS,
    "starts_with": _TEXTS,
    "greater": frozenset({"DOUBLE"}),
    "less": frozenset({"DOUBLE"}),
    "is_true": frozenset({"BOOLEAN"}),
    "is_false": frozenset({"BOOLEAN"}),
    "is_blank": _ALL,
    "in_list": _LISTABLE,
}


def check_graph(graph: Graph) -> None:
    """Raises GraphError naming the first node that does not fit."""
    if not graph.triggers:
        raise GraphError(None, "The graph has no trigger node.")
    _check_edges(graph)
    _check_ways_end(graph)
    for trigger in graph.triggers:
        _check_from(graph, trigger)


def _check_edges(graph: Graph) -> None:
    for node in graph.nodes.values():
        for after in edges(node):
            if after not in graph.nodes:
                raise GraphError(node.name, f"It leads to {after!r}, which is no node.")
            if isinstance(graph.nodes[after], Trigger):
                raise GraphError(node.name, f"It leads to {after!r}, a trigger node, where flows only begin.")


def _check_ways_end(graph: Graph) -> None:
    before: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for node in graph.nodes.values():
        for after in edges(node):
            before[after].append(node.name)
    try:
        ordered = [*TopologicalSorter(before).static_order()]
    except CycleError as error:
        circle: list[str] = error.args[1]
        raise GraphError(circle[0], "It leads back to itself, so the flow would never end.") from None
    length: dict[str, int] = {}
    for name in ordered:
        length[name] = 1 + max((length[each] for each in before[name]), default=0)
        if length[name] > MAX_LENGTH:
            raise GraphError(name, f"It stands at the end of a way of more than {MAX_LENGTH} nodes.")


def _check_from(graph: Graph, trigger: Trigger) -> None:
    """What this trigger node's flow meets: its inputs, and records that a match node before may have found."""
    for each in trigger.inputs:
        if each.type not in PROSPECT_FIELDS.get(each.name, {each.type}):
            allowed = " or ".join(sorted(PROSPECT_FIELDS[each.name]))
            raise GraphError(trigger.name, f"Its input {each.name!r} must be of the type {allowed}.")
    types: dict[str, InputType] = {each.name: each.type for each in trigger.inputs}
    reached = graph.reached_from(trigger.name)
    after: dict[Record, frozenset[str]] = {
        record: graph.reached_from(*_founds(graph, record, reached)) for record in RECORD_FIELDS
    }
    for name, node in graph.nodes.items():
        if name not in reached:
            continue
        if isinstance(node, Schedule) and node.owner_of is not None and name not in after[node.owner_of]:
            raise GraphError(name, f"No match node before it finds a record of the kind {node.owner_of}.")
        for condition in _conditions(node):
            _check_condition(name, condition, trigger.name, types)
            if condition.source != INPUT and name not in after[condition.source]:
                raise GraphError(name, f"No match node before it finds a record of the kind {condition.source}.")


def _founds(graph: Graph, record: Record, reached: frozenset[str]) -> Iterator[str]:
    for name in reached:
        node = graph.nodes[name]
        if isinstance(node, Match) and node.record == record:
            yield node.found


def _conditions(node: object) -> Iterator[Condition]:
    if isinstance(node, Decision):
        for branch in node.branches:
            yield from branch.conditions


def _check_condition(name: str, condition: Condition, trigger: str, types: Mapping[str, InputType]) -> None:
    type_ = type_of(condition, types)
    if type_ is None:
        raise GraphError(name, f"It asks for the input {condition.field!r}, which the trigger node {trigger!r} lacks.")
    if type_ not in _TAKES[condition.operator]:
        raise GraphError(name, f"{condition.operator} does not fit {condition.field!r}, which is {type_}.")
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if not all(value is None or _fits(value, type_) for value in values):
        raise GraphError(name, f"{condition.field!r} is {type_}, and is compared with something else.")


def type_of(condition: Condition, inputs: Mapping[str, InputType]) -> InputType | None:
    """The type of what a condition asks for, None for an input that is not there. inputs: type by name."""
    if condition.source == INPUT:
        return inputs.get(condition.field)
    return RECORD_FIELDS[condition.source][condition.field]


def _fits(value: str | float | bool, type_: InputType) -> bool:
    if isinstance(value, bool):
        return type_ == "BOOLEAN"
    if isinstance(value, int | float):
        return type_ == "DOUBLE"
    return type_ == "STRING" or (type_ == "PHONE" and any(char.isdecimal() for char in value))
