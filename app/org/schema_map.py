"""The schema map: logical names, which statements and code use, to the org's own API names.

The default map is schema_map.toml; an org whose names differ overrides them in a file of the same form. LeanData's API
names are not public, so nothing else in the server may spell one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.org.errors import SchemaMapError
from app.org.schema_map_override import merged

__all__ = [
    "FieldType",
    "MappedChild",
    "MappedField",
    "MappedObject",
    "PermissionSetNames",
    "SchemaMap",
    "SchemaMapError",
    "load_schema_map",
]

_API_NAME = r"^[A-Za-z][A-Za-z0-9_]*$"


class FieldType(StrEnum):
    """describe's field types, with `int` for every whole number (Salesforce: int, or double with scale 0)."""

    ID = "id"
    REFERENCE = "reference"
    STRING = "string"
    TEXTAREA = "textarea"
    PICKLIST = "picklist"
    COMBOBOX = "combobox"
    MULTIPICKLIST = "multipicklist"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    BOOLEAN = "boolean"
    INT = "int"
    DOUBLE = "double"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class MappedField:
    """One field. `parent` and `path` are the logical and the API name of the parent path's part, for a lookup.

    optional: an org may lack it; it may only be selected, and reads as None there.
    """

    name: str
    api: str
    type: FieldType
    to: str | None = None
    parent: str | None = None
    path: str | None = None
    unique: bool = False
    filterable: bool = True
    optional: bool = False


@dataclass(frozen=True, slots=True)
class MappedChild:
    """A child relationship, as a subquery of the parent selects from it. `field`: the child's lookup to the parent."""

    name: str
    api: str
    object: str
    field: str


@dataclass(frozen=True, slots=True)
class MappedObject:
    """One object with its fields, lookups (by logical parent path) and child relationships, all by logical names."""

    name: str
    api: str
    tooling: bool
    fields: Mapping[str, MappedField]
    parents: Mapping[str, MappedField]
    children: Mapping[str, MappedChild]


@dataclass(frozen=True, slots=True)
class PermissionSetNames:
    """The permission sets that a scope is derived from, by namespace and API name (never by label).

    namespace is None where the sets are the org's own; the file says so with an empty text.
    """

    namespace: str | None
    full_access: str
    dashboard_access: str


@dataclass(frozen=True, slots=True)
class SchemaMap:
    """The whole map of one org."""

    objects: Mapping[str, MappedObject]
    permission_sets: PermissionSetNames
    package_namespace: str

    def object(self, name: str) -> MappedObject:
        """The object of that logical name. Raises SchemaMapError if the map has none."""
        found = self.objects.get(name)
        if found is None:
            raise SchemaMapError(f"the schema map has no object {name!r}")
        return found

    def field(self, object_name: str, field_name: str) -> MappedField:
        """The field of those logical names. Raises SchemaMapError if the map has none."""
        found = self.object(object_name).fields.get(field_name)
        if found is None:
            raise SchemaMapError(f"the schema map has no field {object_name}.{field_name}")
        return found


class _FileModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _FieldEntry(_FileModel):
    api: str = Field(pattern=_API_NAME)
    type: FieldType
    to: str | None = None
    parent: str | None = None
    path: str | None = Field(default=None, pattern=_API_NAME)
    unique: bool = False
    filterable: bool = True
    optional: bool = False


class _ChildEntry(_FileModel):
    api: str = Field(pattern=_API_NAME)
    of: str = Field(pattern=r"^\w+\.\w+$", description="Logical child object and its lookup: Attendee.Meeting")


class _ObjectEntry(_FileModel):
    api: str = Field(pattern=_API_NAME)
    custom: bool = False
    tooling: bool = False
    fields: dict[str, _FieldEntry]
    children: dict[str, _ChildEntry] = {}


class _PermissionSets(_FileModel):
    namespace: str
    full_access: str
    dashboard_access: str


class _Package(_FileModel):
    namespace: str


class _MapFile(_FileModel):
    permission_sets: _PermissionSets
    package: _Package
    custom_object_fields: dict[str, _FieldEntry]
    objects: dict[str, _ObjectEntry]


def load_schema_map(override: Path | None = None) -> SchemaMap:
    """The default map, with the names of the override file in place of its own.

    Raises SchemaMapError naming the object, field or key that is unknown or wrong.
    """
    document = tomllib.loads(files("app.org").joinpath("schema_map.toml").read_text(encoding="utf-8"))
    for entry in document["objects"].values():
        if entry.get("custom"):
            entry["fields"] = {**document["custom_object_fields"], **entry["fields"]}
    if override is not None:
        try:
            changes = tomllib.loads(override.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as problem:
            raise SchemaMapError(f"the schema map {override} cannot be read: {problem}") from problem
        document = merged(document, changes, override)
    return _build(document, "the schema map" if override is None else f"the schema map with {override}")


def _build(document: Mapping[str, Any], source: str) -> SchemaMap:
    try:
        parsed = _MapFile.model_validate(document)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SchemaMapError(f"{source}: {place}: {first['msg']}") from problem
    objects = {name: _object(name, entry) for name, entry in parsed.objects.items()}
    for mapped in objects.values():
        _check_targets(mapped, objects, source)
    return SchemaMap(
        objects=objects,
        permission_sets=PermissionSetNames(
            namespace=parsed.permission_sets.namespace or None,
            full_access=parsed.permission_sets.full_access,
            dashboard_access=parsed.permission_sets.dashboard_access,
        ),
        package_namespace=parsed.package.namespace,
    )


def _object(name: str, entry: _ObjectEntry) -> MappedObject:
    fields = {
        logical: MappedField(
            name=logical,
            api=field.api,
            type=field.type,
            to=field.to,
            parent=(field.parent or logical) if field.to else None,
            path=field.path,
            unique=field.unique,
            filterable=field.filterable,
            optional=field.optional,
        )
        for logical, field in entry.fields.items()
    }
    children = {
        logical: MappedChild(logical, child.api, *child.of.split(".")) for logical, child in entry.children.items()
    }
    parents = {field.parent: field for field in fields.values() if field.parent is not None}
    return MappedObject(name, entry.api, entry.tooling, fields, parents, children)


def _check_targets(mapped: MappedObject, objects: Mapping[str, MappedObject], source: str) -> None:
    for field in mapped.fields.values():
        is_lookup = field.type is FieldType.REFERENCE
        if is_lookup != (field.to is not None) or is_lookup != (field.path is not None):
            raise SchemaMapError(f"{source}: {mapped.name}.{field.name}: a reference has `to` and `path`, others none")
        if field.to is not None and field.to not in objects:
            raise SchemaMapError(f"{source}: {mapped.name}.{field.name}: there is no object {field.to!r}")
    for child in mapped.children.values():
        lookup = objects[child.object].fields.get(child.field) if child.object in objects else None
        if lookup is None or lookup.to != mapped.name:
            raise SchemaMapError(
                f"{source}: {mapped.name}.{child.name}: {child.object}.{child.field} is no lookup to it"
            )
    for names in (mapped.fields, mapped.children):
        apis = [entry.api.lower() for entry in names.values()]
        double = next((api for api in apis if apis.count(api) > 1), None)
        if double is not None:
            raise SchemaMapError(f"{source}: {mapped.name}: {double!r} stands for two names")
