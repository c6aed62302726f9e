"""A formula as a tree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, TRUE, FALSE or NULL."""

    value: Decimal | str | bool | None


@dataclass(frozen=True, slots=True)
class FieldName:
    """`Status__c`, `Pool__r.Name`, `$User.Id`."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function, its name in upper case."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """`left symbol right`; the symbol is one of `= <> < <= > >= + - * / ^ & && ||`."""

    symbol: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Prefix:
    """`-x` or `!x`."""

    symbol: str
    operand: Node


Node = Constant | FieldName | Call | Operation | Prefix


class FormulaError(ValueError):
    """A formula that cannot be taken: bad text, an unknown function, a field that does not exist. The org does not
    start with it."""
