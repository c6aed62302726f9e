"""One term of ORDER BY as SQL. Source: SOQL and SOSL Reference, ORDER BY."""

from __future__ import annotations

from app.local_org.engine.expressions import Typed
from app.local_org.engine.sql import Params
from app.local_org.schema.model import FieldType
from soql.ast import OrderBy


def ordered_sql(found: Typed, order: OrderBy, params: Params) -> str:
    """Nulls come first in both directions unless the statement says otherwise; a picklist's values as its definition
    lists them, and values that it lacks after those."""
    direction = "DESC" if order.descending else "ASC"
    nulls = "LAST" if order.nulls_first is False else "FIRST"
    if found.column is None or found.field is None or found.type is not FieldType.PICKLIST or not found.field.picklist:
        return f"{found.sql} {direction} NULLS {nulls}"
    places = " ".join(f"WHEN {params.add(entry.value)} THEN {n}" for n, entry in enumerate(found.field.picklist))
    last = len(found.field.picklist)
    place = f"CASE WHEN {found.sql} IS NULL THEN NULL ELSE CASE {found.sql} {places} ELSE {last} END END"
    return f"{place} {direction} NULLS {nulls}, {found.sql} {direction}"
