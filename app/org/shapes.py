"""The shape of a statement's rows, from its SELECT list and the schema map."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.org.errors import StatementRefused
from app.org.optional_fields import is_optional
from app.org.paths import resolve
from app.org.rows import (
    DECODERS,
    AggregateShape,
    Column,
    Decoder,
    GroupColumn,
    Nested,
    RecordShape,
    Shape,
    number,
    whole_number,
)
from app.org.schema_map import FieldType, MappedObject, SchemaMap
from soql.ast import ChildQuery, Expression, FieldPath, Function, Item, Select, SelectItem
from soql.functions import DATE_FUNCTIONS
from soql.grouping_rules import is_grouped


def with_aliases(select: Select) -> Select:
    """A grouped statement in which every group has an alias.

    Without one Salesforce names a group by the last part of its path, and refuses two with the same one
    (`Main_Host__r.Name` beside `Pool__r.Name`).
    """
    if not is_grouped(select):
        return select
    items: list[Item] = []
    for position, item in enumerate(select.items):
        if isinstance(item, SelectItem) and item.alias is None and isinstance(item.expression, FieldPath):
            items.append(replace(item, alias=f"group{position}"))
        else:
            items.append(item)
    return replace(select, items=tuple(items))


def shape_of(select: Select, schema_map: SchemaMap, *, without_optional: bool = False) -> Shape:
    """The shape of a statement in logical names, after `with_aliases`; or of what `without_optional` made of it, whose
    rows have None for the fields that were left out.

    Raises StatementRefused for what a row could not show: an aggregate without alias, a lookup beside its parent.
    """
    mapped = schema_map.object(select.from_)
    if not is_grouped(select):
        return _record_shape(select, mapped, schema_map, without_optional)
    if [item.expression for item in select.items if isinstance(item, SelectItem)] == [Function("COUNT", None)]:
        return AggregateShape(())
    return AggregateShape(tuple(_group_column(item, mapped, schema_map) for item in select.items))


def _group_column(item: Item, mapped: MappedObject, schema_map: SchemaMap) -> GroupColumn:
    """A group stands in our row by its path, whatever its alias; an aggregate has no name but its alias."""
    if not isinstance(item, SelectItem):
        raise StatementRefused("a grouped statement has no child rows")
    if item.alias is None:
        raise StatementRefused("an aggregate needs an alias, which is its name in the row")
    decode = _decoder(item.expression, mapped, schema_map)
    if isinstance(item.expression, FieldPath):
        return GroupColumn(item.alias, resolve(schema_map, mapped, item.expression).logical, decode)
    return GroupColumn(item.alias, (item.alias,), decode)


@dataclass(slots=True)
class _Level:
    """A RecordShape in the making."""

    columns: dict[str, Column] = field(default_factory=dict[str, Column])
    parents: dict[str, tuple[str, _Level]] = field(default_factory=dict[str, "tuple[str, _Level]"])
    children: tuple[Nested, ...] = ()
    absent: tuple[str, ...] = ()

    def frozen(self) -> RecordShape:
        parents = tuple(Nested(path, name, level.frozen()) for name, (path, level) in self.parents.items())
        double = self.columns.keys() & (self.parents.keys() | {child.target for child in self.children})
        if double:
            name = min(double)
            raise StatementRefused(f"{name} is selected as a lookup and as a parent; select {name}.Id instead")
        return RecordShape(tuple(self.columns.values()), parents, self.children, self.absent)


def _record_shape(select: Select, mapped: MappedObject, schema_map: SchemaMap, without_optional: bool) -> RecordShape:
    top = _Level()
    absent: dict[str, None] = {}
    children: list[Nested] = []
    for item in select.items:
        if isinstance(item, ChildQuery):
            child = mapped.children.get(item.query.from_)
            if child is None:
                raise StatementRefused(f"{mapped.name} has no child relationship {item.query.from_!r}")
            inner = _record_shape(item.query, schema_map.object(child.object), schema_map, without_optional)
            children.append(Nested(child.api, child.name, inner))
            continue
        if not isinstance(item, SelectItem):
            raise StatementRefused("its list has more than fields and child queries")
        if item.alias is not None:
            raise StatementRefused("only a grouped statement has aliases in its list")
        if not isinstance(item.expression, FieldPath):
            raise StatementRefused(f"{item.expression.name}() stands in a statement that is not grouped")
        resolved = resolve(schema_map, mapped, item.expression)
        if without_optional and is_optional(item, mapped, schema_map):
            absent[resolved.logical[0]] = None
            continue
        level = top
        for hop in resolved.hops:
            level = level.parents.setdefault(hop.parent or hop.name, (hop.path or hop.api, _Level()))[1]
        last = resolved.field
        level.columns[last.name] = Column(last.api, last.name, DECODERS[last.type])
    top.children = tuple(children)
    top.absent = tuple(absent)
    return top.frozen()


def _decoder(expression: Expression, mapped: MappedObject, schema_map: SchemaMap) -> Decoder:
    if isinstance(expression, FieldPath):
        return DECODERS[resolve(schema_map, mapped, expression).field.type]
    if expression.name in {"COUNT", "COUNT_DISTINCT"}:
        return whole_number
    if expression.name == "AVG":
        return number
    if expression.name == "DAY_ONLY":
        return DECODERS[FieldType.DATE]
    if expression.name in DATE_FUNCTIONS:
        return whole_number
    if expression.argument is None:
        raise StatementRefused(f"{expression.name}() cannot stand in a list")
    return _decoder(expression.argument, mapped, schema_map)
