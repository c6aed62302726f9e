"""The schema of the local org: the packages' metadata and the standard objects, put together and cross-checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.local_org.schema.catalogue import STANDARD_OBJECTS
from app.local_org.schema.catalogue.system_permissions import built_in_permission_sets
from app.local_org.schema.custom_objects import read_objects
from app.local_org.schema.external_client_apps import check_external_client_apps
from app.local_org.schema.key_prefixes import KeyPrefixes
from app.local_org.schema.metadata_xml import MetadataError
from app.local_org.schema.model import (
    ChildRelationship,
    InstalledPackage,
    ObjectPermission,
    PermissionSet,
    Schema,
    SObject,
)
from app.local_org.schema.package_source import PackageSource, full_name, read_package
from app.local_org.schema.permission_sets import read_groups, read_permission_sets
from app.local_org.schema.sharing_rules import read_sharing_rules
from app.local_org.schema.versions import absent_in, version_of

BOOKIT_NAMESPACE = "LeanData"


def compile_schema(package_root: Path, *, bookit_version: int = 8) -> Schema:
    """The schema of an org that has every package in `package_root`, and BookIt on that major version (7 or 8).

    MetadataError names the file and the element that is not known, missing, or points nowhere. The same files give
    the same schema, key prefixes included.
    """
    packages = [read_package(path.parent) for path in sorted(package_root.glob("*/sfdx-project.json"))]
    if not packages:
        raise MetadataError(package_root, "sfdx-project.json", "no package stands in this folder")
    absent = absent_in(bookit_version)
    names = [
        package.qualify(full_name(path, ".object-meta.xml"))
        for package in packages
        for path in package.of_kind(".object-meta.xml")
    ]
    prefixes = KeyPrefixes(names)
    objects = {sobject.name: sobject for sobject in STANDARD_OBJECTS}
    for package in packages:
        check_external_client_apps(package)
        _refuse_stray_files(package)
        for sobject in read_objects(package, prefixes, absent):
            if sobject.name in objects:
                raise MetadataError(package.root, sobject.name, "is declared twice")
            objects[sobject.name] = sobject
    for package in packages:
        for name, rules in read_sharing_rules(package, objects):
            if objects[name].sharing_rules:
                raise MetadataError(package.root, name, "has sharing rules in two packages")
            objects[name] = replace(objects[name], sharing_rules=rules)
    related = _with_child_relationships(objects)
    sets = tuple(s for package in packages for s in read_permission_sets(package, absent))
    _check_permissions(sets, related)
    groups = tuple(group for package in packages for group in read_groups(package))
    held = {(s.namespace, s.name) for s in sets}
    for group in groups:
        for member in group.members:
            if member not in held:
                raise MetadataError(package_root, "permissionSets", f"{group.name} contains {member[1]}: no such set")
    return Schema(
        objects=related,
        permission_sets=(*built_in_permission_sets(related.values()), *sets),
        permission_set_groups=groups,
        packages=tuple(_installed(package, bookit_version) for package in packages),
    )


def _installed(package: PackageSource, bookit_version: int) -> InstalledPackage:
    major, minor = package.major, package.minor
    if package.namespace == BOOKIT_NAMESPACE:
        major, minor = version_of(major, minor, bookit_version)
    return InstalledPackage(package.name, package.namespace, major, minor)


def _refuse_stray_files(package: PackageSource) -> None:
    """A field or a rule whose object has no file would be skipped; refuse it."""
    owners = {path.parent for path in package.of_kind(".object-meta.xml")}
    for suffix in (".field-meta.xml", ".validationRule-meta.xml"):
        for path in package.of_kind(suffix):
            if path.parent.parent not in owners:
                raise MetadataError(path, full_name(path, suffix), "belongs to an object that has no file")


def _with_child_relationships(objects: Mapping[str, SObject]) -> dict[str, SObject]:
    children: dict[str, list[ChildRelationship]] = defaultdict(list)
    for sobject in objects.values():
        for field in sobject.fields.values():
            for parent in field.reference_to:
                if parent not in objects:
                    raise MetadataError(Path(sobject.name), field.name, f"refers to {parent}, which does not exist")
                if field.child_relationship_name is not None:
                    relationship = ChildRelationship(field.child_relationship_name, sobject.name, field.name)
                    if any(other.name.lower() == relationship.name.lower() for other in children[parent]):
                        raise MetadataError(
                            Path(sobject.name), field.name, f"{parent} already has children called {relationship.name}"
                        )
                    children[parent].append(relationship)
    return {
        name: replace(sobject, child_relationships=tuple(children.get(name, ()))) for name, sobject in objects.items()
    }


def _check_permissions(sets: tuple[PermissionSet, ...], objects: Mapping[str, SObject]) -> None:
    for permission_set in sets:
        where = Path(permission_set.name)
        for name in permission_set.object_permissions:
            if name not in objects:
                raise MetadataError(where, "objectPermissions", f"names {name}, which does not exist")
            for master in _masters(objects[name]):
                if not permission_set.object_permissions.get(master, ObjectPermission()).read:
                    raise MetadataError(where, "objectPermissions", f"gives {name} without reading its master {master}")
        for name in permission_set.field_permissions:
            sobject, _, field = name.partition(".")
            found = objects[sobject].fields.get(field) if sobject in objects else None
            if found is None:
                raise MetadataError(where, "fieldPermissions", f"names {name}, which does not exist")
            if not found.permissionable:
                raise MetadataError(where, "fieldPermissions", f"names {name}, which every reader of the object has")


def _masters(sobject: SObject) -> set[str]:
    return {field.reference_to[0] for field in sobject.fields.values() if field.master_detail}
