"""Default deny over the whole schema map: of its objects, parent paths, children and semi-joins a scope can ask
for those that its rules list, and for nothing else, in whatever clause it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from app.org.errors import StatementRefused
from app.org.record_filters import ADMIN, USER, ScopeRules
from app.org.schema_map import FieldType, MappedObject, SchemaMap
from app.org.statement_access import check_access
from soql.ast import (
    ChildQuery,
    Comparison,
    FieldPath,
    Function,
    InQuery,
    Not,
    Null,
    Operator,
    Or,
    OrderBy,
    Select,
    SelectItem,
)

each_scope = pytest.mark.parametrize("rules", [ADMIN, USER], ids=["admin", "user"])

Way = tuple[str, ...]
PLACES: Mapping[str, Callable[[Select, FieldPath], Select]] = {
    "the list": lambda select, path: replace(select, items=(SelectItem(path),)),
    "WHERE": lambda select, path: replace(select, where=_is_null(path)),
    "WHERE, deep inside": lambda select, path: replace(select, where=Or((_is_null(path), Not(_is_null(path))))),
    "ORDER BY": lambda select, path: replace(select, order_by=(OrderBy(path),)),
    "GROUP BY": lambda select, path: replace(select, group_by=(path,)),
    "HAVING": lambda select, path: replace(select, group_by=(path,), having=_is_null(Function("MAX", path))),
}


@each_scope
def test_an_object_may_stand_in_from_only_if_it_is_listed(schema_map: SchemaMap, rules: ScopeRules) -> None:
    assert {name for name in schema_map.objects if _is_taken(_select(name), rules, schema_map)} == set(rules.objects)


@each_scope
@pytest.mark.parametrize("place", PLACES)
def test_a_path_may_stand_anywhere_only_if_it_is_listed(schema_map: SchemaMap, rules: ScopeRules, place: str) -> None:
    wrong: list[str] = []
    for name in rules.objects:
        for way, field in _paths(schema_map, schema_map.object(name), 2 if place in ("the list", "WHERE") else 1):
            asked = PLACES[place](_select(name), FieldPath((*way, field)))
            if _is_taken(asked, rules, schema_map) != _is_listed(schema_map, rules, name, way, field):
                wrong.append(f"{name}.{'.'.join((*way, field))}")
    assert wrong == []


@each_scope
def test_a_child_may_be_selected_from_only_if_it_is_listed_and_for_its_own_listed_paths(
    schema_map: SchemaMap, rules: ScopeRules
) -> None:
    taken: set[str] = set()
    wrong: list[str] = []
    for name in rules.objects:
        for child in schema_map.object(name).children.values():
            if _is_taken(_with_child(name, _select(child.name)), rules, schema_map):
                taken.add(f"{name}.{child.name}")
            for way, field in _paths(schema_map, schema_map.object(child.object), 1):
                listed = f"{name}.{child.name}" in rules.children
                listed = listed and _is_listed(schema_map, rules, child.object, way, field)
                path = FieldPath((*way, field))
                for place in ("the list", "WHERE", "ORDER BY"):
                    asked = _with_child(name, PLACES[place](_select(child.name), path))
                    if _is_taken(asked, rules, schema_map) != listed:
                        wrong.append(f"{name}.{child.name}: {path.text} in {place}")
    assert taken == {text for text in rules.children if text.partition(".")[0] in rules.objects}
    assert wrong == []


@each_scope
def test_a_semi_join_may_stand_only_if_it_is_listed(schema_map: SchemaMap, rules: ScopeRules) -> None:
    keys = [
        (mapped.name, field.name)
        for mapped in schema_map.objects.values()
        for field in mapped.fields.values()
        if field.type in {FieldType.ID, FieldType.REFERENCE}
    ]
    taken: set[str] = set()
    for name, left in keys:
        if name not in rules.objects:
            continue
        for inner, selected in keys:
            query = Select((SelectItem(FieldPath((selected,))),), inner)
            asked = replace(_select(name), where=InQuery(FieldPath((left,)), query))
            if _is_taken(asked, rules, schema_map):
                taken.add(f"{name}.{left} IN {inner}.{selected}")
                assert _is_taken(
                    replace(asked, where=InQuery(FieldPath((left,)), query, negated=True)), rules, schema_map
                )
    assert taken == rules.semi_joins


@pytest.mark.requirement("read.pool.user", "read.counts.user")
def test_no_path_of_user_scope_ends_at_a_pool_or_at_why_a_rep_was_chosen(schema_map: SchemaMap) -> None:
    """Whatever the rules list: nothing that a user's statement can name is of the objects that only admins may see."""
    closed = {"Pool", "Pool_Member", "Pool_Manager", "Count_Entry", "Graph", "Routing_Log", "Claim", "Operation"}
    for name in {*USER.objects, "Attendee"}:
        for way, field in _paths(schema_map, schema_map.object(name), 2):
            if _is_listed(schema_map, USER, name, way, field):
                owners = [schema_map.object(name)]
                for part in way:
                    owners.append(schema_map.object(owners[-1].parents[part].to or ""))
                target = owners[-1].fields[field].to
                assert not closed & {*(owner.name for owner in owners), target}, (name, way, field)


def _paths(schema_map: SchemaMap, mapped: MappedObject, depth: int) -> Iterator[tuple[Way, str]]:
    """Every field of the object and of its parents, so many lookups away."""
    for field in mapped.fields:
        yield (), field
    if depth:
        for parent, lookup in mapped.parents.items():
            for way, field in _paths(schema_map, schema_map.object(lookup.to or ""), depth - 1):
                yield (parent, *way), field


def _is_listed(schema_map: SchemaMap, rules: ScopeRules, name: str, way: Way, field: str) -> bool:
    """What the rules say of a path: read from them alone, step by step."""
    owner = schema_map.object(name)
    for part in way:
        lookup = owner.parents[part]
        if lookup.name in rules.hidden.get(owner.name, ()):
            return False
        owner = schema_map.object(lookup.to or "")
    if field in rules.hidden.get(owner.name, ()):
        return False
    if way and field == "Id":
        way, field = way[:-1], way[-1]  # a parent's id is the lookup itself
    return not way or field in rules.parents.get(name, {}).get(".".join(way), ())


def _select(name: str) -> Select:
    return Select((SelectItem(FieldPath(("Id",))),), name)


def _with_child(name: str, query: Select) -> Select:
    return Select((SelectItem(FieldPath(("Id",))), ChildQuery(query)), name)


def _is_null(left: FieldPath | Function) -> Comparison:
    return Comparison(left, Operator.EQUAL, Null())


def _is_taken(select: Select, rules: ScopeRules, schema_map: SchemaMap) -> bool:
    try:
        check_access(select, rules, schema_map)
    except StatementRefused:
        return False
    return True
