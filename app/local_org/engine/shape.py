"""From a row of SQL to the record of a body: `attributes` first, names in describe's casing, an empty parent null."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ROOT = "/services/data/v66.0"
"""The path of the REST version that bodies point into."""

Row = Sequence[Any]
Record = dict[str, Any]


def record_url(object_name: str, record_id: str) -> str:
    return f"{ROOT}/sobjects/{object_name}/{record_id}"


@dataclass(slots=True)
class RecordShape:
    """A record: where its id stands in the row, its type, and its fields, parents and child lists in order.

    type_name None: a polymorphic parent; its real type stands at type_index, and its attributes say `Name`.
    """

    id_index: int
    type_name: str | None
    type_index: int = -1
    entries: list[tuple[str, Callable[[Row], Any]]] = field(default_factory=list[tuple[str, Callable[[Row], Any]]])
    parents: dict[str, RecordShape] = field(default_factory=dict[str, "RecordShape"])

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.entries]

    def add_field(self, name: str, index: int, convert: Callable[[Any], Any]) -> None:
        self.entries.append((name, lambda row: convert(row[index])))

    def add_parent(self, name: str, shape: RecordShape) -> None:
        self.parents[name] = shape
        self.entries.append((name, shape.record))

    def add_variants(self, name: str, shape: TypeOfShape) -> None:
        self.entries.append((name, shape.record))

    def record(self, row: Row) -> Record | None:
        """The record of a row; None where its id is null, which a parent's is when the lookup is empty."""
        record_id = row[self.id_index]
        if record_id is None:
            return None
        shown, real = (self.type_name, self.type_name) if self.type_name else ("Name", row[self.type_index])
        record: Record = {"attributes": {"type": shown, "url": record_url(str(real), record_id)}}
        for name, value in self.entries:
            record[name] = value(row)
        return record


@dataclass(frozen=True, slots=True)
class TypeOfShape:
    """A parent under TYPEOF: its type stands at type_index, and each type has a shape of its own.

    [BG] A type without a branch has the shape of ELSE; without ELSE the parent is null.
    """

    type_index: int
    variants: Mapping[str, RecordShape]
    otherwise: RecordShape | None

    def record(self, row: Row) -> Record | None:
        shape = self.variants.get(row[self.type_index], self.otherwise)
        return None if shape is None else shape.record(row)
