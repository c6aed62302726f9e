"""`@{ref.id}` in a composite: values of earlier answers, put into the URL or the body of a later subrequest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast
from urllib.parse import quote

from app.local_org.errors import ApiError
from app.local_org.rest.json_value import Json

_REFERENCE = re.compile(r"@\{([^}]*)\}")
_PATH = re.compile(r"([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")


def substitute_url(url: str, answers: Mapping[str, Json]) -> str:
    """The URL with every reference replaced by its value, percent-encoded. Raises ApiError PROCESSING_HALTED."""
    return _REFERENCE.sub(lambda match: quote(_as_text(look_up(match[1], answers)), safe=""), url)


def substitute(value: Json, answers: Mapping[str, Json]) -> Json:
    """The body with every reference in a string replaced. A string that is one reference takes the value's own type."""
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value)
        if whole is not None:
            return look_up(whole[1], answers)
        return _REFERENCE.sub(lambda match: _as_text(look_up(match[1], answers)), value)
    if isinstance(value, list):
        return [substitute(item, answers) for item in cast(list[Json], value)]
    if isinstance(value, dict):
        return {key: substitute(item, answers) for key, item in cast(dict[str, Json], value).items()}
    return value


def look_up(path: str, answers: Mapping[str, Json]) -> Json:
    """The scalar at `ref.records[0].Id`. Names are case-sensitive; a null that the answer holds is a value.

    Raises ApiError PROCESSING_HALTED for an unknown or failed reference, a path that leads nowhere, or to no scalar.
    """
    match = _PATH.fullmatch(path)
    if match is None or match[1] not in answers:
        raise _no_value(path)
    value = answers[match[1]]
    for step in _STEP.finditer(match[2]):
        name, index = step[1], step[2]
        if name is not None:
            named = cast(dict[str, Json], value) if isinstance(value, dict) else {}
            if name not in named:
                raise _no_value(path)
            value = named[name]
        else:
            listed = cast(list[Json], value) if isinstance(value, list) else []
            if int(index) >= len(listed):
                raise _no_value(path)
            value = listed[int(index)]
    if isinstance(value, dict | list):
        raise _no_value(path)
    return value


def _as_text(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _no_value(path: str) -> ApiError:
    """Text of REST API Developer Guide, Composite Subrequest Result (versions 52.0 and later)."""
    reference = re.split(r"[.\[]", path, maxsplit=1)[0]
    return ApiError(
        400,
        "PROCESSING_HALTED",
        f"Invalid reference specified. No value for {path} found in {reference}. Provided referenceId ('{path}') must "
        "start with a letter or a number, and it can contain only letters, numbers and underscores ('_').",
    )
