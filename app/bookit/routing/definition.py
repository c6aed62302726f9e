"""From a graph's stored JSON to its nodes: the form of each one. That they fit together is checked in checking.py."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast, get_args
from urllib.parse import urlsplit

from app.bookit.routing.checking import check_graph
from app.bookit.routing.graph import (
    INPUT,
    MAX_NUMBER,
    RECORD_FIELDS,
    Branch,
    By,
    Condition,
    Decision,
    EndOfFlow,
    Graph,
    GraphError,
    Input,
    InputType,
    Match,
    Node,
    Operator,
    Record,
    Redirect,
    Schedule,
    Source,
    TieBreaker,
    Trigger,
    Value,
)
from app.org.ids import is_record_id, record_id

MAX_TEXT: Final = 255
MAX_NAME: Final = 80
MAX_INPUTS: Final = 40
MAX_LISTED: Final = 200
_COMPARES_WITH_NOTHING: Final[frozenset[Operator]] = frozenset({"is_true", "is_false", "is_blank"})

T = TypeVar("T", bound=str)


def graph_from(graph_id: str, name: str, stored: str | None) -> Graph:
    """The graph of a definition, checked whole. Raises GraphError."""
    try:
        root: object = json.loads(stored or "null")
    except (ValueError, RecursionError):
        raise GraphError(None, "The definition is no JSON.") from None
    if not isinstance(root, dict):
        raise GraphError(None, "The definition is no JSON object.")
    whole = _Fields(None, cast("dict[str, object]", root))
    nodes: dict[str, Node] = {}
    for fields in whole.objects("nodes"):
        node = _node(fields)
        if node.name in nodes:
            raise GraphError(node.name, "Another node has the same name.")
        nodes[node.name] = node
    whole.done()
    graph = Graph(graph_id, name, nodes)
    check_graph(graph)
    return graph


@dataclass(slots=True)
class _Fields:
    """One object of the definition, read key by key; what nobody asked for is refused at the end."""

    node: str | None
    values: Mapping[str, object]
    read: set[str] = field(default_factory=set[str])

    def take(self, key: str) -> object:
        self.read.add(key)
        return self.values.get(key)

    def has(self, key: str) -> bool:
        return self.values.get(key) is not None

    def text(self, key: str, most: int = MAX_TEXT) -> str:
        value = self.take(key)
        if not isinstance(value, str) or not value.strip() or len(value) > most or not value.isprintable():
            raise GraphError(self.node, f"{key} must be a text of at most {most} characters.")
        return value

    def choice(self, key: str, allowed: Sequence[T]) -> T:
        value = self.take(key)
        found = next((each for each in allowed if each == value), None)
        if found is None:
            raise GraphError(self.node, f"{key} must be one of {', '.join(allowed)}.")
        return found

    def record_id(self, key: str) -> str:
        text = self.text(key)
        if not is_record_id(text):
            raise GraphError(self.node, f"{key} must be the id of a record.")
        return record_id(text)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            raise GraphError(self.node, f"{key} must be true or false.")
        return default if value is None else value

    def objects(self, key: str) -> list[_Fields]:
        value = self.take(key)
        each = cast("list[object]", value) if isinstance(value, list) else None
        if each is None or not all(isinstance(entry, dict) for entry in each):
            raise GraphError(self.node, f"{key} must be a list of objects.")
        return [_Fields(self.node, cast("dict[str, object]", entry)) for entry in each]

    def done(self) -> None:
        unknown = sorted(self.values.keys() - self.read)
        if unknown:
            raise GraphError(self.node, f"It has the unknown key {unknown[0][:MAX_NAME]!r}.")


def _node(fields: _Fields) -> Node:
    name = fields.node = fields.text("name", MAX_NAME)
    kind = fields.take("kind")
    read = _READ.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise GraphError(name, f"Its kind must be one of {', '.join(_READ)}.")
    node = read(name, fields)
    fields.done()
    return node


def _trigger(name: str, fields: _Fields) -> Trigger:
    inputs: list[Input] = []
    for each in fields.objects("inputs"):
        declared = Input(
            each.text("name", MAX_NAME), each.choice("type", get_args(InputType)), each.flag("required", default=True)
        )
        each.done()
        if any(declared.name == other.name for other in inputs):
            raise GraphError(name, f"It has two inputs named {declared.name!r}.")
        inputs.append(declared)
    if len(inputs) > MAX_INPUTS:
        raise GraphError(name, f"It has more than {MAX_INPUTS} inputs.")
    return Trigger(name, tuple(inputs), fields.text("next", MAX_NAME))


def _match(name: str, fields: _Fields) -> Match:
    record: Record = fields.choice("record", get_args(Record))
    by: By = fields.choice("by", get_args(By))
    if by == "domain" and record != "account":
        raise GraphError(name, "Only accounts are matched by domain.")
    tie_breaker: TieBreaker = fields.choice("tie_breaker", get_args(TieBreaker))
    return Match(name, record, by, tie_breaker, fields.text("found", MAX_NAME), fields.text("not_found", MAX_NAME))


def _decision(name: str, fields: _Fields) -> Decision:
    branches = tuple(_branch(each) for each in fields.objects("branches"))
    if not branches:
        raise GraphError(name, "It has no branches.")
    names = [branch.name for branch in branches]
    if len(set(names)) < len(names):
        raise GraphError(name, "Two of its branches have the same name.")
    return Decision(name, branches, fields.text("otherwise", MAX_NAME))


def _branch(fields: _Fields) -> Branch:
    name = fields.text("name", MAX_NAME)
    if fields.has("all") == fields.has("any"):
        raise GraphError(fields.node, f"Its branch {name!r} must have either all or any.")
    every = fields.has("all")
    conditions = tuple(_condition(each) for each in fields.objects("all" if every else "any"))
    if not conditions:
        raise GraphError(fields.node, f"Its branch {name!r} has no conditions.")
    branch = Branch(name, every, conditions, fields.text("next", MAX_NAME))
    fields.done()
    return branch


def _condition(fields: _Fields) -> Condition:
    path = fields.text("field")
    text, _, name = path.partition(".")
    known: tuple[Source, ...] = get_args(Source)
    source: Source | None = next((each for each in known if each == text), None)
    if source is None or not name or (source != INPUT and name not in RECORD_FIELDS[source]):
        raise GraphError(fields.node, f"There is no field {path!r}.")
    operator: Operator = fields.choice("operator", get_args(Operator))
    condition = Condition(source, name, operator, _compared(fields, operator))
    fields.done()
    return condition


def _compared(fields: _Fields, operator: Operator) -> Value | tuple[str | float, ...]:
    if operator in _COMPARES_WITH_NOTHING:
        return None
    value = fields.take("value")
    if operator == "in_list":
        listed = cast("list[object]", value) if isinstance(value, list) else []
        found = tuple(each for each in map(_scalar, listed) if each is not None and not isinstance(each, bool))
        if not found or len(found) < len(listed) or len(listed) > MAX_LISTED:
            raise GraphError(fields.node, f"value must be a list of texts or numbers, at most {MAX_LISTED}.")
        return found
    scalar = _scalar(value)
    if scalar is None:
        raise GraphError(fields.node, f"value must be a text, a number, true or false: {operator} compares with it.")
    return scalar


def _scalar(value: object) -> str | float | bool | None:
    if isinstance(value, str):
        return value if value.strip() and len(value) <= MAX_TEXT else None
    if isinstance(value, bool) or (isinstance(value, int | float) and abs(value) <= MAX_NUMBER):
        return value
    return None


def _schedule(name: str, fields: _Fields) -> Schedule:
    if sum(fields.has(key) for key in ("pool", "user", "owner_of")) != 1:
        raise GraphError(name, "It must have exactly one of pool, user and owner_of.")
    by_owner = fields.has("owner_of")
    return Schedule(
        name,
        fields.record_id("meeting_type"),
        pool_id=fields.record_id("pool") if fields.has("pool") else None,
        user_id=fields.record_id("user") if fields.has("user") else None,
        owner_of=fields.choice("owner_of", get_args(Record)) if by_owner else None,
        otherwise=fields.text("otherwise", MAX_NAME) if by_owner else None,
    )


def _redirect(name: str, fields: _Fields) -> Redirect:
    url = fields.text("url", 2_000)
    try:
        parts = urlsplit(url)
        wrong = parts.scheme != "https" or not parts.hostname or parts.username is not None or " " in url
    except ValueError:
        wrong = True
    if wrong:
        raise GraphError(name, "url must be an https address.")
    return Redirect(name, url)


def _end_of_flow(name: str, fields: _Fields) -> EndOfFlow:
    return EndOfFlow(name, fields.text("reason") if fields.has("reason") else None)


_READ: Final[Mapping[str, Callable[[str, _Fields], Node]]] = {
    "trigger": _trigger,
    "match": _match,
    "decision": _decision,
    "schedule": _schedule,
    "redirect": _redirect,
    "end_of_flow": _end_of_flow,
}
