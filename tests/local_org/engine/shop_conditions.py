"""Random conditions on the small org's shops."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from soql.ast import (
    And,
    Boolean,
    Comparison,
    Condition,
    Date,
    DateTime,
    FieldPath,
    Includes,
    InQuery,
    InValues,
    Not,
    Null,
    Number,
    Operator,
    Or,
    Pattern,
    Select,
    SelectItem,
    String,
    Value,
    Wildcard,
)
from tests.local_org.engine.shop_rows import DAYS, GUESTS, KINDS, MOMENTS, NAMES

EQUALITY = (Operator.EQUAL, Operator.NOT_EQUAL)
EVERY_OPERATOR = tuple(operator for operator in Operator if operator is not Operator.LIKE)
_TEXTS = (*NAMES, *(guest for guest in GUESTS if guest), "ALPHA", "alp", "", "é")

strings = st.sampled_from(_TEXTS).map(String)
_kinds = st.sampled_from([*(kind for kind in KINDS if kind), "small", "None"]).map(String)
numbers = st.sampled_from(["0", "1", "1.5", "2.25", "7", "-1"]).map(lambda text: Number(Decimal(text)))
_booleans = st.booleans().map(Boolean)
_dates = st.sampled_from([day for day in DAYS if day]).map(Date)
_datetimes = st.sampled_from([moment for moment in MOMENTS if moment]).map(DateTime)
_patterns = st.lists(st.sampled_from([*Wildcard, "a", "l", "é", "%", "_", "'", "\\", "ALPHA", " "]), max_size=4).map(
    lambda parts: _pattern(parts)
)

_FIELDS: dict[str, tuple[st.SearchStrategy[Value], tuple[Operator, ...]]] = {
    "Name": (strings, EVERY_OPERATOR),
    "Kind__c": (_kinds, EQUALITY),
    "Size__c": (numbers, EVERY_OPERATOR),
    "Floors__c": (numbers, EVERY_OPERATOR),
    "Active__c": (_booleans, EQUALITY),
    "Opened__c": (_dates, EVERY_OPERATOR),
    "Seen__c": (_datetimes, EVERY_OPERATOR),
}


def _pattern(parts: list[str]) -> Pattern:
    """Neighbouring texts become one, as the parser gives them."""
    merged: list[str] = []
    for part in parts:
        if merged and not isinstance(merged[-1], Wildcard) and not isinstance(part, Wildcard):
            merged[-1] += part
        else:
            merged.append(part)
    return Pattern(tuple(merged))


def _path(name: str, depth: int) -> FieldPath:
    return FieldPath((*("Parent__r" for _ in range(depth)), name))


@st.composite
def _leaves(draw: st.DrawFn) -> Condition:
    depth = draw(st.sampled_from([0, 0, 0, 1, 2]))
    form = draw(st.sampled_from(["compare", "compare", "null", "like", "in", "includes"]))
    if form == "includes":
        sets = st.sampled_from(["red", "green", "red;green", "blue;red"]).map(String)
        values = draw(st.lists(sets, min_size=1, max_size=2))
        return Includes(_path("Tags__c", depth), tuple(values), draw(st.booleans()))
    if form == "like":
        return Comparison(_path("Name", depth), Operator.LIKE, draw(_patterns))
    name = draw(st.sampled_from(sorted(_FIELDS)))
    values, operators = _FIELDS[name]
    if form == "null":
        return Comparison(_path(name, depth), draw(st.sampled_from(EQUALITY)), Null())
    if form == "in":
        listed = draw(st.lists(st.one_of(values, st.just(Null())), min_size=1, max_size=3))
        return InValues(_path(name, depth), tuple(listed), draw(st.booleans()))
    value = draw(values)
    ordered = value != String("")
    return Comparison(_path(name, depth), draw(st.sampled_from(operators if ordered else EQUALITY)), value)


def _several(terms: st.SearchStrategy[Condition]) -> st.SearchStrategy[tuple[Condition, ...]]:
    return st.lists(terms, min_size=2, max_size=3).map(tuple)


conditions: st.SearchStrategy[Condition] = st.recursive(
    _leaves(), lambda inner: st.one_of(_several(inner).map(And), _several(inner).map(Or), inner.map(Not)), max_leaves=5
)
_guests = st.sampled_from([guest for guest in GUESTS if guest])


@st.composite
def semi_joins(draw: st.DrawFn) -> Condition:
    where: Condition | None = draw(
        st.one_of(
            st.none(),
            _guests.map(lambda guest: Comparison(FieldPath(("Guest__c",)), Operator.EQUAL, String(guest))),
            st.sampled_from(EQUALITY).map(
                lambda op: Comparison(FieldPath(("Shop__r", "Kind__c")), op, String("Large"))
            ),
        )
    )
    query = Select((SelectItem(FieldPath(("Shop__c",))),), "Visit__c", where=where)
    return InQuery(FieldPath((draw(st.sampled_from(["Id", "Parent__c"])),)), query, draw(st.booleans()))
