"""Salesforce's rows to ours: logical names and Python values. A shape is made once for each statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Protocol

from app.org.reader import Row
from app.org.schema_map import FieldType

Decoder = Callable[[Any], Any]
"""Reads one value that is not null."""


class UnexpectedAnswer(ValueError):
    """An answer that is not what the statement asked for. The message holds names, never a value."""


class Shape(Protocol):
    def row(self, raw: Mapping[str, Any]) -> Row:
        """One row of Salesforce's answer as ours. Raises UnexpectedAnswer."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """One value: the key in Salesforce's row, the key in ours, and how it is read."""

    source: str
    target: str
    decode: Decoder


@dataclass(frozen=True, slots=True)
class Nested:
    """A parent (an object or null) or the rows of a child relationship (a query answer or null)."""

    source: str
    target: str
    shape: RecordShape


@dataclass(frozen=True, slots=True)
class RecordShape:
    """The row of a plain SELECT: nested as Salesforce nests it. `absent` was not asked for, and reads as None."""

    columns: tuple[Column, ...]
    parents: tuple[Nested, ...] = ()
    children: tuple[Nested, ...] = ()
    absent: tuple[str, ...] = ()

    def row(self, raw: Mapping[str, Any]) -> Row:
        row: dict[str, Any] = {column.target: _read(raw, column) for column in self.columns}
        row.update(dict.fromkeys(self.absent))
        for parent in self.parents:
            record = _value(raw, parent.source, parent.target)
            row[parent.target] = None if record is None else parent.shape.row(record)
        for child in self.children:
            # A parent without children has null here, and no empty list (docs/FIDELITY.md).
            answer = _value(raw, child.source, child.target)
            row[child.target] = () if answer is None else tuple(map(child.shape.row, answer["records"]))
        return row


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """A group or an aggregate: its alias in Salesforce's row, its path in ours."""

    alias: str
    target: tuple[str, ...]
    decode: Decoder


@dataclass(frozen=True, slots=True)
class AggregateShape:
    """The row of a grouped SELECT: flat at Salesforce, where each column has an alias; nested by path here."""

    columns: tuple[GroupColumn, ...]

    def row(self, raw: Mapping[str, Any]) -> Row:
        row: dict[str, Any] = {}
        for column in self.columns:
            inner = row
            for part in column.target[:-1]:
                inner = inner.setdefault(part, {})
            name = column.target[-1]
            inner[name] = _read(raw, Column(column.alias, name, column.decode))
        return {name: _without_empty(value) for name, value in row.items()}


def _without_empty(value: Any) -> Any:
    """A parent of which every grouped field is null is an empty lookup: None, as in the row of a record."""
    if not isinstance(value, dict):
        return value
    inner: dict[str, Any] = {name: _without_empty(part) for name, part in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return inner if any(part is not None for part in inner.values()) else None


def _value(raw: Mapping[str, Any], source: str, target: str) -> Any:
    try:
        return raw[source]
    except KeyError:
        raise UnexpectedAnswer(f"the answer lacks {target}") from None


def _read(raw: Mapping[str, Any], column: Column) -> Any:
    value = _value(raw, column.source, column.target)
    if value is None:
        return None
    try:
        return column.decode(value)
    except (ValueError, TypeError):
        raise UnexpectedAnswer(f"{column.target} is not of the type that the schema map says") from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def whole_number(value: Any) -> int:
    """Salesforce writes a Number of scale 0 as `3.0`. Raises ValueError for a fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError
    return int(value)


def number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _date(value: Any) -> date:
    return date.fromisoformat(value)


def _datetime(value: Any) -> datetime:
    """`2026-11-23T15:30:00.000+0000`: always UTC."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


def _time(value: Any) -> time:
    """`15:30:00.000Z`: a time of day, whose Z says nothing about a zone."""
    return time.fromisoformat(value).replace(tzinfo=None)


DECODERS: Mapping[FieldType, Decoder] = {
    FieldType.BOOLEAN: _boolean,
    FieldType.INT: whole_number,
    FieldType.DOUBLE: number,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.TIME: _time,
} | {
    kind: _text
    for kind in FieldType
    if kind
    not in {
        FieldType.BOOLEAN,
        FieldType.INT,
        FieldType.DOUBLE,
        FieldType.DATE,
        FieldType.DATETIME,
        FieldType.TIME,
    }
}
"""How the values of each type are read; the others are text."""
