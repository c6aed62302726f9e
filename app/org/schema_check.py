"""Does the org have what the schema map says? What is missing is named, with the statements that it turns off.

Names alone are not enough: a field of another type, a lookup that points elsewhere, a key that the org does not hold
unique or a field that it cannot group by would make answers wrong, not absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.org.describe import DescribedField, DescribedObject
from app.org.schema_map import FieldType, MappedField, MappedObject, SchemaMap
from app.org.statements import CompiledStatement
from app.org.write_rules import WRITE_RULES

_TEXT = frozenset({"string", "textarea", "picklist", "combobox", "email", "phone", "url", "encryptedstring"})
_NUMBER = frozenset({"int", "long", "double", "currency", "percent"})
_READABLE_AS: Mapping[FieldType, frozenset[str]] = {
    FieldType.ID: frozenset({"id"}),
    FieldType.REFERENCE: frozenset({"reference"}),
    FieldType.STRING: _TEXT,
    FieldType.TEXTAREA: _TEXT,
    FieldType.PICKLIST: _TEXT,
    FieldType.COMBOBOX: _TEXT,
    FieldType.MULTIPICKLIST: frozenset({"multipicklist"}),
    FieldType.EMAIL: _TEXT,
    FieldType.PHONE: _TEXT,
    FieldType.URL: _TEXT,
    FieldType.BOOLEAN: frozenset({"boolean"}),
    FieldType.INT: _NUMBER,
    FieldType.DOUBLE: _NUMBER,
    FieldType.DATE: frozenset({"date"}),
    FieldType.DATETIME: frozenset({"datetime"}),
    FieldType.TIME: frozenset({"time"}),
}
"""Which of describe's types do for a type of the map: those whose values are read and compared in the same way."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that the org lacks. object, field: logical names; field is None for the whole object.
    problem: what is wrong, with the API name, for an admin. to_write: it is there to be read all the same."""

    object: str
    field: str | None
    problem: str
    to_write: bool = False

    def __str__(self) -> str:
        return f"{self.object if self.field is None else f'{self.object}.{self.field}'}: {self.problem}"


def check_schema(
    schema_map: SchemaMap,
    statements: Iterable[CompiledStatement],
    described: Mapping[str, DescribedObject | None],
) -> tuple[Missing, ...]:
    """Everything of the map that the org does not have, or has otherwise. `described` is by logical object name.

    Objects of the tooling API are left out: their describe is another resource, and they are the platform's own.
    """
    used = list(statements)
    filters = frozenset(pair for statement in used for pair in statement.filters)
    groups = frozenset(pair for statement in used for pair in statement.groups)
    missing: list[Missing] = []
    for mapped in objects_to_describe(schema_map):
        there = described[mapped.name]
        if there is None:
            missing.append(Missing(mapped.name, None, f"the org has no object {mapped.api}, or does not show it"))
            continue
        for field in mapped.fields.values():
            pair = (mapped.name, field.name)
            problem = _field_problem(field, there, schema_map, filtered=pair in filters, grouped=pair in groups)
            if problem is not None:
                missing.append(Missing(mapped.name, field.name, problem))
                continue
            problem = _write_problem(mapped, field, there)
            if problem is not None:
                missing.append(Missing(mapped.name, field.name, problem, to_write=True))
        missing.extend(_child_problems(mapped, there, schema_map))
    return tuple(missing)


def objects_to_describe(schema_map: SchemaMap) -> tuple[MappedObject, ...]:
    """The objects that describe can tell about."""
    return tuple(mapped for mapped in schema_map.objects.values() if not mapped.tooling)


def statements_off(
    missing: Iterable[Missing], statements: Iterable[CompiledStatement]
) -> Mapping[str, tuple[Missing, ...]]:
    """The names of the statements that cannot run, each with what it lacks. A tool is off if one of its own is."""
    lacks = tuple(lack for lack in missing if not lack.to_write)
    off: dict[str, tuple[Missing, ...]] = {}
    for statement in statements:
        objects = {object_name for object_name, _ in statement.uses}
        mine = tuple(
            lack
            for lack in lacks
            if (lack.object in objects if lack.field is None else (lack.object, lack.field) in statement.uses)
        )
        if mine:
            off[statement.name] = tuple(dict.fromkeys((*off.get(statement.name, ()), *mine)))
    return off


def _field_problem(
    field: MappedField, there: DescribedObject, schema_map: SchemaMap, *, filtered: bool, grouped: bool
) -> str | None:
    found = there.fields.get(field.api)
    if found is None and field.optional:
        return None
    if found is None:
        return f"the org has no field {there.name}.{field.api}, or does not show it"
    problem = _type_problem(field, found, schema_map)
    if problem is not None:
        return problem
    if field.unique and not found.unique:
        return f"{field.api} is not unique"
    if filtered and not found.filterable:
        return f"{field.api} cannot be filtered by"
    if grouped and not found.groupable:
        return f"{field.api} cannot be grouped by"
    return None


def _write_problem(mapped: MappedObject, field: MappedField, there: DescribedObject) -> str | None:
    """Whether this user may give the field the values that app.org.write_rules lists. An optional field concerns one
    action alone, which fails by itself."""
    found = there.fields.get(field.api)
    rule = WRITE_RULES.get(mapped.name)
    if found is None or rule is None or field.optional:
        return None
    if field.name in rule.create and not found.createable:
        return f"this user may not set {there.name}.{field.api} of a new record"
    if field.name in rule.update and not found.updateable:
        return f"this user may not change {there.name}.{field.api}"
    return None


def _type_problem(field: MappedField, found: DescribedField, schema_map: SchemaMap) -> str | None:
    if found.type not in _READABLE_AS[field.type]:
        return f"{field.api} is of type {found.type}, not {field.type}"
    if field.type is FieldType.INT and found.scale:
        return f"{field.api} has {found.scale} decimal places, it must hold whole numbers"
    if field.to is not None:
        target = schema_map.object(field.to).api
        if target not in found.reference_to:
            return f"{field.api} does not look up to {target}"
        if found.relationship_name != field.path:
            return f"{field.api} has the relationship name {found.relationship_name}, not {field.path}"
    return None


def _child_problems(mapped: MappedObject, there: DescribedObject, schema_map: SchemaMap) -> Iterable[Missing]:
    for child in mapped.children.values():
        owner = schema_map.object(child.object)
        wanted = (owner.api, owner.fields[child.field].api)
        if there.children.get(child.api) != wanted:
            yield Missing(owner.name, child.field, f"{there.name} has no child relationship {child.api} to it")
