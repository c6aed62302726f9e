"""SOQL's rules for semi- and anti-joins (`x IN (SELECT …)`). Source: "SOQL and SOSL Reference", Comparison Operators,
"Semi-Joins with IN and Anti-Joins with NOT IN"."""

from __future__ import annotations

from typing import NoReturn

from soql.ast import And, ChildQuery, Condition, FieldPath, InQuery, Position, Select, SelectItem
from soql.errors import SoqlRuleError
from soql.limits import MAX_SEMI_JOINS
from soql.paths import without_alias
from soql.walk import conditions_of

NOT_IN_A_SEMI_JOIN = frozenset(
    {
        "activityhistory",
        "attachment",
        "attachments",
        "event",
        "eventattendee",
        "note",
        "openactivity",
        "tags",
        "task",
    }
)
"""Objects that no semi-join may read, in lower case."""

NOT_AT_THE_TOP = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions"
)
"""Of a semi-join under OR, NOT or parentheses. Source: UnofficialSF/LightningFlowComponents #1132."""


def check_semi_joins(select: Select) -> None:
    """Raises SoqlRuleError. `select` is the outermost statement."""
    joins = _joins(select.where)
    if len(joins) > MAX_SEMI_JOINS:
        # The code: restforce #571.
        message = f"Maximum {MAX_SEMI_JOINS} semi join sub-selects are allowed"
        raise SoqlRuleError("EXCEEDED_MAX_SEMIJOIN_SUBSELECTS", message, joins[MAX_SEMI_JOINS].left.position)
    top = select.where.terms if isinstance(select.where, And) else (select.where,)
    for join in joins:
        if not any(join is term for term in top):
            _refuse(NOT_AT_THE_TOP, join.left.position)
        _check_inside(join.query, select)
    for having in _joins(select.having):
        _refuse("Semi join sub-selects are not allowed in HAVING", having.left.position)
    for item in select.items:
        if isinstance(item, ChildQuery):
            _check_child(item.query)


def _check_child(child: Select) -> None:
    for join in (*_joins(child.where), *_joins(child.having)):
        _refuse("Semi join sub-selects are not allowed in a child query", join.left.position)
    for item in child.items:
        if isinstance(item, ChildQuery):
            _check_child(item.query)


def _check_inside(query: Select, outer: Select) -> None:
    for join in (*_joins(query.where), *_joins(query.having)):
        _refuse("Nesting of semi join sub-selects is not supported", join.left.position)
    if query.from_.lower() == outer.from_.lower():
        _refuse("The inner and outer selects should not be on the same object type", query.from_position)
    if query.from_.lower() in NOT_IN_A_SEMI_JOIN:
        _refuse(f"Entity '{query.from_}' is not supported for semi join inner selects", query.from_position)
    item = query.items[0]
    if len(query.items) != 1 or not isinstance(item, SelectItem) or not isinstance(item.expression, FieldPath):
        _refuse("A semi join sub-select selects exactly one field, without a function", query.position)
    if len(without_alias(item.expression, query)) > 1:
        _refuse("The field that a semi join sub-select selects cannot be a parent's", item.expression.position)
    clauses = {
        "GROUP BY": bool(query.group_by),
        "HAVING": query.having is not None,
        "ORDER BY": bool(query.order_by),
        "LIMIT": query.limit is not None,
        "OFFSET": query.offset is not None,
        "USING SCOPE": query.scope is not None,
        "WITH": query.with_ is not None,
        **{option.value: True for option in query.options},
    }
    for clause, present in clauses.items():
        if present:
            _refuse(f"{clause} is not allowed in a semi join sub-select", query.position)


def _joins(condition: Condition | None) -> list[InQuery]:
    return [part for part in conditions_of(condition) if isinstance(part, InQuery)]


def _refuse(message: str, position: Position) -> NoReturn:
    raise SoqlRuleError("MALFORMED_QUERY", message, position)
