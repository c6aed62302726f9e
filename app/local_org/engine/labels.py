"""The labels of picklist values: what toLabel() shows, and what LIKE compares.

Source: SOQL and SOSL Reference, Translating Results and LIKE ("the LIKE operator … compares the picklist's label").
The org has one language, so a label is the schema's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.local_org.engine.functions import COLLATION
from app.local_org.engine.sql import Params
from app.local_org.schema.model import Field, FieldType


def shown(field: Field) -> Callable[[Any], Any]:
    """The function from a stored value to its label; a value that the picklist lacks is its own label."""
    by_value = {entry.value.lower(): entry.label for entry in field.picklist}

    def label(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = value.split(";") if field.type is FieldType.MULTIPICKLIST else [value]
        return ";".join(by_value.get(part.lower(), part) for part in parts)

    return label


def sql(field: Field, column: str, params: Params) -> str:
    """The label of a single picklist's column as SQL."""
    renamed = [entry for entry in field.picklist if entry.label != entry.value]
    if not renamed:
        return column
    cases = " ".join(f"WHEN {params.add(entry.value)} THEN {params.add(entry.label)}" for entry in renamed)
    return f"(CASE {column} {cases} ELSE {column} END COLLATE {COLLATION})"
