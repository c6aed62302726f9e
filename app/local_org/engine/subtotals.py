"""GROUP BY ROLLUP and CUBE: a row for each group, and rows of subtotals in which the fields summed over are null.

SQLite has neither, so each set of grouped fields is a SELECT of its own, and the statement reads their union. Source:
SOQL and SOSL Reference, GROUP BY ROLLUP, GROUP BY CUBE, GROUPING(fieldName).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from app.local_org.engine.expressions import Typed, typed
from app.local_org.engine.functions import COLLATION
from app.local_org.engine.names import TEXTS
from app.local_org.engine.scope import Scope
from app.local_org.errors import ApiError, Unsupported
from app.local_org.schema.model import FieldType
from soql.ast import Expression, Function, GroupMode
from soql.functions import GROUPING, WRAPPERS
from soql.grouping_rules import is_aggregate


class Subtotals:
    """Gathers the aggregates that a statement names; then `rows` is the union that has them all as columns."""

    def __init__(self, scope: Scope, mode: GroupMode, grouped: list[Typed]) -> None:
        self._scope = scope
        self._mode = mode
        self._grouped = grouped
        self._aggregates: list[Typed] = []

    def resolve(self, expression: Expression) -> Typed:
        """A group, an aggregate or GROUPING() as a column of the union; MALFORMED_QUERY for what is none of them."""
        if isinstance(expression, Function) and expression.name in WRAPPERS:
            raise Unsupported(f"the function {expression.name}() in a query with aggregates")
        if isinstance(expression, Function) and expression.name == GROUPING and expression.argument is not None:
            return Typed(f"f{self._index(expression.argument)}", FieldType.INT, GROUPING)
        if not is_aggregate(expression):
            index = self._index(expression)
            return self._column(f"g{index}", self._grouped[index])
        found = typed(self._scope, expression)
        index = next((n for n, known in enumerate(self._aggregates) if known.sql == found.sql), None)
        if index is None:
            index = len(self._aggregates)
            self._aggregates.append(found)
        return self._column(f"a{index}", found)

    def rows(self, source: str) -> str:
        """The union; `source` is the statement's FROM and WHERE."""
        return " UNION ALL ".join(self._rows_of(held, source) for held in self._sets())

    def _sets(self) -> Iterator[frozenset[int]]:
        count = len(self._grouped)
        if self._mode is GroupMode.ROLLUP:
            yield from (frozenset(range(size)) for size in range(count, -1, -1))
        else:
            for size in range(count, -1, -1):
                yield from (frozenset(held) for held in combinations(range(count), size))

    def _rows_of(self, held: frozenset[int], source: str) -> str:
        columns = [f"{each.sql if n in held else 'NULL'} AS g{n}" for n, each in enumerate(self._grouped)]
        columns += [f"{int(n not in held)} AS f{n}" for n in range(len(self._grouped))]
        columns += [f"{each.sql} AS a{n}" for n, each in enumerate(self._aggregates)]
        # The count makes one row of the grand total, whatever else is asked.
        columns.append("COUNT(*)")
        group_by = ", ".join(each.sql for n, each in enumerate(self._grouped) if n in held)
        return f"SELECT {', '.join(columns)}{source}{f' GROUP BY {group_by}' if group_by else ''}"

    def _index(self, expression: Expression) -> int:
        found = typed(self._scope, expression)
        for index, each in enumerate(self._grouped):
            if each.sql == found.sql:
                return index
        raise ApiError(400, "MALFORMED_QUERY", f"Field must be grouped or aggregated: {found.name}")

    def _column(self, name: str, found: Typed) -> Typed:
        """The union forgets how text compares."""
        sql = f"({name} COLLATE {COLLATION})" if found.type in TEXTS else name
        return replace(found, sql=sql)
