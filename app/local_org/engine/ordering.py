"""One term of ORDER BY as SQL."""

from __future__ import annotations

from soql.ast import OrderBy


def ordered_sql(sql: str, order: OrderBy) -> str:
    """Nulls come first in both directions unless the statement says otherwise."""
    nulls = "LAST" if order.nulls_first is False else "FIRST"
    return f"{sql} {'DESC' if order.descending else 'ASC'} NULLS {nulls}"
