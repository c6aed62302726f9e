"""One record by its id: read, create, update, upsert, delete, with Salesforce's checks in Salesforce's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.local_org.engine import defaults, ids, moments, sharing, values
from app.local_org.engine.body_values import body_values
from app.local_org.engine.checks import check_booleans, check_required, check_values
from app.local_org.engine.deletion import Deletion
from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.ownership import Ownership
from app.local_org.engine.permits import Actor, ObjectRight
from app.local_org.engine.references import References
from app.local_org.engine.shape import Record, record_url
from app.local_org.engine.sql import Params
from app.local_org.engine.storage import SqlValue, Storage, is_stored, quoted
from app.local_org.engine.triggers import Triggers
from app.local_org.engine.uniqueness import check_unique
from app.local_org.engine.validation import Validation
from app.local_org.errors import ApiError, SeveralRecords

Values = Mapping[str, Any]
StoredRow = dict[str, SqlValue]

MISSING = "The requested resource does not exist"


class Records:
    """Reads and writes single records of one org on behalf of a user. Every method raises ApiError."""

    def __init__(
        self, storage: Storage, names: Names, validation: Validation, triggers: Triggers, ownership: Ownership
    ) -> None:
        self._storage = storage
        self._names = names
        self._references = References(storage, names)
        self._validation = validation
        self._triggers = triggers
        self._ownership = ownership
        self._deletion = Deletion(storage, names, triggers)

    # ------------------------------------------------------------ reading

    def get(self, actor: Actor, object_name: str, record_id: str, fields: Sequence[str] | None = None) -> Record:
        """The record with the asked fields, or with all that the actor can read. NOT_FOUND if it is hidden."""
        found = self._object(actor, object_name)
        with self._storage.reading():
            row = self._row(actor, found, self._id(found, record_id))
        readable = [
            field for field in found.sobject.fields.values() if actor.rights.can_read_field(found.name, field.name)
        ]
        if fields is not None:
            by_name = {field.name.lower(): field for field in readable}
            unknown = next((name for name in fields if name.lower() not in by_name), None)
            if unknown is not None:
                raise ApiError(400, "INVALID_FIELD", f"No such column '{unknown}' on sobject of type {found.name}")
            asked = ["Id", *fields] if "id" not in (name.lower() for name in fields) else list(fields)
            readable = [by_name[name.lower()] for name in asked]
        record: Record = {"attributes": {"type": found.name, "url": record_url(found.name, str(row["Id"]))}}
        for field in readable:
            record[field.name] = values.printer(field.type)(row[field.name])
        return record

    # ------------------------------------------------------------ writing

    def create(self, actor: Actor, object_name: str, body: Values) -> str:
        """Create a record and return its 18-character id."""
        found = self._object(actor, object_name)
        self._allow(actor, found, "create")
        with self._storage.writing():
            row = body_values(actor, found, body, "create", self._references)
            self._ownership.check(found, row.get("OwnerId"))
            self._triggers.refuse_create(found, row)
            record_id = self._insert(actor, found, row)
            self._triggers.after_create(actor, found, row)
            return record_id

    def update(
        self,
        actor: Actor,
        object_name: str,
        record_id: str,
        body: Values,
        if_unmodified_since: datetime | None = None,
    ) -> None:
        """Change a record. 412 if it was changed in a later second than `if_unmodified_since`."""
        found = self._object(actor, object_name)
        self._allow(actor, found, "edit")
        with self._storage.writing():
            full_id = self._id(found, record_id)
            before = self._held_row(actor, found, full_id, "edit")
            if if_unmodified_since is not None:
                _check_unmodified(before, if_unmodified_since)
            given = body_values(actor, found, body, "update", self._references)
            self._triggers.check_change(found, before, given)
            if "OwnerId" in given and given["OwnerId"] != before["OwnerId"]:
                self._held_row(actor, found, full_id, "full")
                self._ownership.check(found, given["OwnerId"])
            self._change(actor, found, before, given)

    def upsert(self, actor: Actor, object_name: str, external_field: str, value: Any, body: Values) -> tuple[str, bool]:
        """Update the record that has that external id, or create it; returns its id and whether it is new."""
        found = self._object(actor, object_name)
        field = found.field(external_field)
        if field is None or not field.external_id or not actor.rights.can_read_field(found.name, field.name):
            message = f"Provided external ID field does not exist or is not accessible: {external_field}"
            raise ApiError(404, "NOT_FOUND", message)
        if any(name.lower() == field.name.lower() for name in body):
            message = f"The {field.name} field should not be specified in the sobject data."
            raise ApiError(400, "INVALID_FIELD", message)
        key = values.stored(field, value)
        with self._storage.writing():
            sql = f'SELECT "Id" FROM {quoted(found.name)} WHERE {quoted(field.name)} = ? AND _deleted = 0'  # noqa: S608
            matches = [str(row[0]) for row in self._storage.connection().execute(sql, (key,))]
            if len(matches) > 1:
                raise SeveralRecords(found.name, field.name, matches)
            if not matches:
                return self.create(actor, object_name, {**body, field.name: value}), True
            self.update(actor, object_name, matches[0], body)
            return matches[0], False

    def delete(self, actor: Actor, object_name: str, record_id: str) -> None:
        """Put a record into the recycle bin, with what hangs on it."""
        found = self._object(actor, object_name)
        self._allow(actor, found, "delete")
        with self._storage.writing():
            full_id = self._id(found, record_id)
            self._held_row(actor, found, full_id, "full")
            self._deletion.delete(found, full_id, moments.to_stored_ms(actor.now))
            self._storage.touched(found.name)

    # ------------------------------------------------------------ parts

    def _object(self, actor: Actor, object_name: str) -> ObjectNames:
        found = self._names.object(object_name)
        if found is None:
            sharing.refuse_share_rows(self._names, object_name)
        if found is None or not actor.rights.can(found.name, "read"):
            raise ApiError(404, "NOT_FOUND", MISSING)
        return found

    def _allow(self, actor: Actor, found: ObjectNames, right: ObjectRight) -> None:
        sobject = found.sobject
        possible = {"create": sobject.createable, "edit": sobject.updateable, "delete": sobject.deletable}[right]
        if not possible:
            raise ApiError(
                400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be {_DONE[right]}: {found.name}"
            )
        if not actor.rights.can(found.name, right):
            message = f"insufficient access rights on entity: {found.name}"
            raise ApiError(403, "INSUFFICIENT_ACCESS_OR_READONLY", message, [])

    def _id(self, found: ObjectNames, record_id: str) -> str:
        full_id = ids.long_id(record_id)
        if full_id is None:
            raise ApiError(400, "MALFORMED_ID", f"malformed id {record_id}", ["Id"])
        if not full_id.startswith(found.sobject.key_prefix):
            raise ApiError(404, "NOT_FOUND", MISSING)
        return full_id

    def _row(self, actor: Actor, found: ObjectNames, record_id: str) -> StoredRow:
        """The stored row by API names. NOT_FOUND for one that is missing or hidden, ENTITY_IS_DELETED."""
        params = Params()
        visible = sharing.visible(self._names, actor, found, "t0", params)
        row = self._stored(found, record_id, visible, params)
        if row is None or not row.pop(_ALLOWED):
            raise ApiError(404, "NOT_FOUND", MISSING)
        if row.pop(_DELETED):
            raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted", [])
        return row

    def _held_row(self, actor: Actor, found: ObjectNames, record_id: str, level: sharing.Level) -> StoredRow:
        """The stored row if sharing gives the actor that much of it; else INSUFFICIENT_ACCESS_OR_READONLY."""
        params = Params()
        held = sharing.allowed(self._names, actor, found, "t0", params, level)
        row = self._stored(found, record_id, held, params)
        if row is None:
            raise ApiError(404, "NOT_FOUND", MISSING)
        if row.pop(_DELETED):
            raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted", [])
        if not row.pop(_ALLOWED):
            raise ApiError(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])
        return row

    def _stored(self, found: ObjectNames, record_id: str, allowed: str, params: Params) -> StoredRow | None:
        sql = (
            f"SELECT t0.*, {allowed} AS {_ALLOWED} FROM {quoted(found.name)} t0"  # noqa: S608 - names from the schema
            f' WHERE t0."Id" = {params.add(record_id)}'
        )
        cursor = self._storage.connection().execute(sql, params.values)
        fetched = cursor.fetchone()
        if fetched is None:
            return None
        row: StoredRow = dict(zip((column[0] for column in cursor.description), fetched, strict=True))
        row["IsDeleted"] = row[_DELETED]
        return row

    def _insert(self, actor: Actor, found: ObjectNames, row: StoredRow) -> str:
        self._triggers.before_insert(found, row)
        defaults.fill_defaults(found, row)
        defaults.fill_name(found, row)
        defaults.stamp_new(found, row, actor.user_id, actor.now)
        check_booleans(found, row)
        check_values(found, row)
        check_required(found, row)
        self._references.check(actor, found, row)
        defaults.fill_numbers(self._storage, found, row, actor.now)
        row["Id"] = ids.minted(found.sobject.key_prefix, self._storage.take_numbers(found.name))
        row.pop("IsDeleted", None)
        self._validation.check(actor, found, row, None)
        check_unique(self._storage, found, row, None)
        self._storage.insert(found.name, list(row), [list(row.values())])
        self._triggers.after_insert(found, [row])
        self._storage.touched(found.name)
        return str(row["Id"])

    def _change(self, actor: Actor, found: ObjectNames, before: StoredRow, given: StoredRow) -> None:
        after = {**before, **given}
        self._triggers.before_update(found, before, given, after)
        defaults.fill_name(found, after)
        check_booleans(found, given)
        check_values(found, given)
        check_required(found, after, given)
        self._references.check(actor, found, {k: v for k, v in given.items() if v != before.get(k)})
        defaults.stamp_change(found, after, actor.user_id, actor.now)
        self._validation.check(actor, found, after, before)
        check_unique(self._storage, found, given, str(before["Id"]))
        changed = {
            name: value
            for name, value in after.items()
            if value != before[name] and is_stored(found.sobject.fields[name])
        }
        if not changed:
            return
        sets = ", ".join(f"{quoted(name)} = ?" for name in changed)
        sql = f'UPDATE {quoted(found.name)} SET {sets} WHERE "Id" = ?'  # noqa: S608 - names from the schema
        self._storage.connection().execute(sql, (*changed.values(), before["Id"]))
        self._triggers.after_update(actor, found, before["Id"], changed)
        self._storage.touched(found.name)


_ALLOWED = "_allowed"
_DELETED = "_deleted"
_DONE = {"create": "inserted", "edit": "updated", "delete": "deleted"}


def _check_unmodified(row: StoredRow, since: datetime) -> None:
    changed = row.get("LastModifiedDate")
    if isinstance(changed, int) and moments.from_ms(changed) >= since.replace(microsecond=0) + timedelta(seconds=1):
        message = "The precondition specified in the request header(s) was not met."
        raise ApiError(412, "PRECONDITION_FAILED", message)
