"""Name resolution: a path of a statement against the schema as the caller may see it, and the joins that it needs.

An object or a field that the caller cannot read does not exist. A parent row that sharing hides from him is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from app.local_org.engine import sharing, soql_errors
from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.sql import Params
from app.local_org.engine.storage import quoted
from app.local_org.engine.virtual import Sources
from app.local_org.errors import ApiError, Unsupported
from app.local_org.schema.model import Field, FieldType
from soql.ast import FieldPath, Position

MAX_LEVELS = 5
"""Child-to-parent levels in one path (SOQL and SOSL Reference, Understanding Query Relationship Limitations)."""

_TYPE_OF_NAME = Field("Type", "Type", FieldType.STRING, length=40, createable=False, updateable=False)


@dataclass(frozen=True, slots=True)
class Statement:
    """What all parts of one statement share."""

    text: str
    names: Names
    actor: Actor
    sources: Sources
    params: Params
    all_rows: bool = False
    _numbers: Iterator[int] = field(default_factory=count)

    def new_scope(self, found: ObjectNames, given_alias: str | None = None) -> Scope:
        """A FROM of its own, under an alias that no other has."""
        return Scope(self, found, f"t{next(self._numbers)}", given_alias)

    def refuse(self, position: Position, code: str, message: str) -> ApiError:
        return soql_errors.refusal(self.text, position, code, message)

    def object(self, name: str, position: Position) -> ObjectNames:
        """The object of FROM; raises INVALID_TYPE for one that is unknown or unreadable."""
        found = self.names.object(name)
        if found is None or not self.actor.rights.can(found.name, "read"):
            raise self.refuse(position, "INVALID_TYPE", soql_errors.no_such_object(name))
        return found

    def source(self, found: ObjectNames) -> str:
        """The table of an object, or the rows that stand for it where it has none."""
        virtual = self.sources.get(found.name)
        if virtual is None:
            return quoted(found.name)
        return virtual(self.actor, self.params)


@dataclass(slots=True)
class Parent:
    """A joined parent: its targets (several for a polymorphic lookup), each under an alias."""

    relationship: str
    targets: list[tuple[ObjectNames, str]]
    polymorphic: bool

    @property
    def id_sql(self) -> str:
        ids = [f'{alias}."Id"' for _, alias in self.targets]
        return ids[0] if len(ids) == 1 else f"COALESCE({', '.join(ids)})"

    @property
    def type_sql(self) -> str:
        cases = " ".join(f"""WHEN {alias}."Id" IS NOT NULL THEN '{found.name}'""" for found, alias in self.targets)
        return f"CASE {cases} END"


@dataclass(frozen=True, slots=True)
class Column:
    """A resolved field: its SQL, its schema, and the relationships in describe's casing that lead to it."""

    sql: str
    field: Field
    entity: str
    parents: tuple[str, ...] = ()

    @property
    def output(self) -> tuple[str, ...]:
        return (*self.parents, self.field.name)


@dataclass(slots=True)
class Scope:
    """One FROM with its joins; paths are resolved against it."""

    statement: Statement
    object: ObjectNames
    alias: str
    given_alias: str | None = None
    joins: list[str] = field(default_factory=list[str])
    parents: dict[tuple[str, ...], Parent] = field(default_factory=dict[tuple[str, ...], Parent])

    def column(self, path: FieldPath) -> Column:
        """The column of a path. Raises INVALID_FIELD for what does not exist or the caller cannot read."""
        parts = self._without_alias(path)
        if len(parts) - 1 > MAX_LEVELS:
            message = f"A relationship path goes up {MAX_LEVELS} levels at most: {path.text}"
            raise self.statement.refuse(path.position, "MALFORMED_QUERY", message)
        if len(parts) == 1:
            return self._own(self.object, self.alias, parts[0], path.position)
        parent = self._parent(tuple(parts[:-1]), path.position)
        outputs = tuple(self._outputs(tuple(parts[:-1])))
        if parent.polymorphic:
            return self._of_name(parent, parts[-1], outputs, path.position)
        target, alias = parent.targets[0]
        own = self._own(target, alias, parts[-1], path.position)
        return Column(own.sql, own.field, own.entity, outputs)

    def parent(self, relationships: tuple[str, ...]) -> Parent:
        """A parent that a column was resolved through, by its relationships in describe's casing."""
        return self.parents[tuple(part.lower() for part in relationships)]

    def where_visible(self) -> list[str]:
        """The conditions that every row must meet: not deleted, and shared with the caller."""
        conditions: list[str] = []
        if self.object.name in self.statement.sources:
            return conditions
        fields = self.object.fields
        # What has no IsDeleted is deleted for good, and archived activities come with the deleted ones.
        if not self.statement.all_rows or "isdeleted" not in fields:
            conditions.append(f"{self.alias}._deleted = 0")
        if not self.statement.all_rows and "isarchived" in fields:
            conditions.append(f'{self.alias}."IsArchived" = 0')
        shared = self._shared(self.object, self.alias)
        if shared != sharing.EVERYBODY:
            conditions.append(shared)
        return conditions

    def _shared(self, found: ObjectNames, alias: str) -> str:
        return sharing.visible(self.statement.names, self.statement.actor, found, alias, self.statement.params)

    def _without_alias(self, path: FieldPath) -> tuple[str, ...]:
        first = path.parts[0].lower()
        known = {self.object.name.lower()}
        if self.given_alias is not None:
            known.add(self.given_alias.lower())
        if len(path.parts) > 1 and first in known and self.object.parent(first) is None:
            return path.parts[1:]
        return path.parts

    def _own(self, found: ObjectNames, alias: str, name: str, position: Position) -> Column:
        known = found.field(name)
        if known is None or not self._readable(found, known):
            message = soql_errors.no_such_column(name, found.name)
            raise self.statement.refuse(position, "INVALID_FIELD", message)
        column = "_deleted" if known.name == "IsDeleted" else quoted(known.name)
        return Column(f"{alias}.{column}", known, found.name)

    def _readable(self, found: ObjectNames, known: Field) -> bool:
        return self.statement.actor.rights.can_read_field(found.name, known.name)

    def _of_name(self, parent: Parent, name: str, outputs: tuple[str, ...], position: Position) -> Column:
        """A field of a polymorphic parent: of the object `Name`, which has what its targets share, and Type."""
        if name.lower() == "type":
            return Column(parent.type_sql, _TYPE_OF_NAME, "Name", outputs)
        holders = [
            (known, alias)
            for found, alias in parent.targets
            if (known := found.field(name)) is not None and self._readable(found, known)
        ]
        if not holders:
            raise self.statement.refuse(position, "INVALID_FIELD", soql_errors.no_such_column(name, "Name"))
        columns = [f"{alias}.{quoted(known.name)}" for known, alias in holders]
        sql = columns[0] if len(columns) == 1 else f"COALESCE({', '.join(columns)})"
        return Column(sql, holders[0][0], "Name", outputs)

    def _outputs(self, path: tuple[str, ...]) -> list[str]:
        folded = tuple(part.lower() for part in path)
        return [self.parents[folded[: n + 1]].relationship for n in range(len(folded))]

    def _parent(self, path: tuple[str, ...], position: Position) -> Parent:
        folded = tuple(part.lower() for part in path)
        known = self.parents.get(folded)
        if known is not None:
            return known
        holder, holder_alias = self.object, self.alias
        asked = path[-1]
        if len(path) > 1:
            above = self._parent(path[:-1], position)
            if above.polymorphic:
                raise Unsupported(f"a path through the polymorphic relationship {'.'.join(path[:-1])}")
            holder, holder_alias = above.targets[0]
        lookup = holder.parent(asked)
        if lookup is None or lookup.relationship_name is None or not self._readable(holder, lookup):
            raise self.statement.refuse(position, "INVALID_FIELD", soql_errors.no_such_parent(asked))
        made = self._joined(holder_alias, lookup, asked, position)
        self.parents[folded] = made
        return made

    def _joined(self, holder_alias: str, lookup: Field, asked: str, position: Position) -> Parent:
        statement = self.statement
        targets: list[tuple[ObjectNames, str]] = []
        for name in lookup.reference_to:
            found = statement.names.object(name)
            if found is None or not statement.actor.rights.can(found.name, "read"):
                continue
            alias = f"{self.alias}j{len(self.joins)}"
            on = f'{alias}."Id" = {holder_alias}.{quoted(lookup.name)}'
            if found.name not in statement.sources:
                shared = self._shared(found, alias)
                on += "" if shared == sharing.EVERYBODY else f" AND {shared}"
            self.joins.append(f"LEFT JOIN {statement.source(found)} {alias} ON {on}")
            targets.append((found, alias))
        if not targets:
            raise statement.refuse(position, "INVALID_FIELD", soql_errors.no_such_parent(asked))
        return Parent(lookup.relationship_name or asked, targets, len(lookup.reference_to) > 1)
