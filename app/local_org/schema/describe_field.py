"""One field as describe tells it: 57 keys."""

from __future__ import annotations

from typing import Any

from app.local_org.access import Access
from app.local_org.schema.model import Field, FieldType, SObject

_SOAP_TYPES = {
    FieldType.ID: "tns:ID",
    FieldType.REFERENCE: "tns:ID",
    FieldType.BOOLEAN: "xsd:boolean",
    FieldType.INT: "xsd:int",
    FieldType.DOUBLE: "xsd:double",
    FieldType.CURRENCY: "xsd:double",
    FieldType.PERCENT: "xsd:double",
    FieldType.DATE: "xsd:date",
    FieldType.DATETIME: "xsd:dateTime",
    FieldType.TIME: "xsd:time",
}
"""Every other type is xsd:string."""

_NUMBERS = frozenset({FieldType.DOUBLE, FieldType.CURRENCY, FieldType.PERCENT})
_TEXTS = frozenset(FieldType) - frozenset(_SOAP_TYPES)
_AGGREGATABLE = frozenset(FieldType) - {FieldType.BOOLEAN, FieldType.MULTIPICKLIST, FieldType.TIME}
_ID_LOOKUP_FIELDS = frozenset({"Id", "Name"})


def describe_field(sobject: SObject, field: Field, access: Access) -> dict[str, Any]:
    """The field's describe; createable and updateable are the user's own."""
    editable = access.can_edit_field(sobject.name, field.name)
    number = field.type in _NUMBERS
    polymorphic = len(field.reference_to) > 1
    return {
        "aggregatable": field.filterable and field.type in _AGGREGATABLE,
        "aiPredictionField": False,
        "autoNumber": field.auto_number_format is not None,
        "byteLength": _byte_length(field),
        "calculated": False,
        "calculatedFormula": None,
        "cascadeDelete": field.delete_rule == "Cascade" and field.type is FieldType.REFERENCE,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": "Name" if _is_part_of_name(sobject, field) else None,
        "controllerName": None,
        "createable": field.createable and editable and access.can(sobject.name, "create"),
        "custom": field.custom,
        "defaultValue": field.default if field.type is FieldType.BOOLEAN else None,
        "defaultValueFormula": str(int(field.default)) if number and isinstance(field.default, int | float) else None,
        "defaultedOnCreate": _defaulted_on_create(field),
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": field.precision if field.type is FieldType.INT else 0,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": field.external_id,
        "extraTypeInfo": _extra_type(sobject, field),
        "filterable": field.filterable,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": field.groupable,
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.external_id or field.name in _ID_LOOKUP_FIELDS or field.name == "Email",
        "inlineHelpText": field.help_text,
        "label": field.label,
        "length": field.length if field.type in _TEXTS or field.type in (FieldType.ID, FieldType.REFERENCE) else 0,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.name_field,
        "namePointing": polymorphic and field.name in ("WhoId", "WhatId", "OwnerId", "RelationId"),
        "nillable": field.nillable,
        "permissionable": field.permissionable,
        "picklistValues": [
            {
                "active": value.active,
                "defaultValue": value.default,
                "label": value.label,
                "validFor": None,
                "value": value.value,
            }
            for value in field.picklist
        ],
        "polymorphicForeignKey": polymorphic,
        "precision": field.precision if number else 0,
        "queryByDistance": False,
        "referenceTargetField": None,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship_name,
        "relationshipOrder": field.relationship_order,
        "restrictedDelete": field.delete_rule == "Restrict" and field.custom,
        "restrictedPicklist": field.restricted_picklist,
        "scale": field.scale if number else 0,
        "searchPrefilterable": field.type is FieldType.REFERENCE,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "sortable": field.sortable,
        "type": field.type.value,
        "unique": field.unique,
        "updateable": field.updateable and editable and access.can(sobject.name, "edit"),
        "writeRequiresMasterRead": False,
    }


def _byte_length(field: Field) -> int:
    """UTF-8 takes up to three bytes a character; an id is plain ASCII."""
    if field.type in (FieldType.ID, FieldType.REFERENCE):
        return 18
    return field.length * 3 if field.type in _TEXTS else 0


def _is_part_of_name(sobject: SObject, field: Field) -> bool:
    return field.name in ("FirstName", "LastName") and "Name" in sobject.fields


def _defaulted_on_create(field: Field) -> bool:
    """Does the org fill it in when a client does not?"""
    if field.type is FieldType.BOOLEAN or field.auto_number_format is not None or field.name == "OwnerId":
        return True
    return field.default is not None or (field.system and not field.nillable)


def _extra_type(sobject: SObject, field: Field) -> str | None:
    if field.type is FieldType.TEXTAREA:
        return "plaintextarea"
    if _is_part_of_name(sobject, field) or (field.name == "Name" and "LastName" in sobject.fields):
        return "personname"
    return None
