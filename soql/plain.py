"""The part of SOQL that the statement files may use: what they may not, by name.

The server's own statements stay with what every rule over them (record filters, the schema map, the shape of rows)
reads. A function or an item that is not listed here is refused: default deny.
"""

from __future__ import annotations

from collections.abc import Iterator

from soql.ast import ChildQuery, Fields, Function, GroupMode, Select, SelectItem, TypeOf
from soql.functions import AGGREGATES, CONVERT_TIMEZONE, DATE_FUNCTIONS
from soql.paths import expressions_of
from soql.walk import queries_of

PLAIN_FUNCTIONS = AGGREGATES | DATE_FUNCTIONS | {CONVERT_TIMEZONE}


def exotic(select: Select) -> Iterator[str]:
    """The names of what a statement file may not have, at any depth of the statement; none if it is plain."""
    for query in queries_of(select):
        for item in query.items:
            match item:
                case SelectItem() | ChildQuery():
                    continue
                case Fields(kind):
                    yield f"FIELDS({kind})"
                case TypeOf():
                    yield "TYPEOF"
        for expression in expressions_of(query):
            inner = expression
            while isinstance(inner, Function):
                if inner.name not in PLAIN_FUNCTIONS:
                    yield f"{inner.name}()"
                inner = inner.argument
        if query.also_from:
            yield "FROM with several entries"
        if query.scope is not None:
            yield "USING SCOPE"
        if query.with_ is not None:
            yield "WITH"
        if query.group_mode is not GroupMode.PLAIN:
            yield f"GROUP BY {query.group_mode}"
        yield from (option.value for option in query.options)
