"""What a row must meet before it is written, apart from what other rows say. Texts are Salesforce's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app.local_org.engine.names import ObjectNames
from app.local_org.engine.storage import SqlValue
from app.local_org.errors import ApiError
from app.local_org.schema.model import Field, FieldType

RowValues = Mapping[str, SqlValue]

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\".]+")


def check_values(found: ObjectNames, values: RowValues) -> None:
    """Length, picklist and e-mail form of each value. Raises ApiError for the first that is wrong.

    An org checks no form of a phone or a URL, and takes any text for a picklist that is not restricted.
    """
    for field in found.texts:
        value = values.get(field.name)
        if isinstance(value, str):
            check_text(field, value, found.picklists.get(field.name))


def check_text(field: Field, value: str, allowed: frozenset[str] | None) -> None:
    """allowed: the values of a restricted picklist.

    Raises STRING_TOO_LONG, INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST or INVALID_EMAIL_ADDRESS.
    """
    if field.length and len(value) > field.length:
        message = f"{field.label}: data value too large: {value} (max length={field.length})"
        raise ApiError(400, "STRING_TOO_LONG", message, [field.name])
    if allowed is not None:
        # [BG] An empty part, as of a last semicolon, is no value.
        parts = [part for part in value.split(";") if part] if field.type is FieldType.MULTIPICKLIST else [value]
        for part in parts:
            if part not in allowed:
                message = f"{field.label}: bad value for restricted picklist field: {part}"
                raise ApiError(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])
    if field.type is FieldType.EMAIL and not _EMAIL.fullmatch(value):
        message = f"{field.label}: invalid email address: {value}"
        raise ApiError(400, "INVALID_EMAIL_ADDRESS", message, [field.name])


def check_required(found: ObjectNames, values: RowValues, names: Iterable[str] | None = None) -> None:
    """Raises REQUIRED_FIELD_MISSING that lists every required field without a value (of `names`, or of all)."""
    wanted = found.sobject.fields if names is None else names
    fields = found.sobject.fields
    missing = [name for name in wanted if fields[name].required and values.get(name) is None]
    if missing:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        raise ApiError(400, "REQUIRED_FIELD_MISSING", message, missing)


def check_booleans(found: ObjectNames, values: RowValues) -> None:
    """A checkbox has no null. Source of the text, blank and all: jetstreamapp/jetstream #712."""
    for name, value in values.items():
        field = found.sobject.fields[name]
        if value is None and field.type is FieldType.BOOLEAN:
            message = f"{field.label}: value not of required type: "
            raise ApiError(400, "INVALID_TYPE_ON_FIELD_IN_RECORD", message, [name])
