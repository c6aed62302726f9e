"""Which columns have an index: the one place that says so.

Salesforce itself indexes the id, the name, the owner, CreatedDate, SystemModstamp, lookups, external ids and unique
fields (salesforce notes, section 4, "Selectivity"). The rest are custom indexes, which an org with many rows asks
Salesforce support for: date-times that statements range over, and a few of two columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.local_org.engine.names import ObjectNames, quoted
from app.local_org.schema.model import Field, FieldType

_STANDARD = frozenset({"ownerid", "createddate", "systemmodstamp"})
_RANGED = frozenset({"startdatetime", "enddatetime"})
"""Standard date-times with a custom index; each DateTime field of a custom object has one."""

_STAMPED_BY = frozenset({"createdbyid", "lastmodifiedbyid"})
"""Lookups that every row has and that nobody looks up by: no index, as they would only slow a load."""

TWO_COLUMNS: Mapping[str, Sequence[tuple[str, str]]] = {
    # "Is this person on that meeting?" is asked of each meeting of a range.
    "LeanData__BookIt_Attendee__c": (("LeanData__Meeting__c", "LeanData__User__c"),),
    # A person's appointments of some days.
    "Event": (("OwnerId", "StartDateTime"),),
}
"""Custom indexes of two columns, by object. The first column needs none of its own."""


def indexes(found: ObjectNames) -> Iterator[str]:
    """CREATE INDEX statements of an object's table, the unique ones first."""
    pairs = [pair for pair in TWO_COLUMNS.get(found.name, ()) if all(found.field(name) for name in pair)]
    leading = {first for first, _ in pairs}
    for field in found.sobject.fields.values():
        if field.unique and field.name not in ("Id", "IsDeleted"):
            yield _statement(found, [field.name], unique=True)
    for field in found.sobject.fields.values():
        if field.unique or field.name in leading or field.name in ("Id", "IsDeleted"):
            continue
        if _is_ranged(field):
            # With the id behind it, the index gives the rows of a page in the order of a keyset cursor.
            yield _statement(found, [field.name, "Id"])
        elif _is_standard(field):
            yield _statement(found, [field.name])
    for pair in pairs:
        yield _statement(found, pair)


def _is_ranged(field: Field) -> bool:
    name = field.name.lower()
    return field.type is FieldType.DATETIME and (field.custom or name in _RANGED or name in _STANDARD)


def _is_standard(field: Field) -> bool:
    name = field.name.lower()
    if name in _STAMPED_BY:
        return False
    return field.external_id or field.name_field or field.type is FieldType.REFERENCE or name in _STANDARD


def _statement(found: ObjectNames, columns: Sequence[str], *, unique: bool = False) -> str:
    name = quoted(f"{found.name}.{'+'.join(columns)}")
    listed = ", ".join(quoted(column) for column in columns)
    if unique:
        return f"CREATE UNIQUE INDEX {name} ON {quoted(found.name)} ({listed}) WHERE _deleted = 0"
    return f"CREATE INDEX {name} ON {quoted(found.name)} ({listed})"
