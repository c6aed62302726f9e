"""The parts of one composite request that a transaction becomes, in the order of its writes.

A Create with a name, an Update and a Delete are a part each; Creates without a name that follow one another share a
collection, where they are sorted by object: a collection takes ten runs of one type (REST API guide, sObject
Collections), and how many records it has costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import groupby
from typing import Any

from app.org.composite import MAX_COUNTED, MAX_PARTS, Part
from app.org.errors import WriteRefused
from app.org.ids import is_record_id, record_id
from app.org.schema_map import MappedObject, SchemaMap
from app.org.write_rules import check_write
from app.org.write_values import Json, json_value
from app.org.writes import Create, Delete, Update, Value, Write

MAX_RECORDS = 200
MAX_RUNS = 10
"""Of one collection: records, and objects that follow one another in it."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """A part and the writes that it does: one, or of a collection all its records, in its order."""

    part: Part
    writes: tuple[Write, ...]
    collection: bool = False


def plan_request(writes: Sequence[Write], schema_map: SchemaMap) -> tuple[PlannedPart, ...]:
    """The parts of the transaction. Raises WriteRefused for a write that no rule allows, a value or an id of the wrong
    form, a name that is bad or used twice, and for more than one request can hold."""
    if not writes:
        raise WriteRefused("there is nothing to write")
    names: list[str] = []
    parts: list[PlannedPart] = []
    for run in _runs(writes):
        # Such a part's reference id begins with a digit, and a name with a letter.
        number = str(len(parts) + 1)
        match run:
            case [Create(name=str() as name) as write]:
                parts.append(_named(write, name, names, schema_map))
                names.append(name)
            case [Update() as write]:
                parts.append(_update(write, number, names, schema_map))
            case [Delete() as write]:
                path = _record_path(write, schema_map)
                parts.append(PlannedPart(Part(number, "DELETE", path), (write,)))
            case _:
                parts.append(_collection(run, number, names, schema_map))
    if len(parts) > MAX_PARTS:
        raise WriteRefused(f"a transaction of {len(parts)} parts; Salesforce takes {MAX_PARTS} in one request")
    collections = sum(part.collection for part in parts)
    if collections > MAX_COUNTED:
        raise WriteRefused(f"a transaction of {collections} collections; Salesforce takes {MAX_COUNTED} in one request")
    return tuple(parts)


def _runs(writes: Sequence[Write]) -> Iterator[list[Write]]:
    """The writes of each part: Creates without a name together, as many as one collection takes, all others alone."""
    for unnamed, following in groupby(writes, lambda write: isinstance(write, Create) and write.name is None):
        if not unnamed:
            yield from ([write] for write in following)
            continue
        together: list[Write] = []
        # Sorted is stable: records of one object keep their order.
        for write in sorted(following, key=lambda write: write.object):
            objects = {other.object for other in together}
            if len(together) == MAX_RECORDS or (len(objects) == MAX_RUNS and write.object not in objects):
                yield together
                together = []
            together.append(write)
        yield together


def _named(write: Create, name: str, names: Sequence[str], schema_map: SchemaMap) -> PlannedPart:
    if _NAME.fullmatch(name) is None:
        raise WriteRefused(f"a record of {write.object} has a name that is none")
    if name in names:
        raise WriteRefused(f"two records have the name {name}")
    mapped = _mapped(write, schema_map)
    body = _values(mapped, write.values, names)
    return PlannedPart(Part(name, "POST", f"sobjects/{mapped.api}", body), (write,))


def _update(write: Update, number: str, names: Sequence[str], schema_map: SchemaMap) -> PlannedPart:
    path = _record_path(write, schema_map)
    body = _values(schema_map.object(write.object), write.values, names)
    headers: dict[str, str] = {}
    if write.unchanged_since is not None:
        headers["If-Unmodified-Since"] = _http_date(write, write.unchanged_since)
    return PlannedPart(Part(number, "PATCH", path, body, headers), (write,))


def _collection(run: Sequence[Write], number: str, names: Sequence[str], schema_map: SchemaMap) -> PlannedPart:
    records: list[Mapping[str, Any]] = []
    for write in run:
        if not isinstance(write, Create):
            raise WriteRefused(f"a collection creates records only, and none of {write.object}")
        mapped = _mapped(write, schema_map)
        records.append({"attributes": {"type": mapped.api}, **_values(mapped, write.values, names)})
    body = {"allOrNone": True, "records": records}
    return PlannedPart(Part(number, "POST", "composite/sobjects", body), tuple(run), collection=True)


def _mapped(write: Write, schema_map: SchemaMap) -> MappedObject:
    check_write(write)
    return schema_map.object(write.object)


def _record_path(write: Update | Delete, schema_map: SchemaMap) -> str:
    mapped = _mapped(write, schema_map)
    if not is_record_id(write.id):
        raise WriteRefused(f"what is to be changed of {write.object} is named by no record id")
    return f"sobjects/{mapped.api}/{record_id(write.id)}"


def _values(mapped: MappedObject, values: Mapping[str, Value], names: Sequence[str]) -> Mapping[str, Json]:
    return {
        mapped.fields[field].api: json_value(mapped.name, mapped.fields[field], value, names)
        for field, value in values.items()
    }


def _http_date(write: Update, moment: datetime) -> str:
    if moment.tzinfo is None:
        raise WriteRefused(f"the time at which {write.object} was last changed has no offset")
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)
