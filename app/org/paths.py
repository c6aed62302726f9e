"""Field paths of a statement, found in the schema map."""

from __future__ import annotations

from dataclasses import dataclass

from app.org.errors import StatementRefused
from app.org.schema_map import FieldType, MappedField, MappedObject, SchemaMap
from soql.ast import FieldPath


@dataclass(frozen=True, slots=True)
class ResolvedPath:
    """A path from an object over lookups (`hops`) to the field at its end."""

    root: MappedObject
    hops: tuple[MappedField, ...]
    field: MappedField

    @property
    def logical(self) -> tuple[str, ...]:
        return (*(hop.parent or hop.name for hop in self.hops), self.field.name)

    @property
    def api(self) -> tuple[str, ...]:
        return (*(hop.path or hop.api for hop in self.hops), self.field.api)

    @property
    def uses(self) -> tuple[tuple[str, str], ...]:
        """Every (object, field) of the map that the path needs, the lookups on its way among them."""
        owners = (self.root.name, *(hop.to or "" for hop in self.hops))
        return tuple(zip(owners, (field.name for field in (*self.hops, self.field)), strict=True))

    @property
    def is_parent_id(self) -> bool:
        """`Main_Host.Id`: the value of the lookup `Main_Host` itself, so it may stand without a join."""
        return bool(self.hops) and self.field.type is FieldType.ID

    @property
    def api_without_join(self) -> tuple[str, ...]:
        """As `api`, but a parent's id as the lookup that holds it."""
        if not self.is_parent_id:
            return self.api
        return (*(hop.path or hop.api for hop in self.hops[:-1]), self.hops[-1].api)


def resolve(schema_map: SchemaMap, root: MappedObject, path: FieldPath) -> ResolvedPath:
    """Raises StatementRefused naming the part that the map does not have."""
    owner = root
    hops: list[MappedField] = []
    for part in path.parts[:-1]:
        hop = owner.parents.get(part)
        if hop is None or hop.to is None:
            raise StatementRefused(f"{owner.name} has no lookup {part!r} ({path.text})")
        hops.append(hop)
        owner = schema_map.object(hop.to)
    found = owner.fields.get(path.parts[-1])
    if found is None:
        raise StatementRefused(f"{owner.name} has no field {path.parts[-1]!r} ({path.text})")
    return ResolvedPath(root, tuple(hops), found)
