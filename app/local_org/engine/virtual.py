"""Objects without a table: their rows are made for the call, from the running user or from the packages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.local_org.engine import ids, moments
from app.local_org.engine.functions import COLLATION
from app.local_org.engine.permits import Actor
from app.local_org.engine.sql import Params
from app.local_org.engine.storage import SqlValue, quoted
from app.local_org.schema.model import Field, FieldType, InstalledPackage, Schema, Sharing, SObject

Source = Callable[[Actor, Params], str]
"""Gives the SQL of the rows, in parentheses, their values added to the parameters."""
Sources = Mapping[str, Source]

USER_PERMISSION_ACCESS = "UserPermissionAccess"
_PERMISSIONS = "Permissions"


def rows_sql(fields: Sequence[str], rows: Sequence[Sequence[SqlValue]], params: Params) -> str:
    """Rows as a subquery; none gives a subquery without rows."""
    if not rows:
        return f"(SELECT {', '.join(f'NULL AS {quoted(name)}' for name in fields)} WHERE 0)"
    selects = [
        "SELECT "
        + ", ".join(
            f"{_text(params.add(value), value)} AS {quoted(name)}" for name, value in zip(fields, row, strict=True)
        )
        for row in rows
    ]
    return f"({' UNION ALL '.join(selects)})"


def _text(mark: str, value: SqlValue) -> str:
    """Text compares without regard to case here too."""
    return f"{mark} COLLATE {COLLATION}" if isinstance(value, str) else mark


def user_permission_access(schema: Schema) -> Sources:
    """UserPermissionAccess: one row, the running user's own system permissions. Empty if the schema lacks it."""
    found = schema.objects.get(USER_PERMISSION_ACCESS)
    if found is None:
        return {}
    fields = tuple(found.fields.values())

    def source(actor: Actor, params: Params) -> str:
        row = [_permission_value(field, actor) for field in fields]
        return rows_sql([field.name for field in fields], [row], params)

    return {USER_PERMISSION_ACCESS: source}


def _permission_value(field: Field, actor: Actor) -> SqlValue:
    if field.name == "Id":
        return "000000000000000AAA"
    if field.name.startswith(_PERMISSIONS):
        return int(field.name.removeprefix(_PERMISSIONS) in actor.rights.system)
    if field.type is FieldType.DATETIME:
        return moments.to_stored_ms(actor.now)
    return None


# ---------------------------------------------------------------- the Tooling API's package objects

_INSTALLED = "InstalledSubscriberPackage"
_PACKAGE = "SubscriberPackage"
_VERSION = "SubscriberPackageVersion"


def _id() -> Field:
    return Field("Id", "Id", FieldType.ID, createable=False, updateable=False, nillable=False)


def _name(name: str) -> Field:
    return Field(name, name, FieldType.STRING, length=255, createable=False, updateable=False)


def _number(name: str) -> Field:
    return Field(name, name, FieldType.INT, createable=False, updateable=False)


def _lookup(name: str, target: str) -> Field:
    relationship = name.removesuffix("Id")
    return Field(name, name, FieldType.REFERENCE, reference_to=(target,), relationship_name=relationship)


def _object(name: str, prefix: str, *fields: Field) -> SObject:
    return SObject(name, name, name, prefix, {f.name: f for f in fields}, Sharing.READ, custom=False)


def tooling_schema() -> Schema:
    """The Tooling objects that describe installed packages (Tooling API, InstalledSubscriberPackage)."""
    numbers = [_number(name) for name in _VERSION_NUMBERS]
    made = (
        _object(_INSTALLED, "0A3", _id(), _lookup("SubscriberPackageId", _PACKAGE), _lookup(f"{_VERSION}Id", _VERSION)),
        _object(_PACKAGE, "033", _id(), _name("Name"), _name("NamespacePrefix"), _name("Description")),
        _object(_VERSION, "04t", _id(), _name("Name"), _name("ReleaseState"), *numbers),
    )
    return Schema({found.name: found for found in made}, (), (), ())


_VERSION_NUMBERS = ("MajorVersion", "MinorVersion", "PatchVersion", "BuildNumber")


def tooling_sources(packages: Sequence[InstalledPackage]) -> Sources:
    """The rows of those objects for the packages of an org; their ids follow the packages' order."""
    numbered = list(enumerate(packages, 1))

    def installed(_actor: Actor, params: Params) -> str:
        rows = [[ids.minted("0A3", n), ids.minted("033", n), ids.minted("04t", n)] for n, _ in numbered]
        return rows_sql(["Id", "SubscriberPackageId", "SubscriberPackageVersionId"], rows, params)

    def package(_actor: Actor, params: Params) -> str:
        rows = [[ids.minted("033", n), package.name, package.namespace, None] for n, package in numbered]
        return rows_sql(["Id", "Name", "NamespacePrefix", "Description"], rows, params)

    def version(_actor: Actor, params: Params) -> str:
        rows: list[list[SqlValue]] = [
            [ids.minted("04t", n), f"{p.major}.{p.minor}", "Released", p.major, p.minor, 0, 1] for n, p in numbered
        ]
        names = ["Id", "Name", "ReleaseState", *_VERSION_NUMBERS]
        return rows_sql(names, rows, params)

    return {_INSTALLED: installed, _PACKAGE: package, _VERSION: version}
