"""WHERE read by plain Python over plain rows: what SOQL's answer is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from soql.ast import (
    And,
    Boolean,
    Comparison,
    Condition,
    Date,
    DateTime,
    FieldPath,
    Includes,
    InQuery,
    InValues,
    Not,
    Null,
    Number,
    Operator,
    Or,
    Pattern,
    SelectItem,
    String,
    Value,
    Wildcard,
)
from tests.local_org.engine.shop_rows import Row, Rows

PARENTS = {"Parent__r": "Parent__c", "Shop__r": "Shop__c"}


def field_of(rows: Rows, row: Row, path: FieldPath) -> Any:
    """The value at the end of a path; None where a parent on the way is missing."""
    found: Mapping[str, Any] | None = row
    for part in path.parts[:-1]:
        found = None if found is None else rows.shops.get(found[PARENTS[part]])
    return None if found is None else found[path.parts[-1]]


def holds(rows: Rows, row: Row, condition: Condition) -> bool:
    """Whether the row meets the condition: true or false, never unknown."""
    match condition:
        case And(terms):
            return all(holds(rows, row, term) for term in terms)
        case Or(terms):
            return any(holds(rows, row, term) for term in terms)
        case Not(term):
            return not holds(rows, row, term)
        case Comparison(FieldPath() as path, operator, value):
            return compared(field_of(rows, row, path), operator, value)
        case InValues(FieldPath() as path, tuple(values)):
            return listed(field_of(rows, row, path), [plain(value) for value in values], condition.negated)
        case Includes(path, tuple(values)):
            held = set((field_of(rows, row, path) or "").split(";"))
            found = any(set(str(plain(value)).split(";")) <= held for value in values)
            return found is not condition.negated
        case InQuery(path, query):
            item = query.items[0]
            assert isinstance(item, SelectItem)
            inner = item.expression
            assert isinstance(inner, FieldPath)
            found = {
                field_of(rows, visit, inner)
                for visit in rows.visits.values()
                if query.where is None or holds(rows, visit, query.where)
            }
            value = field_of(rows, row, path)
            return (value is not None and value in found) is not condition.negated
        case _:
            raise AssertionError(condition)


def plain(value: Value) -> Any:
    match value:
        case String(text):
            return text
        case Number(number):
            return number
        case Boolean(flag):
            return flag
        case Date(day):
            return day
        case DateTime(moment):
            return moment
        case Null():
            return None
        case _:
            raise AssertionError(value)


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return value.lower()
    return Decimal(str(value)) if isinstance(value, float | int) and not isinstance(value, bool) else value


_ORDER: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.LESS: lambda one, other: one < other,
    Operator.LESS_OR_EQUAL: lambda one, other: one <= other,
    Operator.GREATER: lambda one, other: one > other,
    Operator.GREATER_OR_EQUAL: lambda one, other: one >= other,
}


def compared(value: Any, operator: Operator, literal: Value) -> bool:
    """A value (None is null) with a literal or a pattern."""
    if isinstance(literal, Pattern):
        return value is not None and matches(value.lower(), literal.parts)
    wanted = _folded(plain(literal)) or None if isinstance(literal, String) else _folded(plain(literal))
    if operator is Operator.EQUAL:
        return _folded(value) == wanted
    if operator is Operator.NOT_EQUAL:
        return _folded(value) != wanted
    return value is not None and _ORDER[operator](_folded(value), wanted)


def listed(value: Any, values: list[Any], negated: bool) -> bool:
    """IN, or NOT IN."""
    # Empty text is stored as null, and found as it.
    return (_folded(value) in [None if one == "" else _folded(one) for one in values]) is not negated


def matches(text: str, parts: tuple[str | Wildcard, ...]) -> bool:
    """LIKE, by trying every way to divide the text."""
    if not parts:
        return not text
    first, rest = parts[0], parts[1:]
    if first is Wildcard.ANY:
        return any(matches(text[skipped:], rest) for skipped in range(len(text) + 1))
    if first is Wildcard.ONE:
        return bool(text) and matches(text[1:], rest)
    return text.startswith(first.lower()) and matches(text[len(first) :], rest)


def day_of(moment: datetime | None) -> str | None:
    return None if moment is None else moment.date().isoformat()
