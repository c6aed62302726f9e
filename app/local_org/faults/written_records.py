"""Which records is a request about to write? Read from its method, its path and its JSON body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class ById:
    """A record by its id. object_name: None when the request names it by the id alone."""

    object_name: str | None
    record_id: str


@dataclass(frozen=True, slots=True)
class ByExternalId:
    """A record by an external id; there may be none."""

    object_name: str
    field: str
    value: str


Written = ById | ByExternalId


def written_records(method: str, url: str, body: bytes) -> tuple[Written, ...]:
    """Every record that the request changes or deletes, as far as it names it itself (`@{ref.id}` does not)."""
    try:
        value = json.loads(body) if body else None
    except ValueError:
        value = None
    return tuple(dict.fromkeys(_written(method, url, value)))


def _written(method: str, url: str, body: Any) -> Iterator[Written]:
    parts = urlsplit(url)
    segments = [unquote(part) for part in parts.path.strip("/").split("/")]
    if segments[:2] != ["services", "data"]:
        return
    values: Mapping[str, Any] = cast(dict[str, Any], body) if isinstance(body, dict) else {}
    match (method, *segments[3:]):
        case ("PATCH" | "DELETE", "sobjects", object_name, record_id):
            yield ById(object_name, record_id)
        case ("PATCH", "sobjects", object_name, field, value):
            yield ByExternalId(object_name, field, value)
        case ("DELETE", "composite", "sobjects"):
            for record_id in ",".join(parse_qs(parts.query).get("ids", [])).split(","):
                yield ById(None, record_id.strip())
        case ("PATCH", "composite", "sobjects"):
            for record in _objects(values.get("records")):
                record_id = _folded(record).get("id")
                if isinstance(record_id, str):
                    yield ById(_type_of(record), record_id)
        case ("PATCH", "composite", "sobjects", object_name, field):
            for record in _objects(values.get("records")):
                key = _folded(record).get(field.lower())
                if key is not None:
                    yield ByExternalId(object_name, field, str(key))
        case ("POST", "composite"):
            yield from _inside(values.get("compositeRequest"), "body")
        case ("POST", "composite", "batch"):
            yield from _inside(values.get("batchRequests"), "richInput")
        case ("POST", "composite", "graph"):
            for graph in _objects(values.get("graphs")):
                yield from _inside(graph.get("compositeRequest"), "body")
        case _:
            return


def _inside(requests: Any, body_name: str) -> Iterator[Written]:
    for request in _objects(requests):
        url = str(request.get("url", ""))
        # A batch's URLs may leave the root out: `v66.0/sobjects/…`.
        full = url if url.startswith("/services/data/") else f"/services/data/{url.lstrip('/')}"
        yield from _written(str(request.get("method", "")).upper(), full, request.get(body_name))


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for item in cast(list[Any], value):
            if isinstance(item, dict):
                yield cast(dict[str, Any], item)


def _type_of(record: Mapping[str, Any]) -> str | None:
    attributes = record.get("attributes")
    name = cast(Mapping[str, Any], attributes).get("type") if isinstance(attributes, dict) else None
    return name if isinstance(name, str) else None


def _folded(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in record.items()}
