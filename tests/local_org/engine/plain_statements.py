"""Whole statements read by plain Python over plain rows: the records that SOQL's answer is compared with.

Shares nothing with the engine but the syntax tree. Slow, and as close to the words of the reference as it can be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import combinations
from typing import Any, TypeVar

from soql.ast import (
    And,
    ChildQuery,
    Comparison,
    Condition,
    DateLiteral,
    Expression,
    FieldPath,
    Function,
    GroupMode,
    InQuery,
    InValues,
    Not,
    Operator,
    Or,
    OrderBy,
    Select,
    SelectItem,
    TypeOf,
)
from tests.local_org.engine.plain_days import Viewer, part_of
from tests.local_org.engine.plain_reading import compared, holds, listed, plain
from tests.local_org.engine.shop_rows import KINDS, Row, Rows

AGGREGATES = ("COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX")
_PARENTS = {"Parent__r": "Parent__c", "Shop__r": "Shop__c", "Owner": "OwnerId"}
_CHILDREN = {"Visits__r": ("visits", "Shop__c"), "Branches__r": ("shops", "Parent__c")}

T = TypeVar("T")
Read = Callable[[Expression], Any]


class Reader:
    """Reads statements as one viewer."""

    def __init__(self, rows: Rows, viewer: Viewer) -> None:
        self._rows = rows
        self._viewer = viewer

    def records(self, select: Select) -> list[Row]:
        """The records of the answer, without their attributes; of COUNT(), one record with the total."""
        table = self._rows.shops if select.from_ == "Shop__c" else self._rows.visits
        return self._answer(select, list(table.values()))

    def _answer(self, select: Select, rows: list[Row]) -> list[Row]:
        where = select.where
        kept = [row for row in rows if where is None or self._holds(where, self._of(row), row)]
        first = select.items[0]
        if isinstance(first, SelectItem) and first.expression == Function("COUNT", None):
            return [{"totalSize": len(self._cut(select, kept))}]
        if select.group_by or any(isinstance(i, SelectItem) and _is_aggregate(i.expression) for i in select.items):
            return self._grouped(select, kept)
        ordered = self._cut(select, self._sorted(kept, select.order_by, lambda row: self._of(row)))
        return [self._record(select, row) for row in ordered]

    @staticmethod
    def _cut(select: Select, rows: Sequence[T]) -> list[T]:
        start = select.offset if isinstance(select.offset, int) else 0
        return list(rows[start:] if not isinstance(select.limit, int) else rows[start : start + select.limit])

    # ------------------------------------------------------------ values

    def _of(self, row: Row) -> Read:
        return lambda expression: self._value(row, expression)

    def _value(self, row: Row | None, expression: Expression) -> Any:
        if isinstance(expression, FieldPath):
            for part in expression.parts[:-1]:
                row = None if row is None else self._parent(row, part)
            return None if row is None else row[expression.parts[-1]]
        inner = expression.argument
        assert inner is not None
        if expression.name == "toLabel":
            return self._value(row, inner)
        zone = None
        if isinstance(inner, Function):
            zone, inner = self._viewer.zone, inner.argument
            assert inner is not None
        return part_of(expression.name, self._value(row, inner), zone)

    def _parent(self, row: Row, part: str) -> Row | None:
        parent_id = row[_PARENTS[part]]
        return self._rows.owners.get(parent_id) if part == "Owner" else self._rows.shops.get(parent_id)

    # ------------------------------------------------------------ conditions

    def _holds(self, condition: Condition, read: Read, row: Row | None) -> bool:
        match condition:
            case And(terms):
                return all(self._holds(term, read, row) for term in terms)
            case Or(terms):
                return any(self._holds(term, read, row) for term in terms)
            case Not(term):
                return not self._holds(term, read, row)
            case Comparison(left, operator, DateLiteral() as literal):
                return self._viewer.compare(read(left), operator, literal)
            case Comparison(left, operator, value):
                return compared(read(left), operator, value)
            case InValues(left, tuple(values), negated):
                found = [value for value in values if isinstance(value, DateLiteral)]
                held = read(left)
                if any(self._viewer.compare(held, Operator.EQUAL, literal) for literal in found):
                    return not negated
                return listed(held, [plain(v) for v in values if not isinstance(v, DateLiteral)], negated)
            case InQuery(left, query, negated):
                (item,) = query.items
                assert isinstance(item, SelectItem)
                inner = {self._value(each, item.expression) for each in self._kept(query)} - {None}
                return (read(left) in inner) is not negated
            case _:
                assert row is not None
                return holds(self._rows, row, condition)

    def _kept(self, query: Select) -> list[Row]:
        table = self._rows.shops if query.from_ == "Shop__c" else self._rows.visits
        where = query.where
        return [row for row in table.values() if where is None or self._holds(where, self._of(row), row)]

    # ------------------------------------------------------------ order

    @staticmethod
    def _sorted(rows: Sequence[T], order_by: Sequence[OrderBy], reader: Callable[[T], Read]) -> list[T]:
        """By the last term first, since Python's sort keeps equal rows as they stand."""
        found = list(rows)
        for order in reversed(order_by):
            known = [(_sort_key(order.expression, reader(row)(order.expression)), row) for row in found]
            empty = [row for key, row in known if key is None]
            full = [row for _, row in _by_key([pair for pair in known if pair[0] is not None], order.descending)]
            found = full + empty if order.nulls_first is False else empty + full
        return found

    # ------------------------------------------------------------ records

    def _record(self, select: Select, row: Row) -> Row:
        record: Row = {}
        for item in select.items:
            match item:
                case ChildQuery(query):
                    record[query.from_] = self._children(query, row)
                case TypeOf():
                    record[item.relationship.text] = self._typed(item, row)
                case SelectItem(FieldPath() as path):
                    self._put(record, row, path)
                case SelectItem(expression, str(alias)):
                    record[alias] = printed(self._value(row, expression))
                case _:
                    raise AssertionError(item)
        return record

    def _put(self, record: Row, row: Row, path: FieldPath) -> None:
        for part in path.parts[:-1]:
            parent = self._parent(row, part)
            if parent is None:
                record[part] = None
                return
            record, row = record.setdefault(part, {}), parent
        record[path.parts[-1]] = printed(row[path.parts[-1]])

    def _children(self, query: Select, row: Row) -> Row | None:
        table, field = _CHILDREN[query.from_]
        rows: Mapping[str, Row] = getattr(self._rows, table)
        found = self._answer(query, [each for each in rows.values() if each[field] == row["Id"]])
        return {"totalSize": len(found), "done": True, "records": found} if found else None

    def _typed(self, item: TypeOf, row: Row) -> Row | None:
        owner = self._parent(row, item.relationship.parts[-1])
        if owner is None:
            return None
        fields = next((branch.fields for branch in item.branches if branch.object == owner["Type"]), item.otherwise)
        return {path.parts[0]: printed(owner[path.parts[0]]) for path in fields} if fields else None

    # ------------------------------------------------------------ groups

    def _grouped(self, select: Select, rows: list[Row]) -> list[Row]:
        groups = [
            group
            for held in _sets(select.group_mode, len(select.group_by))
            for group in self._groups(select, held, rows)
        ]
        kept = [group for group in groups if select.having is None or self._holds(select.having, group.read, None)]
        aliases = {i.alias: i.expression for i in select.items if isinstance(i, SelectItem) and i.alias}
        order_by = [
            OrderBy(aliases.get(order.expression.text, order.expression), order.descending, order.nulls_first)
            if isinstance(order.expression, FieldPath)
            else order
            for order in select.order_by
        ]
        ordered = self._cut(select, self._sorted(kept, order_by, lambda group: group.read))
        return [_named(select, group) for group in ordered]

    def _groups(self, select: Select, held: frozenset[int], rows: list[Row]) -> list[_Group]:
        members: dict[tuple[Any, ...], list[Row]] = {} if held else {(): []}
        for row in rows:
            key = tuple(_key(each, self._value(row, each)) for n, each in enumerate(select.group_by) if n in held)
            members.setdefault(key, []).append(row)
        return [_Group(self, select.group_by, held, found) for found in members.values()]

    def aggregate(self, call: Function, rows: list[Row]) -> Any:
        assert call.argument is not None
        values = [value for row in rows if (value := self._value(row, call.argument)) is not None]
        match call.name:
            case "COUNT":
                return len(values)
            case "COUNT_DISTINCT":
                return len({_key(call.argument, value) for value in values})
            case _ if not values:
                return None
            case "SUM":
                return sum(values)
            case "AVG":
                return sum(values) / len(values)
            case "MIN":
                return min(values, key=partial(_key, call.argument))
            case _:
                return max(values, key=partial(_key, call.argument))

    def value(self, row: Row, expression: Expression) -> Any:
        return self._value(row, expression)


class _Group:
    """Rows that have the held ones of the grouped expressions in common."""

    def __init__(self, reader: Reader, group_by: Sequence[Expression], held: frozenset[int], rows: list[Row]) -> None:
        self._reader = reader
        self._group_by = group_by
        self._held = held
        self._rows = rows

    def read(self, expression: Expression) -> Any:
        if isinstance(expression, Function) and expression.name == "GROUPING":
            return int(self._group_by.index(_argument(expression)) not in self._held)
        if isinstance(expression, Function) and expression.name in AGGREGATES:
            return self._reader.aggregate(expression, self._rows)
        index = self._group_by.index(expression)
        return self._reader.value(self._rows[0], expression) if index in self._held else None


def _argument(call: Function) -> Expression:
    assert call.argument is not None
    return call.argument


def _sets(mode: GroupMode, count: int) -> list[frozenset[int]]:
    every = range(count)
    if mode is GroupMode.ROLLUP:
        return [frozenset(every[:size]) for size in range(count + 1)]
    if mode is GroupMode.CUBE:
        return [frozenset(held) for size in range(count + 1) for held in combinations(every, size)]
    return [frozenset(every)]


def _named(select: Select, group: _Group) -> Row:
    record: Row = {}
    unnamed = 0
    for item in select.items:
        assert isinstance(item, SelectItem)
        if item.alias:
            name = item.alias
        elif isinstance(item.expression, FieldPath):
            name = item.expression.parts[-1]
        else:
            name, unnamed = f"expr{unnamed}", unnamed + 1
        record[name] = folded(printed(group.read(item.expression)))
    return record


def _is_aggregate(expression: Expression) -> bool:
    return isinstance(expression, Function) and expression.name in AGGREGATES


def folded(value: Any) -> Any:
    """As SOQL compares; which of `a` and `A` a group shows is open, so answers are compared folded too."""
    return value.lower() if isinstance(value, str) else value


def _sort_key(expression: Expression, value: Any) -> Any:
    """A picklist sorts as its definition lists it."""
    if isinstance(expression, FieldPath) and expression.parts[-1] == "Kind__c" and value is not None:
        return KINDS.index(value)
    return _key(expression, value)


def _key(expression: Expression, value: Any) -> Any:
    """What two equal values have in common: ids are told apart by case, other text is not."""
    inner: Expression | None = expression
    while isinstance(inner, Function):
        inner = inner.argument
    is_id = inner is not None and inner.parts[-1] in ("Id", "Parent__c")
    return value if is_id else folded(value)


def _by_key(pairs: list[tuple[Any, T]], descending: bool) -> list[tuple[Any, T]]:
    return sorted(pairs, key=lambda pair: pair[0], reverse=descending)


def printed(value: Any) -> Any:
    """As a body has it."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
