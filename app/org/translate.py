"""A statement in logical names to the same statement in the org's API names."""

from __future__ import annotations

from dataclasses import replace

from app.org.errors import StatementRefused
from app.org.paths import resolve
from app.org.schema_map import MappedObject, SchemaMap
from soql.ast import (
    And,
    ChildQuery,
    Comparison,
    Condition,
    Expression,
    FieldPath,
    Function,
    Includes,
    InQuery,
    InValues,
    Item,
    Not,
    Or,
    Select,
    SelectItem,
)


class Translation:
    """Translates one statement, and gathers the (object, field) pairs of the map that it needs: all of them in `uses`,
    those that it compares or sorts by in `filters`, groups by in `groups`, and has inside a function in its list in
    `aggregated`."""

    def __init__(self, schema_map: SchemaMap) -> None:
        self._map = schema_map
        self.uses: set[tuple[str, str]] = set()
        self.filters: set[tuple[str, str]] = set()
        self.groups: set[tuple[str, str]] = set()
        self.aggregated: set[tuple[str, str]] = set()

    def statement(self, select: Select) -> Select:
        """The statement with FROM an object. Raises StatementRefused for a name that the map does not have."""
        if select.from_ not in self._map.objects:
            raise StatementRefused(f"the schema map has no object {select.from_!r}")
        mapped = self._map.object(select.from_)
        return self._select(select, mapped, mapped.api)

    def _select(self, select: Select, mapped: MappedObject, from_: str) -> Select:
        if select.alias is not None:
            raise StatementRefused(f"FROM {select.from_} has an alias; statements name fields without one")
        return replace(
            select,
            items=tuple(self._item(item, mapped) for item in select.items),
            from_=from_,
            where=self._condition(select.where, mapped),
            group_by=tuple(self._bare(expression, mapped, self.groups) for expression in select.group_by),
            having=self._condition(select.having, mapped),
            order_by=tuple(
                replace(order, expression=self._bare(order.expression, mapped, self.filters))
                for order in select.order_by
            ),
        )

    def _item(self, item: Item, mapped: MappedObject) -> Item:
        if isinstance(item, SelectItem):
            # A group is read by its alias, so only an item without one keeps the join that shapes the answer.
            if item.alias is None:
                return replace(item, expression=self._expression(item.expression, mapped))
            return replace(item, expression=self._bare(item.expression, mapped, self.aggregated))
        if not isinstance(item, ChildQuery):
            raise StatementRefused("its list has more than fields and child queries")
        child = mapped.children.get(item.query.from_)
        if child is None:
            raise StatementRefused(f"{mapped.name} has no child relationship {item.query.from_!r}")
        self.uses.add((child.object, child.field))
        return ChildQuery(self._select(item.query, self._map.object(child.object), child.api))

    def _expression(self, expression: Expression, mapped: MappedObject) -> Expression:
        if isinstance(expression, Function):
            return self._bare(expression, mapped, self.aggregated)
        resolved = resolve(self._map, mapped, expression)
        self.uses.update(resolved.uses)
        return FieldPath(resolved.api, expression.position)

    def _bare(
        self, expression: Expression, mapped: MappedObject, used_for: set[tuple[str, str]] | None = None
    ) -> Expression:
        """As `_expression`, but a parent's id is the lookup itself: an index serves it, and no join is needed."""
        if isinstance(expression, FieldPath):
            return self._path(expression, mapped, used_for)
        if expression.argument is None:
            return expression
        return replace(expression, argument=self._bare(expression.argument, mapped, used_for))

    def _path(self, path: FieldPath, mapped: MappedObject, used_for: set[tuple[str, str]] | None) -> FieldPath:
        resolved = resolve(self._map, mapped, path)
        uses = resolved.uses[:-1] if resolved.is_parent_id else resolved.uses
        self.uses.update(uses)
        if used_for is not None:
            used_for.add(uses[-1])
        return FieldPath(resolved.api_without_join, path.position)

    def _condition(self, condition: Condition | None, mapped: MappedObject) -> Condition | None:
        return None if condition is None else self._term(condition, mapped)

    def _term(self, condition: Condition, mapped: MappedObject) -> Condition:
        match condition:
            case And(terms):
                return And(tuple(self._term(term, mapped) for term in terms))
            case Or(terms):
                return Or(tuple(self._term(term, mapped) for term in terms))
            case Not(term):
                return Not(self._term(term, mapped))
            case Comparison() | InValues():
                return replace(condition, left=self._bare(condition.left, mapped, self.filters))
            case Includes():
                return replace(condition, left=self._path(condition.left, mapped, self.filters))
            case InQuery():
                return replace(
                    condition,
                    left=self._path(condition.left, mapped, self.filters),
                    query=self.statement(condition.query),
                )
