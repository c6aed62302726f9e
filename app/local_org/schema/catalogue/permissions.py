"""Permission sets, groups, who holds them, and what the running user may do."""

from __future__ import annotations

from app.local_org.schema.catalogue.standard_object import standard_object
from app.local_org.schema.catalogue.system_permissions import SYSTEM_PERMISSIONS
from app.local_org.schema.fields import boolean, long_text, moment, picklist, reference, system_fields, text

_ID, _IS_DELETED, *_AUDIT = system_fields()
_STAMP = moment("SystemModstamp", "System Modstamp", written=False, nillable=False)
_FLAGS = tuple(boolean(f"Permissions{name}", label, written=False) for name, label in SYSTEM_PERMISSIONS.items())

PERMISSIONS = (
    standard_object(
        "PermissionSet",
        "Permission Set",
        "Permission Sets",
        "0PS",
        _ID,
        text("Name", "Permission Set Name", 80, required=True),
        text("Label", "Permission Set Label", 80, required=True),
        text("NamespacePrefix", "Namespace Prefix", 15, written=False),
        long_text("Description", "Description", 255),
        picklist("Type", "Type", "Regular", "Standard", "Session", "Group", "Profile", "Muting", written=False),
        boolean("IsCustom", "Custom", default=True, written=False),
        boolean("IsOwnedByProfile", "Owned By Profile", written=False),
        reference("ProfileId", "Profile ID", "Profile", written=False),
        reference("PermissionSetGroupId", "Permission Set Group ID", "PermissionSetGroup", written=False),
        boolean("HasActivationRequired", "Session Activation Required"),
        *_FLAGS,
        *_AUDIT,
        writable=False,
    ),
    standard_object(
        "PermissionSetAssignment",
        "Permission Set Assignment",
        "Permission Set Assignments",
        "0Pa",
        _ID,
        reference("AssigneeId", "Assignee ID", "User", children="PermissionSetAssignments", required=True),
        reference("PermissionSetId", "PermissionSet ID", "PermissionSet", children="Assignments"),
        reference("PermissionSetGroupId", "Permission Set Group ID", "PermissionSetGroup", children="Assignments"),
        moment("ExpirationDate", "Expires On"),
        boolean("IsActive", "Active", default=True, written=False),
        boolean("IsRevoked", "Revoked", written=False),
        _STAMP,
    ),
    standard_object(
        "PermissionSetGroup",
        "Permission Set Group",
        "Permission Set Groups",
        "0PG",
        _ID,
        text("DeveloperName", "Developer Name", 80, required=True),
        text("MasterLabel", "Label", 80, required=True),
        text("NamespacePrefix", "Namespace Prefix", 15, written=False),
        long_text("Description", "Description", 255),
        picklist("Status", "Status", "Updated", "Outdated", "Updating", "Failed", default="Updated"),
        boolean("HasActivationRequired", "Session Activation Required"),
        *_AUDIT,
        writable=False,
    ),
    standard_object(
        "PermissionSetGroupComponent",
        "Permission Set Group Component",
        "Permission Set Group Components",
        "0PH",
        _ID,
        reference(
            "PermissionSetGroupId",
            "Permission Set Group ID",
            "PermissionSetGroup",
            children="PermissionSetGroupComponents",
            required=True,
        ),
        reference("PermissionSetId", "Permission Set ID", "PermissionSet", required=True),
        *_AUDIT,
        writable=False,
    ),
    standard_object(
        "SetupEntityAccess",
        "Setup Entity Access",
        "Setup Entity Access",
        "0J0",
        _ID,
        reference("ParentId", "Parent ID", "PermissionSet", children="SetupEntityAccessItems", required=True),
        text("SetupEntityId", "Setup Entity ID", 18, required=True),
        text("SetupEntityType", "Setup Entity Type", 40, written=False),
        _STAMP,
        writable=False,
    ),
    standard_object(
        "UserSetupEntityAccess",
        "User Setup Entity Access",
        "User Setup Entity Access",
        "0N3",
        _ID,
        text("DeveloperName", "Developer Name", 80, written=False),
        text("NamespacePrefix", "Namespace Prefix", 15, written=False),
        text("KeyPrefix", "Key Prefix", 3, written=False),
        text("SetupEntityId", "Setup Entity ID", 18, written=False),
        writable=False,
    ),
    standard_object(
        "UserPermissionAccess",
        "User Permission Access",
        "User Permission Access",
        "0ND",
        _ID,
        moment("LastCacheUpdate", "Last Cache Update", written=False),
        *_FLAGS,
        writable=False,
    ),
)
"""UserPermissionAccess has one row, of the running user; UserSetupEntityAccess one for each custom permission of his,
and so none, since no package here brings a custom permission. The prefixes 0PH and 0ND are background knowledge, 0N3 is
made up."""
