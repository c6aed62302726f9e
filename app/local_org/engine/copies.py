"""Copies of rows, further back in time: how an org of millions of rows comes up in minutes.

The originals were checked when they were loaded, and a copy differs from its original in nothing that a rule looks at:
instants and dates move together, ids of copied rows become those of their copies wherever they stand, unique keys and
automatic numbers are new. So copies are not checked again, but for what the tables themselves hold unique.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from app.local_org.engine import defaults, ids
from app.local_org.engine.names import Names, ObjectNames, quoted
from app.local_org.engine.storage import SqlValue, Storage, is_stored
from app.local_org.schema.model import Field, FieldType

_ID = re.compile(r"[0-9A-Za-z]{18}")

Column = Sequence[SqlValue]


@dataclass(frozen=True, slots=True)
class _Copying:
    """One copy of all originals on its way: its number from 1, how far back it lies, old id → new id."""

    number: int
    back: timedelta
    new_ids: Mapping[SqlValue, str]
    first_numbers: Mapping[str, int]
    now: datetime


_Make = Callable[[Column, _Copying], Column]


@dataclass(frozen=True, slots=True)
class _Originals:
    """The rows of one table, column by column, with what makes a copy of each column."""

    found: ObjectNames
    names: Sequence[str]
    columns: Sequence[Column]
    makers: Sequence[_Make]


class Copies:
    """Copies the rows that a few tables hold now; memory is bounded by those, however many copies are made."""

    def __init__(self, storage: Storage, names: Names, tables: Sequence[str]) -> None:
        """Reads the originals. Raises KeyError for a table that the schema lacks."""
        self._storage = storage
        read = [(table, _read(storage, _known(names, table))) for table in tables]
        every_id = {row_id for _, columns in read for row_id in columns[0]}
        self._originals = [_originals(_known(names, table), columns, every_id) for table, columns in read]

    def insert(self, number: int, back: timedelta, now: datetime) -> None:
        """Insert one copy of all, in one transaction. number: from 1, another for each copy; back: whole seconds."""
        with self._storage.writing():
            new_ids: dict[SqlValue, str] = {}
            first_numbers: dict[str, int] = {}
            for original in self._originals:
                new_ids.update(self._minted(original))
                first_numbers |= self._numbers(original)
            copying = _Copying(number, back, new_ids, first_numbers, now)
            for original in self._originals:
                made = [make(column, copying) for make, column in zip(original.makers, original.columns, strict=True)]
                self._storage.insert(original.found.name, original.names, zip(*made, strict=True))
                self._storage.touched(original.found.name)

    def _minted(self, original: _Originals) -> Mapping[SqlValue, str]:
        prefix, old = original.found.sobject.key_prefix, original.columns[0]
        if not old:
            return {}
        first = self._storage.take_numbers(original.found.name, len(old))
        return dict(zip(old, ids.minted_run(prefix, first, len(old)), strict=True))

    def _numbers(self, original: _Originals) -> Mapping[str, int]:
        """The first automatic number of each such column, by `Table.Field`."""
        names = [_sequence(original.found, f) for f in original.found.sobject.fields.values() if f.auto_number_format]
        count = len(original.columns[0])
        return {name: self._storage.take_numbers(name, count) for name in names} if count else {}


def _known(names: Names, table: str) -> ObjectNames:
    found = names.object(table)
    if found is None:
        raise KeyError(table)
    return found


def _sequence(found: ObjectNames, field: Field) -> str:
    return f"{found.name}.{field.name}"


def _stored_names(found: ObjectNames) -> list[str]:
    return ["Id", *(field.name for field in found.sobject.fields.values() if is_stored(field))]


def _read(storage: Storage, found: ObjectNames) -> Sequence[Column]:
    names = _stored_names(found)
    listed = ", ".join(quoted(name) for name in names)
    sql = f'SELECT {listed} FROM {quoted(found.name)} WHERE _deleted = 0 ORDER BY "Id"'  # noqa: S608 - names of the schema
    rows = storage.connection().execute(sql).fetchall()
    return list(zip(*rows, strict=True)) if rows else [()] * len(names)


def _originals(found: ObjectNames, columns: Sequence[Column], every_id: set[SqlValue]) -> _Originals:
    names = _stored_names(found)
    makers = [
        _maker(found, found.sobject.fields[name], column, every_id) for name, column in zip(names, columns, strict=True)
    ]
    return _Originals(found, names, columns, makers)


def _maker(found: ObjectNames, field: Field, column: Column, every_id: set[SqlValue]) -> _Make:
    if field.auto_number_format is not None:
        pattern, sequence = field.auto_number_format, _sequence(found, field)
        return lambda column, copying: _numbered(pattern, copying.first_numbers.get(sequence, 1), column, copying.now)
    if field.unique:
        return _new_keys
    if field.type is FieldType.DATETIME:
        return _earlier
    if field.type is FieldType.DATE:
        firsts_only = all(day is None or str(day).endswith("-01") for day in column)
        return lambda column, copying: [_earlier_day(day, copying.back, firsts_only) for day in column]
    if not every_id.isdisjoint(column):
        return lambda column, copying: [copying.new_ids.get(value, value) for value in column]
    return _same


def _same(column: Column, _copying: _Copying) -> Column:
    return column


def _earlier(column: Column, copying: _Copying) -> Column:
    back = copying.back // timedelta(milliseconds=1)
    return [None if instant is None else int(instant) - back for instant in column]


@lru_cache(maxsize=4096)
def _earlier_day(day: SqlValue, back: timedelta, first_of_month: bool) -> SqlValue:
    """A column of nothing but firsts of months, like the start of a period, has nothing else in its copies."""
    if day is None:
        return None
    earlier = date.fromisoformat(str(day)) - timedelta(days=back.days)
    return (earlier.replace(day=1) if first_of_month else earlier).isoformat()


def _new_keys(column: Column, copying: _Copying) -> Column:
    """Keys that are made of ids follow those; any other gets the copy's number behind it."""
    new_ids = copying.new_ids

    def key(value: SqlValue) -> SqlValue:
        if value is None:
            return None
        text = str(value)
        followed = _ID.sub(lambda found: new_ids.get(found[0], found[0]), text)
        return f"{text}-{copying.number}" if followed == text else followed

    return [key(value) for value in column]


def _numbered(pattern: str, first: int, column: Column, now: datetime) -> Column:
    dated = defaults.dated(pattern, now)
    return [defaults.numbered(dated, number) for number, _ in enumerate(column, first)]
