"""JSON Schema (2020-12) of arguments and answers, without what a model would read for nothing."""

from typing import Any, cast

from pydantic import BaseModel


def compact_schema(model: type[BaseModel], *, nullable: bool) -> dict[str, Any]:
    """The model's schema: no titles, no docstring. nullable: whether null stays beside a type.

    An argument may be left out, so its schema need not offer null (it is taken all the same). Answers keep theirs, and
    a field of theirs that has a default may be missing.
    """
    schema = model.model_json_schema(mode="validation")
    schema.pop("description", None)
    compact = cast("dict[str, Any]", _compact(schema, nullable=nullable))
    compact.setdefault("properties", {})
    return compact


def _compact(node: object, *, nullable: bool) -> object:
    if isinstance(node, list):
        return [_compact(each, nullable=nullable) for each in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    found = dict(cast("dict[str, Any]", node))
    if isinstance(found.get("title"), str):
        del found["title"]
    if found.get("default", ...) is None:
        del found["default"]
    if not nullable and "anyOf" in found:
        kept = [each for each in found["anyOf"] if each != {"type": "null"}]
        if len(kept) == 1:
            del found["anyOf"]
            found = {**kept[0], **found}
    return {
        key: {name: _compact(each, nullable=nullable) for name, each in value.items()}
        if key in ("properties", "$defs")
        else _compact(value, nullable=nullable)
        for key, value in found.items()
    }
