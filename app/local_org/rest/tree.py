"""`/composite/tree/T`: new records with their children, up to 200 in trees of five levels, all or none.

Source: REST API Developer Guide, sObject Tree; the texts of the limits are background knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from app.local_org.errors import ApiError
from app.local_org.rest.bodies import save_errors
from app.local_org.rest.call import Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.json_value import Json
from app.local_org.rest.resources import Method, Resource
from app.local_org.rest.strict_json import bad, object_list, only_keys

MAX_RECORDS = 200
MAX_LEVELS = 5
MAX_TYPES = 5


class _RolledBackError(Exception):
    """Leaves the transaction so that it is taken back."""


@dataclass(frozen=True, slots=True)
class _Node:
    """One record of a tree. parent: its place in the list, and the lookup to it; None for a root."""

    type_name: str
    reference_id: str
    values: Mapping[str, Any]
    parent: tuple[int, str] | None
    level: int


def create_trees(context: Context, call: Call) -> Answer:
    """201 with every record's id, parents before children; else 400 with the records that were refused, and nothing."""
    body = call.json_object()
    only_keys(body, {"records"}, "SObjectTreeInput")
    nodes = _nodes(context, call.path_args["object"], object_list(body, "records"))
    _check(nodes)
    saved: dict[int, str] = {}
    refused: list[dict[str, Any]] = []
    try:
        with context.org.transaction():
            for place, node in enumerate(nodes):
                if node.parent is not None and node.parent[0] not in saved:
                    continue  # its parent was refused, and says so
                link = {} if node.parent is None else {node.parent[1]: saved[node.parent[0]]}
                try:
                    saved[place] = context.session.create(node.type_name, {**node.values, **link})
                except ApiError as error:
                    if error.status == 501:
                        raise
                    refused.append({"referenceId": node.reference_id, "errors": save_errors(error)})
            if refused:
                raise _RolledBackError
    except _RolledBackError:
        return Answer(400, {"hasErrors": True, "results": refused}, partly_failed=True)
    results = [{"referenceId": node.reference_id, "id": saved[place]} for place, node in enumerate(nodes)]
    return Answer(201, {"hasErrors": False, "results": results})


def _nodes(context: Context, object_name: str, roots: Sequence[Mapping[str, Any]]) -> list[_Node]:
    """All records, level by level. Raises ApiError for one without type or referenceId, or an unknown relationship."""
    nodes: list[_Node] = []
    level: list[tuple[Mapping[str, Any], str, tuple[int, str] | None]] = [(root, object_name, None) for root in roots]
    depth = 1
    while level:
        below: list[tuple[Mapping[str, Any], str, tuple[int, str] | None]] = []
        for record, expected, parent in level:
            type_name, reference_id = _attributes(record, expected)
            children = {name: value for name, value in record.items() if _is_children(value)}
            values = {n: v for n, v in record.items() if n != "attributes" and n not in children}
            place = len(nodes)
            nodes.append(_Node(type_name, reference_id, values, parent, depth))
            for name, value in children.items():
                child, field = _relationship(context, type_name, name)
                below += [(entry, child, (place, field)) for entry in object_list(value, "records")]
        level, depth = below, depth + 1
    return nodes


def _attributes(record: Mapping[str, Any], expected: str) -> tuple[str, str]:
    attributes = record.get("attributes")
    values = cast(Mapping[str, Json], attributes) if isinstance(attributes, dict) else dict[str, Json]()
    type_name, reference_id = values.get("type"), values.get("referenceId")
    if not isinstance(type_name, str) or not isinstance(reference_id, str) or not reference_id:
        raise ApiError(400, "INVALID_INPUT", "Every record needs attributes with a type and a referenceId.")
    if type_name.lower() != expected.lower():
        raise ApiError(400, "INVALID_INPUT", f"The type {type_name} of {reference_id} must be {expected}.")
    return type_name, reference_id


def _is_children(value: Json) -> bool:
    return isinstance(value, dict) and "records" in cast(dict[str, Json], value)


def _relationship(context: Context, type_name: str, name: str) -> tuple[str, str]:
    """The child object behind a relationship's name and its lookup, as the caller sees them."""
    for entry in context.session.describe(type_name)["childRelationships"]:
        if (entry["relationshipName"] or "").lower() == name.lower():
            return entry["childSObject"], entry["field"]
    raise ApiError(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {type_name}")


def _check(nodes: Sequence[_Node]) -> None:
    if len(nodes) > MAX_RECORDS:
        raise ApiError(400, "LIMIT_EXCEEDED", f"The request can’t contain more than {MAX_RECORDS} records.")
    if any(node.level > MAX_LEVELS for node in nodes):
        raise ApiError(400, "LIMIT_EXCEEDED", f"A tree can’t be more than {MAX_LEVELS} levels deep.")
    if len({node.type_name.lower() for node in nodes}) > MAX_TYPES:
        raise ApiError(400, "LIMIT_EXCEEDED", f"The request can’t contain more than {MAX_TYPES} types of records.")
    ids = [node.reference_id for node in nodes]
    for reference_id in ids:
        if ids.count(reference_id) > 1:
            raise bad(f"Provided referenceId ('{reference_id}') is not unique.")


RESOURCES = (
    Resource(
        ("composite", "tree", "{object}"), {"POST": Method(create_trees)}, in_composite=False, in_batch=False, since=34
    ),
)
