"""Aggregate queries: GROUP BY, HAVING, and rows of type AggregateResult."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.local_org.engine import values
from app.local_org.engine.expressions import Typed, is_aggregate, typed
from app.local_org.engine.plans import AggregatePlan
from app.local_org.engine.scope import Scope
from soql.ast import (
    And,
    ChildQuery,
    Comparison,
    Condition,
    Expression,
    FieldPath,
    Includes,
    InQuery,
    InValues,
    Not,
    Or,
    OrderBy,
    Select,
    SelectItem,
)

MAX_ROWS = 2000
"""An aggregate query answers one batch; there is no queryMore for it."""


def is_aggregate_query(select: Select) -> bool:
    """Whether the answer has aggregate rows."""
    items = (item for item in select.items if isinstance(item, SelectItem))
    return bool(select.group_by) or any(is_aggregate(item.expression) for item in items)


def aggregate_plan(scope: Scope, select: Select, *, where: str, having: str | None, limit: str) -> AggregatePlan:
    """The plan of an aggregate query; its WHERE, HAVING and LIMIT are compiled already.

    Raises MALFORMED_QUERY for a field that is neither grouped nor aggregated, and for two values of one name.
    """
    groups = [_group(scope, expression) for expression in select.group_by]
    grouped = set(groups)
    columns: list[str] = []
    outputs: list[tuple[str, Callable[[Any], Any]]] = []
    unnamed = 0
    for item in select.items:
        if isinstance(item, ChildQuery):
            raise scope.statement.refuse(
                item.query.position, "MALFORMED_QUERY", "An aggregate query has no child query"
            )
        found = _selected(scope, item.expression, grouped)
        if item.alias is not None:
            name = item.alias
        elif isinstance(item.expression, FieldPath):
            name = found.name
        else:
            name, unnamed = f"expr{unnamed}", unnamed + 1
        if any(name.lower() == other.lower() for other, _ in outputs):
            raise scope.statement.refuse(item.expression.position, "MALFORMED_QUERY", f"duplicate alias: {name}")
        columns.append(found.sql)
        outputs.append((name, values.printer(found.type)))
    if select.having is not None:
        _check_having(scope, select.having, grouped)
    ordered = _order_by(scope, select.order_by, grouped)
    parts = [f"SELECT {', '.join(columns)} FROM {scope.statement.source(scope.object)} {scope.alias}"]  # noqa: S608
    parts += scope.joins
    group_by = f" GROUP BY {', '.join(groups)}" if groups else ""
    having_sql = f" HAVING {having}" if having else ""
    return AggregatePlan(" ".join(parts) + where + group_by + having_sql + ordered + limit, tuple(outputs))


def _group(scope: Scope, expression: Expression) -> str:
    found = typed(scope, expression)
    if found.field is not None and not found.field.groupable:
        message = f"field '{found.name}' can not be grouped in a query call"
        raise scope.statement.refuse(expression.position, "MALFORMED_QUERY", message)
    return found.sql


def _selected(scope: Scope, expression: Expression, grouped: set[str]) -> Typed:
    found = typed(scope, expression)
    if not is_aggregate(expression) and found.sql not in grouped:
        message = f"Field must be grouped or aggregated: {_shown(expression)}"
        raise scope.statement.refuse(expression.position, "MALFORMED_QUERY", message)
    return found


def _shown(expression: Expression) -> str:
    return expression.text if isinstance(expression, FieldPath) else f"{expression.name}()"


def _check_having(scope: Scope, condition: Condition, grouped: set[str]) -> None:
    match condition:
        case And(terms) | Or(terms):
            for term in terms:
                _check_having(scope, term, grouped)
        case Not(term):
            _check_having(scope, term, grouped)
        case Comparison(left) | InValues(left) | Includes(left) | InQuery(left):
            _selected(scope, left, grouped)


def _order_by(scope: Scope, order_by: tuple[OrderBy, ...], grouped: set[str]) -> str:
    if not order_by:
        return ""
    terms: list[str] = []
    for order in order_by:
        found = typed(scope, order.expression)
        if not is_aggregate(order.expression) and found.sql not in grouped:
            message = f"Ordered field must be grouped or aggregated: {_shown(order.expression)}"
            raise scope.statement.refuse(order.expression.position, "MALFORMED_QUERY", message)
        terms.append(ordered_sql(found.sql, order))
    return " ORDER BY " + ", ".join(terms)


def ordered_sql(sql: str, order: OrderBy) -> str:
    """One term of ORDER BY; nulls come first in both directions unless the statement says otherwise."""
    nulls = "LAST" if order.nulls_first is False else "FIRST"
    return f"{sql} {'DESC' if order.descending else 'ASC'} NULLS {nulls}"
