"""The system permissions that the local org knows, and the profiles that every org has."""

from __future__ import annotations

from collections.abc import Iterable

from app.local_org.schema.model import FieldPermission, ObjectPermission, PermissionSet, SObject

SYSTEM_PERMISSIONS = {
    "ApiEnabled": "API Enabled",
    "AssignPermissionSets": "Assign Permission Sets",
    "CustomizeApplication": "Customize Application",
    "EditEvent": "Edit Events",
    "ManageSessionPermissionSets": "Manage Session Permission Set Activations",
    "ManageUsers": "Manage Internal Users",
    "ModifyAllData": "Modify All Data",
    "ModifyMetadata": "Modify Metadata Through Metadata API Functions",
    "UseAnyApiClient": "Use Any API Client",
    "ViewAllData": "View All Data",
    "ViewAllUsers": "View All Users",
    "ViewSetup": "View Setup and Configuration",
}
"""Name as in the metadata (the field of PermissionSet and UserPermissionAccess is `Permissions` + name) to label."""

SYSTEM_ADMINISTRATOR = "System Administrator"
STANDARD_USER = "Standard User"
MINIMUM_ACCESS = "Minimum Access - Salesforce"
PROFILES = (SYSTEM_ADMINISTRATOR, STANDARD_USER, MINIMUM_ACCESS)
"""The profiles, by name. The permission set that each owns goes by the same name in the compiled schema."""

CRM_RECORDS = "CRM_Records"
"""A permission set of the customer's own, with what a packaged one cannot carry: Account, Contact and Lead. It is for
people on a minimum-access profile."""

_CRM: tuple[str, ...] = ("Account", "Contact", "Lead")
_EVERYTHING = ObjectPermission(create=True, read=True, edit=True, delete=True, view_all=True, modify_all=True)
_OWN_WORK = ObjectPermission(create=True, read=True, edit=True, delete=True)
_OPEN = FieldPermission(readable=True, editable=True)


def built_in_permission_sets(objects: Iterable[SObject]) -> tuple[PermissionSet, ...]:
    """The profiles' permission sets and the customer's own one.

    System Administrator has every custom object and field: that is what *Install for Admins Only* grants. The other
    profiles have none, so BookIt's objects come from BookIt's permission sets alone.
    """
    known = tuple(objects)
    custom_fields = {
        f"{sobject.name}.{field.name}": _OPEN
        for sobject in known
        for field in sobject.fields.values()
        if field.permissionable
    }
    crm_fields = {name: access for name, access in custom_fields.items() if name.split(".")[0] in _CRM}
    crm_objects = dict.fromkeys(_CRM, _OWN_WORK)
    return (
        PermissionSet(
            SYSTEM_ADMINISTRATOR,
            None,
            SYSTEM_ADMINISTRATOR,
            object_permissions={
                sobject.name: _EVERYTHING for sobject in known if sobject.custom or sobject.name in _CRM
            },
            field_permissions=custom_fields,
            system_permissions=frozenset(SYSTEM_PERMISSIONS) - {"UseAnyApiClient"},
        ),
        PermissionSet(
            STANDARD_USER,
            None,
            STANDARD_USER,
            object_permissions=crm_objects,
            field_permissions=crm_fields,
            system_permissions=frozenset({"ApiEnabled", "EditEvent"}),
        ),
        PermissionSet(MINIMUM_ACCESS, None, MINIMUM_ACCESS, system_permissions=frozenset({"ApiEnabled"})),
        PermissionSet(CRM_RECORDS, None, "CRM Records", object_permissions=crm_objects, field_permissions=crm_fields),
    )
