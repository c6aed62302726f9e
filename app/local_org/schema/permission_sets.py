"""Permission sets and groups from their metadata files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.local_org.schema.catalogue.system_permissions import SYSTEM_PERMISSIONS
from app.local_org.schema.metadata_xml import Node, read
from app.local_org.schema.model import FieldPermission, ObjectPermission, PermissionSet, PermissionSetGroup
from app.local_org.schema.package_source import PackageSource, full_name


def read_permission_sets(package: PackageSource, absent: frozenset[str]) -> Iterator[PermissionSet]:
    """Every permission set of the package; permissions for fields in `absent` are left out with the fields."""
    for path in package.of_kind(".permissionset-meta.xml"):
        yield _read_set(package, path, absent)


def _read_set(package: PackageSource, path: Path, absent: frozenset[str]) -> PermissionSet:
    node = read(path, "PermissionSet")
    node.take_optional_text("description")
    # A session-based set counts only while activated, and the local org has no activations.
    node.take_choice("hasActivationRequired", "false")
    label = node.take_text("label")
    fields = dict(_field_permission(package, entry) for entry in node.take_all("fieldPermissions"))
    objects = dict(_object_permission(package, entry) for entry in node.take_all("objectPermissions"))
    system = frozenset(_system_permission(entry) for entry in node.take_all("userPermissions"))
    node.done()
    return PermissionSet(
        name=full_name(path, ".permissionset-meta.xml"),
        namespace=package.namespace,
        label=label,
        object_permissions=objects,
        field_permissions={name: access for name, access in fields.items() if name not in absent},
        system_permissions=system,
    )


def _field_permission(package: PackageSource, node: Node) -> tuple[str, FieldPermission]:
    sobject, _, field = node.take_text("field").partition(".")
    access = FieldPermission(readable=node.take_flag("readable"), editable=node.take_flag("editable"))
    node.done()
    if access.editable and not access.readable:
        raise node.error(f"makes {sobject}.{field} editable, but not readable")
    return f"{package.qualify(sobject)}.{package.qualify(field)}", access


def _object_permission(package: PackageSource, node: Node) -> tuple[str, ObjectPermission]:
    name = node.take_text("object")
    access = ObjectPermission(
        create=node.take_flag("allowCreate"),
        read=node.take_flag("allowRead"),
        edit=node.take_flag("allowEdit"),
        delete=node.take_flag("allowDelete"),
        view_all=node.take_flag("viewAllRecords"),
        modify_all=node.take_flag("modifyAllRecords"),
    )
    node.done()
    needs_read = access.create or access.edit or access.delete or access.view_all
    whole = access.read and access.edit and access.delete and access.view_all
    if (needs_read and not access.read) or (access.delete and not access.edit) or (access.modify_all and not whole):
        raise node.error(f"gives {name} a permission without the ones that it depends on")
    return package.qualify(name), access


def _system_permission(node: Node) -> str:
    node.take_choice("enabled", "true")
    name = node.take_choice("name", *SYSTEM_PERMISSIONS)
    node.done()
    return name


def read_groups(package: PackageSource) -> Iterator[PermissionSetGroup]:
    """Every permission set group of the package; its members are the package's own sets."""
    for path in package.of_kind(".permissionsetgroup-meta.xml"):
        node = read(path, "PermissionSetGroup")
        node.take_optional_text("description")
        node.take_choice("hasActivationRequired", "false")
        node.take_choice("status", "Updated")
        label = node.take_text("label")
        members = tuple((package.namespace, member.leaf()) for member in node.take_all("permissionSets"))
        node.done()
        yield PermissionSetGroup(
            name=full_name(path, ".permissionsetgroup-meta.xml"),
            namespace=package.namespace,
            label=label,
            members=members,
        )
