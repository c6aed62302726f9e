"""The body of a composite request, read strictly: an unknown key is refused, not skipped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from app.local_org.rest.json_value import Json
from app.local_org.rest.strict_json import bad, flag, only_keys, text

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
    only_keys(body, {"allOrNone", "collateSubrequests", "compositeRequest"}, "CompositeRequest")
    all_or_none = flag(body, "allOrNone")
    flag(body, "collateSubrequests")
    return CompositeRequest(read_subrequests(body.get("compositeRequest")), all_or_none)


def read_subrequests(entries: Json) -> tuple[Subrequest, ...]:
    """The value of `compositeRequest`, of a composite or of a graph. Raises ApiError 400 JSON_PARSER_ERROR."""
    if not isinstance(entries, list):
        raise bad("compositeRequest must be a list of subrequests")
    subrequests = tuple(_subrequest(entry) for entry in cast(list[Json], entries))
    seen: set[str] = set()
    for subrequest in subrequests:
        if subrequest.reference_id in seen:
            raise bad(f"Provided referenceId ('{subrequest.reference_id}') is not unique.")
        seen.add(subrequest.reference_id)
    return subrequests


def _subrequest(entry: Json) -> Subrequest:
    if not isinstance(entry, dict):
        raise bad("a subrequest must be an object")
    values = cast(dict[str, Json], entry)
    only_keys(values, {"method", "url", "referenceId", "body", "httpHeaders"}, "CompositeSubrequest")
    method, url, reference_id = (text(values, name) for name in ("method", "url", "referenceId"))
    if not _REFERENCE_ID.fullmatch(reference_id):
        raise bad(
            f"Provided referenceId ('{reference_id}') must start with a letter or a number, and it can contain only "
            "letters, numbers and underscores ('_')."
        )
    if method not in METHODS:
        raise bad(f"Cannot deserialize the method '{method}'")
    headers: Json = values.get("httpHeaders") or {}
    if not isinstance(headers, dict):
        raise bad("httpHeaders must be an object")
    texts = {name: str(value) for name, value in cast(dict[str, Json], headers).items()}
    for name in texts:
        if name.lower() in INHERITED_HEADERS:
            raise bad(f"The header {name} can't be specified in a subrequest; it is the top-level request's.")
    return Subrequest(method, url, reference_id, values.get("body"), texts)
