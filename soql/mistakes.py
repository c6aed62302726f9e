"""What is wrong with a text that does not parse: from lark's error to one that a person can act on."""

from __future__ import annotations

import re
from typing import cast

from lark import Token, UnexpectedInput
from lark.parsers.lalr_interactive_parser import InteractiveParser

from soql.ast import Position
from soql.errors import END, SoqlSyntaxError

_PLAIN_NAMES = {
    "ALIAS": "an alias",
    "DIRECTION": "ASC or DESC",
    "FUNCTION": "a function",
    "IN": "IN",
    "INTEGER": "a whole number",
    "LPAR": "'('",
    "NOT_IN": "NOT IN",
    "NULLS": "NULLS FIRST or NULLS LAST",
    "OBJECT": "an object or relationship",
    "OPERATOR": "a comparison operator",
    "PATH": "a field",
    "SELECT": "SELECT",
    "SETS": "INCLUDES or EXCLUDES",
    "STRING": "a string in single quotes",
    "VALUE": "a value",
    "_AND": "AND",
    "_COMMA": "','",
    "_FROM": "FROM",
    "_GROUP_BY": "GROUP BY",
    "_HAVING": "HAVING",
    "_LIKE": "LIKE",
    "_LIMIT": "LIMIT",
    "_NOT": "NOT",
    "_OFFSET": "OFFSET",
    "_OR": "OR",
    "_ORDER_BY": "ORDER BY",
    "_RPAR": "')'",
    "_WHERE": "WHERE",
    "$END": "the end",
}
_ANY_VALUE = frozenset({"STRING", "NUMBER", "CURRENCY", "BOOLEAN", "NULL", "DATE", "DATETIME", "TIME", "DATE_LITERAL"})
"""Terminals that stand in one place together: a list of all of them would hide what is meant."""
_WORD = re.compile(r"'[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'|:?\w+(?:[.:\w-]*\w)?\??|<=|>=|<>|!=|.", re.S)
_MIXED = "AND and OR cannot be mixed without parentheses"


def explain(error: UnexpectedInput, text: str) -> SoqlSyntaxError:
    """Row, column, what was found and what could stand there, in the grammar's order of words a person knows."""
    offset = _offset(error, text)
    position = _position(text, offset)
    match = _WORD.match(text, offset)
    found = match.group() if match else END
    expected = _expected(error)
    where = f"row {position.row}, column {position.column}"
    if found.upper() in ("AND", "OR") and {"AND", "OR"} & set(expected):
        message = f"{where}: found {found}; {_MIXED}"
    elif found == "'":
        message = f"{where}: the string that begins here is not closed on its row"
    else:
        shown = "the end of the statement" if found == END else found
        message = f"{where}: found {shown}, expected {_either(expected)}"
    return SoqlSyntaxError(message, position, found, expected)


def _offset(error: UnexpectedInput, text: str) -> int:
    token: object = getattr(error, "token", None)
    if isinstance(token, Token) and token.type == "$END":
        return len(text.rstrip())
    offset = error.pos_in_stream
    if offset is None or offset < 0:
        return len(text.rstrip())
    return offset


def _position(text: str, offset: int) -> Position:
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - before.rfind("\n"))


def _expected(error: UnexpectedInput) -> tuple[str, ...]:
    parser: object = getattr(error, "interactive_parser", None)
    if not isinstance(parser, InteractiveParser):
        raise AssertionError("lark gave no parser state with its error")
    # The state's own table also lists what only fails after further reductions; accepts() tries each.
    accepted = cast("set[str]", parser.accepts())
    if accepted >= _ANY_VALUE:
        accepted = {"VALUE", *(accepted - _ANY_VALUE - {"BIND"})}
    return tuple(sorted(_PLAIN_NAMES[name] for name in accepted - {"BIND"} if not name.startswith("X_")))


def _either(expected: tuple[str, ...]) -> str:
    if len(expected) < 2:
        return "".join(expected) or "nothing more"
    return f"{', '.join(expected[:-1])} or {expected[-1]}"
