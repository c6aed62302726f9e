"""What the generator gives: rows by object, in an order in which every lookup points to a row already given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = dict[str, Any]
"""API field name → str, bool, int, aware datetime (UTC), date or None. Every row has its `Id`."""

NewId = Callable[[str], str]
"""Object API name → the next 18-character id of that object."""


@dataclass(slots=True)
class DemoData:
    """Rows by object API name. Objects stand in the order in which they can be loaded.

    now: the instant that all of it is relative to. people: handle (the username before the @) → user id.
    """

    now: datetime
    rows: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    people: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, object_name: str, row: Row) -> str:
        """Keep one row and give back its Id."""
        self.rows.setdefault(object_name, []).append(row)
        row_id: str = row["Id"]
        return row_id

    def of(self, object_name: str) -> list[Row]:
        """The rows of an object; none is an empty list."""
        return self.rows.get(object_name, [])


def custom(**values: Any) -> Row:
    """Values of LeanData's fields by their names without prefix: `custom(Start=…)` → `{"LeanData__Start__c": …}`."""
    return {f"LeanData__{name}__c": value for name, value in values.items()}


def bookit(name: str) -> str:
    """API name of a BookIt object: `bookit("Meeting")` → `LeanData__BookIt_Meeting__c`."""
    return f"LeanData__BookIt_{name}__c"
