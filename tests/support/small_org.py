"""A small org of shops and visits on top of the standard objects, to test the engine on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.local_org.org import IN_MEMORY, LocalOrg, Session
from app.local_org.schema.catalogue import STANDARD_OBJECTS
from app.local_org.schema.catalogue.system_permissions import built_in_permission_sets
from app.local_org.schema.fields import owner, system_fields, text_name
from app.local_org.schema.model import (
    ChildRelationship,
    DeleteRule,
    Field,
    FieldPermission,
    FieldType,
    InstalledPackage,
    ObjectPermission,
    PermissionSet,
    PermissionSetGroup,
    PicklistValue,
    Schema,
    Sharing,
    SObject,
    ValidationRule,
)
from tests.support.movable_clock import MovableClock

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
"""A Wednesday."""

_SYSTEM = system_fields()
_OWN_WORK = ObjectPermission(create=True, read=True, edit=True, delete=True)


def picklist(name: str, label: str, *values: str, kind: FieldType = FieldType.PICKLIST) -> Field:
    entries = tuple(PicklistValue(value, value) for value in values)
    return Field(name, label, kind, length=255, picklist=entries, restricted_picklist=True, custom=True)


def lookup(name: str, target: str, children: str, rule: DeleteRule = DeleteRule.SET_NULL, **more: Any) -> Field:
    return Field(
        name,
        name.removesuffix("__c"),
        FieldType.REFERENCE,
        reference_to=(target,),
        relationship_name=name.removesuffix("c") + "r",
        child_relationship_name=children,
        delete_rule=rule,
        custom=True,
        **more,
    )


def sobject(
    name: str, prefix: str, sharing: Sharing, *fields: Field, rules: tuple[ValidationRule, ...] = ()
) -> SObject:
    label = name.removesuffix("__c")
    held = {field.name: field for field in (*_SYSTEM, *fields)}
    return SObject(name, label, label + "s", prefix, held, sharing, custom=True, validation_rules=rules)


SHOP = sobject(
    "Shop__c",
    "a01",
    Sharing.PRIVATE,
    owner("Group", "User"),
    text_name("Shop Name"),
    Field("Code__c", "Shop Code", FieldType.STRING, length=10, unique=True, external_id=True, custom=True),
    picklist("Kind__c", "Shop Kind", "Small", "Large"),
    picklist("Tags__c", "Tags", "red", "green", "blue", kind=FieldType.MULTIPICKLIST),
    Field("Size__c", "Size", FieldType.DOUBLE, precision=5, scale=2, permissionable=True, custom=True),
    Field("Floors__c", "Floors", FieldType.INT, precision=4, default=1, custom=True),
    Field("Opened__c", "Opened", FieldType.DATE, custom=True),
    Field("Seen__c", "Seen", FieldType.DATETIME, groupable=False, custom=True),
    Field("Opens__c", "Opens", FieldType.TIME, custom=True),
    Field("Active__c", "Active", FieldType.BOOLEAN, nillable=False, default=False, custom=True),
    Field("Note__c", "Note", FieldType.TEXTAREA, length=1000, filterable=False, groupable=False, sortable=False),
    Field("Mail__c", "Mail", FieldType.EMAIL, length=80, custom=True),
    Field("Secret__c", "Secret", FieldType.STRING, length=40, permissionable=True, custom=True),
    lookup("Manager__c", "User", "Managed_Shops__r"),
    lookup("Parent__c", "Shop__c", "Branches__r"),
    rules=(
        ValidationRule(
            "Large_Has_Size",
            'AND(ISPICKVAL(Kind__c, "Large"), ISBLANK(Size__c))',
            "A large shop has a size.",
            "Size__c",
        ),
        ValidationRule("Never_Shrinks", "NOT(ISNEW()) && Floors__c < PRIORVALUE(Floors__c)", "A shop never shrinks."),
    ),
)
VISIT = sobject(
    "Visit__c",
    "a02",
    Sharing.CONTROLLED_BY_PARENT,
    Field(
        "Name",
        "Visit Number",
        FieldType.STRING,
        length=80,
        name_field=True,
        createable=False,
        updateable=False,
        auto_number_format="V-{0000}",
    ),
    lookup("Shop__c", "Shop__c", "Visits__r", DeleteRule.CASCADE, required=True, updateable=False),
    Field("Guest__c", "Guest", FieldType.STRING, length=40, custom=True),
    Field("Made__c", "Made", FieldType.DATETIME, groupable=False, custom=True),
)
LEASE = sobject(
    "Lease__c",
    "a03",
    Sharing.READ_WRITE,
    owner("Group", "User"),
    text_name("Lease Name"),
    lookup("Shop__c", "Shop__c", "Leases__r", DeleteRule.RESTRICT),
)
BOARD = sobject("Board__c", "a04", Sharing.READ, owner("Group", "User"), text_name("Board Name"))

_MINE = (SHOP, VISIT, LEASE, BOARD)


def _related(objects: Iterable[SObject]) -> dict[str, SObject]:
    held = {found.name: found for found in objects}
    children: dict[str, list[ChildRelationship]] = defaultdict(list)
    for found in held.values():
        for field in found.fields.values():
            for target in field.reference_to:
                if field.child_relationship_name:
                    children[target].append(ChildRelationship(field.child_relationship_name, found.name, field.name))
    return {name: replace(found, child_relationships=tuple(children[name])) for name, found in held.items()}


def small_schema(*more: SObject) -> Schema:
    """The standard objects, shops, visits, leases, boards, and what else is given."""
    objects = _related((*STANDARD_OBJECTS, *_MINE, *more))
    shop_user = PermissionSet(
        "Shop_User",
        "ns",
        "Shop User",
        object_permissions={found.name: _OWN_WORK for found in (*_MINE, *more)},
        field_permissions={"Shop__c.Size__c": FieldPermission(readable=True)},
    )
    auditor = PermissionSet(
        "Auditor", "ns", "Auditor", object_permissions={"Shop__c": ObjectPermission(read=True, view_all=True)}
    )
    return Schema(
        objects,
        (*built_in_permission_sets(objects.values()), shop_user, auditor),
        (PermissionSetGroup("Everything", "ns", "Everything", (("ns", "Shop_User"), ("ns", "Auditor"))),),
        (InstalledPackage("Shops", "ns", 8, 2),),
    )


@dataclass(frozen=True, slots=True)
class SmallOrg:
    """The org, its clock, and its people by handle."""

    org: LocalOrg
    clock: MovableClock
    people: dict[str, str]

    def acting(self, handle: str) -> Session:
        return self.org.acting(self.people[handle])

    def assign(self, handle: str, set_name: str, **more: Any) -> str:
        """Give somebody a permission set and return the assignment's id."""
        return self.org.load(
            "PermissionSetAssignment",
            [{"AssigneeId": self.people[handle], "PermissionSetId": self.id_of("PermissionSet", set_name), **more}],
        )[0]

    def id_of(self, object_name: str, name: str) -> str:
        field = "DeveloperName" if object_name == "PermissionSetGroup" else "Name"
        found = self.org.as_system().query(f"SELECT Id FROM {object_name} WHERE {field} = '{name}'")
        record_id: str = found["records"][0]["Id"]
        return record_id


def small_org(path: Path | str = IN_MEMORY, *, more: tuple[SObject, ...] = ()) -> SmallOrg:
    """An admin, two reps who hold Shop_User (one in Kathmandu), and a guest who holds nothing; `more` objects too."""
    clock = MovableClock(NOON)
    org = LocalOrg(path, small_schema(*more), clock)
    small = SmallOrg(org, clock, {})
    for handle, profile, zone, locale in (
        ("admin", "System Administrator", "America/Los_Angeles", "en_US"),
        ("rep", "Minimum Access - Salesforce", "Asia/Kathmandu", "en_US"),
        ("other", "Minimum Access - Salesforce", "Europe/Berlin", "de_DE"),
        ("guest", "Minimum Access - Salesforce", "America/New_York", "en_US"),
    ):
        person = {
            "Username": f"{handle}@shops.example",
            "FirstName": handle.title(),
            "LastName": "Shopper",
            "Email": f"{handle}@shops.example",
            "ProfileId": small.id_of("Profile", profile),
            "TimeZoneSidKey": zone,
            "LocaleSidKey": locale,
            "LanguageLocaleKey": "en_US",
        }
        small.people[handle] = org.load("User", [person])[0]
    for handle in ("rep", "other"):
        small.assign(handle, "Shop_User")
    return small
