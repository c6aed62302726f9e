"""How SQLite goes about a compiled statement: for tests and benchmarks, which hold it to its indexes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from app.local_org.engine.plans import PARENTS, Plan, RowsPlan

_ALIASED = re.compile(r'(?:FROM|JOIN) "(?P<table>[^"]+)" (?P<alias>\w+)')


def steps(connection: sqlite3.Connection, plan: Plan, params: Mapping[str, Any]) -> Iterator[str]:
    """Each step of the query plan, that of its child queries too, with tables by their names:
    `SEARCH Account USING INDEX …` or `SCAN Account`."""
    tables = {found["alias"]: found["table"] for found in _ALIASED.finditer(plan.sql)}
    for row in connection.execute(f"EXPLAIN QUERY PLAN {plan.sql}", {PARENTS: "[]", **params}):
        verb, _, rest = str(row[3]).partition(" ")
        alias, _, how = rest.partition(" ")
        yield f"{verb} {tables.get(alias, alias)} {how}".rstrip()
    if isinstance(plan, RowsPlan):
        for child in plan.children:
            yield from steps(connection, child.rows, params)
