"""The way through a graph, read naively from its stored JSON: what the walk is held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
Rows = Mapping[tuple[str, str], Sequence[Json]]
"""(record, by) → rows of `{"id", "created", "modified", "owner", "active", "fields"}`; owner None: a queue's."""


def plain_way(nodes: Sequence[Json], start: str, given: Json, rows: Rows) -> tuple[Json, list[tuple[str, str | None]]]:
    """What comes of it, and the nodes with the branch taken. given: the inputs as a form has them."""
    by_name = {node["name"]: node for node in nodes}
    types = {each["name"]: each["type"] for each in by_name[start]["inputs"]}
    matched: dict[str, Json] = {}

    def value_of(path: str) -> Any:
        source, name = path.split(".", 1)
        value = given.get(name) if source == "input" else matched.get(source, {}).get("fields", {}).get(name)
        return None if isinstance(value, str) and value.strip() == "" else value

    def holds(condition: Json) -> bool:
        value, wanted = value_of(condition["field"]), condition.get("value")
        source, name = condition["field"].split(".", 1)
        plain = digits if source == "input" and types[name] == "PHONE" else words
        return OPERATORS[condition["operator"]](value, wanted, plain)

    way: list[tuple[str, str | None]] = []
    at = start
    while True:
        node = by_name[at]
        kind = node["kind"]
        if kind == "trigger":
            way.append((at, None))
            at = node["next"]
        elif kind == "match":
            found = in_order(rows.get((node["record"], node["by"]), ()), node["tie_breaker"])
            if found:
                matched[node["record"]] = found[0]
            branch = "found" if found else "not_found"
            way.append((at, branch))
            at = node[branch]
        elif kind == "decision":
            branch, after = "otherwise", node["otherwise"]
            for each in reversed(node["branches"]):
                results = [holds(condition) for condition in each.get("all") or each["any"]]
                if (False not in results) if "all" in each else (True in results):
                    branch, after = each["name"], each["next"]
            way.append((at, branch))
            at = after
        elif kind == "schedule" and "owner_of" in node:
            record = matched.get(node["owner_of"])
            if record and record["owner"] and record["active"]:
                way.append((at, "owner"))
                return {"type": node["meeting_type"], "user": record["owner"], "owner_of": node["owner_of"]}, way
            way.append((at, "otherwise"))
            at = node["otherwise"]
        else:
            way.append((at, None))
            keys = {"schedule": ("pool", "user"), "redirect": ("url",), "end_of_flow": ()}[kind]
            ended = {key: node[key] for key in keys if key in node}
            if kind == "schedule":
                ended["type"] = node["meeting_type"]
            if kind == "end_of_flow":
                ended["reason"] = node.get("reason")
            return ended, way


def in_order(rows: Sequence[Json], tie_breaker: str) -> list[Json]:
    """Whole list, best first: sorts are stable, so the last sort counts most."""
    ordered = sorted(rows, key=lambda row: row["id"])
    if tie_breaker == "oldest":
        ordered.sort(key=lambda row: row["created"])
        return ordered
    ordered.sort(key=lambda row: row["modified"], reverse=True)
    if tie_breaker == "owner_active_first":
        ordered.sort(key=lambda row: not (row["owner"] and row["active"]))
    return ordered


def words(value: Any) -> Any:
    return value.strip().casefold() if isinstance(value, str) else value


def digits(value: Any) -> Any:
    text = str(value).strip()
    return text[:1].replace("+", "p").strip("0123456789( .-x") + "".join(filter(str.isdigit, text))


Plain = Callable[[Any], Any]
OPERATORS: Mapping[str, Callable[[Any, Any, Plain], bool]] = {
    "equals": lambda value, wanted, plain: value is not None and plain(value) == plain(wanted),
    "not_equals": lambda value, wanted, plain: value is None or plain(value) != plain(wanted),
    "contains": lambda value, wanted, plain: value is not None and plain(value).find(plain(wanted)) >= 0,
    "starts_with": lambda value, wanted, plain: value is not None and plain(value).find(plain(wanted)) == 0,
    "greater": lambda value, wanted, _: value is not None and value - wanted > 0,
    "less": lambda value, wanted, _: value is not None and value - wanted < 0,
    "is_true": lambda value, _, __: value is True,
    "is_false": lambda value, _, __: value is False,
    "is_blank": lambda value, _, __: value is None,
    "in_list": lambda value, wanted, plain: value is not None and plain(value) in [plain(each) for each in wanted],
}
