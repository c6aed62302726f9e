"""The field paths of one SELECT, and when two of them mean the same."""

from __future__ import annotations

from collections.abc import Iterator

from soql.ast import (
    Comparison,
    Expression,
    FieldPath,
    Function,
    Includes,
    InQuery,
    InValues,
    Select,
    SelectItem,
    TypeOf,
)
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
    """Every field path of the SELECT's own clauses, those inside functions and TYPEOF too."""
    for expression in expressions_of(query):
        path = path_in(expression)
        if path is not None:
            yield path
        if isinstance(expression, Function) and expression.distance and isinstance(expression.distance.to, FieldPath):
            yield expression.distance.to
    for item in query.items:
        if isinstance(item, TypeOf):
            for inner in (*(path for branch in item.branches for path in branch.fields), *item.otherwise):
                yield FieldPath((*item.relationship.parts, *inner.parts), inner.position)


def path_in(expression: Expression) -> FieldPath | None:
    """The field that an expression is about; None for COUNT()."""
    inner: Expression | None = expression
    while isinstance(inner, Function):
        inner = inner.argument
    return inner


def aliases_of(query: Select) -> dict[str, tuple[str, ...]]:
    """What may stand in front of a path, in lower case, and the relationships that it means: none for the object's own
    alias and name, those of `c.Account a` for `a`. An entry sees the aliases before it only."""
    known: dict[str, tuple[str, ...]] = {query.from_.lower(): ()}
    if query.alias is not None:
        known[query.alias.lower()] = ()
    for entry in query.also_from:
        first, *rest = (part.lower() for part in entry.path.parts)
        if entry.alias is not None:
            known.setdefault(entry.alias.lower(), (*known.get(first, (first,)), *rest))
    return known


def without_alias(path: FieldPath, query: Select) -> tuple[str, ...]:
    """The path's parts in lower case, an alias in front replaced by what it means."""
    first, *rest = (part.lower() for part in path.parts)
    known = aliases_of(query) if rest else {}
    return (*known.get(first, (first,)), *rest)


def key_of(expression: Expression, query: Select) -> tuple[str, ...]:
    """Equal for expressions that mean the same in this SELECT, whatever their casing and aliases."""
    names: list[str] = []
    inner: Expression | None = expression
    while isinstance(inner, Function):
        names.append(f"{inner.name.lower()}({inner.distance or ''})")
        inner = inner.argument
    return (*names, *(without_alias(inner, query) if inner is not None else ()))
