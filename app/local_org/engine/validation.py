"""Validation rules: a row is refused when a rule's formula is true. They are compiled when the org starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.local_org.engine import moments
from app.local_org.engine.formula.compile import Compiled, compiled
from app.local_org.engine.formula.kinds import checked
from app.local_org.engine.formula.parser import parse
from app.local_org.engine.formula.tree import FormulaError
from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.storage import SqlValue, Storage, quoted
from app.local_org.engine.values import NUMBERS
from app.local_org.errors import ApiError
from app.local_org.schema.model import FieldType, ValidationRule

_GLOBALS = {"$user": "User", "$profile": "Profile", "$userrole": "UserRole", "$organization": "Organization"}
"""The global variables that are rows: of the running user, his profile, his role, and of the org."""

_OF_USER = {"Profile": "ProfileId", "UserRole": "UserRoleId"}


def formula_value(kind: FieldType, stored: SqlValue) -> Any:
    """A stored value as formulas see it: Decimal, text, bool, date, aware datetime, or None."""
    if stored is None:
        return None
    if kind is FieldType.BOOLEAN:
        return bool(stored)
    if kind in NUMBERS or kind is FieldType.INT:
        return Decimal(str(stored))
    if kind is FieldType.DATETIME:
        return moments.from_ms(int(stored))
    return date.fromisoformat(str(stored)) if kind is FieldType.DATE else stored


@dataclass(frozen=True, slots=True)
class _Row:
    """A row under check, as compile.RowContext."""

    storage: Storage
    names: Names
    actor: Actor
    found: ObjectNames
    row: Mapping[str, SqlValue]
    before: Mapping[str, SqlValue] | None

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def now(self) -> datetime:
        return self.actor.now

    @property
    def today(self) -> date:
        return self.actor.today.date

    def value(self, path: tuple[str, ...]) -> Any:
        return self._value(path, self.row)

    def value_before(self, path: tuple[str, ...]) -> Any:
        return self._value(path, self.row if self.before is None else self.before)

    def _value(self, path: tuple[str, ...], row: Mapping[str, SqlValue]) -> Any:
        if path[0].startswith("$"):
            return self._global(path[0].removeprefix("$"), path[1])
        found = self.found
        for part in path[:-1]:
            lookup = found.parent(part)
            parent = None if lookup is None else self.names.object(lookup.reference_to[0])
            if lookup is None or parent is None or row.get(lookup.name) is None:
                return None
            row = self._parent(parent, str(row[lookup.name]))
            found = parent
        name = path[-1]
        return formula_value(found.sobject.fields[name].type, row.get(name))

    def _global(self, object_name: str, name: str) -> Any:
        """A field of a global variable. The org itself, which loads rows, is no user and has no profile or role."""
        found = self.names.object(object_name)
        user = self.names.object("User")
        if found is None or user is None:
            return None
        if object_name == "User" and name == "Id":
            return self.actor.user_id
        row = self._parent(user, self.actor.user_id)
        if object_name == "Organization":
            rows = self.storage.connection().execute('SELECT "Id" FROM "Organization"').fetchone()
            row = self._parent(found, str(rows[0]))
        elif object_name in _OF_USER:
            row = self._parent(found, str(row.get(_OF_USER[object_name])))
        return formula_value(found.sobject.fields[name].type, row.get(name))

    def _parent(self, parent: ObjectNames, record_id: str) -> Mapping[str, SqlValue]:
        sql = f'SELECT * FROM {quoted(parent.name)} WHERE "Id" = ?'  # noqa: S608 - names from the schema
        cursor = self.storage.connection().execute(sql, (record_id,))
        fetched = cursor.fetchone()
        return {} if fetched is None else dict(zip((column[0] for column in cursor.description), fetched, strict=True))


def _refusal(rule: ValidationRule) -> ApiError:
    fields = [] if rule.error_field is None else [rule.error_field]
    return ApiError(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, fields)


class Validation:
    """The rules of an org's objects. Raises FormulaError, which names the rule, for one that it cannot take."""

    def __init__(self, storage: Storage, names: Names) -> None:
        self._storage = storage
        self._names = names
        self._rules = {
            found.name: [(rule, self._compiled(found, rule)) for rule in found.sobject.validation_rules]
            for found in names.objects()
        }

    def check(
        self, actor: Actor, found: ObjectNames, row: Mapping[str, SqlValue], before: Mapping[str, SqlValue] | None
    ) -> None:
        """Raises FIELD_CUSTOM_VALIDATION_EXCEPTION with the message of each rule that is true, in the order of their
        names; before is None for a new row. [BG] That all of them are reported, not the first alone."""
        rules = self._rules[found.name]
        if not rules:
            return
        context = _Row(self._storage, self._names, actor, found, row, before)
        met = [_refusal(rule) for rule, is_true in rules if is_true(context)]
        if met:
            first = met[0]
            raise ApiError(first.status, first.code, first.message, first.fields, also=met[1:])

    def _compiled(self, found: ObjectNames, rule: ValidationRule) -> Compiled:
        try:
            tree = checked(parse(rule.formula), lambda parts: self._type_of(found, parts))
            return compiled(tree, lambda parts: self._resolved(found, parts))
        except FormulaError as error:
            raise FormulaError(f"validation rule {found.name}.{rule.name}: {error}") from error

    def _type_of(self, found: ObjectNames, parts: tuple[str, ...]) -> FieldType:
        path = self._resolved(found, parts)
        if path[0].startswith("$"):
            return self._names.schema.objects[path[0].removeprefix("$")].fields[path[1]].type
        for part in path[:-1]:
            lookup = found.parent(part)
            parent = None if lookup is None else self._names.object(lookup.reference_to[0])
            if parent is None:
                raise FormulaError(f"{found.name} has no parent {part} for a formula")
            found = parent
        return found.sobject.fields[path[-1]].type

    def _resolved(self, found: ObjectNames, parts: tuple[str, ...]) -> tuple[str, ...]:
        if parts[0].startswith("$"):
            named = self._names.object(_GLOBALS.get(parts[0].lower(), ""))
            field = named.field(parts[1]) if named is not None and len(parts) == 2 else None
            if named is None or field is None:
                raise FormulaError(f"the global variable {'.'.join(parts)} is not known")
            return (f"${named.name}", field.name)
        path: list[str] = []
        for part in parts[:-1]:
            lookup = found.parent(part)
            parent = None
            if lookup is not None and len(lookup.reference_to) == 1:
                parent = self._names.object(lookup.reference_to[0])
            if lookup is None or parent is None:
                raise FormulaError(f"{found.name} has no parent {part} for a formula")
            path.append(part)
            found = parent
        field = found.field(parts[-1])
        if field is None:
            raise FormulaError(f"{found.name} has no field {parts[-1]}")
        return (*path, field.name)
