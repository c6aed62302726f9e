"""The body of a composite request, read strictly: an unknown key is refused, not skipped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from app.local_org.errors import ApiError
from app.local_org.rest.json_value import Json

MAX_SUBREQUESTS = 25
MAX_COUNTED = 5
METHODS = frozenset({"GET", "POST", "PATCH", "DELETE", "PUT", "HEAD"})
INHERITED_HEADERS = frozenset({"accept", "authorization", "content-type"})
_REFERENCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Subrequest:
    """One entry of `compositeRequest`. body: None when absent."""

    method: str
    url: str
    reference_id: str
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class CompositeRequest:
    """`collateSubrequests` is read and checked; it only lets Salesforce bulkify, the answers are the same."""

    subrequests: tuple[Subrequest, ...]
    all_or_none: bool


def read_composite(body: dict[str, Any]) -> CompositeRequest:
    """Raises ApiError 400 JSON_PARSER_ERROR for a body of the wrong form, a bad or a repeated referenceId."""
    _only_keys(body, {"allOrNone", "collateSubrequests", "compositeRequest"}, "CompositeRequest")
    all_or_none = _flag(body, "allOrNone")
    _flag(body, "collateSubrequests")
    entries = body.get("compositeRequest")
    if not isinstance(entries, list):
        raise _bad("compositeRequest must be a list of subrequests")
    subrequests = tuple(_subrequest(entry) for entry in cast(list[Json], entries))
    seen: set[str] = set()
    for subrequest in subrequests:
        if subrequest.reference_id in seen:
            raise _bad(f"Provided referenceId ('{subrequest.reference_id}') is not unique.")
        seen.add(subrequest.reference_id)
    return CompositeRequest(subrequests, all_or_none)


def _subrequest(entry: Json) -> Subrequest:
    if not isinstance(entry, dict):
        raise _bad("a subrequest must be an object")
    values = cast(dict[str, Json], entry)
    _only_keys(values, {"method", "url", "referenceId", "body", "httpHeaders"}, "CompositeSubrequest")
    method, url, reference_id = (_text(values, name) for name in ("method", "url", "referenceId"))
    if not _REFERENCE_ID.fullmatch(reference_id):
        raise _bad(
            f"Provided referenceId ('{reference_id}') must start with a letter or a number, and it can contain only "
            "letters, numbers and underscores ('_')."
        )
    if method not in METHODS:
        raise _bad(f"Cannot deserialize the method '{method}'")
    headers: Json = values.get("httpHeaders") or {}
    if not isinstance(headers, dict):
        raise _bad("httpHeaders must be an object")
    texts = {name: str(value) for name, value in cast(dict[str, Json], headers).items()}
    for name in texts:
        if name.lower() in INHERITED_HEADERS:
            raise _bad(f"The header {name} can't be specified in a subrequest; it is the top-level request's.")
    return Subrequest(method, url, reference_id, values.get("body"), texts)


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise _bad(f"{name} must be true or false")
    return value


def _text(values: dict[str, Json], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise _bad(f"{name} is required in a subrequest")
    return value


def _only_keys(values: dict[str, Json], known: set[str], what: str) -> None:
    for name in values:
        if name not in known:
            raise _bad(f'Unrecognized field "{name}" (Class {what}), not marked as ignorable')


def _bad(message: str) -> ApiError:
    return ApiError(400, "JSON_PARSER_ERROR", message)
