"""SOQL's own rules that need no schema: `check`. Source: "SOQL and SOSL Reference", with its limits.

What a name means (does the field exist, may it be grouped) is for who knows the schema.
"""

from __future__ import annotations

from soql.ast import (
    ChildQuery,
    FieldPath,
    Fields,
    FieldSet,
    Function,
    Pattern,
    Position,
    Select,
    SelectItem,
    String,
    TypeOf,
    Wildcard,
)
from soql.errors import SoqlRuleError
from soql.grouping_rules import check_grouping
from soql.limits import (
    MAX_CHILD_QUERIES,
    MAX_FIELDS_ROWS,
    MAX_LENGTH,
    MAX_LEVELS,
    MAX_OFFSET,
    MAX_ORDER_BY,
    MAX_PARENTS,
    MAX_RELATIONSHIPS,
    MAX_STRING,
)
from soql.paths import paths_of, without_alias
from soql.printer import to_text
from soql.semi_join_rules import check_semi_joins
from soql.walk import queries_of, values_of


def check(select: Select) -> None:
    """Raises SoqlRuleError for the first rule that the statement breaks; its code is Salesforce's."""
    if len(to_text(select)) > MAX_LENGTH:
        raise SoqlRuleError("QUERY_TOO_COMPLICATED", f"A statement has at most {MAX_LENGTH:,} characters")
    _check_child_queries(select)
    check_semi_joins(select)
    for query in queries_of(select):
        _check_paths(query)
        _check_strings(query)
        _check_select_list(query)
        _check_from(query)
        check_grouping(query)
        if len(query.order_by) > MAX_ORDER_BY:
            message = f"ORDER BY takes at most {MAX_ORDER_BY} fields"
            raise SoqlRuleError("MALFORMED_QUERY", message, query.order_by[MAX_ORDER_BY].expression.position)
        if isinstance(query.offset, int) and query.offset > MAX_OFFSET:
            message = f"Maximum SOQL offset allowed for apiName {query.from_} is {MAX_OFFSET}"
            raise SoqlRuleError("NUMBER_OUTSIDE_VALID_RANGE", message)


def _check_child_queries(select: Select) -> None:
    count = 0
    level, queries = 1, [select]
    while queries:
        for query in queries:
            _check_inside(query)
        children = [item.query for query in queries for item in query.items if isinstance(item, ChildQuery)]
        level, queries, count = level + 1, children, count + len(children)
        if children and level > MAX_LEVELS:
            message = f"SOQL statements have at most {MAX_LEVELS} levels of child queries"
            raise SoqlRuleError("MALFORMED_QUERY", message, children[0].position)
    if count > MAX_CHILD_QUERIES:
        message = f"SOQL statements have at most {MAX_CHILD_QUERIES} child queries"
        raise SoqlRuleError("MALFORMED_QUERY", message, select.position)


def _check_inside(query: Select) -> None:
    """What the child queries of one SELECT may not have."""
    for item in query.items:
        if not isinstance(item, ChildQuery):
            continue
        child = item.query
        if child.offset is not None and query.limit != 1:
            message = "OFFSET is not allowed in a child query, unless its parent has LIMIT 1"
            raise SoqlRuleError("MALFORMED_QUERY", message, child.position)
        for clause, present in {
            "USING SCOPE": child.scope is not None,
            "WITH": child.with_ is not None,
            **{option.value: True for option in child.options},
        }.items():
            if present:
                raise SoqlRuleError("MALFORMED_QUERY", f"{clause} is not allowed in a child query", child.position)


def _check_from(query: Select) -> None:
    """A further entry of FROM begins with the alias (or name) of one before it."""
    known = {query.from_.lower(), *([query.alias.lower()] if query.alias else [])}
    for entry in query.also_from:
        path = entry.path
        if len(path.parts) < 2 or path.parts[0].lower() not in known:
            _refuse(f"FROM has one object; {path.text} is no relationship of it", path.position)
        if entry.alias is not None:
            if entry.alias.lower() in known:
                _refuse(f"duplicate alias: {entry.alias}", path.position)
            known.add(entry.alias.lower())


def _check_paths(query: Select) -> None:
    relationships: set[tuple[str, ...]] = set()
    for path in paths_of(query):
        parents = without_alias(path, query)[:-1]
        if len(parents) > MAX_PARENTS:
            message = f"A field path has at most {MAX_PARENTS} relationships: {path.text}"
            raise SoqlRuleError("MALFORMED_QUERY", message, path.position)
        relationships.update(parents[: n + 1] for n in range(len(parents)))
    if len(relationships) > MAX_RELATIONSHIPS:
        message = f"A SELECT has at most {MAX_RELATIONSHIPS} child-to-parent relationships"
        raise SoqlRuleError("MALFORMED_QUERY", message, query.position)


def _check_strings(query: Select) -> None:
    for value in values_of(query.where):
        if isinstance(value, String):
            length = len(value.value)
        elif isinstance(value, Pattern):
            length = sum(1 if isinstance(part, Wildcard) else len(part) for part in value.parts)
        else:
            continue
        if length > MAX_STRING:
            message = f"A string in WHERE has at most {MAX_STRING:,} characters"
            raise SoqlRuleError("MALFORMED_QUERY", message, query.position)


def _check_select_list(query: Select) -> None:
    fields: set[tuple[str, ...]] = set()
    aliases: set[str] = set()
    for item in query.items:
        if isinstance(item, Fields):
            limit = query.limit
            bounded = isinstance(limit, int) and limit <= MAX_FIELDS_ROWS
            if item.kind is not FieldSet.STANDARD and not bounded:
                message = f"The SOQL FIELDS function must have a LIMIT of at most {MAX_FIELDS_ROWS}"
                _refuse(message, item.position)
        if not isinstance(item, SelectItem):
            continue
        if isinstance(item.expression, FieldPath) and item.alias is None:
            key = without_alias(item.expression, query)
            if key in fields:
                _refuse(f"duplicate field selected: {item.expression.text}", item.expression.position)
            fields.add(key)
        if item.alias is not None:
            if item.alias.lower() in aliases:
                _refuse(f"duplicate alias: {item.alias}", item.expression.position)
            aliases.add(item.alias.lower())
        if isinstance(item.expression, Function) and item.expression.argument is None and len(query.items) > 1:
            _refuse("COUNT() must be alone in the SELECT list", item.expression.position)
    for item in query.items:
        if isinstance(item, TypeOf):
            key = without_alias(item.relationship, query)
            if any(field[:-1] == key for field in fields):
                _refuse(f"{item.relationship.text} cannot stand in TYPEOF and in the field list", item.position)


def _refuse(message: str, position: Position) -> None:
    raise SoqlRuleError("MALFORMED_QUERY", message, position)
