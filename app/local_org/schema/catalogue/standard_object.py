"""How a standard object is written down."""

from __future__ import annotations

from app.local_org.schema.model import Field, Sharing, SObject


def standard_object(
    name: str,
    label: str,
    plural_label: str,
    key_prefix: str,
    *fields: Field,
    sharing: Sharing = Sharing.READ,
    writable: bool = True,
    deletable: bool = True,
) -> SObject:
    """A standard object. writable: may rows be created or changed through the API at all, whoever asks."""
    return SObject(
        name=name,
        label=label,
        plural_label=plural_label,
        key_prefix=key_prefix,
        fields={field.name: field for field in fields},
        sharing=sharing,
        custom=False,
        createable=writable,
        updateable=writable,
        deletable=writable and deletable,
    )
