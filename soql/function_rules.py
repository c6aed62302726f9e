"""SOQL's rules for functions: what may stand in one, and where each may stand. Source: "SOQL and SOSL Reference",
SELECT Functions, Date Functions, Translating Results, FORMAT, DISTANCE."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from soql.ast import (
    Comparison,
    Condition,
    Expression,
    FieldPath,
    Function,
    Includes,
    InQuery,
    InValues,
    Operator,
    Select,
    SelectItem,
)
from soql.errors import SoqlRuleError
from soql.functions import (
    AGGREGATES,
    CONVERT_CURRENCY,
    CONVERT_TIMEZONE,
    DATE_FUNCTIONS,
    DISTANCE,
    FORMAT,
    GROUPING,
    TO_LABEL,
    WRAPPERS,
)
from soql.walk import conditions_of

_BY_DISTANCE = frozenset({Operator.LESS, Operator.GREATER, Operator.LESS_OR_EQUAL, Operator.GREATER_OR_EQUAL})
_UNITS = frozenset({"mi", "km"})


def check_function(expression: Expression) -> None:
    """Raises SoqlRuleError for an argument that the function does not take."""
    if not isinstance(expression, Function):
        return
    if expression.name == CONVERT_TIMEZONE:
        _refuse("convertTimezone() stands inside a date function only", expression)
    if expression.distance is not None and expression.distance.unit.lower() not in _UNITS:
        _refuse("DISTANCE() measures in 'mi' or 'km'", expression)
    argument = expression.argument
    if argument is None:
        if expression.name != "COUNT":
            _refuse(f"{expression.name}() needs a field", expression)
    elif isinstance(argument, Function) and (
        not _takes(expression.name, argument.name) or not isinstance(argument.argument, FieldPath)
    ):
        _refuse(f"{argument.name}() cannot stand inside {expression.name}()", argument)


def _takes(outer: str, inner: str) -> bool:
    if outer in DATE_FUNCTIONS:
        return inner == CONVERT_TIMEZONE
    return outer == FORMAT and (inner in AGGREGATES or inner == CONVERT_CURRENCY)


def check_places(query: Select) -> None:
    """Raises SoqlRuleError for a function in a clause that does not take it. What needs a GROUP BY is another rule."""
    for item in query.items:
        if isinstance(item, SelectItem) and _is(item.expression, DISTANCE):
            _refuse("DISTANCE() is allowed in WHERE and ORDER BY only", item.expression)
    for left in compared(query.where):
        if isinstance(left, Function) and left.name in AGGREGATES:
            _refuse("Aggregate functions are not allowed in WHERE; use HAVING", left)
        if _is(left, FORMAT, CONVERT_CURRENCY, GROUPING):
            _refuse(f"{_name(left)}() is not allowed in WHERE", left)
    for part in conditions_of(query.where):
        if (
            isinstance(part, Comparison | InValues)
            and _is(part.left, DISTANCE)
            and (isinstance(part, InValues) or part.operator not in _BY_DISTANCE)
        ):
            _refuse("DISTANCE() is compared with < or > only", part.left)
    for expression in query.group_by:
        if isinstance(expression, Function) and expression.name in AGGREGATES:
            _refuse("An aggregate function cannot be grouped by", expression)
        if _is(expression, *WRAPPERS, GROUPING, DISTANCE):
            _refuse(f"{_name(expression)}() is not allowed in GROUP BY", expression)
    for left in compared(query.having):
        if _is(left, *WRAPPERS, DISTANCE):
            _refuse(f"{_name(left)}() is not allowed in HAVING", left)
    for order in query.order_by:
        if _is(order.expression, TO_LABEL, FORMAT, CONVERT_CURRENCY):
            _refuse(f"{_name(order.expression)}() is not allowed in ORDER BY", order.expression)


def compared(condition: Condition | None) -> Iterator[Expression]:
    """The left sides of a condition; not those of its semi-joins."""
    for part in conditions_of(condition):
        if isinstance(part, Comparison | InValues | InQuery | Includes):
            yield part.left


def _is(expression: Expression, *names: str) -> bool:
    return isinstance(expression, Function) and expression.name in names


def _name(expression: Expression) -> str:
    return expression.name if isinstance(expression, Function) else expression.text


def _refuse(message: str, at: Expression) -> NoReturn:
    raise SoqlRuleError("MALFORMED_QUERY", message, at.position)
