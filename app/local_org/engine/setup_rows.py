"""The rows that an org has from the start: itself, its profiles, permission sets, groups and packages' licences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.local_org.schema.catalogue.system_permissions import PROFILES
from app.local_org.schema.model import PermissionSet, Schema


@dataclass(frozen=True, slots=True)
class OrgInfo:
    """The org's own settings. zone is an IANA name, locale a LocaleSidKey; instance is the pod's name."""

    org_id: str
    name: str = "Demo Org"
    zone: str = "America/Los_Angeles"
    locale: str = "en_US"
    language: str = "en_US"
    instance: str = "XX1"
    edition: str = "Enterprise Edition"
    is_sandbox: bool = False


class Insert(Protocol):
    def __call__(self, object_name: str, row: Mapping[str, Any], /) -> str: ...


def seed(schema: Schema, info: OrgInfo, insert: Insert) -> None:
    """Make the rows through `insert`, which gives back each one's id and leaves out what the schema lacks."""
    insert(
        "Organization",
        {
            "Id": info.org_id,
            "Name": info.name,
            "DefaultLocaleSidKey": info.locale,
            "TimeZoneSidKey": info.zone,
            "LanguageLocaleKey": info.language,
            "FiscalYearStartMonth": 1,
            "OrganizationType": info.edition,
            "InstanceName": info.instance,
            "IsSandbox": info.is_sandbox,
        },
    )
    set_ids: dict[tuple[str | None, str], str] = {}
    for permission_set in schema.permission_sets:
        set_ids[permission_set.namespace, permission_set.name] = _seed_set(permission_set, insert)
    for group in schema.permission_set_groups:
        group_id = insert(
            "PermissionSetGroup",
            {
                "DeveloperName": group.name,
                "MasterLabel": group.label,
                "NamespacePrefix": group.namespace,
                "Status": "Updated",
            },
        )
        # The aggregate set is what an assignment of the group points at; it has no name of the group's members.
        insert(
            "PermissionSet",
            {
                "Name": group.name,
                "Label": group.label,
                "NamespacePrefix": group.namespace,
                "Type": "Group",
                "PermissionSetGroupId": group_id,
                "IsCustom": True,
            },
        )
        for member in group.members:
            insert(
                "PermissionSetGroupComponent",
                {"PermissionSetGroupId": group_id, "PermissionSetId": set_ids[member]},
            )
    for namespace in sorted({package.namespace for package in schema.packages if package.namespace}):
        insert(
            "PackageLicense",
            {
                "NamespacePrefix": namespace,
                "Status": "Active",
                "IsProvisioned": True,
                "AllowedLicenses": -1,
                "UsedLicenses": 0,
            },
        )


def _seed_set(permission_set: PermissionSet, insert: Insert) -> str:
    flags = {f"Permissions{name}": True for name in permission_set.system_permissions}
    if permission_set.namespace is None and permission_set.name in PROFILES:
        profile_id = insert("Profile", {"Name": permission_set.name, "UserType": "Standard"})
        return insert(
            "PermissionSet",
            {
                "Name": f"X{profile_id[:15]}",
                "Label": profile_id[:15],
                "Type": "Profile",
                "IsOwnedByProfile": True,
                "ProfileId": profile_id,
                "IsCustom": False,
                **flags,
            },
        )
    return insert(
        "PermissionSet",
        {
            "Name": permission_set.name,
            "Label": permission_set.label,
            "NamespacePrefix": permission_set.namespace,
            "Type": "Regular",
            "IsCustom": True,
            **flags,
        },
    )
