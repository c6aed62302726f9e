"""Describe: the schema as the REST API tells it to one user. What he cannot read is absent.

Key sets and values as real orgs answer them (REST API Developer Guide, sObject Describe).
"""

from __future__ import annotations

from typing import Any

from app.local_org.access import Access
from app.local_org.errors import ApiError
from app.local_org.schema.describe_field import describe_field
from app.local_org.schema.model import Schema, SObject

API_VERSION = "66.0"
MASTER_RECORD_TYPE = "012000000000000AAA"


def describe_global(schema: Schema, access: Access) -> dict[str, Any]:
    """The body of `GET /sobjects`: every object that the user reads, by name."""
    return {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [
            _summary(sobject, access)
            for _, sobject in sorted(schema.objects.items())
            if access.can(sobject.name, "read")
        ],
    }


def describe_object(schema: Schema, sobject: SObject | str, access: Access) -> dict[str, Any]:
    """The body of `GET /sobjects/T/describe`, and the `objectDescribe` of `GET /sobjects/T` is its summary.

    ApiError 404 NOT_FOUND for an object that does not exist or that the user cannot read.
    """
    found = readable_object(schema, sobject, access)
    fields = [field for field in found.fields.values() if access.can_read_field(found.name, field.name)]
    summary = _summary(found, access)
    return {
        "actionOverrides": [],
        "childRelationships": _child_relationships(schema, found, access),
        "compactLayoutable": True,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [describe_field(found, field, access) for field in fields],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [_master_record_type(found.name)],
        "searchLayoutable": True,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [
            {"label": f"All {found.plural_label.lower()}", "name": "everything"},
            {"label": f"My {found.plural_label.lower()}", "name": "mine"},
        ],
        **summary,
        "urls": {
            **summary["urls"],
            "uiDetailTemplate": f"/{{ID}}#{found.name}",
            "uiEditTemplate": f"/{{ID}}/e#{found.name}",
            "uiNewRecord": f"/{found.key_prefix}/e",
        },
    }


def summarize_object(schema: Schema, sobject: SObject | str, access: Access) -> dict[str, Any]:
    """The `objectDescribe` of `GET /sobjects/T`: the object's entry in the global describe; ApiError as above."""
    return _summary(readable_object(schema, sobject, access), access)


def readable_object(schema: Schema, sobject: SObject | str, access: Access) -> SObject:
    """The object, by name in any casing; ApiError 404 NOT_FOUND if there is none that the user reads."""
    found = schema.find(sobject) if isinstance(sobject, str) else sobject
    if found is None or not access.can(found.name, "read"):
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    return found


def _summary(sobject: SObject, access: Access) -> dict[str, Any]:
    """The 28 keys of an object in the global describe."""
    base = f"/services/data/v{API_VERSION}/sobjects/{sobject.name}"
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": sobject.createable and access.can(sobject.name, "create"),
        "custom": sobject.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": sobject.deletable and access.can(sobject.name, "delete"),
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.key_prefix,
        "label": sobject.label,
        "labelPlural": sobject.plural_label,
        "layoutable": True,
        "mergeable": sobject.name in ("Account", "Contact", "Lead") and access.can(sobject.name, "delete"),
        "mruEnabled": True,
        "name": sobject.name,
        "queryable": True,
        "replicateable": True,
        "retrieveable": True,
        "searchable": sobject.custom or sobject.name in ("Account", "Contact", "Event", "Lead", "User"),
        "triggerable": sobject.custom or sobject.name in ("Account", "Contact", "Event", "Lead", "User"),
        "undeletable": "IsDeleted" in sobject.fields and access.can(sobject.name, "delete"),
        "updateable": sobject.updateable and access.can(sobject.name, "edit"),
        "urls": {
            "describe": f"{base}/describe",
            "rowTemplate": f"{base}/{{ID}}",
            "sobject": base,
        },
    }


def _child_relationships(schema: Schema, parent: SObject, access: Access) -> list[dict[str, Any]]:
    """Every lookup to the object, from children and fields that the user reads; unnamed ones have a null name."""
    return [
        {
            "cascadeDelete": field.delete_rule == "Cascade",
            "childSObject": child.name,
            "deprecatedAndHidden": False,
            "field": field.name,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": field.child_relationship_name,
            "restrictedDelete": field.delete_rule == "Restrict" and field.custom,
        }
        for _, child in sorted(schema.objects.items())
        for field in child.fields.values()
        if parent.name in field.reference_to and access.can_read_field(child.name, field.name)
    ]


def _master_record_type(name: str) -> dict[str, Any]:
    layout = f"/services/data/v{API_VERSION}/sobjects/{name}/describe/layouts/{MASTER_RECORD_TYPE}"
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": MASTER_RECORD_TYPE,
        "urls": {"layout": layout},
    }
