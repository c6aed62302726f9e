"""Random statements on the small org's shops and visits: well typed, and with an order that leaves nothing open."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from soql.ast import (
    And,
    ChildQuery,
    Comparison,
    Condition,
    Date,
    Expression,
    FieldPath,
    Function,
    GroupMode,
    InValues,
    Not,
    Number,
    Operator,
    Or,
    OrderBy,
    Select,
    SelectItem,
    String,
    TypeOf,
    TypeOfBranch,
)
from soql.functions import DATE_FUNCTIONS
from tests.local_org.engine.shop_conditions import EQUALITY, EVERY_OPERATOR, conditions, numbers, semi_joins, strings
from tests.local_org.engine.shop_rows import DAYS, GUESTS
from tests.soql.strategies import date_literals

_ID = FieldPath(("Id",))
_SHOWN = ("Id", "Name", "Kind__c", "Tags__c", "Size__c", "Floors__c", "Opened__c", "Seen__c", "Active__c", "Parent__c")
_SORTED = ("Name", "Kind__c", "Size__c", "Floors__c", "Opened__c", "Seen__c", "Active__c")
_GROUPED = ("Name", "Kind__c", "Floors__c", "Opened__c", "Active__c", "Parent__c", "Size__c")
_ABOVE = ((), (), ("Parent__r",), ("Parent__r", "Parent__r"))

_limits = st.none() | st.integers(1, 70)
_offsets = st.none() | st.integers(0, 70)


def _under(prefix: tuple[str, ...], names: tuple[str, ...]) -> st.SearchStrategy[FieldPath]:
    """Fields of a shop, or of a shop above it; `prefix` leads to the shop."""
    return st.sampled_from([FieldPath((*prefix, *above, name)) for above in _ABOVE for name in names])


@st.composite
def date_parts(draw: st.DrawFn, prefix: tuple[str, ...] = ()) -> Function:
    """A date function of a field that it takes, in UTC or in the user's zone."""
    name = draw(st.sampled_from(sorted(DATE_FUNCTIONS)))
    instant_only = name in ("HOUR_IN_DAY", "DAY_ONLY")
    field = draw(_under(prefix, ("Seen__c",) if instant_only else ("Seen__c", "Opened__c")))
    local = field.parts[-1] == "Seen__c" and draw(st.booleans())
    return Function(name, Function("convertTimezone", field) if local else field)


@st.composite
def _dated(draw: st.DrawFn) -> Condition:
    """A comparison with date literals, or of a date function."""
    if draw(st.booleans()):
        field = draw(_under((), ("Seen__c", "Opened__c")))
        if draw(st.booleans()):
            return InValues(field, tuple(draw(st.lists(date_literals, min_size=1, max_size=3))), draw(st.booleans()))
        return Comparison(field, draw(st.sampled_from(EVERY_OPERATOR)), draw(date_literals))
    part = draw(date_parts())
    operator = draw(st.sampled_from(EVERY_OPERATOR))
    if part.name == "DAY_ONLY":
        days = st.sampled_from([day for day in DAYS if day]).map(Date)
        return Comparison(part, operator, draw(st.one_of(days, date_literals)))
    number = draw(st.sampled_from([0, 1, 2, 4, 7, 11, 12, 19, 25, 47, 329, 2026, 2027]))
    return Comparison(part, operator, Number(Decimal(number)))


_either = st.one_of(conditions, _dated(), _dated().map(Not), st.tuples(_dated(), _dated()).map(Or))
_wheres: st.SearchStrategy[Condition | None] = st.one_of(
    st.none(), _either, st.tuples(_either, _either).map(And), st.tuples(semi_joins(), _either).map(And)
)
_guests = st.sampled_from([guest for guest in GUESTS if guest]).map(String)
_of_visits: st.SearchStrategy[Condition | None] = st.one_of(
    st.none(),
    st.builds(Comparison, st.just(FieldPath(("Guest__c",))), st.sampled_from(EQUALITY), _guests),
    st.builds(
        Comparison,
        date_parts(("Shop__r",)).filter(lambda part: part.name != "DAY_ONLY"),
        st.sampled_from(EVERY_OPERATOR),
        numbers,
    ),
)


def _ordered(fields: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[OrderBy, ...]]:
    terms = st.lists(st.builds(OrderBy, fields, st.booleans(), st.sampled_from([None, True, False])), max_size=3)
    return terms.map(lambda found: (*found, OrderBy(_ID)))


def _fields(paths: st.SearchStrategy[FieldPath]) -> st.SearchStrategy[list[SelectItem]]:
    return st.lists(paths, min_size=1, max_size=4, unique_by=lambda path: path.parts).map(
        lambda found: [SelectItem(path) for path in found]
    )


_visits: st.SearchStrategy[Select] = st.builds(
    Select,
    _fields(st.one_of(st.just(_ID), st.just(FieldPath(("Guest__c",))), _under(("Shop__r",), _SHOWN))).map(tuple),
    st.just("Visits__r"),
    where=_of_visits,
    order_by=_ordered(st.one_of(st.just(FieldPath(("Guest__c",))), _under(("Shop__r",), _SORTED))),
    limit=_limits,
)


def _at_the_top(query: Select, offset: int | None) -> Select:
    return replace(query, from_="Visit__c", offset=offset)


visits: st.SearchStrategy[Select] = st.builds(_at_the_top, _visits, _offsets)

_else: st.SearchStrategy[tuple[FieldPath, ...]] = st.sampled_from([(), (FieldPath(("Name",)),), (_ID,)])
_typeof = st.builds(
    TypeOf,
    st.just(FieldPath(("Owner",))),
    st.sampled_from(
        [
            (TypeOfBranch("User", (FieldPath(("Email",)), FieldPath(("Name",)))),),
            (TypeOfBranch("Group", (FieldPath(("DeveloperName",)),)),),
            (TypeOfBranch("User", (FieldPath(("Id",)),)), TypeOfBranch("Group", (FieldPath(("Name",)),))),
        ]
    ),
    _else,
)


@st.composite
def shops(draw: st.DrawFn, depth: int = 0) -> Select:
    """A query for shops, with child queries down to three levels; `depth` > 0: a child query for branches."""
    items: list[Any] = list(draw(_fields(_under((), _SHOWN))))
    if draw(st.booleans()):
        items.append(SelectItem(Function("toLabel", FieldPath(("Kind__c",))), "Kind_Label"))
    owner = draw(st.sampled_from(["", "", "path", "typeof"]))
    if owner == "path":
        items.append(SelectItem(FieldPath(("Owner", "Name"))))
    if owner == "typeof":
        items.append(draw(_typeof))
    if depth < 2 and draw(st.booleans()):
        items.append(ChildQuery(draw(_visits)))
    if depth < 2 and draw(st.sampled_from([True, False, False])):
        items.append(ChildQuery(draw(shops(depth + 1))))
    limit = draw(_limits)
    return Select(
        tuple(draw(st.permutations(items))),
        "Branches__r" if depth else "Shop__c",
        where=draw(conditions if depth else _wheres) if draw(st.booleans()) else None,
        order_by=draw(_ordered(st.one_of(_under((), _SORTED), st.just(FieldPath(("Owner", "Name")))))),
        limit=limit,
        offset=None if depth else draw(_offsets),
    )


_aggregates: st.SearchStrategy[Function] = st.one_of(
    st.just(Function("COUNT", _ID)),
    st.builds(
        Function,
        st.sampled_from(["COUNT", "COUNT_DISTINCT", "MIN", "MAX"]),
        _under((), ("Name", "Kind__c", "Size__c", "Floors__c", "Opened__c", "Seen__c", "Parent__c")),
    ),
    st.builds(Function, st.sampled_from(["SUM", "AVG"]), _under((), ("Size__c", "Floors__c"))),
)
_groups: st.SearchStrategy[Expression] = st.one_of(_under((), _GROUPED), date_parts())


def _having(draw: st.DrawFn, groups: list[Expression], groupings: list[Function]) -> Condition:
    count = Function("COUNT", draw(_under((), ("Id", "Size__c", "Parent__c"))))
    terms: list[Condition] = [
        Comparison(count, draw(st.sampled_from(EVERY_OPERATOR)), Number(Decimal(draw(st.integers(0, 6))))),
        Comparison(
            Function("MAX", FieldPath(("Name",))),
            draw(st.sampled_from(EVERY_OPERATOR)),
            draw(strings.filter(bool_text)),
        ),
        Comparison(Function("AVG", FieldPath(("Floors__c",))), draw(st.sampled_from(EVERY_OPERATOR)), draw(numbers)),
    ]
    terms += [
        Comparison(group, draw(st.sampled_from(EQUALITY)), draw(strings.filter(bool_text)))
        for group in groups
        if isinstance(group, FieldPath) and group.parts[-1] == "Name"
    ]
    terms += [Comparison(each, Operator.EQUAL, Number(Decimal(draw(st.integers(0, 1))))) for each in groupings]
    chosen = draw(st.lists(st.sampled_from(terms), min_size=1, max_size=3))
    if len(chosen) == 1:
        return Not(chosen[0]) if draw(st.booleans()) else chosen[0]
    return draw(st.sampled_from([And, Or]))(tuple(chosen))


def bool_text(value: String) -> bool:
    """The empty string is null, which only = and != take."""
    return bool(value.value)


@st.composite
def grouped(draw: st.DrawFn) -> Select:
    """An aggregate query, plain, rolled up or cubed, or over all rows at once. One without ORDER BY has any order."""
    groups = draw(st.lists(_groups, max_size=3, unique_by=str))
    mode = draw(st.sampled_from(GroupMode)) if groups else GroupMode.PLAIN
    # GROUPING() takes fields alone, so nothing tells the subtotals of a date function from its nulls in ORDER BY.
    open_order = bool(mode) and any(isinstance(group, Function) for group in groups)
    groupings = [Function("GROUPING", group) for group in groups if isinstance(group, FieldPath)] if mode else []
    called = draw(st.lists(_aggregates, min_size=0 if groups else 1, max_size=3))
    items = [SelectItem(group, f"g{n}") for n, group in enumerate(groups)]
    items += [SelectItem(each, f"f{n}") for n, each in enumerate(groupings)]
    items += [SelectItem(each, f"a{n}" if draw(st.booleans()) else None) for n, each in enumerate(called)]
    if not groups:
        return Select(tuple(items), "Shop__c", where=draw(_wheres))
    having = _having(draw, groups, groupings) if draw(st.booleans()) else None
    aliases = [FieldPath((item.alias,)) for item in items if item.alias]
    terms = st.sampled_from([*groups, *groupings, *called, *aliases])
    order = draw(st.lists(st.builds(OrderBy, terms, st.booleans(), st.sampled_from([None, True, False])), max_size=3))
    return Select(
        tuple(draw(st.permutations(items))),
        "Shop__c",
        where=draw(_wheres),
        group_by=tuple(groups),
        group_mode=mode,
        having=having,
        order_by=() if open_order else (*order, *(OrderBy(each) for each in (*groupings, *groups))),
        limit=None if open_order else draw(_limits),
        offset=None if open_order else draw(_offsets),
    )


_COUNT = SelectItem(Function("COUNT", None))
counts: st.SearchStrategy[Select] = st.builds(
    Select, st.just((_COUNT,)), st.just("Shop__c"), where=_wheres, limit=_limits
)
statements: st.SearchStrategy[Select] = st.one_of(shops(), shops(), grouped(), grouped(), visits, counts)
