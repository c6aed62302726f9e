"""WHERE, over random conditions, finds what plain Python finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local_org.org import Session
from soql.ast import (
    And,
    Boolean,
    Comparison,
    Condition,
    Date,
    DateTime,
    FieldPath,
    Function,
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
from soql.printer import to_text
from tests.local_org.engine.plain_reading import day_of, field_of, holds
from tests.local_org.engine.shop_rows import DAYS, GUESTS, KINDS, MOMENTS, NAMES, Rows, load_rows
from tests.support.small_org import small_org

_EQUALITY = (Operator.EQUAL, Operator.NOT_EQUAL)
_ALL = tuple(operator for operator in Operator if operator is not Operator.LIKE)
_TEXTS = (*NAMES, *(guest for guest in GUESTS if guest), "ALPHA", "alp", "", "é")

_strings = st.sampled_from(_TEXTS).map(String)
_kinds = st.sampled_from([*(kind for kind in KINDS if kind), "small", "None"]).map(String)
_numbers = st.sampled_from(["0", "1", "1.5", "2.25", "7", "-1"]).map(lambda text: Number(Decimal(text)))
_booleans = st.booleans().map(Boolean)
_dates = st.sampled_from([day for day in DAYS if day]).map(Date)
_datetimes = st.sampled_from([moment for moment in MOMENTS if moment]).map(DateTime)
_patterns = st.lists(st.sampled_from([*Wildcard, "a", "l", "é", "%", "_", "'", "\\", "ALPHA", " "]), max_size=4).map(
    lambda parts: _pattern(parts)
)

_FIELDS: dict[str, tuple[st.SearchStrategy[Value], tuple[Operator, ...]]] = {
    "Name": (_strings, _ALL),
    "Kind__c": (_kinds, _EQUALITY),
    "Size__c": (_numbers, _ALL),
    "Floors__c": (_numbers, _ALL),
    "Active__c": (_booleans, _EQUALITY),
    "Opened__c": (_dates, _ALL),
    "Seen__c": (_datetimes, _ALL),
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
        return Comparison(_path(name, depth), draw(st.sampled_from(_EQUALITY)), Null())
    if form == "in":
        listed = draw(st.lists(st.one_of(values, st.just(Null())), min_size=1, max_size=3))
        return InValues(_path(name, depth), tuple(listed), draw(st.booleans()))
    value = draw(values)
    ordered = value != String("")
    return Comparison(_path(name, depth), draw(st.sampled_from(operators if ordered else _EQUALITY)), value)


def _several(terms: st.SearchStrategy[Condition]) -> st.SearchStrategy[tuple[Condition, ...]]:
    return st.lists(terms, min_size=2, max_size=3).map(tuple)


_conditions = st.recursive(
    _leaves(), lambda inner: st.one_of(_several(inner).map(And), _several(inner).map(Or), inner.map(Not)), max_leaves=5
)
_guests = st.sampled_from([guest for guest in GUESTS if guest])


@st.composite
def _semi_joins(draw: st.DrawFn) -> Condition:
    where: Condition | None = draw(
        st.one_of(
            st.none(),
            _guests.map(lambda guest: Comparison(FieldPath(("Guest__c",)), Operator.EQUAL, String(guest))),
            st.sampled_from(_EQUALITY).map(
                lambda op: Comparison(FieldPath(("Shop__r", "Kind__c")), op, String("Large"))
            ),
        )
    )
    query = Select((SelectItem(FieldPath(("Shop__c",))),), "Visit__c", where=where)
    return InQuery(FieldPath((draw(st.sampled_from(["Id", "Parent__c"])),)), query, draw(st.booleans()))


@pytest.fixture(scope="module")
def filled() -> Generator[tuple[Session, Rows]]:
    small = small_org()
    rows = load_rows(small)
    yield small.acting("admin"), rows
    small.org.close()


_ID = (SelectItem(FieldPath(("Id",))),)


def _expected(rows: Rows, condition: Condition) -> set[str]:
    return {shop_id for shop_id, row in rows.shops.items() if holds(rows, row, condition)}


def _found(session: Session, select: Select) -> set[str]:
    return {record["Id"] for record in session.query(to_text(select))["records"]}


@given(condition=_conditions)
def test_any_condition_finds_the_rows_that_python_finds(filled: tuple[Session, Rows], condition: Condition) -> None:
    session, rows = filled
    assert _found(session, Select(_ID, "Shop__c", where=condition)) == _expected(rows, condition)


@given(condition=_conditions, semi_join=_semi_joins())
def test_a_semi_join_beside_a_condition_finds_the_same_rows(
    filled: tuple[Session, Rows], condition: Condition, semi_join: Condition
) -> None:
    session, rows = filled
    both = And((semi_join, condition))
    assert _found(session, Select(_ID, "Shop__c", where=both)) == _expected(rows, both)


@given(condition=_conditions)
def test_groups_count_what_python_counts(filled: tuple[Session, Rows], condition: Condition) -> None:
    session, rows = filled
    kind, parent = FieldPath(("Kind__c",)), FieldPath(("Parent__r", "Kind__c"))
    day = Function("DAY_ONLY", FieldPath(("Seen__c",)))
    items = (
        SelectItem(kind),
        SelectItem(parent, "above"),
        SelectItem(day, "day"),
        SelectItem(Function("COUNT", FieldPath(("Id",))), "n"),
    )
    select = Select(items, "Shop__c", where=condition, group_by=(kind, parent, day))
    counted = {
        (record["Kind__c"], record["above"], record["day"]): record["n"]
        for record in session.query(to_text(select))["records"]
    }
    kept = [rows.shops[shop_id] for shop_id in _expected(rows, condition)]
    assert counted == Counter((row["Kind__c"], field_of(rows, row, parent), day_of(row["Seen__c"])) for row in kept)
    total = session.query(to_text(replace(select, items=(SelectItem(Function("COUNT", None)),), group_by=())))
    assert total["totalSize"] == len(kept)
