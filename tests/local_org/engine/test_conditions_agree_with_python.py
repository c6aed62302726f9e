"""WHERE, over random conditions, finds what plain Python finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import replace

import pytest
from hypothesis import given

from app.local_org.org import Session
from soql.ast import (
    And,
    Condition,
    FieldPath,
    Function,
    Select,
    SelectItem,
)
from soql.printer import to_text
from tests.local_org.engine.plain_reading import day_of, field_of, holds
from tests.local_org.engine.shop_conditions import conditions, semi_joins
from tests.local_org.engine.shop_rows import Rows, load_rows
from tests.support.small_org import small_org


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


@given(condition=conditions)
def test_any_condition_finds_the_rows_that_python_finds(filled: tuple[Session, Rows], condition: Condition) -> None:
    session, rows = filled
    assert _found(session, Select(_ID, "Shop__c", where=condition)) == _expected(rows, condition)


@given(condition=conditions, semi_join=semi_joins())
def test_a_semi_join_beside_a_condition_finds_the_same_rows(
    filled: tuple[Session, Rows], condition: Condition, semi_join: Condition
) -> None:
    session, rows = filled
    both = And((semi_join, condition))
    assert _found(session, Select(_ID, "Shop__c", where=both)) == _expected(rows, both)


@given(condition=conditions)
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
