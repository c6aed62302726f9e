"""ORDER BY, LIMIT and OFFSET, over random rows, give the rows in the order in which plain Python sorts them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local_org.org import Session
from soql.ast import FieldPath, OrderBy, Select, SelectItem
from soql.printer import to_text
from tests.local_org.engine.plain_reading import field_of
from tests.local_org.engine.shop_rows import Rows, load_rows
from tests.support.small_org import small_org

_PATHS = [
    FieldPath(parts)
    for parts in (("Name",), ("Floors__c",), ("Size__c",), ("Opened__c",), ("Seen__c",), ("Parent__r", "Name"))
]
_orders = st.lists(
    st.builds(OrderBy, st.sampled_from(_PATHS), st.booleans(), st.sampled_from([None, True, False])),
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module")
def filled() -> Generator[tuple[Session, Rows]]:
    small = small_org()
    rows = load_rows(small)
    yield small.acting("admin"), rows
    small.org.close()


def _sorted(rows: Rows, orders: list[OrderBy]) -> list[str]:
    """Ids in order: by the last term first, since Python's sort keeps equal rows as they stand."""
    ids = sorted(rows.shops)
    for order in reversed(orders):
        values = {shop_id: _value(rows, shop_id, order) for shop_id in ids}
        known = sorted((i for i in ids if values[i] is not None), key=lambda i: values[i], reverse=order.descending)
        empty = [shop_id for shop_id in ids if values[shop_id] is None]
        ids = known + empty if order.nulls_first is False else empty + known
    return ids


def _value(rows: Rows, shop_id: str, order: OrderBy) -> Any:
    assert isinstance(order.expression, FieldPath)
    value = field_of(rows, rows.shops[shop_id], order.expression)
    return value.lower() if isinstance(value, str) else value


@given(orders=_orders, limit=st.integers(1, 80), offset=st.integers(0, 70))
def test_rows_come_in_pythons_order(
    filled: tuple[Session, Rows], orders: list[OrderBy], limit: int, offset: int
) -> None:
    session, rows = filled
    by_id = OrderBy(FieldPath(("Id",)))
    # Python's reverse keeps equal rows in their order, so the id decides ties upwards in both.
    select = Select(
        (SelectItem(FieldPath(("Id",))),), "Shop__c", order_by=(*orders, by_id), limit=limit, offset=offset or None
    )
    body = session.query(to_text(select))
    expected = _sorted(rows, orders)[offset : offset + limit]
    assert [record["Id"] for record in body["records"]] == expected
    assert body["totalSize"] == len(expected)
