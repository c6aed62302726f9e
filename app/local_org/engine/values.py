"""A field's value: from JSON to what the tables hold, and back into a body."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.local_org.engine import ids, moments
from app.local_org.engine.names import TEXTS
from app.local_org.engine.storage import SqlValue
from app.local_org.errors import ApiError
from app.local_org.schema.model import Field, FieldType

NUMBERS = frozenset({FieldType.DOUBLE, FieldType.CURRENCY, FieldType.PERCENT})
IDS = frozenset({FieldType.ID, FieldType.REFERENCE})

_MOST_DIGITS = 18
"""Digits of a number field, both sides of the point (Metadata API, CustomField.precision)."""

_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
"""JSON can spell half of a surrogate pair; no database can hold it."""

_SPELLED = {FieldType.DATETIME: "datetime", FieldType.CURRENCY: "double", FieldType.PERCENT: "double"}


def _token(value: object) -> str:
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    if isinstance(value, int):
        return "VALUE_NUMBER_INT"
    if isinstance(value, float):
        return "VALUE_NUMBER_FLOAT"
    if isinstance(value, list):
        return "START_ARRAY"
    return "START_OBJECT" if isinstance(value, dict) else "VALUE_STRING"


def _bad_json(field: Field, value: object) -> ApiError:
    kind = "string" if field.type in TEXTS or field.type in IDS else _SPELLED.get(field.type, field.type.value)
    token = _token(value)
    shown = {"START_ARRAY": "[", "START_OBJECT": "{"}.get(token)
    if shown is None:
        shown = json.dumps(value) if isinstance(value, bool) else str(value)
    # The engine never sees the body's text, so the place in it is where a body's first value stands.
    where = "or request may be missing a required field at [line:1, column:2]"
    return ApiError(
        400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of {kind} from {token} value {shown} {where}"
    )


def _text(field: Field, value: object) -> SqlValue:
    if not isinstance(value, str) or _HALF_A_CHARACTER.search(value):
        raise _bad_json(field, value)
    return value or None


def _reference(field: Field, value: object) -> SqlValue:
    if not isinstance(value, str):
        raise _bad_json(field, value)
    if not value:
        return None
    found = ids.long_id(value)
    if found is None:
        raise ApiError(400, "MALFORMED_ID", f"malformed id {value}", [field.name])
    return found


def _boolean(field: Field, value: object) -> SqlValue:
    if not isinstance(value, bool):
        raise _bad_json(field, value)
    return int(value)


def _integer(field: Field, value: object) -> SqlValue:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _bad_json(field, value)
    digits = field.length or field.precision or 10
    if abs(value) >= 10 ** min(digits, 18):
        raise _out_of_range(field, value)
    return value


def _out_of_range(field: Field, value: object) -> ApiError:
    message = f"{field.label}: value outside of valid range on numeric field: {value}"
    return ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])


def _double(field: Field, value: object) -> SqlValue:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        raise _bad_json(field, value)
    number = Decimal(str(value))
    most = Decimal(10) ** ((field.precision or _MOST_DIGITS) - field.scale)
    if abs(number) >= most:
        raise _out_of_range(field, value)
    rounded = number.quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
    if abs(rounded) >= most:
        raise _out_of_range(field, value)
    return float(rounded)


def _date(field: Field, value: object) -> SqlValue:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str):
        raise _bad_json(field, value)
    if not value:
        return None
    found = moments.parse_date(value)
    if found is None:
        raise _bad_json(field, value)
    return found


def _datetime(field: Field, value: object) -> SqlValue:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return moments.to_stored_ms(value)
    if not isinstance(value, str):
        raise _bad_json(field, value)
    if not value:
        return None
    found = moments.parse_instant(value)
    if found is None:
        raise _bad_json(field, value)
    return found


def _time(field: Field, value: object) -> SqlValue:
    if isinstance(value, time):
        return moments.print_time(value)
    if not isinstance(value, str):
        raise _bad_json(field, value)
    if not value:
        return None
    found = moments.parse_time(value)
    if found is None:
        raise _bad_json(field, value)
    return found


_INWARD: dict[FieldType, Callable[[Field, object], SqlValue]] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(NUMBERS, _double),
    FieldType.ID: _reference,
    FieldType.REFERENCE: _reference,
    FieldType.BOOLEAN: _boolean,
    FieldType.INT: _integer,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.TIME: _time,
}


def stored(field: Field, value: object) -> SqlValue:
    """What the tables hold for a JSON value (or an aware datetime, a date, a time); empty text is null.

    Raises ApiError JSON_PARSER_ERROR for a value of another type, MALFORMED_ID for text that is no id,
    NUMBER_OUTSIDE_VALID_RANGE for a number with too many digits.
    """
    return None if value is None else _INWARD[field.type](field, value)


def _same(value: Any) -> Any:
    return value


def _optional(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


_OUTWARD: dict[FieldType, Callable[[Any], Any]] = {
    FieldType.BOOLEAN: bool,
    FieldType.DATETIME: _optional(moments.print_ms),
    **dict.fromkeys(NUMBERS, _optional(float)),
}


def printer(field_type: FieldType) -> Callable[[Any], Any]:
    """The function that turns a table's value of that type into a body's."""
    return _OUTWARD.get(field_type, _same)
