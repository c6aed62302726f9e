"""Values into a statement: `bind` puts literals where the binds stand. A value never becomes text on its way.

`:name` is required. `:name?` is optional: the condition it stands in is dropped when the value is absent, an AND or OR
that loses all its terms goes with them. A semi-join whose optional binds are all absent is dropped as a whole: what
else it asks was only meant to go with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import cast

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
    Operator,
    Or,
    Pattern,
    Select,
    String,
    Value,
    Wildcard,
)
from soql.bound_values import literal
from soql.errors import BindError
from soql.walk import binds_of

Scalar = str | bool | int | float | Decimal | datetime | date | time | Pattern
BindValue = Scalar | Sequence[Scalar]
"""What a bind may stand for. Datetimes are aware; a str after LIKE is literal text; a sequence goes with IN,
INCLUDES and their like, and only there."""

Values = Mapping[str, BindValue | None]
"""None is an absent value."""


def bind(select: Select, values: Values) -> Select:
    """The statement without binds.

    Raises BindError: a required value is absent, a value has no bind, a sequence is empty, or a value is of a kind
    that its place cannot take.
    """
    known = names(select)
    if unknown := sorted(set(values) - set(known)):
        raise BindError(f"the statement has no bind named {', '.join(unknown)}")
    absent = sorted(name for name, optional in known.items() if not optional and values.get(name) is None)
    if absent:
        raise BindError(f"no value for the required {', '.join(f':{name}' for name in absent)}")
    return _select(select, values) if known else select


def names(select: Select) -> dict[str, bool]:
    """The statement's binds, each with whether it is optional. One that is required anywhere is required."""
    found: dict[str, bool] = {}
    for each in binds_of(select):
        found[each.name] = found.get(each.name, True) and each.optional
    return found


def contains(text: str) -> Pattern:
    """LIKE: the text anywhere, its own `%` and `_` taken literally."""
    return Pattern((Wildcard.ANY, text, Wildcard.ANY) if text else (Wildcard.ANY,))


def starts_with(text: str) -> Pattern:
    """LIKE: the text at the beginning, its own `%` and `_` taken literally."""
    return Pattern((text, Wildcard.ANY) if text else (Wildcard.ANY,))


def _select(select: Select, values: Values) -> Select:
    return replace(
        select,
        items=tuple(
            ChildQuery(_select(item.query, values)) if isinstance(item, ChildQuery) else item for item in select.items
        ),
        where=_condition(select.where, values),
        having=_condition(select.having, values),
        limit=_count(select.limit, values),
        offset=_count(select.offset, values),
    )


def _condition(condition: Condition | None, values: Values) -> Condition | None:
    match condition:
        case None:
            return None
        case Comparison(left, operator, value):
            bound = _value(value, values, like=operator is Operator.LIKE)
            return None if bound is None else Comparison(left, operator, bound)
        case InValues(left, listed, negated):
            bound_list = _list(listed, values)
            return InValues(left, bound_list, negated) if bound_list else None
        case Includes(left, listed, negated):
            bound_list = _list(listed, values)
            if any(not isinstance(value, String) for value in bound_list):
                raise BindError("INCLUDES and EXCLUDES compare with strings only")
            return Includes(left, bound_list, negated) if bound_list else None
        case InQuery(left, query, negated):
            optional = [each for each in binds_of(query) if each.optional]
            if optional and all(values.get(each.name) is None for each in optional):
                return None
            return InQuery(left, _select(query, values), negated)
        case And(terms):
            kept = _terms(terms, values)
            return And(kept) if len(kept) > 1 else next(iter(kept), None)
        case Or(terms):
            kept = _terms(terms, values)
            return Or(kept) if len(kept) > 1 else next(iter(kept), None)
        case Not(term):
            inner = _condition(term, values)
            return None if inner is None else Not(inner)


def _terms(terms: tuple[Condition, ...], values: Values) -> tuple[Condition, ...]:
    bound = (_condition(term, values) for term in terms)
    return tuple(term for term in bound if term is not None)


def _value(value: Value, values: Values, *, like: bool = False) -> Value | None:
    """The literal; None where an optional bind has no value."""
    if not isinstance(value, Bind):
        return value
    given = values.get(value.name)
    if given is None:
        return None
    if isinstance(given, Sequence) and not isinstance(given, str):
        raise BindError(f":{value.name} takes one value, not a sequence")
    return literal(value.name, given, like=like)


def _list(listed: tuple[Value, ...] | Bind, values: Values) -> tuple[Value, ...]:
    if not isinstance(listed, Bind):
        bound = (_value(value, values) for value in listed)
        return tuple(value for value in bound if value is not None)
    given = values.get(listed.name)
    if given is None:
        return ()
    if isinstance(given, str | bytes) or not isinstance(given, Sequence):
        raise BindError(f":{listed.name} takes a sequence of values")
    if not given:
        raise BindError(f":{listed.name} is empty: SOQL has no empty list")
    return tuple(literal(listed.name, cast("object", value)) for value in given)


def _count(count: int | Bind | None, values: Values) -> int | None:
    if not isinstance(count, Bind):
        return count
    given = values.get(count.name)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise BindError(f":{count.name} is a count: a whole number of 0 or more")
    return given
