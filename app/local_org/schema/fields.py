"""Constructors of standard fields, as describe shows them (Object Reference, System Fields)."""

from __future__ import annotations

from app.local_org.schema.model import DeleteRule, Field, FieldType, PicklistValue


def system_fields() -> tuple[Field, ...]:
    """Id, IsDeleted, and who made and changed the row, when: every object has them, and no client writes them."""
    return (
        Field("Id", "Record ID", FieldType.ID, length=18, nillable=False, createable=False, updateable=False),
        boolean("IsDeleted", "Deleted", written=False),
        moment("CreatedDate", "Created Date", written=False, nillable=False),
        reference("CreatedById", "Created By ID", "User", written=False, nillable=False),
        moment("LastModifiedDate", "Last Modified Date", written=False, nillable=False),
        reference("LastModifiedById", "Last Modified By ID", "User", written=False, nillable=False),
        moment("SystemModstamp", "System Modstamp", written=False, nillable=False),
    )


def owner(*owners: str) -> Field:
    """OwnerId: defaults to the running user when a row is created."""
    return reference("OwnerId", "Owner ID", *owners, nillable=False, delete_rule=DeleteRule.RESTRICT)


def text_name(label: str = "Name", length: int = 80) -> Field:
    return Field("Name", label, FieldType.STRING, length=length, required=True, nillable=False, name_field=True)


def auto_number_name(label: str, display_format: str) -> Field:
    return Field(
        "Name",
        label,
        FieldType.STRING,
        length=80,
        nillable=False,
        name_field=True,
        createable=False,
        updateable=False,
        auto_number_format=display_format,
    )


def person_name() -> Field:
    """Name of a person: the org puts it together from FirstName and LastName."""
    return Field(
        "Name",
        "Full Name",
        FieldType.STRING,
        length=121,
        nillable=False,
        name_field=True,
        createable=False,
        updateable=False,
    )


def text(name: str, label: str, length: int = 255, *, required: bool = False, written: bool = True) -> Field:
    return Field(
        name,
        label,
        FieldType.STRING,
        length=length,
        required=required,
        nillable=not required,
        createable=written,
        updateable=written,
    )


def unique_text(name: str, label: str, length: int, *, required: bool = True) -> Field:
    return Field(name, label, FieldType.STRING, length=length, required=required, unique=True, nillable=not required)


def long_text(name: str, label: str, length: int = 32000) -> Field:
    return Field(name, label, FieldType.TEXTAREA, length=length, filterable=False, groupable=False, sortable=False)


def email(name: str, label: str = "Email", *, required: bool = False) -> Field:
    return Field(name, label, FieldType.EMAIL, length=80, required=required, nillable=not required)


def phone(name: str, label: str) -> Field:
    return Field(name, label, FieldType.PHONE, length=40)


def url(name: str, label: str, *, written: bool = True) -> Field:
    return Field(name, label, FieldType.URL, length=1024, createable=written, updateable=written)


def boolean(name: str, label: str, *, default: bool = False, written: bool = True) -> Field:
    return Field(
        name, label, FieldType.BOOLEAN, default=default, nillable=False, createable=written, updateable=written
    )


def integer(name: str, label: str, *, written: bool = True) -> Field:
    return Field(name, label, FieldType.INT, precision=9, createable=written, updateable=written)


def date(name: str, label: str, *, required: bool = False, written: bool = True) -> Field:
    return Field(
        name,
        label,
        FieldType.DATE,
        required=required,
        nillable=not required,
        createable=written,
        updateable=written,
    )


def moment(name: str, label: str, *, written: bool = True, nillable: bool = True) -> Field:
    """A date and time, stored in UTC."""
    return Field(
        name, label, FieldType.DATETIME, groupable=False, nillable=nillable, createable=written, updateable=written
    )


def time_of_day(name: str, label: str) -> Field:
    return Field(name, label, FieldType.TIME, groupable=False)


def picklist(
    name: str,
    label: str,
    *values: str,
    default: str | None = None,
    restricted: bool = True,
    required: bool = False,
    written: bool = True,
) -> Field:
    return Field(
        name,
        label,
        FieldType.PICKLIST,
        length=255,
        required=required,
        nillable=not required,
        picklist=tuple(PicklistValue(value, _spaced(value), default=value == default) for value in values),
        restricted_picklist=restricted,
        default=default,
        createable=written,
        updateable=written,
    )


def reference(
    name: str,
    label: str,
    *parents: str,
    children: str | None = None,
    required: bool = False,
    written: bool = True,
    nillable: bool = True,
    delete_rule: DeleteRule = DeleteRule.SET_NULL,
) -> Field:
    """A lookup; its parent path is the name without `Id`. `children`: the name that the parents' subqueries use."""
    return Field(
        name,
        label,
        FieldType.REFERENCE,
        length=18,
        required=required,
        nillable=nillable and not required,
        reference_to=parents,
        relationship_name=name.removesuffix("Id"),
        child_relationship_name=children,
        delete_rule=delete_rule,
        createable=written,
        updateable=written,
    )


def _spaced(value: str) -> str:
    """`OutOfOffice` is labelled `Out of Office`; every other value is its own label."""
    return "Out of Office" if value == "OutOfOffice" else value
