"""SOQL's rules for aggregates, GROUP BY and functions. Source: "SOQL and SOSL Reference", Aggregate Functions,
GROUP BY, HAVING, Date Functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from soql.ast import (
    ChildQuery,
    Comparison,
    Condition,
    Expression,
    FieldPath,
    Function,
    Includes,
    InQuery,
    InValues,
    Select,
    SelectItem,
)
from soql.errors import SoqlRuleError
from soql.functions import AGGREGATES, CONVERT_TIMEZONE
from soql.paths import expressions_of, key_of
from soql.walk import conditions_of


def is_aggregate(expression: Expression) -> bool:
    """Whether it is `COUNT(…)`, `MAX(…)` and the like."""
    return isinstance(expression, Function) and expression.name in AGGREGATES


def is_grouped(query: Select) -> bool:
    """Whether the SELECT answers with aggregate rows: it has a GROUP BY or an aggregate."""
    return bool(query.group_by) or any(
        isinstance(item, SelectItem) and is_aggregate(item.expression) for item in query.items
    )


def check_grouping(query: Select) -> None:
    """Raises SoqlRuleError. Looks at the SELECT's own clauses, not into the queries inside it."""
    for expression in expressions_of(query):
        _check_function(expression)
    for left in _compared(query.where):
        if is_aggregate(left):
            _refuse("Aggregate functions are not allowed in WHERE; use HAVING", left)
    for expression in query.group_by:
        if is_aggregate(expression):
            _refuse("An aggregate function cannot be grouped by", expression)
    if query.having is not None and not query.group_by:
        raise SoqlRuleError("MALFORMED_QUERY", "HAVING needs a GROUP BY", query.position)
    if is_grouped(query):
        _check_grouped(query)
    else:
        _check_plain(query)


def _check_grouped(query: Select) -> None:
    keys = {key_of(expression, query) for expression in query.group_by}
    counting = query.items[0]
    if isinstance(counting, SelectItem) and counting.expression == Function("COUNT", None):
        if query.group_by:
            _refuse("COUNT() cannot be grouped; use COUNT(Id)", counting.expression)
        if query.order_by:
            _refuse("COUNT() cannot be ordered", counting.expression)
        if counting.alias:
            _refuse("COUNT() cannot have an alias", counting.expression)
    for item in query.items:
        if isinstance(item, ChildQuery):
            raise SoqlRuleError("MALFORMED_QUERY", "A grouped query has no child queries", item.query.position)
        if not is_aggregate(item.expression) and key_of(item.expression, query) not in keys:
            _refuse(f"Field must be grouped or aggregated: {_shown(item.expression)}", item.expression)
    for order in query.order_by:
        if not is_aggregate(order.expression) and key_of(order.expression, query) not in keys:
            _refuse(f"Ordered field must be grouped or aggregated: {_shown(order.expression)}", order.expression)
    for left in _compared(query.having):
        if not is_aggregate(left) and key_of(left, query) not in keys:
            _refuse(f"Field in HAVING must be grouped or aggregated: {_shown(left)}", left)
    if not query.group_by and (query.limit is not None or query.offset is not None):
        if isinstance(counting, SelectItem) and counting.expression == Function("COUNT", None):
            return
        message = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
        raise SoqlRuleError("MALFORMED_QUERY", message, query.position)


def _check_plain(query: Select) -> None:
    for item in query.items:
        if not isinstance(item, SelectItem):
            continue
        if isinstance(item.expression, Function):
            _refuse(f"{item.expression.name}() needs a GROUP BY", item.expression)
        if item.alias is not None:
            _refuse("Only grouped and aggregate expressions can have an alias", item.expression)
    for order in query.order_by:
        if isinstance(order.expression, Function):
            _refuse(f"{order.expression.name}() in ORDER BY needs a GROUP BY", order.expression)


def _check_function(expression: Expression) -> None:
    if not isinstance(expression, Function):
        return
    if expression.name == CONVERT_TIMEZONE:
        _refuse("convertTimezone() stands inside a date function only", expression)
    argument = expression.argument
    if argument is None:
        if expression.name != "COUNT":
            _refuse(f"{expression.name}() needs a field", expression)
    elif isinstance(argument, Function):
        inside_date = not is_aggregate(expression) and argument.name == CONVERT_TIMEZONE
        if not inside_date or not isinstance(argument.argument, FieldPath):
            _refuse(f"{argument.name}() cannot stand inside {expression.name}()", argument)


def _compared(condition: Condition | None) -> Iterator[Expression]:
    for part in conditions_of(condition):
        if isinstance(part, Comparison | InValues | InQuery | Includes):
            yield part.left


def _shown(expression: Expression) -> str:
    return expression.text if isinstance(expression, FieldPath) else f"{expression.name}()"


def _refuse(message: str, at: Expression) -> NoReturn:
    raise SoqlRuleError("MALFORMED_QUERY", message, at.position)
