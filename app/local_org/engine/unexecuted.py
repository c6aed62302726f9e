"""Clauses that the REST API refuses, and those that it runs and the local org does not: both refused by name.

Source: `ALL ROWS not allowed in this context` was captured (superfell/SoqlX issue 25). That FOR UPDATE and the modes
are Apex's alone is documented; their texts are made like that one ([BG], unconfirmed).
"""

from __future__ import annotations

from app.local_org.engine.scope import Statement
from app.local_org.errors import Unsupported
from soql.ast import Option, Select
from soql.walk import queries_of

_NO_EFFECT = frozenset({Option.FOR_VIEW, Option.FOR_REFERENCE})
"""They date what was seen last, in fields and lists that no object of this org has."""


def refuse_unexecuted(statement: Statement, select: Select) -> None:
    """Raises ApiError MALFORMED_QUERY for what a real org refuses, Unsupported for what it would run."""
    for query in queries_of(select):
        for option in query.options:
            if option in _NO_EFFECT or (option is Option.ALL_ROWS and statement.all_rows):
                continue
            if option in (Option.ALL_ROWS, Option.FOR_UPDATE):
                message = f"{option} not allowed in this context"
                raise statement.refuse(query.position, "MALFORMED_QUERY", message)
            raise Unsupported(f"SOQL's {option}, which is for articles")
        if query.with_ is None:
            continue
        if query.with_.mode is not None:
            message = f"WITH {query.with_.mode} not allowed in this context"
            raise statement.refuse(query.with_.position, "MALFORMED_QUERY", message)
        if query.with_.categories:
            raise Unsupported("SOQL's WITH DATA CATEGORY, which is for articles and questions")
        raise Unsupported("SOQL's WITH RecordVisibilityContext")
