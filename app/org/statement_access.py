"""Whether a statement keeps to the rules of a scope: objects, parent paths, child subqueries, semi-joins.

Read from the statement as its file has it, in logical names, before the filter is added.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.org.errors import StatementRefused
from app.org.paths import resolve
from app.org.record_filters import ScopeRules
from app.org.schema_map import MappedObject, SchemaMap
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
    Select,
    SelectItem,
)


def check_access(select: Select, rules: ScopeRules, schema_map: SchemaMap) -> None:
    """Raises StatementRefused naming what the scope does not list. Default deny: no entry, no access."""
    if select.from_ not in rules.objects:
        raise StatementRefused(f"the object {select.from_} is not listed")
    _check_select(select, schema_map.object(select.from_), rules, schema_map)


def _check_select(select: Select, mapped: MappedObject, rules: ScopeRules, schema_map: SchemaMap) -> None:
    for path in field_paths(select):
        _check_path(path, mapped, rules, schema_map)
    for join in semi_joins(select.where):
        (item,) = join.query.items
        inner = schema_map.object(join.query.from_)
        text = f"{mapped.name}.{join.left.text} IN {inner.name}.{_selected(item)}"
        if text not in rules.semi_joins:
            raise StatementRefused(f"the semi-join {text} is not listed")
        _check_select(join.query, inner, rules, schema_map)
    for item in select.items:
        if isinstance(item, ChildQuery):
            child = mapped.children.get(item.query.from_)
            if child is None:
                raise StatementRefused(f"{mapped.name} has no child relationship {item.query.from_!r}")
            if f"{mapped.name}.{child.name}" not in rules.children:
                raise StatementRefused(f"the child relationship {mapped.name}.{child.name} is not listed")
            _check_select(item.query, schema_map.object(child.object), rules, schema_map)


def _check_path(path: FieldPath, mapped: MappedObject, rules: ScopeRules, schema_map: SchemaMap) -> None:
    resolved = resolve(schema_map, mapped, path)
    for object_name, field_name in resolved.uses:
        if field_name in rules.hidden.get(object_name, frozenset()):
            raise StatementRefused(f"{object_name}.{field_name} is hidden ({path.text})")
    *way, last = resolved.logical
    if resolved.is_parent_id:
        *way, last = way
    if not way:
        return
    allowed = rules.parents.get(mapped.name, {}).get(".".join(way), frozenset())
    if last not in allowed:
        raise StatementRefused(f"the parent path {mapped.name}.{path.text} is not listed")


def _selected(item: object) -> str:
    expression = getattr(item, "expression", None)
    return expression.text if isinstance(expression, FieldPath) else "?"


def field_paths(select: Select) -> Iterator[FieldPath]:
    """Every path of one SELECT in every clause; those of subqueries and semi-joins belong to their own SELECT."""
    for item in select.items:
        if isinstance(item, SelectItem):
            yield from _of_expression(item.expression)
        elif not isinstance(item, ChildQuery):
            raise StatementRefused("its list has more than fields and child queries")
    yield from _of_condition(select.where)
    for expression in select.group_by:
        yield from _of_expression(expression)
    yield from _of_condition(select.having)
    for order in select.order_by:
        yield from _of_expression(order.expression)


def semi_joins(condition: Condition | None) -> Iterator[InQuery]:
    """Every semi-join and anti-join of a condition, however deep it stands."""
    match condition:
        case InQuery():
            yield condition
        case And(terms) | Or(terms):
            for term in terms:
                yield from semi_joins(term)
        case Not(term):
            yield from semi_joins(term)
        case _:
            return


def _of_expression(expression: Expression) -> Iterator[FieldPath]:
    if isinstance(expression, FieldPath):
        yield expression
    elif expression.argument is not None:
        yield from _of_expression(expression.argument)


def _of_condition(condition: Condition | None) -> Iterator[FieldPath]:
    match condition:
        case None:
            return
        case And(terms) | Or(terms):
            for term in terms:
                yield from _of_condition(term)
        case Not(term):
            yield from _of_condition(term)
        case Comparison(left=left) | InValues(left=left) | Includes(left=left) | InQuery(left=left):
            yield from _of_expression(left)
