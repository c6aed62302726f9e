"""Custom fields from their metadata files: each type has its elements, and no others (Metadata API, CustomField)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.local_org.schema.metadata_xml import Node, read
from app.local_org.schema.model import DeleteRule, Field, FieldType, PicklistValue
from app.local_org.schema.package_source import PackageSource, full_name


def read_field(package: PackageSource, path: Path) -> Field:
    """The field, with qualified names; MetadataError for an element that its type does not have."""
    node = read(path, "CustomField")
    declared = node.take_text("fullName")
    if declared != full_name(path, ".field-meta.xml") or path.parent.name != "fields":
        raise node.error(f"has the full name {declared}, which is not its file's")
    kind = node.take_text("type")
    label = node.take_text("label")
    help_text = node.take_optional_text("inlineHelpText")
    node.take_optional_text("description")
    if kind in _REFERENCES:
        settings = _REFERENCES[kind](node, package, declared)
    elif kind in _VALUES:
        settings = _VALUES[kind](node)
    else:
        raise node.error(f"is of a type that the compiler does not know: {kind}")
    node.done()
    required = bool(settings.get("required", False))
    values: dict[str, Any] = {
        "name": package.qualify(declared),
        "label": label,
        "help_text": help_text,
        "custom": True,
        "nillable": not required and kind != "Checkbox",
        # Salesforce has no field-level security for what every row must hold.
        "permissionable": not required,
        **settings,
    }
    return Field(**values)


def _text(node: Node) -> dict[str, Any]:
    unique = node.take_flag("unique", False)
    return {
        "type": FieldType.STRING,
        "length": node.take_number("length"),
        "required": node.take_flag("required", False),
        "external_id": node.take_flag("externalId", False),
        "unique": unique,
        "case_sensitive": node.take_flag("caseSensitive") if unique else False,
    }


def _long_text(node: Node) -> dict[str, Any]:
    length = node.take_number("length")
    if not 256 <= length <= 131072:
        raise node.error(f"has a length of {length}; a long text area takes 256 to 131072")
    node.take_number("visibleLines")
    return {"type": FieldType.TEXTAREA, "length": length, "filterable": False, "groupable": False, "sortable": False}


def _number(node: Node) -> dict[str, Any]:
    default = node.take_optional_text("defaultValue")
    return {
        "type": FieldType.DOUBLE,
        "precision": node.take_number("precision"),
        "scale": node.take_number("scale"),
        "required": node.take_flag("required", False),
        "unique": node.take_flag("unique", False),
        "external_id": node.take_flag("externalId", False),
        "default": None if default is None else float(default),
        "groupable": False,
    }


def _checkbox(node: Node) -> dict[str, Any]:
    return {"type": FieldType.BOOLEAN, "default": node.take_flag("defaultValue")}


def _plain(field_type: FieldType, *, length: int = 0, groupable: bool = True) -> Callable[[Node], dict[str, Any]]:
    def take(node: Node) -> dict[str, Any]:
        if field_type is FieldType.EMAIL:
            node.take_choice("unique", "false", default="false")
            node.take_choice("externalId", "false", default="false")
        required = node.take_flag("required", False)
        return {"type": field_type, "length": length, "required": required, "groupable": groupable}

    return take


def _picklist(node: Node) -> dict[str, Any]:
    values, restricted = _value_set(node.take("valueSet"))
    default = next((value.value for value in values if value.default), None)
    return {
        "type": FieldType.PICKLIST,
        "length": 255,
        "required": node.take_flag("required", False),
        "picklist": values,
        "restricted_picklist": restricted,
        "default": default,
    }


def _multi_picklist(node: Node) -> dict[str, Any]:
    node.take_number("visibleLines")
    values, restricted = _value_set(node.take("valueSet"))
    return {
        "type": FieldType.MULTIPICKLIST,
        "length": 4099,
        "required": node.take_flag("required", False),
        "picklist": values,
        "restricted_picklist": restricted,
        "groupable": False,
        "sortable": False,
    }


def _value_set(node: Node) -> tuple[tuple[PicklistValue, ...], bool]:
    restricted = node.take_flag("restricted", False)
    definition = node.take("valueSetDefinition")
    definition.take_choice("sorted", "false")
    values: list[PicklistValue] = []
    for value in definition.take_all("value"):
        name, label = value.take_text("fullName"), value.take_text("label")
        active = value.take_flag("isActive", True)
        values.append(PicklistValue(name, label, default=value.take_flag("default"), active=active))
        value.done()
    definition.done()
    node.done()
    if len({value.value.lower() for value in values}) != len(values) or not values:
        raise node.error("must hold at least one value, and none twice")
    if sum(value.default for value in values) > 1:
        raise node.error("has more than one default")
    return tuple(values), restricted


def _lookup(node: Node, package: PackageSource, declared: str) -> dict[str, Any]:
    required = node.take_flag("required", False)
    rule = DeleteRule(node.take_choice("deleteConstraint", *DeleteRule))
    if required and rule is DeleteRule.SET_NULL:
        raise node.error("is a required lookup, which Salesforce cannot clear: its deleteConstraint must be Restrict")
    return {**_reference(node, package, declared), "required": required, "delete_rule": rule}


def _master_detail(node: Node, package: PackageSource, declared: str) -> dict[str, Any]:
    node.take_choice("reparentableMasterDetail", "false")
    node.take_choice("writeRequiresMasterRead", "false")
    order = node.take_number("relationshipOrder")
    return {
        **_reference(node, package, declared),
        "required": True,
        "delete_rule": DeleteRule.CASCADE,
        "relationship_order": order,
        "updateable": False,
    }


def _reference(node: Node, package: PackageSource, declared: str) -> dict[str, Any]:
    node.take_text("relationshipLabel")
    return {
        "type": FieldType.REFERENCE,
        "length": 18,
        "reference_to": (package.qualify(node.take_text("referenceTo")),),
        "relationship_name": package.qualify(declared.removesuffix("__c") + "__r"),
        "child_relationship_name": package.qualify(node.take_text("relationshipName") + "__r"),
    }


_VALUES: dict[str, Callable[[Node], dict[str, Any]]] = {
    "Text": _text,
    "LongTextArea": _long_text,
    "Number": _number,
    "Checkbox": _checkbox,
    "Date": _plain(FieldType.DATE),
    "DateTime": _plain(FieldType.DATETIME, groupable=False),
    "Email": _plain(FieldType.EMAIL, length=80),
    "Url": _plain(FieldType.URL, length=255),
    "Picklist": _picklist,
    "MultiselectPicklist": _multi_picklist,
}
_REFERENCES: dict[str, Callable[[Node, PackageSource, str], dict[str, Any]]] = {
    "Lookup": _lookup,
    "MasterDetail": _master_detail,
}
