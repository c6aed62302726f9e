"""Aggregate queries: GROUP BY, HAVING, and rows of type AggregateResult. Subtotals: subtotals.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from app.local_org.engine import values
from app.local_org.engine.conditions import Resolve
from app.local_org.engine.expressions import Typed, typed
from app.local_org.engine.ordering import ordered_sql
from app.local_org.engine.plans import AggregatePlan
from app.local_org.engine.scope import Scope
from app.local_org.engine.subtotals import Subtotals
from app.local_org.errors import ApiError, Unsupported
from soql.ast import Expression, FieldPath, Function, Select, SelectItem
from soql.functions import FORMAT, GROUPING, TO_LABEL
from soql.grouping_rules import is_aggregate, is_grouped, ordered_by

MAX_ROWS = 2000
"""An aggregate query answers one batch; there is no queryMore for it."""

is_aggregate_query = is_grouped

Outputs = list[tuple[str, Callable[[Any], Any]]]


class Clauses(Protocol):
    """What the compiler of record queries lends: the clauses that read the same in both."""

    def where(self, scope: Scope, select: Select, extra: str | None = None) -> str: ...

    def having(self, scope: Scope, select: Select, resolve: Resolve) -> str: ...

    def limit(self, select: Select) -> str: ...


def aggregate_plan(scope: Scope, select: Select, clauses: Clauses) -> AggregatePlan:
    """The plan of an aggregate query.

    Raises MALFORMED_QUERY for a field that is neither grouped nor aggregated, and for two values of one name.
    """
    grouped = [_group(scope, expression) for expression in select.group_by]
    subtotals = Subtotals(scope, select.group_mode, grouped) if select.group_mode else None

    def resolve(expression: Expression) -> Typed:
        return _held(scope, expression, grouped) if subtotals is None else subtotals.resolve(expression)

    columns, outputs = _columns(scope, select, resolve)
    where = clauses.where(scope, select)
    having = clauses.having(scope, select, resolve)
    params = scope.statement.params
    ordered = [ordered_sql(resolve(ordered_by(order.expression, select)), order, params) for order in select.order_by]
    order_by = f" ORDER BY {', '.join(ordered)}" if ordered else ""
    source = " ".join([f" FROM {scope.statement.source(scope.object)} {scope.alias}", *scope.joins]) + where
    if subtotals is not None:
        kept = f" WHERE {having}" if having else ""
        source, group_by = f" FROM ({subtotals.rows(source)}){kept}", ""
    else:
        group_by = f" GROUP BY {', '.join(each.sql for each in grouped)}" if grouped else ""
        group_by += f" HAVING {having}" if having else ""
    sql = f"SELECT {', '.join(columns)}{source}{group_by}{order_by}{clauses.limit(select)}"
    return AggregatePlan(sql, tuple(outputs))


def _columns(scope: Scope, select: Select, resolve: Resolve) -> tuple[list[str], Outputs]:
    columns: list[str] = []
    outputs: Outputs = []
    unnamed = 0
    for item in select.items:
        if not isinstance(item, SelectItem):
            message = "An aggregate query selects groups and aggregates alone"
            raise scope.statement.refuse(select.position, "MALFORMED_QUERY", message)
        found = resolve(item.expression)
        if item.alias is not None:
            name = item.alias
        elif isinstance(item.expression, FieldPath):
            name = found.name
        else:
            name, unnamed = f"expr{unnamed}", unnamed + 1
        if any(name.lower() == other.lower() for other, _ in outputs):
            raise scope.statement.refuse(item.expression.position, "MALFORMED_QUERY", f"duplicate alias: {name}")
        columns.append(found.sql)
        outputs.append((name, _printer(found)))
    return columns, outputs


def _printer(found: Typed) -> Callable[[Any], Any]:
    """A group may be null where its field never is: of a subtotal, or of a parent that is not there."""
    convert = values.printer(found.type)
    return lambda value: None if value is None else convert(value)


def _group(scope: Scope, expression: Expression) -> Typed:
    found = typed(scope, expression)
    if found.field is not None and not found.field.groupable:
        message = f"field '{found.name}' can not be grouped in a query call"
        raise scope.statement.refuse(expression.position, "MALFORMED_QUERY", message)
    return found


def _held(scope: Scope, expression: Expression, grouped: list[Typed]) -> Typed:
    if isinstance(expression, Function):
        refuse_wrapped(expression)
        if expression.name == GROUPING:
            message = "GROUPING() needs GROUP BY ROLLUP or GROUP BY CUBE"
            raise scope.statement.refuse(expression.position, "MALFORMED_QUERY", message)
    found = typed(scope, expression)
    if not is_aggregate(expression) and all(found.sql != each.sql for each in grouped):
        # Without a caret: forcedotcom/cli #1356 shows it bare.
        raise ApiError(400, "MALFORMED_QUERY", f"Field must be grouped or aggregated: {_shown(expression)}")
    return found


def refuse_wrapped(call: Function) -> None:
    """Raises Unsupported for what SOQL takes around a group or an aggregate, and the local org does not."""
    if call.name in (FORMAT, TO_LABEL):
        raise Unsupported(f"the function {call.name}() in a query with aggregates")


def _shown(expression: Expression) -> str:
    return expression.text if isinstance(expression, FieldPath) else f"{expression.name}()"
