"""What one user may do: the union of his profile and his permission sets. Pure; knows no user and no row.

Standard objects are governed three ways: some by object permissions of the profile (Account, Contact, Lead), some by
a system permission (users, events, permission sets), some are open to everybody. The tables below say which; what
stands in none of them needs an object permission. Source: Object Reference, "Special Access Rules" of each object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.local_org.schema.model import ObjectPermission, PermissionSet, PermissionSetGroup, Schema

Action = Literal["read", "create", "edit", "delete", "view_all", "modify_all"]

OPEN_TO_ALL = frozenset(
    {
        "BusinessHours",
        "Calendar",
        "Event",
        "EventRelation",
        "Group",
        "GroupMember",
        "Holiday",
        "Organization",
        "Profile",
        "User",
        "UserPermissionAccess",
        "UserRecordAccess",
        "UserRole",
        "UserSetupEntityAccess",
    }
)
"""Standard objects that every user reads. Which rows is the sharing model's affair (of Events: one's own)."""

READ_WITH: Mapping[str, frozenset[str]] = {
    "PermissionSet": frozenset({"ViewSetup", "ManageSessionPermissionSets", "AssignPermissionSets"}),
    "PermissionSetAssignment": frozenset({"ViewSetup", "AssignPermissionSets", "ManageUsers"}),
    "PermissionSetGroup": frozenset({"ViewSetup", "ManageSessionPermissionSets", "AssignPermissionSets"}),
    "PermissionSetGroupComponent": frozenset({"ViewSetup"}),
    "SetupEntityAccess": frozenset({"ViewSetup"}),
    "UserLogin": frozenset({"ManageUsers"}),
    "PackageLicense": frozenset({"ViewSetup"}),
}
"""Any one of these system permissions opens the object; View All Data does not. PackageLicense is unconfirmed."""

WRITE_WITH: Mapping[str, frozenset[str]] = {
    "BusinessHours": frozenset({"CustomizeApplication"}),
    "Event": frozenset({"EditEvent"}),
    "EventRelation": frozenset({"EditEvent"}),
    "Group": frozenset({"ManageUsers"}),
    "GroupMember": frozenset({"ManageUsers"}),
    "Holiday": frozenset({"CustomizeApplication"}),
    "PermissionSetAssignment": frozenset({"AssignPermissionSets", "ManageUsers"}),
    "User": frozenset({"ManageUsers"}),
    "UserLogin": frozenset({"ManageUsers"}),
    "UserRole": frozenset({"ManageUsers"}),
}
"""Any one of these system permissions lets a user create, edit and delete rows of the object."""

_SETUP = frozenset(READ_WITH) | frozenset(WRITE_WITH) - {"Event", "EventRelation"}
_READ_ACTIONS: frozenset[Action] = frozenset({"read", "view_all"})


@dataclass(frozen=True, slots=True)
class Access:
    """What one user may do. `system` holds the names of his system permissions (`ViewSetup`).

    Object and field names are API names, in the casing of the schema. It says nothing of rows: sharing does, and reads
    `can(…, "view_all")` and `can(…, "modify_all")`.
    """

    system: frozenset[str]
    schema: Schema
    objects: Mapping[str, ObjectPermission]
    readable: frozenset[str]
    editable: frozenset[str]

    def can(self, object_name: str, action: Action) -> bool:
        """May the user do this with the object at all? False for an object that does not exist.

        A real org answers as if an object that one cannot read did not exist.
        """
        if object_name not in self.schema.objects:
            return False
        if object_name in _SETUP or object_name in OPEN_TO_ALL:
            return self._can_by_rule(object_name, action)
        if "ModifyAllData" in self.system or (action in _READ_ACTIONS and "ViewAllData" in self.system):
            return True
        granted = self.objects.get(object_name)
        return granted is not None and _allows(granted, action)

    def _can_by_rule(self, object_name: str, action: Action) -> bool:
        if action == "read":
            needed = READ_WITH.get(object_name)
            return needed is None or bool(needed & self.system)
        if action in ("view_all", "modify_all"):
            if object_name not in ("Event", "EventRelation"):
                return self.can(object_name, "read" if action == "view_all" else "edit")
            return "ModifyAllData" in self.system or (action == "view_all" and "ViewAllData" in self.system)
        needed = WRITE_WITH.get(object_name, frozenset())
        return bool(needed & self.system)

    def can_read_field(self, object_name: str, field_name: str) -> bool:
        """May the user see the field? View All Data does not open a field that no permission set opens."""
        return self.can(object_name, "read") and self._field(object_name, field_name, self.readable)

    def can_edit_field(self, object_name: str, field_name: str) -> bool:
        """May the user set the field when he creates or edits a row? False for a field that the org sets itself."""
        writes = self.can(object_name, "create") or self.can(object_name, "edit")
        return writes and self._field(object_name, field_name, self.editable, written=True)

    def _field(self, object_name: str, field_name: str, opened: frozenset[str], *, written: bool = False) -> bool:
        field = self.schema.objects[object_name].fields.get(field_name)
        if field is None or (written and field.system):
            return False
        return not field.permissionable or f"{object_name}.{field_name}" in opened


def access_of(schema: Schema, permission_sets: Iterable[PermissionSet]) -> Access:
    """The union of the permission sets: the user's profile's own, those assigned to him, and those of his groups."""
    system: set[str] = set()
    objects: dict[str, ObjectPermission] = {}
    readable: set[str] = set()
    editable: set[str] = set()
    for permission_set in permission_sets:
        system |= permission_set.system_permissions
        for name, granted in permission_set.object_permissions.items():
            objects[name] = _union(objects.get(name, ObjectPermission()), granted)
        readable.update(name for name, field in permission_set.field_permissions.items() if field.readable)
        editable.update(name for name, field in permission_set.field_permissions.items() if field.editable)
    return Access(frozenset(system), schema, objects, frozenset(readable), frozenset(editable))


def members_of(schema: Schema, group: PermissionSetGroup) -> tuple[PermissionSet, ...]:
    """The permission sets that a group's holder has. KeyError if one does not exist."""
    return tuple(schema.permission_set(name, namespace) for namespace, name in group.members)


def _union(one: ObjectPermission, other: ObjectPermission) -> ObjectPermission:
    return ObjectPermission(
        create=one.create or other.create,
        read=one.read or other.read,
        edit=one.edit or other.edit,
        delete=one.delete or other.delete,
        view_all=one.view_all or other.view_all,
        modify_all=one.modify_all or other.modify_all,
    )


def _allows(granted: ObjectPermission, action: Action) -> bool:
    allowed: dict[Action, bool] = {
        "read": granted.read,
        "create": granted.create,
        "edit": granted.edit,
        "delete": granted.delete,
        "view_all": granted.view_all,
        "modify_all": granted.modify_all,
    }
    return allowed[action]
