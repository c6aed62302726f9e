"""Name resolution: a path of a statement against the schema as the caller may see it, and the joins that it needs.

An object or a field that the caller cannot read does not exist. A parent row that sharing hides from him is null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from app.local_org.engine import sharing, soql_errors
from app.local_org.engine.functions import COLLATION
from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.sql import Params
from app.local_org.engine.storage import quoted
from app.local_org.engine.virtual import Sources
from app.local_org.errors import ApiError, Unsupported
from app.local_org.schema.model import Field, FieldType
from soql.ast import FieldPath, Position, Select
from soql.limits import MAX_RELATIONSHIPS
from soql.paths import aliases_of

MAX_LEVELS = 5
"""Child-to-parent levels in one path (SOQL and SOSL Reference, Understanding Query Relationship Limitations)."""

NAME_FIELDS = frozenset(
    {
        *("id", "name", "alias", "email", "firstname", "middlename", "lastname", "suffix", "isactive", "phone"),
        *("title", "type", "username", "nameoralias", "profileid", "userroleid", "recordtypeid"),
        *("lastvieweddate", "lastreferenceddate"),
    }
)
"""The fields of Name, the object that every polymorphic parent is (Object Reference, Name)."""

_ALWAYS_POLYMORPHIC = frozenset({"WhatId", "WhoId"})
"""Activities point at many objects, of which this org may have only one."""

NAME_PARENTS = frozenset({"profile", "userrole", "recordtype"})

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

    def new_scope(self, found: ObjectNames, select: Select) -> Scope:
        """A FROM of its own, under an alias that no other has."""
        aliases = {found.name.lower(): (), **aliases_of(select)}
        scope = Scope(self, found, f"t{next(self._numbers)}", aliases)
        for entry in select.also_from:
            scope.check_entry(entry.path)
        return scope

    def refuse(self, position: Position, code: str, message: str) -> ApiError:
        return soql_errors.refusal(self.text, position, code, message)

    def object(self, name: str, position: Position) -> ObjectNames:
        """The object of FROM; raises INVALID_TYPE for one that is unknown or unreadable."""
        found = self.names.object(name)
        if found is None:
            sharing.refuse_share_rows(self.names, name)
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
        """The object that the parent is of."""
        cases = " ".join(f"""WHEN {alias}."Id" IS NOT NULL THEN '{found.name}'""" for found, alias in self.targets)
        return f"CASE {cases} END"

    @property
    def kind_sql(self) -> str:
        """What the parent's Type says: the object, but of a group what kind of one it is ([REP] `Owner.Type = 'Queue'`
        is what everybody filters by)."""
        cases: list[str] = []
        for found, alias in self.targets:
            kind = f'{alias}."Type"' if found.name == "Group" else f"'{found.name}'"
            cases.append(f'WHEN {alias}."Id" IS NOT NULL THEN {kind}')
        return f"(CASE {' '.join(cases)} END COLLATE {COLLATION})"


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
    aliases: Mapping[str, tuple[str, ...]]
    joins: list[str] = field(default_factory=list[str])
    parents: dict[tuple[str, ...], Parent] = field(default_factory=dict[tuple[str, ...], Parent])

    def column(self, path: FieldPath) -> Column:
        """The column of a path. Raises INVALID_FIELD for what does not exist or the caller cannot read."""
        parts = self.without_alias(path)
        if len(parts) - 1 > MAX_LEVELS:
            message = f"A relationship path goes up {MAX_LEVELS} levels at most: {path.text}"
            raise self.statement.refuse(path.position, "MALFORMED_QUERY", message)
        return self._column(parts, path)

    def typed_column(self, relationship: FieldPath, target: str, path: FieldPath) -> Column:
        """The column of a path of TYPEOF's branch: from the relationship's target of that name on.

        Its relationships have `#Target` behind the polymorphic one.
        """
        above = self.without_alias(relationship)
        return self._column((*above, f"#{target}", *path.parts), path)

    def polymorphic(self, path: FieldPath) -> tuple[Parent, tuple[str, ...]]:
        """The parent that TYPEOF asks about, and the relationships to it. MALFORMED_QUERY for one of a single type."""
        parts = self.without_alias(path)
        parent = self._parent(parts, path.position)
        if not parent.polymorphic:
            message = f"TYPEOF needs a polymorphic relationship: {path.text}"
            raise self.statement.refuse(path.position, "MALFORMED_QUERY", message)
        return parent, tuple(self._outputs(parts))

    def check_entry(self, path: FieldPath) -> None:
        """Raises INVALID_FIELD, or Unsupported for a child relationship, where an entry of FROM is no parent."""
        *above, last = self.without_alias(path)
        holder = self.object if not above else self._parent(tuple(above), path.position).targets[0][0]
        if holder.parent(last) is None and holder.child(last) is not None:
            raise Unsupported(f"an alias in FROM for the child relationship {path.text}")
        self._parent((*above, last), path.position)

    def _column(self, parts: tuple[str, ...], path: FieldPath) -> Column:
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

    def without_alias(self, path: FieldPath) -> tuple[str, ...]:
        """The path's parts, an alias of FROM in front replaced by what it means."""
        first, *rest = path.parts
        meant = self.aliases.get(first.lower()) if rest else None
        if meant is None or self.object.parent(first) is not None:
            return path.parts
        return (*meant, *rest)

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
            return Column(parent.kind_sql, _TYPE_OF_NAME, "Name", outputs)
        holders = [
            (known, alias)
            for found, alias in parent.targets
            if name.lower() in NAME_FIELDS
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
        asked = path[-1]
        above = self._parent(path[:-1], position) if len(path) > 1 else Parent("", [(self.object, self.alias)], False)
        made = (self._narrowed if asked.startswith("#") else self._above)(above, asked, position)
        self.parents[folded] = made
        return made

    def _above(self, below: Parent, asked: str, position: Position) -> Parent:
        """The parent of a parent; through a polymorphic one, of those of its targets that have it."""
        holders = [
            (lookup, alias)
            for found, alias in below.targets
            if not below.polymorphic or asked.lower() in NAME_PARENTS
            if (lookup := found.parent(asked)) is not None and self._readable(found, lookup)
        ]
        if not holders:
            raise self.statement.refuse(position, "INVALID_FIELD", soql_errors.no_such_parent(asked))
        lookup = holders[0][0]
        held = [f"{alias}.{quoted(each.name)}" for each, alias in holders]
        return self._joined(held[0] if len(held) == 1 else f"COALESCE({', '.join(held)})", lookup, asked, position)

    def _narrowed(self, parent: Parent, asked: str, position: Position) -> Parent:
        """The one target of a polymorphic parent that `#Target` names."""
        name = asked.removeprefix("#")
        for found, alias in parent.targets:
            if found.name.lower() == name.lower():
                return Parent(f"#{found.name}", [(found, alias)], False)
        raise self.statement.refuse(position, "INVALID_TYPE", soql_errors.no_such_object(name))

    def _joined(self, held: str, lookup: Field, asked: str, position: Position) -> Parent:
        statement = self.statement
        targets: list[tuple[ObjectNames, str]] = []
        for name in lookup.reference_to:
            found = statement.names.object(name)
            if found is None or not statement.actor.rights.can(found.name, "read"):
                continue
            alias = f"{self.alias}j{len(self.joins)}"
            on = f'{alias}."Id" = {held}'
            if found.name not in statement.sources:
                shared = self._shared(found, alias)
                on += "" if shared == sharing.EVERYBODY else f" AND {shared}"
            self.joins.append(f"LEFT JOIN {statement.source(found)} {alias} ON {on}")
            targets.append((found, alias))
        if not targets:
            raise statement.refuse(position, "INVALID_FIELD", soql_errors.no_such_parent(asked))
        if len(self.joins) > MAX_RELATIONSHIPS:
            message = f"A SELECT has at most {MAX_RELATIONSHIPS} child-to-parent relationships"
            raise statement.refuse(position, "MALFORMED_QUERY", message)
        polymorphic = len(lookup.reference_to) > 1 or lookup.name in _ALWAYS_POLYMORPHIC
        return Parent(lookup.relationship_name or asked, targets, polymorphic)
