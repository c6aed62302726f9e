"""Going over a tree: every condition, every value, every bind, in the order of the text."""

from __future__ import annotations

from collections.abc import Iterator

from soql.ast import (
    And,
    Bind,
    ChildQuery,
    Comparison,
    Condition,
    Includes,
    InQuery,
    InValues,
    Not,
    Or,
    Select,
    Value,
)


def conditions_of(condition: Condition | None) -> Iterator[Condition]:
    """The condition and what it is made of, outside in; not into semi-joins."""
    if condition is None:
        return
    yield condition
    if isinstance(condition, And | Or):
        for term in condition.terms:
            yield from conditions_of(term)
    elif isinstance(condition, Not):
        yield from conditions_of(condition.term)


def values_of(condition: Condition | None) -> Iterator[Value]:
    """The values that a condition compares with; not those of its semi-joins."""
    for part in conditions_of(condition):
        if isinstance(part, Comparison):
            yield part.value
        elif isinstance(part, InValues | Includes):
            if isinstance(part.values, Bind):
                yield part.values
            else:
                yield from part.values


def queries_of(select: Select) -> Iterator[Select]:
    """The statement and every SELECT inside it: child queries and semi-joins at any depth."""
    yield select
    for item in select.items:
        if isinstance(item, ChildQuery):
            yield from queries_of(item.query)
    for condition in conditions_of(select.where):
        if isinstance(condition, InQuery):
            yield from queries_of(condition.query)


def binds_of(select: Select) -> Iterator[Bind]:
    """Every bind of the statement, in no particular order across clauses; one that stands twice comes twice."""
    for query in queries_of(select):
        for values in (values_of(query.where), values_of(query.having)):
            yield from (value for value in values if isinstance(value, Bind))
        for count in (query.limit, query.offset):
            if isinstance(count, Bind):
                yield count
