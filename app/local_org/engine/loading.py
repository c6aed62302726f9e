"""Bulk loading: many rows of one object in one transaction, checked as a create is, but for permissions.

The org itself loads: so system fields may be given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.local_org.engine import defaults, ids, values
from app.local_org.engine.checks import check_booleans, check_required, check_values
from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.storage import SqlValue, Storage, quoted
from app.local_org.engine.triggers import Triggers
from app.local_org.engine.validation import Validation
from app.local_org.errors import ApiError
from app.local_org.schema.model import Field, FieldType

StoredRow = dict[str, SqlValue]


class Loading:
    """Loads rows into one org."""

    def __init__(self, storage: Storage, names: Names, validation: Validation, triggers: Triggers) -> None:
        self._storage = storage
        self._names = names
        self._validation = validation
        self._triggers = triggers

    def load(self, actor: Actor, object_name: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        """Insert the rows and return their ids, in order. A row may bring its `Id` and its system fields.

        All stand or none does. Raises ApiError as a create does, the message naming the row by its number from 1.
        """
        found = self._names.object(object_name)
        if found is None:
            raise ApiError(400, "INVALID_TYPE", f"sObject type '{object_name}' is not supported.")
        with self._storage.writing():
            prepared: list[StoredRow] = []
            for number, row in enumerate(rows, 1):
                try:
                    prepared.append(self._prepared(actor, found, row))
                except ApiError as error:
                    message = f"{object_name} row {number}: {error.message}"
                    raise ApiError(error.status, error.code, message, error.fields) from error
            self._mint_ids(found, prepared)
            self._check_unique(found, prepared)
            self._insert(found, prepared)
            self._triggers.after_insert(found, prepared)
            self._check_references(found, prepared)
            self._storage.touched(found.name)
        return [str(row["Id"]) for row in prepared]

    def _prepared(self, actor: Actor, found: ObjectNames, given: Mapping[str, Any]) -> StoredRow:
        row: StoredRow = {}
        for name, value in given.items():
            field = found.field(name)
            if field is None:
                raise ApiError(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {found.name}")
            row[field.name] = values.stored(field, value)
        self._triggers.before_insert(found, row)
        defaults.fill_defaults(found, row)
        defaults.fill_name(found, row)
        defaults.stamp_new(found, row, actor.user_id, actor.now)
        check_booleans(found, row)
        check_values(found, row)
        check_required(found, row)
        defaults.fill_numbers(self._storage, found, row, actor.now)
        row.pop("IsDeleted", None)
        self._validation.check(actor, found, row, None)
        return row

    def _mint_ids(self, found: ObjectNames, rows: list[StoredRow]) -> None:
        prefix = found.sobject.key_prefix
        given = [str(row["Id"]) for row in rows if row.get("Id") is not None]
        wrong = next((record_id for record_id in given if not record_id.startswith(prefix)), None)
        if wrong is not None:
            raise ApiError(400, "MALFORMED_ID", f"{found.name} ID: id value of incorrect type: {wrong}", ["Id"])
        if given:
            self._storage.skip_to(found.name, max(ids.number_of(record_id) for record_id in given))
        if len(given) < len(rows):
            number = self._storage.take_numbers(found.name, len(rows) - len(given))
            for row in rows:
                if row.get("Id") is None:
                    row["Id"] = ids.minted(prefix, number)
                    number += 1

    def _check_unique(self, found: ObjectNames, rows: list[StoredRow]) -> None:
        for field in found.sobject.fields.values():
            if not field.unique:
                continue
            seen: dict[SqlValue, str] = {}
            for row in rows:
                value = row[field.name]
                key = value.lower() if isinstance(value, str) and not field.case_sensitive else value
                if value is not None and key in seen:
                    raise _duplicate(field, seen[key])
                seen[key] = str(row["Id"])
            self._check_stored(found, field, rows)

    def _check_stored(self, found: ObjectNames, field: Field, rows: list[StoredRow]) -> None:
        sql = f'SELECT "Id" FROM {quoted(found.name)} WHERE {quoted(field.name)} = ? AND _deleted = 0'  # noqa: S608
        connection = self._storage.connection()
        for row in rows:
            if row[field.name] is not None:
                other = connection.execute(sql, (row[field.name],)).fetchone()
                if other is not None:
                    raise _duplicate(field, str(other[0]))

    def _insert(self, found: ObjectNames, rows: list[StoredRow]) -> None:
        if rows:
            columns = ["Id", *(name for name in found.sobject.fields if name not in ("Id", "IsDeleted"))]
            self._storage.insert(found.name, columns, ([row[column] for column in columns] for row in rows))

    def _check_references(self, found: ObjectNames, rows: list[StoredRow]) -> None:
        """Every lookup points at a row of the right object; a row of the same load counts."""
        for field in found.sobject.fields.values():
            if field.type is FieldType.REFERENCE and field.name not in ("CreatedById", "LastModifiedById"):
                wanted = {str(row[field.name]) for row in rows if row[field.name] is not None}
                self._check_targets(field, wanted)

    def _check_targets(self, field: Field, wanted: set[str]) -> None:
        connection = self._storage.connection()
        for record_id in wanted:
            target = self._names.with_prefix(record_id)
            if target is None or target.name not in field.reference_to:
                message = f"{field.label}: id value of incorrect type: {record_id}"
                raise ApiError(400, "MALFORMED_ID", message, [field.name])
            sql = f'SELECT 1 FROM {quoted(target.name)} WHERE "Id" = ? AND _deleted = 0'  # noqa: S608
            if record_id != defaults.system_id() and connection.execute(sql, (record_id,)).fetchone() is None:
                message = f"invalid cross reference id: {field.name} {record_id}"
                raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", message, [field.name])


def _duplicate(field: Field, other_id: str) -> ApiError:
    message = f"duplicate value found: {field.name} duplicates value on record with id: {other_id[:15]}"
    return ApiError(400, "DUPLICATE_VALUE", message, [])
