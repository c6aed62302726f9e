"""SOQL's rules for aggregates and grouping. Source: "SOQL and SOSL Reference", Aggregate Functions, GROUP BY, GROUP BY
ROLLUP, GROUP BY CUBE, HAVING."""

from __future__ import annotations

from typing import NoReturn

from soql.ast import ChildQuery, Expression, FieldPath, Fields, Function, Select, SelectItem, TypeOf
from soql.errors import SoqlRuleError
from soql.function_rules import check_function, check_places, compared
from soql.functions import AGGREGATES, DISTANCE, GROUPING, WRAPPERS
from soql.limits import MAX_ROLLED_UP
from soql.paths import expressions_of, key_of


def is_aggregate(expression: Expression) -> bool:
    """Whether it is `COUNT(…)`, `MAX(…)` and the like, or FORMAT around one."""
    if not isinstance(expression, Function):
        return False
    if expression.name in WRAPPERS:
        return expression.argument is not None and is_aggregate(expression.argument)
    return expression.name in AGGREGATES


def is_grouped(query: Select) -> bool:
    """Whether the SELECT answers with aggregate rows: it has a GROUP BY or an aggregate."""
    return bool(query.group_by) or any(
        isinstance(item, SelectItem) and is_aggregate(item.expression) for item in query.items
    )


def ordered_by(expression: Expression, query: Select) -> Expression:
    """What a term of a grouped query's ORDER BY means: an alias of the SELECT list stands for its expression.

    [BG] A field that is grouped goes before an alias of the same name.
    """
    if not isinstance(expression, FieldPath) or len(expression.parts) > 1 or not is_grouped(query):
        return expression
    if any(key_of(each, query) == key_of(expression, query) for each in query.group_by):
        return expression
    name = expression.text.lower()
    for item in query.items:
        if isinstance(item, SelectItem) and item.alias is not None and item.alias.lower() == name:
            return item.expression
    return expression


def check_grouping(query: Select) -> None:
    """Raises SoqlRuleError. Looks at the SELECT's own clauses, not into the queries inside it."""
    for expression in expressions_of(query):
        check_function(expression)
    check_places(query)
    if query.having is not None and not query.group_by:
        raise SoqlRuleError("MALFORMED_QUERY", "HAVING needs a GROUP BY", query.position)
    if is_grouped(query):
        _check_grouped(query)
    else:
        _check_plain(query)


def _check_grouped(query: Select) -> None:
    keys = {key_of(expression, query) for expression in query.group_by}
    if query.group_mode and len(query.group_by) > MAX_ROLLED_UP:
        message = f"{query.group_mode} takes at most {MAX_ROLLED_UP} fields"
        _refuse(message, query.group_by[MAX_ROLLED_UP])
    counting = query.items[0]
    counts = isinstance(counting, SelectItem) and counting.expression == Function("COUNT", None)
    if isinstance(counting, SelectItem) and counts:
        if query.group_by:
            _refuse("COUNT() cannot be grouped; use COUNT(Id)", counting.expression)
        if query.order_by:
            _refuse("COUNT() cannot be ordered", counting.expression)
        if counting.alias:
            _refuse("COUNT() cannot have an alias", counting.expression)
    for item in query.items:
        match item:
            case SelectItem(expression):
                _check_held(expression, "Field", query, keys)
            case ChildQuery(inner):
                raise SoqlRuleError("MALFORMED_QUERY", "A grouped query has no child queries", inner.position)
            case Fields():
                message = "The SOQL FIELDS function is not supported in a grouped query"
                raise SoqlRuleError("MALFORMED_QUERY", message, item.position)
            case TypeOf():
                raise SoqlRuleError("MALFORMED_QUERY", "TYPEOF is not allowed in a grouped query", item.position)
    for order in query.order_by:
        _check_held(ordered_by(order.expression, query), "Ordered field", query, keys)
    for left in compared(query.having):
        _check_held(left, "Field in HAVING", query, keys)
    if query.group_by or counts:
        return
    for clause, present in {
        "ORDER BY": bool(query.order_by),
        "LIMIT": query.limit is not None or query.offset is not None,
    }.items():
        if present:
            message = f"Non-grouped query that uses overall aggregate functions cannot also use {clause}"
            raise SoqlRuleError("MALFORMED_QUERY", message, query.position)


def _check_held(expression: Expression, what: str, query: Select, keys: set[tuple[str, ...]]) -> None:
    """An expression of a grouped query is grouped or aggregated, or a wrapper around what is."""
    if is_aggregate(expression):
        return
    if isinstance(expression, Function) and expression.name == GROUPING:
        argument = expression.argument
        if not query.group_mode:
            _refuse("GROUPING() needs GROUP BY ROLLUP or GROUP BY CUBE", expression)
        if argument is None or key_of(argument, query) not in keys:
            _refuse("The field of GROUPING() must be in ROLLUP or CUBE", expression)
        return
    inner = expression
    while isinstance(inner, Function) and inner.name in WRAPPERS and inner.argument is not None:
        inner = inner.argument
    if key_of(inner, query) not in keys:
        _refuse(f"{what} must be grouped or aggregated: {_shown(expression)}", expression)


def _check_plain(query: Select) -> None:
    for item in query.items:
        if not isinstance(item, SelectItem):
            continue
        if isinstance(item.expression, Function):
            if item.expression.name in WRAPPERS:
                continue
            _refuse(f"{item.expression.name}() needs a GROUP BY", item.expression)
        if item.alias is not None:
            _refuse("Only grouped and aggregate expressions can have an alias", item.expression)
    for order in query.order_by:
        if isinstance(order.expression, Function) and order.expression.name != DISTANCE:
            _refuse(f"{order.expression.name}() in ORDER BY needs a GROUP BY", order.expression)


def _shown(expression: Expression) -> str:
    return expression.text if isinstance(expression, FieldPath) else f"{expression.name}()"


def _refuse(message: str, at: Expression) -> NoReturn:
    raise SoqlRuleError("MALFORMED_QUERY", message, at.position)
