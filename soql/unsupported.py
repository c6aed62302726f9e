"""Language that Salesforce takes and we do not: each construct is recognised, so that the refusal can name it."""

from __future__ import annotations

import re
from typing import NoReturn

from lark import Token

from soql.ast import Position
from soql.errors import SoqlUnsupported

CLAUSES = ("X_TYPEOF", "X_USING_SCOPE", "X_WITH", "X_ROLLUP", "X_FOR", "X_UPDATE", "X_ALL_ROWS")
"""The grammar's terminals that begin such a construct."""

FUNCTIONS = {
    "tolabel": "toLabel()",
    "format": "FORMAT()",
    "fields": "FIELDS()",
    "distance": "DISTANCE()",
    "geolocation": "GEOLOCATION()",
    "convertcurrency": "convertCurrency()",
    "grouping": "GROUPING()",
}
"""The functions, by name in lower case."""


def refuse_clause(token: Token) -> NoReturn:
    """Raises SoqlUnsupported for a terminal of CLAUSES."""
    words = re.sub(r"\s+", " ", str(token)).upper()
    refuse(f"GROUP BY {words}" if token.type == "X_ROLLUP" else words, token)


def refuse(construct: str, token: Token) -> NoReturn:
    """Raises SoqlUnsupported at the token."""
    position = Position(token.line or 1, token.column or 1)
    message = f"{construct} is not supported (row {position.row}, column {position.column})"
    raise SoqlUnsupported(message, position, construct)
