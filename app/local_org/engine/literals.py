"""A literal of a statement against the field that it is compared with: its type checked, its SQL value made.

Source of the texts: salesforce notes, section 4; those of the type errors are background knowledge, unconfirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.local_org.engine import date_literals, ids, moments
from app.local_org.engine.expressions import Typed
from app.local_org.engine.names import TEXTS
from app.local_org.engine.permits import Actor
from app.local_org.engine.scope import Statement
from app.local_org.engine.storage import SqlValue
from app.local_org.engine.values import IDS, NUMBERS
from app.local_org.errors import ApiError, Unsupported
from app.local_org.schema.model import FieldType
from soql.ast import (
    Bind,
    Boolean,
    Currency,
    Date,
    DateLiteral,
    DateTime,
    Null,
    Number,
    Pattern,
    Position,
    String,
    Time,
    Value,
)

_SPELLED = {
    FieldType.DATETIME: "dateTime",
    FieldType.REFERENCE: "reference",
    FieldType.CURRENCY: "currency",
    **dict.fromkeys(TEXTS, "string"),
}


_SQLITE_INTEGERS = 2**63


@dataclass(frozen=True, slots=True)
class Range:
    """What a date literal covers, half-open, as stored values."""

    start: SqlValue
    end: SqlValue


Literal = SqlValue | Range


def literal(statement: Statement, left: Typed, value: Value, position: Position) -> Literal:
    """The stored value that a literal means for that field (None for null), or the range of a date literal.

    Raises INVALID_FIELD for a literal of another type, INVALID_QUERY_FILTER_OPERATOR for text that is no id.
    """
    if isinstance(value, Null):
        return None
    if isinstance(value, Bind):
        raise statement.refuse(value.position, "MALFORMED_QUERY", "Bind variables only allowed in Apex code")
    if isinstance(value, Pattern):
        raise Unsupported("a pattern outside of LIKE")
    if isinstance(value, DateLiteral):
        return _range(statement, left, value, position)
    converted = _plain(left.type, value)
    if converted is not None:
        return converted
    if left.type in IDS and isinstance(value, String):
        return _id(statement, value, position)
    raise _wrong_type(statement, left, position)


def _plain(kind: FieldType, value: Value) -> SqlValue:
    match value:
        case String(text) if kind in TEXTS:
            return text
        case Number(number) if kind in NUMBERS or kind is FieldType.INT:
            whole = number == number.to_integral_value() and abs(number) < _SQLITE_INTEGERS
            return int(number) if whole else float(number)
        case Currency(_, number) if kind is FieldType.CURRENCY:
            return float(number)
        case Boolean(flag) if kind is FieldType.BOOLEAN:
            return int(flag)
        case Date(day) if kind is FieldType.DATE:
            return day.isoformat()
        case DateTime(moment) if kind is FieldType.DATETIME:
            return moments.to_ms(moment)
        case Time(clock) if kind is FieldType.TIME:
            return moments.print_time(clock)
        case _:
            return None


def _id(statement: Statement, value: String, position: Position) -> SqlValue:
    if not value.value:
        return ""  # An empty id is allowed, and equals none.
    found = ids.long_id(value.value)
    if found is None:
        raise statement.refuse(position, "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value.value}")
    return found


def _wrong_type(statement: Statement, left: Typed, position: Position) -> ApiError:
    kind = _SPELLED.get(left.type, left.type.value)
    quoted = "should be" if left.type in TEXTS or left.type in IDS else "should not be"
    message = (
        f"value of filter criterion for field '{left.name}' must be of type {kind} and {quoted} enclosed in quotes"
    )
    return statement.refuse(position, "INVALID_FIELD", message)


def _range(statement: Statement, left: Typed, value: DateLiteral, position: Position) -> Range:
    actor: Actor = statement.actor
    days = date_literals.days_of(value.name, value.n, actor.today)
    if left.type is FieldType.DATE:
        return Range(days[0].isoformat(), days[1].isoformat())
    if left.type is FieldType.DATETIME:
        start, end = date_literals.instants_of(days, actor.zone)
        return Range(moments.to_ms(start), moments.to_ms(end))
    raise _wrong_type(statement, left, position)
