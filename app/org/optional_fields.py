"""Fields that an org may lack: BookIt 7.x has no reassignment, and all else works there (guide, Prerequisites).

Such a field may stand in a plain SELECT list only, so that a statement can be run without it and mean the same.
"""

from __future__ import annotations

from dataclasses import replace

from app.org.errors import StatementRefused
from app.org.paths import resolve
from app.org.schema_map import MappedObject, SchemaMap
from soql.ast import ChildQuery, FieldPath, Select, SelectItem
from soql.grouping_rules import is_grouped


def is_optional(item: SelectItem, mapped: MappedObject, schema_map: SchemaMap) -> bool:
    """Whether an item of a list goes through an optional field of the statement's own object.

    Raises StatementRefused for one further along a parent path: what is absent there could not be told from null.
    """
    if not isinstance(item.expression, FieldPath):
        return False
    first, *others = (schema_map.field(*pair) for pair in resolve(schema_map, mapped, item.expression).uses)
    if any(field.optional for field in others):
        raise StatementRefused(f"{item.expression.text} reads an optional field of a parent")
    return first.optional


def without_optional(select: Select, schema_map: SchemaMap) -> Select:
    """The statement without its optional fields; the same statement if it has none."""
    if is_grouped(select):
        return select
    return _without(select, schema_map.object(select.from_), schema_map)


def _without(select: Select, mapped: MappedObject, schema_map: SchemaMap) -> Select:
    items: list[SelectItem | ChildQuery] = []
    for item in select.items:
        if isinstance(item, ChildQuery):
            child = schema_map.object(mapped.children[item.query.from_].object)
            items.append(ChildQuery(_without(item.query, child, schema_map)))
        elif not isinstance(item, SelectItem):
            raise StatementRefused("its list has more than fields and child queries")
        elif not is_optional(item, mapped, schema_map):
            items.append(item)
    if not items:
        raise StatementRefused("it selects optional fields alone")
    return replace(select, items=tuple(items))
