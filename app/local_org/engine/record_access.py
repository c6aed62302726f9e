"""UserRecordAccess: what a user may do with records that the query names. Its rows are made for each query.

Source: Object Reference, UserRecordAccess. Records that the running user cannot read are left out; of restriction
rules it knows nothing. [BG] The texts of the refusals are unconfirmed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from app.local_org.engine import ids, sharing
from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.people import People
from app.local_org.engine.permits import Actor, ObjectRight
from app.local_org.engine.sql import Params
from app.local_org.engine.storage import SqlValue, Storage, quoted
from app.local_org.engine.virtual import Sources, rows_sql
from app.local_org.errors import ApiError
from soql.ast import And, Bind, Comparison, Condition, FieldPath, InValues, Operator, Select, SelectItem, String

NAME = "UserRecordAccess"
MAX_RECORDS = 200

_FLAGS = ("HasReadAccess", "HasEditAccess", "HasDeleteAccess", "HasTransferAccess", "HasAllAccess")
_COLUMNS = ("Id", "UserId", "RecordId", *_FLAGS, "MaxAccessLevel")
_LEVELS: tuple[tuple[sharing.Level, ObjectRight], ...] = (("read", "read"), ("edit", "edit"), ("full", "delete"))


class RecordAccess:
    """Answers UserRecordAccess in one org."""

    def __init__(self, storage: Storage, names: Names, people: People) -> None:
        self._storage = storage
        self._names = names
        self._people = people

    def sources(self, actor: Actor, select: Select) -> Sources:
        """The rows that the statement asks for; nothing for a statement on another object.

        Raises ApiError MALFORMED_QUERY for a statement that the object does not take.
        """
        if select.from_.lower() != NAME.lower():
            return {}
        user_id, record_ids = _asked(select)
        rows = self._rows(actor, user_id, record_ids)
        return {NAME: lambda _actor, params: rows_sql(_COLUMNS, rows, params)}

    def _rows(self, actor: Actor, user_id: str, record_ids: Sequence[str]) -> list[list[SqlValue]]:
        try:
            target = self._people.actor(user_id)
        except ApiError:
            target = None  # A user who is inactive, or none, has access to nothing.
        by_object: dict[str, list[str]] = {}
        for record_id in record_ids:
            found = self._names.with_prefix(record_id)
            if found is not None and actor.rights.can(found.name, "read"):
                by_object.setdefault(found.name, []).append(record_id)
        rows: list[list[SqlValue]] = []
        for name, asked in by_object.items():
            found = self._names.object(name)
            if found is not None:
                rows += self._of_object(actor, target, user_id, found, asked)
        return rows

    def _of_object(
        self, actor: Actor, target: Actor | None, user_id: str, found: ObjectNames, record_ids: list[str]
    ) -> list[list[SqlValue]]:
        params = Params()
        visible = sharing.visible(self._names, actor, found, "t0", params)
        held = ["0", "0", "0"]
        if target is not None:
            held = [
                sharing.allowed(self._names, target, found, "t0", params, level)
                if target.rights.can(found.name, "read") and target.rights.can(found.name, right)
                else "0"
                for level, right in _LEVELS
            ]
        sql = (
            f'SELECT t0."Id", {", ".join(held)} FROM {quoted(found.name)} t0'  # noqa: S608 - names from the schema
            f' WHERE t0."Id" IN (SELECT value FROM json_each({params.add(json.dumps(record_ids))}))'
            f" AND t0._deleted = 0 AND {visible}"
        )
        fetched = self._storage.connection().execute(sql, params.values).fetchall()
        return [_row(user_id, found, *row) for row in fetched]


def _row(user_id: str, found: ObjectNames, record_id: str, read: int, edit: int, full: int) -> list[SqlValue]:
    read, edit, full = int(bool(read)), int(bool(read and edit)), int(bool(read and full))
    # A detail has no owner to give it to another.
    owned = int(bool(full and found.has_owner))
    levels = ((owned, "All"), (full, "Delete"), (edit, "Edit"), (read, "Read"))
    highest = next((level for has, level in levels if has), "None")
    return [record_id, user_id, record_id, read, edit, full, owned, owned, highest]


def _asked(select: Select) -> tuple[str, list[str]]:
    """The user and the records of the filter, as 18-character ids."""
    users: list[str] = []
    records: list[str] = []
    flags = False
    for term in _terms(select.where):
        name, texts = _filter(term)
        if name == "userid":
            users += texts
        elif name == "recordid":
            records += texts
        elif name in {flag.lower() for flag in _FLAGS}:
            flags = True
        else:
            raise _refused("filter by UserId, RecordId and an access field only")
    if len(users) != 1 or not records:
        raise _refused("filter by a single UserId and by RecordId")
    if len(records) > MAX_RECORDS:
        raise _refused(f"at most {MAX_RECORDS} records")
    allowed = {"recordid"} if flags else {"recordid", "maxaccesslevel", *(flag.lower() for flag in _FLAGS)}
    for item in select.items:
        expression = item.expression if isinstance(item, SelectItem) else None
        if not isinstance(expression, FieldPath) or expression.parts[-1].lower() not in allowed:
            raise _refused("select RecordId only" if flags else "select RecordId and access fields only")
    return users[0], records


def _terms(condition: Condition | None) -> tuple[Condition, ...]:
    if condition is None:
        return ()
    return condition.terms if isinstance(condition, And) else (condition,)


def _filter(term: Condition) -> tuple[str, list[str]]:
    if isinstance(term, Comparison) and isinstance(term.left, FieldPath) and term.operator is Operator.EQUAL:
        values = (term.value,)
    elif isinstance(term, InValues) and isinstance(term.left, FieldPath) and not term.negated:
        values = () if isinstance(term.values, Bind) else term.values
    else:
        raise _refused("filter with = and IN, joined by AND")
    texts = [ids.long_id(value.value) or value.value for value in values if isinstance(value, String)]
    return term.left.parts[-1].lower(), texts


def _refused(how: str) -> ApiError:
    return ApiError(400, "MALFORMED_QUERY", f"A query of UserRecordAccess must {how}")
