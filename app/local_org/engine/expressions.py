"""A field, a date function or an aggregate as SQL with a type.

Date functions count in UTC; inside convertTimezone() they count in the running user's zone ([REP], salesforce notes).
Source: SOQL and SOSL Reference, "Date Functions", "Aggregate Functions".
"""

from __future__ import annotations

from dataclasses import dataclass

from app.local_org.engine import labels
from app.local_org.engine.functions import COLLATION, LOCAL
from app.local_org.engine.names import TEXTS
from app.local_org.engine.scope import Column, Scope
from app.local_org.engine.values import NUMBERS
from app.local_org.errors import ApiError, Unsupported
from app.local_org.schema.model import Field, FieldType
from soql.ast import Expression, FieldPath, Function
from soql.functions import AGGREGATES, DISTANCE, TO_LABEL
from soql.grouping_rules import is_aggregate

_CALENDAR = {
    "CALENDAR_YEAR": "CAST(strftime('%Y', {0}) AS INTEGER)",
    "CALENDAR_QUARTER": "((CAST(strftime('%m', {0}) AS INTEGER) + 2) / 3)",
    "CALENDAR_MONTH": "CAST(strftime('%m', {0}) AS INTEGER)",
    "DAY_IN_MONTH": "CAST(strftime('%d', {0}) AS INTEGER)",
    "DAY_IN_WEEK": "(CAST(strftime('%w', {0}) AS INTEGER) + 1)",
    "DAY_IN_YEAR": "CAST(strftime('%j', {0}) AS INTEGER)",
    # Weeks of a year and of a month are runs of seven days from its first day.
    "WEEK_IN_YEAR": "((CAST(strftime('%j', {0}) AS INTEGER) + 6) / 7)",
    "WEEK_IN_MONTH": "((CAST(strftime('%d', {0}) AS INTEGER) + 6) / 7)",
}
# The fiscal year is the calendar year, an org's default; a name for each keeps them apart in the text.
_PARTS = _CALENDAR | {f"FISCAL_{part}": _CALENDAR[f"CALENDAR_{part}"] for part in ("YEAR", "QUARTER", "MONTH")}
_OF_DATETIME_ONLY = {"HOUR_IN_DAY": "CAST(strftime('%H', {0}) AS INTEGER)", "DAY_ONLY": "strftime('%Y-%m-%d', {0})"}


_NOT_AGGREGATED = frozenset({FieldType.BOOLEAN, FieldType.TIME, FieldType.MULTIPICKLIST})
"""Types that no aggregate takes, COUNT(field) included (SOQL and SOSL Reference, Support for Field Types)."""


@dataclass(frozen=True, slots=True)
class Typed:
    """SQL with the type of its value; `field` is the field behind it, `name` what messages call it."""

    sql: str
    type: FieldType
    name: str
    field: Field | None = None
    column: Column | None = None


def typed(scope: Scope, expression: Expression) -> Typed:
    """Resolve an expression. Raises INVALID_FIELD, MALFORMED_QUERY, or Unsupported for a function unknown here."""
    if isinstance(expression, FieldPath):
        column = scope.column(expression)
        return Typed(column.sql, column.field.type, column.field.name, column.field, column)
    name = expression.name.upper()
    if name in AGGREGATES:
        return _aggregate(scope, expression, name)
    if expression.name == TO_LABEL:
        return _label(scope, expression)
    if expression.name == DISTANCE and isinstance(expression.argument, FieldPath):
        typed(scope, expression.argument)
    if name in _PARTS or name in _OF_DATETIME_ONLY:
        return _date_part(scope, expression, name)
    raise Unsupported(f"the function {expression.name}() here")


def _aggregate(scope: Scope, call: Function, name: str) -> Typed:
    if call.argument is None:
        if name == "COUNT":
            return Typed("COUNT(*)", FieldType.INT, "COUNT")
        raise scope.statement.refuse(call.position, "MALFORMED_QUERY", f"{call.name}() needs a field")
    if is_aggregate(call.argument):
        raise scope.statement.refuse(call.position, "MALFORMED_QUERY", "Aggregates cannot be nested")
    argument = typed(scope, call.argument)
    if argument.type in _NOT_AGGREGATED or (argument.field is not None and not argument.field.filterable):
        raise _not_aggregated(scope, call, argument)
    if name == "COUNT":
        return Typed(f"COUNT({argument.sql})", FieldType.INT, call.name)
    if name == "COUNT_DISTINCT":
        return Typed(f"COUNT(DISTINCT {argument.sql})", FieldType.INT, call.name)
    numeric = argument.type in NUMBERS or argument.type is FieldType.INT
    if name in ("SUM", "AVG") and not numeric:
        raise _not_aggregated(scope, call, argument)
    sql = f"{name}({argument.sql})"
    if argument.type in TEXTS:
        # SQLite compares what a function gives by its bytes.
        sql = f"({sql} COLLATE {COLLATION})"
    return Typed(sql, FieldType.DOUBLE if name == "AVG" else argument.type, call.name)


def _not_aggregated(scope: Scope, call: Function, argument: Typed) -> ApiError:
    message = f"field {argument.name} does not support aggregate operator {call.name}"
    # The caret stands under the argument: SFDX-Data-Move-Utility #46.
    position = call.position if call.argument is None else call.argument.position
    return scope.statement.refuse(position, "MALFORMED_QUERY", message)


def _label(scope: Scope, call: Function) -> Typed:
    """A picklist's label; text of another kind, which an org may translate too, is its own."""
    if not isinstance(call.argument, FieldPath):
        raise scope.statement.refuse(call.position, "MALFORMED_QUERY", f"{call.name}() needs a field")
    found = typed(scope, call.argument)
    if found.type not in TEXTS or found.field is None:
        message = f"field {found.name} of type {found.type.value} does not support {call.name}()"
        raise scope.statement.refuse(call.position, "MALFORMED_QUERY", message)
    if found.type is FieldType.PICKLIST:
        sql = labels.sql(found.field, found.sql, scope.statement.params)
        return Typed(sql, FieldType.STRING, found.name, found.field)
    return found


def _date_part(scope: Scope, call: Function, name: str) -> Typed:
    inner, local = call.argument, False
    if isinstance(inner, Function) and inner.name.lower() == "converttimezone":
        inner, local = inner.argument, True
    if not isinstance(inner, FieldPath):
        raise scope.statement.refuse(call.position, "MALFORMED_QUERY", f"{call.name}() needs a date or dateTime field")
    argument = typed(scope, inner)
    if argument.type is FieldType.DATETIME:
        instant = argument.sql
        if local:
            instant = f"{LOCAL}({instant}, {scope.statement.params.add(scope.statement.actor.zone.key)})"
        moment = f"{instant} / 1000, 'unixepoch'"
    elif argument.type is FieldType.DATE and not local and name not in _OF_DATETIME_ONLY:
        moment = argument.sql
    else:
        message = f"field {argument.name} of type {argument.type.value} does not support {call.name}()"
        raise scope.statement.refuse(call.position, "MALFORMED_QUERY", message)
    template = _PARTS.get(name) or _OF_DATETIME_ONLY[name]
    return Typed(template.format(moment), FieldType.DATE if name == "DAY_ONLY" else FieldType.INT, call.name)
