"""Finding objects, fields and relationships by name, without regard to case, in constant time."""

from __future__ import annotations

from dataclasses import dataclass

from app.local_org.schema.model import ChildRelationship, DeleteRule, Field, FieldType, Schema, Sharing, SObject

TEXTS = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXTAREA,
        FieldType.PICKLIST,
        FieldType.MULTIPICKLIST,
        FieldType.COMBOBOX,
        FieldType.EMAIL,
        FieldType.PHONE,
        FieldType.URL,
    }
)


def quoted(name: str) -> str:
    """An identifier of the schema as SQL writes it. Names come from the schema, never from a statement's text."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Reference:
    """A lookup that points at an object: the child and its field."""

    child: SObject
    field: Field


class ObjectNames:
    """One object with its fields by folded name, its parents by folded relationship name, its children likewise."""

    def __init__(self, sobject: SObject) -> None:
        self.sobject = sobject
        self.name = sobject.name
        self.fields = {name.lower(): field for name, field in sobject.fields.items()}
        self.parents = {
            field.relationship_name.lower(): field
            for field in sobject.fields.values()
            if field.type is FieldType.REFERENCE and field.relationship_name
        }
        self.children = {child.name.lower(): child for child in sobject.child_relationships}
        self.name_field = next((field for field in sobject.fields.values() if field.name_field), None)
        self.picklists = {
            field.name: frozenset(entry.value for entry in field.picklist if entry.active)
            for field in sobject.fields.values()
            if field.restricted_picklist
        }
        self.texts = tuple(field for field in sobject.fields.values() if field.type in TEXTS)
        self.has_owner = "ownerid" in self.fields

    def field(self, name: str) -> Field | None:
        return self.fields.get(name.lower())

    def parent(self, relationship: str) -> Field | None:
        return self.parents.get(relationship.lower())

    def child(self, relationship: str) -> ChildRelationship | None:
        return self.children.get(relationship.lower())

    @property
    def masters(self) -> tuple[Field, ...]:
        """The master-detail fields, which a detail is deleted with and shared through: one, or two of a junction."""
        if self.sobject.sharing is not Sharing.CONTROLLED_BY_PARENT:
            return ()
        fields = self.sobject.fields.values()
        return tuple(f for f in fields if f.type is FieldType.REFERENCE and f.delete_rule is DeleteRule.CASCADE)


class Names:
    """The schema, indexed."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._objects = {name.lower(): ObjectNames(sobject) for name, sobject in schema.objects.items()}
        self._prefixes = {found.sobject.key_prefix: found for found in self._objects.values()}
        self._references: dict[str, list[Reference]] = {}
        for sobject in schema.objects.values():
            for field in sobject.fields.values():
                for target in field.reference_to:
                    self._references.setdefault(target.lower(), []).append(Reference(sobject, field))

    def object(self, name: str) -> ObjectNames | None:
        return self._objects.get(name.lower())

    def objects(self) -> list[ObjectNames]:
        return list(self._objects.values())

    def with_prefix(self, record_id: str) -> ObjectNames | None:
        """The object that an id belongs to, by its first three characters."""
        return self._prefixes.get(record_id[:3])

    def references_to(self, name: str) -> list[Reference]:
        """The lookups of all objects that may point at this one."""
        return self._references.get(name.lower(), [])
