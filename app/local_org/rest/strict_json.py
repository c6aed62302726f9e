"""Reading a request body strictly: an unknown key is refused, not skipped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from app.local_org.errors import ApiError
from app.local_org.rest.json_value import Json


def bad(message: str) -> ApiError:
    """The refusal of a body of the wrong form: 400 JSON_PARSER_ERROR."""
    return ApiError(400, "JSON_PARSER_ERROR", message)


def only_keys(values: Mapping[str, Json], known: set[str], what: str) -> None:
    """Raises ApiError for a key that is not known. what: the class that Salesforce's message names."""
    for name in values:
        if name not in known:
            raise bad(f'Unrecognized field "{name}" (Class {what}), not marked as ignorable')


def flag(values: Mapping[str, Json], name: str) -> bool:
    """The boolean, false when absent."""
    value = values.get(name, False)
    if not isinstance(value, bool):
        raise bad(f"{name} must be true or false")
    return value


def text(values: Mapping[str, Json], name: str) -> str:
    """The text, which must be there."""
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise bad(f"{name} is required in a subrequest")
    return value


def object_list(values: Mapping[str, Json], name: str) -> list[dict[str, Any]]:
    """The list of objects, which must be there."""
    entries = values.get(name)
    if not isinstance(entries, list):
        raise bad(f"{name} must be a list")
    for entry in cast(list[Json], entries):
        if not isinstance(entry, dict):
            raise bad(f"{name} must be a list of objects")
    return cast(list[dict[str, Any]], entries)
