"""The way of one prospect through a graph. Pure: the same inputs and records give the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.bookit.routing.conditions import branch_holds
from app.bookit.routing.graph import (
    KINDS,
    Decision,
    EndOfFlow,
    Graph,
    GraphError,
    InputType,
    Match,
    Record,
    Redirect,
    Schedule,
    TieBreaker,
    Trigger,
    Value,
)
from app.bookit.routing.matching import Found, KnownRecord, chosen

FOUND: Final = "found"
NOT_FOUND: Final = "not_found"
OTHERWISE: Final = "otherwise"


@dataclass(frozen=True, slots=True)
class Step:
    """One node of the way. branch: which edge was taken, where a node has several."""

    node: str
    kind: str
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a match node took: of how many records that match, and by which tie-breaker."""

    record: KnownRecord
    of: int
    tie_breaker: TieBreaker


@dataclass(frozen=True, slots=True)
class ToCalendar:
    """Exactly one of pool_id and user_id; the user is the owner of a matched record where owner_of says which."""

    meeting_type_id: str
    pool_id: str | None
    user_id: str | None
    owner_of: Record | None


@dataclass(frozen=True, slots=True)
class ToAddress:
    url: str


@dataclass(frozen=True, slots=True)
class ToNothing:
    """reason: in the words of the graph, None where it has none."""

    reason: str | None


@dataclass(frozen=True, slots=True)
class Walked:
    """Where the way ends, in the node that path ends with. matched: what was found on it, the last one of its kind."""

    outcome: ToCalendar | ToAddress | ToNothing
    path: tuple[Step, ...]
    matched: Mapping[Record, Chosen]


def walk(graph: Graph, trigger: Trigger, inputs: Mapping[str, Value], found: Found) -> Walked:
    """inputs: those of the trigger node, checked. found: what `read_matches` gave for `ways_from`.

    At most as many steps as the graph has nodes. Raises GraphError past them, which a checked graph never gets to.
    """
    types: dict[str, InputType] = {each.name: each.type for each in trigger.inputs}
    path: list[Step] = []
    matched: dict[Record, Chosen] = {}

    def go(node: str, kind: str, branch: str | None, after: str) -> str:
        path.append(Step(node, kind, branch))
        return after

    def end(node: str, kind: str, branch: str | None, outcome: ToCalendar | ToAddress | ToNothing) -> Walked:
        path.append(Step(node, kind, branch))
        return Walked(outcome, tuple(path), matched)

    at = trigger.name
    for _ in graph.nodes:
        node = graph.nodes[at]
        kind = KINDS[type(node)]
        match node:
            case Trigger():
                at = go(at, kind, None, node.next)
            case Match():
                candidates = found[node.record, node.by]
                record = chosen(candidates, node.tie_breaker)
                if record is None:
                    at = go(at, kind, NOT_FOUND, node.not_found)
                else:
                    matched[node.record] = Chosen(record, len(candidates), node.tie_breaker)
                    at = go(at, kind, FOUND, node.found)
            case Decision():
                fields: dict[Record, Mapping[str, Value]] = {
                    record: each.record.fields for record, each in matched.items()
                }
                taken = next((each for each in node.branches if branch_holds(each, inputs, types, fields)), None)
                at = go(at, kind, taken.name if taken else OTHERWISE, taken.next if taken else node.otherwise)
            case Schedule(owner_of=None):
                outcome = ToCalendar(node.meeting_type_id, node.pool_id, node.user_id, None)
                return end(at, kind, None, outcome)
            case Schedule():
                owner = _owner(node, matched)
                if owner is not None:
                    outcome = ToCalendar(node.meeting_type_id, None, owner, node.owner_of)
                    return end(at, kind, "owner", outcome)
                at = go(at, kind, OTHERWISE, node.otherwise or "")
            case Redirect():
                return end(at, kind, None, ToAddress(node.url))
            case EndOfFlow():
                return end(at, kind, None, ToNothing(node.reason))
    raise GraphError(at, "The flow came here and did not end.")


def _owner(node: Schedule, matched: Mapping[Record, Chosen]) -> str | None:
    match = matched.get(node.owner_of) if node.owner_of is not None else None
    return match.record.active_owner if match is not None else None
