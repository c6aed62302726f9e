"""A routing graph, as the server walks it.

How LeanData keeps a graph is not public, so the form of BookIt_Graph__c's definition is our own choice: a JSON object
`{"nodes": [...]}`. Every node has a `name`, unique in the graph, and a `kind`; edges are names of nodes:

- `trigger`: `inputs`, a list of `{"name", "type": STRING, PHONE, DOUBLE or BOOLEAN, "required"? (else true)}`; `next`
- `match`: `record`: lead, contact or account; `by`: email, or for accounts also domain; `tie_breaker`; `found`,
  `not_found`
- `decision`: `branches`, a list of `{"name", "all" or "any": [conditions], "next"}`, of which the first that holds is
  taken; `otherwise`
- `schedule`: `meeting_type`: id; one of `pool`: id, `user`: id, `owner_of`: lead, contact or account with `otherwise`
- `redirect`: `url`, https
- `end_of_flow`: `reason`?

A condition is `{"field", "operator", "value"?}`. Its field is an input, `input.employees`, or a field of a record that
a match node before it may have found, `lead.company` (RECORD_FIELDS lists them). What no node found, and an input that
was left out, is blank. A match node tells about its record alone: it takes the one that its tie-breaker puts first.
`owner_of` leads to the record's owner, or on to `otherwise` where nothing was found or no active user owns it.

No edge leads back (our own choice): nothing changes between two visits to a node, so every way through a graph ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

InputType = Literal["STRING", "PHONE", "DOUBLE", "BOOLEAN"]
Record = Literal["lead", "contact", "account"]
By = Literal["email", "domain"]
TieBreaker = Literal["most_recently_modified", "oldest", "owner_active_first"]
Operator = Literal[
    "equals",
    "not_equals",
    "contains",
    "starts_with",
    "greater",
    "less",
    "is_true",
    "is_false",
    "is_blank",
    "in_list",
]
Value = str | float | bool | None
"""Of an input or a record's field; None is blank."""

Source = Literal["input", "lead", "contact", "account"]
INPUT: Final = "input"
_OWNER: Final[Mapping[str, InputType]] = {"owner": "STRING", "owner_is_active": "BOOLEAN"}
RECORD_FIELDS: Final[Mapping[Record, Mapping[str, InputType]]] = {
    "lead": {"id": "STRING", "email": "STRING", "company": "STRING", **_OWNER},
    "contact": {"id": "STRING", "email": "STRING", "account": "STRING", **_OWNER},
    "account": {"id": "STRING", "name": "STRING", "website": "STRING", **_OWNER},
}
"""What a condition may ask of a record. owner and contact.account are ids."""

PROSPECT_FIELDS: Final[Mapping[str, frozenset[InputType]]] = {
    "first_name": frozenset({"STRING"}),
    "last_name": frozenset({"STRING"}),
    "email": frozenset({"STRING"}),
    "phone": frozenset({"STRING", "PHONE"}),
    "company": frozenset({"STRING"}),
}
"""What every prospect may have, whether or not the trigger node takes it; as an input it can be of these types."""

MAX_NUMBER: Final = 1e15
"""Of a DOUBLE, either sign: what is exact in every system that a form comes from."""

MAX_LENGTH: Final = 50
"""Nodes on the longest way through a graph: what a person can still follow, and an offer still carry."""


class GraphError(Exception):
    """A definition that is no graph. node: which one is wrong, None where it is the whole."""

    def __init__(self, node: str | None, problem: str) -> None:
        super().__init__(problem if node is None else f"Node {node!r}: {problem}")
        self.node = node
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Input:
    name: str
    type: InputType
    required: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """source: INPUT, or the record whose field it is. value: None for operators that compare with nothing, a tuple for
    in_list."""

    source: Source
    field: str
    operator: Operator
    value: Value | tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """every: all conditions must hold; else any one of them."""

    name: str
    every: bool
    conditions: tuple[Condition, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Trigger:
    name: str
    inputs: tuple[Input, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Match:
    name: str
    record: Record
    by: By
    tie_breaker: TieBreaker
    found: str
    not_found: str


@dataclass(frozen=True, slots=True)
class Decision:
    name: str
    branches: tuple[Branch, ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Exactly one of pool_id, user_id and owner_of; otherwise: only with owner_of."""

    name: str
    meeting_type_id: str
    pool_id: str | None
    user_id: str | None
    owner_of: Record | None
    otherwise: str | None


@dataclass(frozen=True, slots=True)
class Redirect:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class EndOfFlow:
    name: str
    reason: str | None


Node = Trigger | Match | Decision | Schedule | Redirect | EndOfFlow

KINDS: Final[Mapping[type[Node], str]] = {
    Trigger: "trigger",
    Match: "match",
    Decision: "decision",
    Schedule: "schedule",
    Redirect: "redirect",
    EndOfFlow: "end_of_flow",
}


@dataclass(frozen=True, slots=True)
class Graph:
    """nodes: by name, in the order of the definition."""

    id: str
    name: str
    nodes: Mapping[str, Node]

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        return tuple(node for node in self.nodes.values() if isinstance(node, Trigger))

    def reached_from(self, *names: str) -> frozenset[str]:
        """Names of the nodes on any way that begins at one of these, themselves among them."""
        reached: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting.extend(edges(self.nodes[name]))
        return frozenset(reached)


def edges(node: Node) -> tuple[str, ...]:
    """Names of the nodes to which a node leads."""
    match node:
        case Trigger(next=after):
            return (after,)
        case Match(found=found, not_found=not_found):
            return found, not_found
        case Decision(branches=branches, otherwise=otherwise):
            return (*(branch.next for branch in branches), otherwise)
        case Schedule(otherwise=str(otherwise)):
            return (otherwise,)
        case _:
            return ()
