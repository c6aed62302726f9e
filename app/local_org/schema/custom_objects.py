"""Custom objects from their metadata files: the object, its fields, its validation rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.local_org.schema.custom_fields import read_field
from app.local_org.schema.fields import auto_number_name, owner, system_fields, text_name
from app.local_org.schema.key_prefixes import KeyPrefixes
from app.local_org.schema.metadata_xml import Node, read
from app.local_org.schema.model import Field, Sharing, SObject, ValidationRule
from app.local_org.schema.package_source import PackageSource, full_name

_FLAGS_WITHOUT_EFFECT = (
    "enableActivities",
    "enableBulkApi",
    "enableFeeds",
    "enableHistory",
    "enableReports",
    "enableSearch",
    "enableSharing",
    "enableStreamingApi",
)
"""Switches of surfaces that the local org does not have; only their default is taken, so that none is promised."""

_SWITCHED_ON = {"enableBulkApi", "enableReports", "enableSearch", "enableSharing", "enableStreamingApi"}


def read_objects(package: PackageSource, prefixes: KeyPrefixes, absent: frozenset[str]) -> Iterator[SObject]:
    """Every object of the package, qualified; `absent` are `Object.Field` (qualified) that this version lacks.

    MetadataError for whatever the files say that is not known.
    """
    for path in package.of_kind(".object-meta.xml"):
        yield _read_object(package, path, prefixes, absent)


def _read_object(package: PackageSource, path: Path, prefixes: KeyPrefixes, absent: frozenset[str]) -> SObject:
    node = read(path, "CustomObject")
    declared = full_name(path, ".object-meta.xml")
    if path.parent.name != declared:
        raise node.error(f"stands in the folder {path.parent.name}, not {declared}")
    name = package.qualify(declared)
    node.take_optional_text("description")
    node.take_choice("deploymentStatus", "Deployed")
    node.take_choice("visibility", "Public")
    node.take_choice("externalSharingModel", "Private", "ControlledByParent")
    for flag in _FLAGS_WITHOUT_EFFECT:
        node.take_choice(flag, str(flag in _SWITCHED_ON).lower())
    sharing = Sharing(node.take_choice("sharingModel", *Sharing))
    label, plural_label = node.take_text("label"), node.take_text("pluralLabel")
    name_field = _read_name_field(node.take("nameField"))
    node.done()

    custom = [
        field
        for file in package.of_kind(".field-meta.xml")
        if file.parent.parent == path.parent
        for field in [read_field(package, file)]
        if f"{name}.{field.name}" not in absent
    ]
    is_detail = any(field.master_detail for field in custom)
    if is_detail != (sharing is Sharing.CONTROLLED_BY_PARENT):
        raise node.error("must have sharingModel ControlledByParent exactly when it has a master-detail field")
    fields = [*system_fields()[:1], *([] if is_detail else [owner("Group", "User")]), *system_fields()[1:2]]
    fields += [name_field, *system_fields()[2:], *custom]
    rules = tuple(
        _read_rule(package, file)
        for file in package.of_kind(".validationRule-meta.xml")
        if file.parent.parent == path.parent
    )
    return SObject(
        name=name,
        label=label,
        plural_label=plural_label,
        key_prefix=prefixes.of_custom(name),
        fields={field.name: field for field in fields},
        sharing=sharing,
        custom=True,
        validation_rules=rules,
    )


def _read_name_field(node: Node) -> Field:
    kind = node.take_choice("type", "Text", "AutoNumber")
    label = node.take_text("label")
    display_format = node.take_text("displayFormat") if kind == "AutoNumber" else None
    node.done()
    return text_name(label) if display_format is None else auto_number_name(label, display_format)


def _read_rule(package: PackageSource, path: Path) -> ValidationRule:
    node = read(path, "ValidationRule")
    name = node.take_text("fullName")
    if name != full_name(path, ".validationRule-meta.xml"):
        raise node.error(f"has the full name {name}, which is not its file's")
    node.take_choice("active", "true")
    node.take_optional_text("description")
    error_field = node.take_optional_text("errorDisplayField")
    rule = ValidationRule(
        name=name,
        formula=package.qualify_formula(node.take_text("errorConditionFormula")),
        message=node.take_text("errorMessage"),
        error_field=None if error_field is None else package.qualify(error_field),
    )
    node.done()
    return rule
