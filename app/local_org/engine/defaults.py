"""What the org fills in: defaults of the metadata, names, numbers, owner, and the stamps of who and when."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from app.local_org.engine import moments, values
from app.local_org.engine.names import ObjectNames
from app.local_org.engine.storage import SqlValue, Storage
from app.local_org.errors import Unsupported
from app.local_org.schema.model import Field, FieldType

_NUMBERED = re.compile(r"\{(0+)\}")
_DATED = {"{YYYY}": "%Y", "{YY}": "%y", "{MM}": "%m", "{DD}": "%d"}


def fill_defaults(found: ObjectNames, row: dict[str, SqlValue]) -> None:
    """Give each absent field its default; a field given as null stays null."""
    for name, value in _defaults(found).items():
        row.setdefault(name, value)


@lru_cache(maxsize=512)
def _defaults(found: ObjectNames) -> dict[str, SqlValue]:
    return {name: default_of(field) for name, field in found.sobject.fields.items()}


def default_of(field: Field) -> SqlValue:
    if field.default is not None:
        return values.stored(field, field.default)
    if field.type is FieldType.BOOLEAN:
        return 0
    return next((entry.value for entry in field.picklist if entry.default), None)


def stamp_new(found: ObjectNames, row: dict[str, SqlValue], user_id: str, now: datetime) -> None:
    """The system fields of a new row; what a bulk load has set stays."""
    instant = moments.to_stored_ms(now)
    for name, value in (
        ("CreatedDate", instant),
        ("CreatedById", user_id),
        ("LastModifiedDate", row.get("CreatedDate") or instant),
        ("LastModifiedById", row.get("CreatedById") or user_id),
        ("SystemModstamp", row.get("LastModifiedDate") or row.get("CreatedDate") or instant),
        ("OwnerId", user_id),
    ):
        if name in found.sobject.fields and row.get(name) is None:
            row[name] = value


def stamp_change(found: ObjectNames, row: dict[str, SqlValue], user_id: str, now: datetime) -> None:
    """The system fields of a changed row."""
    instant = moments.to_stored_ms(now)
    stamps: dict[str, SqlValue] = {
        "LastModifiedDate": instant,
        "LastModifiedById": user_id,
        "SystemModstamp": instant,
    }
    row.update({name: value for name, value in stamps.items() if name in found.sobject.fields})


def fill_name(found: ObjectNames, row: dict[str, SqlValue]) -> None:
    """A person's Name is made of first and last name."""
    name_field = found.name_field
    if name_field is not None and name_field.system and "LastName" in found.sobject.fields:
        parts = (row.get("FirstName"), row.get("LastName"))
        row[name_field.name] = " ".join(str(part) for part in parts if part) or None


def fill_numbers(storage: Storage, found: ObjectNames, row: dict[str, SqlValue], now: datetime) -> None:
    """The next number of each auto-number field that has no value yet."""
    for name, field in found.sobject.fields.items():
        if field.auto_number_format is not None and row.get(name) is None:
            number = storage.take_numbers(f"{found.name}.{name}")
            row[name] = auto_number(field.auto_number_format, number, now)


def auto_number(pattern: str, number: int, now: datetime) -> str:
    """`M-{00000}` and 42 give `M-00042`. Raises Unsupported for another placeholder."""
    return numbered(dated(pattern, now), number)


def dated(pattern: str, now: datetime) -> str:
    """An auto-number's pattern with its dates filled in."""
    for placeholder, form in _DATED.items():
        if placeholder in pattern:
            pattern = pattern.replace(placeholder, now.strftime(form))
    return pattern


def numbered(pattern: str, number: int) -> str:
    """A pattern without dates, with its number filled in. Raises Unsupported for a placeholder that is left."""
    text = _NUMBERED.sub(lambda match: str(number).zfill(len(match[1])), pattern)
    if "{" in text:
        raise Unsupported(f"the auto-number format {pattern}")
    return text


def system_id() -> str:
    """The user who made what no user made. It has no row, as an Automated Process user has none that one can read."""
    return "005xx0000000000AAA"
