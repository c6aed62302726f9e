"""An org's own names, put into the default schema map: only names, and only those that the map has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.org.errors import SchemaMapError

_OVERRIDABLE = {"fields": {"api", "path"}, "children": {"api"}}


def merged(document: Mapping[str, Any], changes: Mapping[str, Any], source: Path) -> dict[str, Any]:
    """A copy of the default document with the override's names put in.

    Raises SchemaMapError naming the file and the entry that is unknown or cannot be overridden.
    """
    result = dict(document)
    for key, value in changes.items():
        if key in ("permission_sets", "package"):
            result[key] = _with_keys(document[key], value, set(document[key]), f"{source}: {key}")
        elif key == "objects":
            result[key] = dict(document[key])
            for name, change in _table(value, f"{source}: objects").items():
                if name not in document[key]:
                    raise SchemaMapError(f"{source}: there is no object {name!r} to override")
                result[key][name] = _merged_object(document[key][name], change, f"{source}: {name}")
        else:
            raise SchemaMapError(f"{source}: {key!r} cannot be overridden")
    return result


def _merged_object(entry: Mapping[str, Any], change: object, where: str) -> dict[str, Any]:
    result = dict(entry)
    for key, value in _table(change, where).items():
        if key == "api":
            result["api"] = value
            continue
        if key not in _OVERRIDABLE:
            raise SchemaMapError(f"{where}: {key!r} cannot be overridden")
        result[key] = dict(entry.get(key, {}))
        for name, names in _table(value, f"{where}.{key}").items():
            if name not in result[key]:
                kind = "field" if key == "fields" else "child relationship"
                raise SchemaMapError(f"{where}: there is no {kind} {name!r} to override")
            allowed = _OVERRIDABLE[key]
            if key == "fields" and "path" not in result[key][name]:
                allowed = {"api"}
            result[key][name] = _with_keys(result[key][name], names, allowed, f"{where}.{name}")
    return result


def _with_keys(entry: Mapping[str, Any], change: object, allowed: set[str], where: str) -> dict[str, Any]:
    table = _table(change, where)
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise SchemaMapError(f"{where}: {unknown[0]!r} cannot be overridden, only {', '.join(sorted(allowed))}")
    return {**entry, **table}


def _table(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SchemaMapError(f"{where} must be a table")
    return value  # pyright: ignore[reportUnknownVariableType]  a TOML table has text keys
