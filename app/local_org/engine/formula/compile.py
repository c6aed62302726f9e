"""A formula's tree to a function of a row. What it cannot be is found now, not when the first row is written.

A comparison with null is false (`<>` is true), so a formula is never unknown; arithmetic with null is null.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from app.local_org.engine.formula.functions import PLAIN, blank, text_of
from app.local_org.engine.formula.tree import Call, Constant, FieldName, FormulaError, Node, Operation, Prefix


class RowContext(Protocol):
    """A row under check: its values by API name as formulas see them, the row before, and the world around."""

    def value(self, path: tuple[str, ...], /) -> Any: ...

    def value_before(self, path: tuple[str, ...], /) -> Any: ...

    @property
    def is_new(self) -> bool: ...

    @property
    def now(self) -> datetime: ...

    @property
    def today(self) -> date: ...


Compiled = Callable[[RowContext], Any]
Build = Callable[[list[Compiled]], Compiled]
Resolve = Callable[[tuple[str, ...]], tuple[str, ...]]
"""Checks a path against the schema and gives it in the schema's casing; raises FormulaError."""

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compiled(node: Node, resolve: Resolve) -> Compiled:
    """The function of a tree. Raises FormulaError for an unknown function or field, or a wrong count of arguments."""
    match node:
        case Constant(value):
            return lambda _row: value
        case FieldName(parts):
            path = resolve(parts)
            return lambda row: row.value(path)
        case Prefix("!", operand):
            inner = compiled(operand, resolve)
            return lambda row: not inner(row)
        case Prefix(_, operand):
            inner = compiled(operand, resolve)
            return lambda row: None if (number := inner(row)) is None else -number
        case Operation(symbol, left, right):
            return _operation(symbol, compiled(left, resolve), compiled(right, resolve))
        case Call(name, arguments):
            return _call(name, arguments, resolve)


def _operation(symbol: str, left: Compiled, right: Compiled) -> Compiled:
    if symbol == "&&":
        return lambda row: bool(left(row)) and bool(right(row))
    if symbol == "||":
        return lambda row: bool(left(row)) or bool(right(row))
    if symbol == "&":
        return lambda row: text_of(left(row)) + text_of(right(row))
    if symbol == "=":
        return lambda row: _equal(left(row), right(row))
    if symbol == "<>":
        return lambda row: not _equal(left(row), right(row))
    if symbol in _ORDERED:
        compare = _ORDERED[symbol]
        return lambda row: _compared(compare, left(row), right(row))
    return lambda row: _computed(symbol, left(row), right(row))


def _equal(one: Any, other: Any) -> bool:
    if blank(one) or blank(other):
        return blank(one) and blank(other)
    return bool(one == other)


def _compared(compare: Callable[[Any, Any], bool], one: Any, other: Any) -> bool:
    return one is not None and other is not None and compare(one, other)


def _computed(symbol: str, one: Any, other: Any) -> Any:
    if one is None or other is None:
        return None
    if isinstance(one, date) or isinstance(other, date):
        return _date_arithmetic(symbol, one, other)
    if isinstance(one, str) and isinstance(other, str) and symbol == "+":
        return one + other
    return _arithmetic(symbol, one, other)


def _arithmetic(symbol: str, one: Any, other: Any) -> Any:
    if symbol == "+":
        return one + other
    if symbol == "-":
        return one - other
    if symbol == "*":
        return one * other
    if symbol == "/":
        return None if other == 0 else one / other
    return one**other


def _date_arithmetic(symbol: str, one: Any, other: Any) -> Any:
    """A date plus days, or the days (with their fraction) between two."""
    if symbol == "-" and isinstance(one, date) and isinstance(other, date):
        return Decimal(str((one - other).total_seconds())) / 86400
    if symbol == "+" and isinstance(other, date):
        one, other = other, one
    days = timedelta(days=float(other))
    return one + days if symbol == "+" else one - days


def _call(name: str, arguments: tuple[Node, ...], resolve: Resolve) -> Compiled:
    if name in ("ISCHANGED", "PRIORVALUE"):
        return _prior(name, arguments, resolve)
    parts = [compiled(argument, resolve) for argument in arguments]
    least, most, build = _SPECIAL.get(name) or _plain(name)
    if not least <= len(parts) <= most:
        raise FormulaError(f"{name}() does not take {len(parts)} arguments")
    return build(parts)


def _plain(name: str) -> tuple[int, int, Build]:
    plain = PLAIN.get(name)
    if plain is None:
        raise FormulaError(f"the function {name}() is not known")
    body = plain.body
    return plain.least, plain.most, lambda parts: lambda row: body(*(part(row) for part in parts))


def _prior(name: str, arguments: tuple[Node, ...], resolve: Resolve) -> Compiled:
    if len(arguments) != 1 or not isinstance(arguments[0], FieldName):
        raise FormulaError(f"{name}() takes one field")
    path = resolve(arguments[0].parts)
    if name == "PRIORVALUE":
        return lambda row: row.value(path) if row.is_new else row.value_before(path)
    return lambda row: not row.is_new and not _equal(row.value(path), row.value_before(path))


def _if(parts: list[Compiled]) -> Compiled:
    test, then, otherwise = parts
    return lambda row: then(row) if test(row) else otherwise(row)


def _case(parts: list[Compiled]) -> Compiled:
    if len(parts) % 2:
        raise FormulaError("CASE() takes a value, pairs, and what else")
    pairs = list(zip(parts[1:-1:2], parts[2:-1:2], strict=True))

    def chosen(row: RowContext) -> Any:
        value = parts[0](row)
        return next((then(row) for when, then in pairs if _equal(value, when(row))), parts[-1](row))

    return chosen


_MANY = 255
_SPECIAL: dict[str, tuple[int, int, Build]] = {
    "AND": (1, _MANY, lambda parts: lambda row: all(part(row) for part in parts)),
    "OR": (1, _MANY, lambda parts: lambda row: any(part(row) for part in parts)),
    "NOT": (1, 1, lambda parts: lambda row: not parts[0](row)),
    "IF": (3, 3, _if),
    "CASE": (4, _MANY, _case),
    # Nothing that a REST client creates is a clone made on a page.
    "ISCLONE": (0, 0, lambda _parts: lambda _row: False),
    "ISNEW": (0, 0, lambda _parts: lambda row: row.is_new),
    "NOW": (0, 0, lambda _parts: lambda row: row.now),
    "TODAY": (0, 0, lambda _parts: lambda row: row.today),
}
