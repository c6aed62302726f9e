"""Unique fields: no two live rows have the same value, without regard to case unless the field says so."""

from __future__ import annotations

from collections.abc import Mapping

from app.local_org.engine.names import ObjectNames
from app.local_org.engine.storage import SqlValue, Storage, quoted
from app.local_org.errors import ApiError


def check_unique(storage: Storage, found: ObjectNames, row: Mapping[str, SqlValue], own_id: str | None) -> None:
    """Raises DUPLICATE_VALUE, which names the other row by its 15-character id."""
    for name, value in row.items():
        if value is None or not found.sobject.fields[name].unique:
            continue
        sql = (
            f'SELECT "Id" FROM {quoted(found.name)} WHERE {quoted(name)} = ? AND _deleted = 0'  # noqa: S608
            ' AND "Id" IS NOT ?'
        )
        other = storage.connection().execute(sql, (value, own_id)).fetchone()
        if other is not None:
            message = f"duplicate value found: {name} duplicates value on record with id: {str(other[0])[:15]}"
            raise ApiError(400, "DUPLICATE_VALUE", message, [])
