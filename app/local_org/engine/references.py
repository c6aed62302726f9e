"""Lookups: does the id point at a row that exists, of the right object, that the writer may point at?"""

from __future__ import annotations

from collections.abc import Mapping

from app.local_org.engine import sharing, values
from app.local_org.engine.defaults import system_id
from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.sql import Params
from app.local_org.engine.storage import SqlValue, Storage, quoted
from app.local_org.errors import ApiError
from app.local_org.schema.model import Field, FieldType


class References:
    """Checks the lookups of one org's rows."""

    def __init__(self, storage: Storage, names: Names) -> None:
        self._storage = storage
        self._names = names

    def target(self, field: Field, record_id: str) -> ObjectNames:
        """The object that the id is of. Raises MALFORMED_ID for an object that the lookup does not take."""
        found = self._names.with_prefix(record_id)
        if found is None or found.name not in field.reference_to:
            message = f"{field.label}: id value of incorrect type: {record_id}"
            raise ApiError(400, "MALFORMED_ID", message, [field.name])
        return found

    def check(self, actor: Actor, child: ObjectNames, row: Mapping[str, SqlValue]) -> None:
        """Check the lookups among the values.

        Raises MALFORMED_ID, INVALID_CROSS_REFERENCE_KEY for a row that does not exist, ENTITY_IS_DELETED, and
        INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY for one that the actor cannot see (or, for a master, not edit).
        """
        for name, value in row.items():
            field = child.sobject.fields[name]
            if field.type is FieldType.REFERENCE and value is not None and not field.system:
                self._check_one(actor, child, field, str(value))

    def _check_one(self, actor: Actor, child: ObjectNames, field: Field, record_id: str) -> None:
        target = self.target(field, record_id)
        if record_id == system_id():
            return
        params = Params()
        level: sharing.Level = "edit" if field in child.masters else "read"
        allowed = sharing.allowed(self._names, actor, target, "t0", params, level)
        sql = (
            f"SELECT t0._deleted, {allowed} FROM {quoted(target.name)} t0"  # noqa: S608 - names from the schema
            f' WHERE t0."Id" = {params.add(record_id)}'
        )
        row = self._storage.connection().execute(sql, params.values).fetchone()
        if row is None:
            raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        if row[0]:
            raise ApiError(400, "ENTITY_IS_DELETED", "entity is deleted", [])
        if not row[1]:
            message = f"insufficient access rights on cross-reference id: {record_id[:15]}"
            raise ApiError(403, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message, [])

    def by_external_id(self, actor: Actor, field: Field, key: Mapping[str, object]) -> str:
        """The id behind `{"Parent__r": {"Ext__c": "x"}}`.

        Raises INVALID_FIELD when the field is no external id that the actor can read, or no row has the value.
        """
        known = (self._names.object(name) for name in field.reference_to)
        targets = [found for found in known if found is not None and actor.rights.can(found.name, "read")]
        keys = [name for name in key if name != "attributes"]
        target = targets[0] if len(targets) == 1 else None
        external = target.field(keys[0]) if target is not None and len(keys) == 1 else None
        if (
            target is None
            or external is None
            or not (external.external_id or external.unique)
            or not actor.rights.can_read_field(target.name, external.name)
        ):
            message = f"A relationship takes one external id field of its object: {field.relationship_name}"
            raise ApiError(400, "INVALID_FIELD", message)
        value = values.stored(external, key[keys[0]])
        sql = f'SELECT "Id" FROM {quoted(target.name)} WHERE {quoted(external.name)} = ? AND _deleted = 0'  # noqa: S608
        row = self._storage.connection().execute(sql, (value,)).fetchone()
        if row is None:
            message = f"Foreign key external ID: {value} not found for field {external.name} in entity {target.name}"
            raise ApiError(400, "INVALID_FIELD", message)
        return str(row[0])
