"""The field paths of one SELECT, and when two of them mean the same."""

from __future__ import annotations

from collections.abc import Iterator

from soql.ast import Comparison, Expression, FieldPath, Function, Includes, InQuery, InValues, Select, SelectItem
from soql.walk import conditions_of


def expressions_of(query: Select) -> Iterator[Expression]:
    """Every expression of the SELECT's own clauses, in their order; not of the queries inside it."""
    for item in query.items:
        if isinstance(item, SelectItem):
            yield item.expression
    for condition in (query.where, query.having):
        for part in conditions_of(condition):
            if isinstance(part, Comparison | InValues | InQuery | Includes):
                yield part.left
    yield from query.group_by
    for order in query.order_by:
        yield order.expression


def paths_of(query: Select) -> Iterator[FieldPath]:
    """Every field path of the SELECT's own clauses, those inside functions too."""
    for expression in expressions_of(query):
        path = path_in(expression)
        if path is not None:
            yield path


def path_in(expression: Expression) -> FieldPath | None:
    """The field that an expression is about; None for COUNT()."""
    inner: Expression | None = expression
    while isinstance(inner, Function):
        inner = inner.argument
    return inner


def without_alias(path: FieldPath, query: Select) -> tuple[str, ...]:
    """The path's parts in lower case, less the alias (or name) of the SELECT's object in front."""
    parts = tuple(part.lower() for part in path.parts)
    if len(parts) > 1 and parts[0] in ((query.alias or "").lower(), query.from_.lower()):
        return parts[1:]
    return parts


def key_of(expression: Expression, query: Select) -> tuple[str, ...]:
    """Equal for expressions that mean the same in this SELECT, whatever their casing and aliases."""
    names: list[str] = []
    inner: Expression | None = expression
    while isinstance(inner, Function):
        names.append(f"{inner.name.lower()}()")
        inner = inner.argument
    return (*names, *(without_alias(inner, query) if inner is not None else ()))
