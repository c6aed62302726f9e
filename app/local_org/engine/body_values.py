"""The body of a create or an update: names to fields, values to what the tables hold, permissions checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from app.local_org.engine import values
from app.local_org.engine.names import ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.references import References
from app.local_org.engine.storage import SqlValue
from app.local_org.errors import ApiError
from app.local_org.schema.model import Field

Verb = Literal["create", "update"]


def body_values(
    actor: Actor, found: ObjectNames, body: Mapping[str, Any], verb: Verb, references: References
) -> dict[str, SqlValue]:
    """The values of a request body by API name.

    Raises INVALID_FIELD for a name that is unknown or unreadable, INVALID_FIELD_FOR_INSERT_UPDATE that lists all
    fields that the actor may not set, and what values.stored raises.
    """
    given: dict[str, SqlValue] = {}
    refused: list[str] = []
    for name, value in body.items():
        if name.lower() == "attributes":
            continue
        field = found.parent(name) if isinstance(value, dict) else found.field(name)
        if field is None or not actor.rights.can_read_field(found.name, field.name):
            raise ApiError(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {found.name}")
        if field.name == "Id":
            raise ApiError(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.")
        if not _may_set(actor, found, field, verb):
            refused.append(field.name)
        elif isinstance(value, dict):
            given[field.name] = references.by_external_id(actor, field, cast("dict[str, object]", value))
        else:
            given[field.name] = values.stored(field, value)
    if refused:
        message = (
            f"Unable to create/update fields: {', '.join(refused)}. Please check the security settings of this field "
            "and verify that it is read/write for your profile or permission set."
        )
        raise ApiError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, refused)
    return given


def _may_set(actor: Actor, found: ObjectNames, field: Field, verb: Verb) -> bool:
    allowed = field.createable if verb == "create" else field.updateable
    return allowed and actor.rights.can_edit_field(found.name, field.name)
