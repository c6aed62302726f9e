"""The org's schema as values: what the metadata says, before any row exists. Built by compile.py and catalogue/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FieldType(StrEnum):
    """A field's type as describe spells it (Object Reference, Field Types)."""

    ID = "id"
    STRING = "string"
    TEXTAREA = "textarea"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    COMBOBOX = "combobox"
    BOOLEAN = "boolean"
    INT = "int"
    DOUBLE = "double"
    CURRENCY = "currency"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class PicklistValue:
    value: str
    label: str
    default: bool = False
    active: bool = True


class DeleteRule(StrEnum):
    """What happens to a child when the parent that it looks up to is deleted."""

    SET_NULL = "SetNull"
    RESTRICT = "Restrict"
    CASCADE = "Cascade"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `name` is the API name with namespace (`LeanData__Start__c`).

    length: characters, for text types. precision/scale: for numbers. reference_to: API names, for references;
    relationship_name: the parent path's part (`LeanData__Meeting__r`, `Owner`), child_relationship_name: the name that
    a subquery of the parent uses, or None. relationship_order: 0 or 1 on a master-detail, None on every other field.
    system: set by the org, never by a client.
    """

    name: str
    label: str
    type: FieldType
    length: int = 0
    precision: int = 0
    scale: int = 0
    required: bool = False
    unique: bool = False
    case_sensitive: bool = False
    external_id: bool = False
    picklist: tuple[PicklistValue, ...] = ()
    restricted_picklist: bool = False
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    child_relationship_name: str | None = None
    delete_rule: DeleteRule = DeleteRule.SET_NULL
    relationship_order: int | None = None
    default: str | bool | int | float | None = None
    auto_number_format: str | None = None
    createable: bool = True
    updateable: bool = True
    filterable: bool = True
    groupable: bool = True
    sortable: bool = True
    nillable: bool = True
    custom: bool = False
    name_field: bool = False
    permissionable: bool = False
    help_text: str | None = None

    @property
    def system(self) -> bool:
        return not self.createable and not self.updateable

    @property
    def master_detail(self) -> bool:
        return self.relationship_order is not None


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A rule refuses a row when its formula is true."""

    name: str
    formula: str
    message: str
    error_field: str | None = None


class Sharing(StrEnum):
    """Org-wide default (Metadata API, CustomObject.sharingModel)."""

    PRIVATE = "Private"
    READ = "Read"
    READ_WRITE = "ReadWrite"
    CONTROLLED_BY_PARENT = "ControlledByParent"


class AudienceKind(StrEnum):
    """Whom a sharing rule names; the values are elements of the metadata (Metadata API, SharedTo)."""

    ALL_INTERNAL_USERS = "allInternalUsers"
    ROLE = "role"
    ROLE_AND_SUBORDINATES = "roleAndSubordinates"
    ROLE_AND_INTERNAL_SUBORDINATES = "roleAndSubordinatesInternal"
    GROUP = "group"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class Audience:
    """Users by role, group or queue; `name` is the DeveloperName of a UserRole or Group row."""

    kind: AudienceKind
    name: str = ""


class Operation(StrEnum):
    """How a criterion compares (Metadata API, FilterOperation); what is not here is refused."""

    EQUALS = "equals"
    NOT_EQUAL = "notEqual"
    LESS = "lessThan"
    LESS_OR_EQUAL = "lessOrEqual"
    GREATER = "greaterThan"
    GREATER_OR_EQUAL = "greaterOrEqual"
    CONTAINS = "contains"
    NOT_CONTAIN = "notContain"
    STARTS_WITH = "startsWith"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of a criteria-based rule: any of `values` fits, as the tables hold them; None is an empty field."""

    field: str
    operation: Operation
    values: tuple[str | int | float | None, ...]


@dataclass(frozen=True, slots=True)
class SharingRule:
    """A rule opens rows to `shared_to`: to read, or to edit too.

    Owner-based: the rows whose owner belongs to `shared_from`. Criteria-based (shared_from is None): the rows that meet
    `logic`, a formula of the criteria's numbers from 1 (`1 AND (2 OR 3)`); of queues too with `owned_by_all`.
    """

    name: str
    edit: bool
    shared_to: Audience
    shared_from: Audience | None = None
    criteria: tuple[Criterion, ...] = ()
    logic: str = ""
    owned_by_all: bool = True


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """A relationship as its parent sees it: `name` is what a subquery selects from."""

    name: str
    child: str
    field: str


@dataclass(frozen=True, slots=True)
class SObject:
    """One object. `fields` keeps the order of describe, and holds the standard fields too; keys are API names.

    grants_by_hierarchy: whether people see what belongs to those below them. It is on for every standard object and on
    at first for a custom one; the Metadata API cannot say it is off (it is set by hand in Setup, Sharing Settings).
    """

    name: str
    label: str
    plural_label: str
    key_prefix: str
    fields: Mapping[str, Field]
    sharing: Sharing
    custom: bool
    validation_rules: tuple[ValidationRule, ...] = ()
    sharing_rules: tuple[SharingRule, ...] = ()
    grants_by_hierarchy: bool = True
    child_relationships: tuple[ChildRelationship, ...] = ()
    createable: bool = True
    updateable: bool = True
    deletable: bool = True

    def find(self, name: str) -> Field | None:
        """The field of that API name, without regard to case; None if there is none."""
        folded = name.lower()
        return next((f for n, f in self.fields.items() if n.lower() == folded), None)


@dataclass(frozen=True, slots=True)
class ObjectPermission:
    create: bool = False
    read: bool = False
    edit: bool = False
    delete: bool = False
    view_all: bool = False
    modify_all: bool = False


@dataclass(frozen=True, slots=True)
class FieldPermission:
    readable: bool = False
    editable: bool = False


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """A permission set, or the hidden one that a profile owns. `name` is without namespace, as in PermissionSet.Name.

    object_permissions and field_permissions are keyed by API name and `Object.Field`; system_permissions are names as
    in the metadata (`ViewSetup`, `ViewAllData`).
    """

    name: str
    namespace: str | None
    label: str
    object_permissions: Mapping[str, ObjectPermission] = field(default_factory=dict[str, ObjectPermission])
    field_permissions: Mapping[str, FieldPermission] = field(default_factory=dict[str, FieldPermission])
    system_permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PermissionSetGroup:
    """A group of permission sets; members are (namespace, name)."""

    name: str
    namespace: str | None
    label: str
    members: tuple[tuple[str | None, str], ...]


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """A package whose source is deployed in the org (Tooling API, InstalledSubscriberPackage)."""

    name: str
    namespace: str | None
    major: int
    minor: int


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything that the metadata declares. Objects are keyed by API name."""

    objects: Mapping[str, SObject]
    permission_sets: tuple[PermissionSet, ...]
    permission_set_groups: tuple[PermissionSetGroup, ...]
    packages: tuple[InstalledPackage, ...]

    def find(self, name: str) -> SObject | None:
        """The object of that API name, without regard to case; None if there is none."""
        folded = name.lower()
        return next((o for n, o in self.objects.items() if n.lower() == folded), None)

    def permission_set(self, name: str, namespace: str | None = None) -> PermissionSet:
        """The permission set of that API name (a profile's goes by the profile's name); KeyError if there is none."""
        for candidate in self.permission_sets:
            if (candidate.namespace, candidate.name) == (namespace, name):
                return candidate
        raise KeyError((namespace, name))
