"""Sharing rules from their metadata files: one file an object (Metadata API, SharingRules)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from app.local_org.schema.boolean_filter import check_filter
from app.local_org.schema.metadata_xml import MetadataError, Node, read
from app.local_org.schema.model import (
    Audience,
    AudienceKind,
    Criterion,
    Field,
    FieldType,
    Operation,
    Sharing,
    SharingRule,
    SObject,
)
from app.local_org.schema.package_source import PackageSource, full_name

SUFFIX = ".sharingRules-meta.xml"

_TEXTS = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXTAREA,
        FieldType.EMAIL,
        FieldType.PHONE,
        FieldType.URL,
        FieldType.PICKLIST,
    }
)
_NUMBERS = frozenset({FieldType.DOUBLE, FieldType.CURRENCY, FieldType.PERCENT, FieldType.INT})
_ORDERED = frozenset({Operation.LESS, Operation.LESS_OR_EQUAL, Operation.GREATER, Operation.GREATER_OR_EQUAL})
_OF_TEXT = frozenset({Operation.CONTAINS, Operation.NOT_CONTAIN, Operation.STARTS_WITH})


def read_sharing_rules(
    package: PackageSource, objects: Mapping[str, SObject]
) -> Iterator[tuple[str, tuple[SharingRule, ...]]]:
    """Each object that the package shares, with its rules.

    MetadataError for an object or field that does not exist, an object whose default leaves nothing to share, and for
    whatever the local org does not do: guest and territory rules, portal roles, manager groups.
    """
    for path in package.of_kind(SUFFIX):
        name = package.qualify(full_name(path, SUFFIX))
        if name not in objects:
            raise MetadataError(path, "SharingRules", f"shares {name}, which does not exist")
        found = objects[name]
        if found.name == "Event" or found.sharing not in (Sharing.PRIVATE, Sharing.READ):
            raise MetadataError(path, "SharingRules", f"{name} is {found.sharing.value}: it takes no sharing rules")
        node = read(path, "SharingRules")
        rules = [_owner_rule(found, entry) for entry in node.take_all("sharingOwnerRules")]
        rules += [_criteria_rule(package, found, entry) for entry in node.take_all("sharingCriteriaRules")]
        node.done()
        if len({rule.name for rule in rules}) != len(rules):
            raise node.error("holds two rules of one name")
        yield name, tuple(rules)


def _owner_rule(found: SObject, node: Node) -> SharingRule:
    name, edit = _head(found, node)
    shared_from = _audience(node.take("sharedFrom"))
    shared_to = _shared_to(node)
    node.done()
    return SharingRule(name, edit, shared_to, shared_from)


def _criteria_rule(package: PackageSource, found: SObject, node: Node) -> SharingRule:
    name, edit = _head(found, node)
    criteria = tuple(_criterion(package, found, item) for item in node.take_all("criteriaItems"))
    if not criteria:
        raise node.error("lacks the element <criteriaItems>")
    every = " AND ".join(str(number) for number in range(1, len(criteria) + 1))
    logic = node.take_text("booleanFilter", every)
    check_filter(node, logic, len(criteria))
    owned_by_all = node.take_flag("includeRecordsOwnedByAll", True)
    shared_to = _shared_to(node)
    node.done()
    return SharingRule(name, edit, shared_to, None, criteria, logic.upper(), owned_by_all)


def _head(found: SObject, node: Node) -> tuple[str, bool]:
    name = node.take_text("fullName")
    node.take_text("label")
    node.take_optional_text("description")
    edit = node.take_choice("accessLevel", "Read", "Edit") == "Edit"
    if not edit and found.sharing is Sharing.READ:
        raise node.error(f"{name} opens {found.name} to be read, which everybody may do anyway")
    return name, edit


def _shared_to(node: Node) -> Audience:
    audience = _audience(node.take("sharedTo"))
    if audience.kind is AudienceKind.QUEUE:
        raise node.error("shares with a queue; rules share with roles, groups and all internal users")
    return audience


def _audience(node: Node) -> Audience:
    """Exactly one role, group, queue, or everybody; an element of another kind is refused by name."""
    named = [
        Audience(kind, entry.leaf())
        for kind in AudienceKind
        if kind is not AudienceKind.ALL_INTERNAL_USERS
        for entry in node.take_all(kind.value)
    ]
    for entry in node.take_all(AudienceKind.ALL_INTERNAL_USERS.value):
        entry.done()
        named.append(Audience(AudienceKind.ALL_INTERNAL_USERS))
    node.done()
    if len(named) != 1:
        raise node.error("must name exactly one role, group, queue or all internal users")
    return named[0]


def _criterion(package: PackageSource, found: SObject, node: Node) -> Criterion:
    declared = node.take_text("field")
    field = found.fields.get(package.qualify(declared))
    if field is None:
        raise node.error(f"names the field {declared}, which {found.name} does not have")
    operation = Operation(node.take_choice("operation", *Operation))
    text = node.take_optional("value")
    node.done()
    kind = field.type
    fits = kind in _TEXTS if operation in _OF_TEXT else kind not in _TEXTS if operation in _ORDERED else True
    if kind is FieldType.BOOLEAN and operation not in (Operation.EQUALS, Operation.NOT_EQUAL):
        fits = False
    if not fits:
        raise node.error(f"compares {field.name} of type {kind.value} with {operation.value}")
    given = "" if text is None else text.text()
    # A comma parts the values of which any may fit (Salesforce Help, "Criteria-Based Sharing Rules Considerations").
    values = tuple(_value(node, field, part.strip()) for part in given.split(","))
    if operation not in (Operation.EQUALS, Operation.NOT_EQUAL) and None in values:
        raise node.error(f"compares {field.name} with nothing")
    return Criterion(field.name, operation, values)


def _value(node: Node, field: Field, text: str) -> str | int | float | None:
    """The value as the tables hold it: text, a number, 0 or 1, an ISO date, milliseconds UTC."""
    try:
        if not text:
            return None
        if field.type is FieldType.BOOLEAN:
            return {"true": 1, "false": 0}[text.lower()]
        if field.type in _NUMBERS:
            return float(text)
        if field.type is FieldType.DATE:
            return date.fromisoformat(text).isoformat()
        if field.type is FieldType.DATETIME:
            return _milliseconds(text)
    except (KeyError, ValueError) as error:
        raise node.error(f"compares {field.name} of type {field.type.value} with {text!r}") from error
    if field.type not in _TEXTS:
        raise node.error(f"filters by {field.name}, whose type {field.type.value} no sharing rule takes")
    return text


def _milliseconds(text: str) -> int:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return int(instant.astimezone(UTC).timestamp() * 1000)
