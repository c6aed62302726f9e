"""Python values as the JSON that Salesforce takes for a field of the schema map."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import UTC, date, datetime

from app.org.errors import WriteRefused
from app.org.ids import is_record_id, record_id
from app.org.schema_map import FieldType, MappedField
from app.org.writes import Ref, Value

Json = str | bool | int | float | None

_TEXT = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXTAREA,
        FieldType.PICKLIST,
        FieldType.COMBOBOX,
        FieldType.MULTIPICKLIST,
        FieldType.EMAIL,
        FieldType.PHONE,
        FieldType.URL,
    }
)
_TAKES_REF = frozenset({FieldType.REFERENCE, FieldType.STRING})
"""A text field may hold an id: of an Event, whose objects no custom field can look up to."""


def json_value(object_name: str, field: MappedField, value: Value, names: Collection[str]) -> Json:
    """The value for that field. names: of the records that a Ref may stand for.

    Raises WriteRefused naming the object and the field for a value that is not of the field's type.
    """
    place = f"{object_name}.{field.name}"
    if value is None:
        return None
    if isinstance(value, Ref):
        if field.type not in _TAKES_REF:
            raise WriteRefused(f"{place} holds no id")
        if value.name not in names:
            raise WriteRefused(f"{place} refers to no record that is created before it")
        return f"@{{{value.name}.id}}"
    encoded = _encoded(field.type, value)
    if encoded is None:
        raise WriteRefused(f"{place} is not given a value of the type {field.type}")
    return encoded


def salesforce_time(moment: datetime) -> str:
    """`2026-11-23T15:30:00.000Z`: in UTC, to the millisecond, which is as far as Salesforce keeps it."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _encoded(kind: FieldType, value: Value) -> Json:
    """None for a value that is not of that type."""
    match value:
        case bool():
            return value if kind is FieldType.BOOLEAN else None
        case int():
            return value if kind in {FieldType.INT, FieldType.DOUBLE} else None
        case float():
            return value if kind is FieldType.DOUBLE and math.isfinite(value) else None
        case datetime():
            return salesforce_time(value) if kind is FieldType.DATETIME and value.tzinfo is not None else None
        case date():
            return value.isoformat() if kind is FieldType.DATE else None
        case str() if kind is FieldType.REFERENCE:
            return record_id(value) if is_record_id(value) else None
        case str():
            return _text(value) if kind in _TEXT else None
        case _:
            return None


def _text(value: str) -> str:
    """The text, in which nothing reads as a reference.

    Within a composite Salesforce puts an id in place of `@{name.id}`, wherever in a body it stands, and has no way to
    escape it: what a prospect typed could fail the booking, or fetch an id. Our own choice is a space in between.
    """
    return value.replace("@{", "@ {")
