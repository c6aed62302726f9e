"""What is wrong with a text that does not parse: from lark's error to one that a person can act on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, cast

from lark import Lark, Token, UnexpectedInput
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
_WORD = re.compile(r"'[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'|:?[+-]?\w+(?:[.:\w-]*\w)?\??|<=|>=|<>|!=|.", re.S)
_MIXED = "AND and OR cannot be mixed without parentheses"
_NOT_FIRST = "NOT comes first in WHERE or in parentheses: A = 1 AND (NOT B = 2)"


def explain(error: UnexpectedInput, text: str, lark: Lark) -> SoqlSyntaxError:
    """Row, column, what was found and what could stand there, in words of SOQL and not of the grammar."""
    end = len(text.rstrip())
    token: object = getattr(error, "token", None)
    at_end = isinstance(token, Token) and token.type == "$END"
    offset = end if at_end else min(error.pos_in_stream or 0, end)
    position = _position(text, offset)
    match = _WORD.match(text, offset, end)
    found = match.group() if match else END
    expected = _expected(text, lark)
    where = f"row {position.row}, column {position.column}"
    if found.upper() in ("AND", "OR") and {"AND", "OR"} & set(expected):
        message = f"{where}: found {found}; {_MIXED}"
    elif found.upper() == "NOT" and "a field" in expected:
        message = f"{where}: found {found}; {_NOT_FIRST}"
    elif found == "'":
        message = f"{where}: the string that begins here is not closed on its row"
    else:
        shown = "the end of the statement" if found == END else found
        message = f"{where}: found {shown}, expected {_either(expected)}"
    return SoqlSyntaxError(message, position, found, expected)


def _position(text: str, offset: int) -> Position:
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - before.rfind("\n"))


def _expected(text: str, lark: Lark) -> tuple[str, ...]:
    # The parser may reduce before it notices that a token is wrong, and then knows only what could follow the
    # reduction. So count the good tokens, and ask a second parser that has seen these and nothing else.
    good = 0
    parser = _interactive(lark, text)
    with suppress(UnexpectedInput):
        for token in _tokens(parser):
            parser.feed_token(token)
            good += 1
    parser = _interactive(lark, text)
    for token in islice(_tokens(parser), good):
        parser.feed_token(token)
    accepted = cast("set[str]", parser.accepts()) - {"BIND"}
    if accepted >= _ANY_VALUE:
        accepted = {"VALUE", *(accepted - _ANY_VALUE)}
    return tuple(sorted(_PLAIN_NAMES[name] for name in accepted if not name.lstrip("_").startswith("X_")))


def _interactive(lark: Lark, text: str) -> InteractiveParser:
    start = cast("Callable[[str], InteractiveParser]", lark.parse_interactive)  # pyright: ignore[reportUnknownMemberType]
    return start(text)


def _tokens(parser: InteractiveParser) -> Iterator[Token]:
    # Contextual: which token comes next depends on those that the parser was fed with before.
    return cast("Any", parser.lexer_thread).lex(cast("Any", parser).parser_state)


def _either(expected: tuple[str, ...]) -> str:
    if len(expected) < 2:
        return "".join(expected) or "nothing more"
    return f"{', '.join(expected[:-1])} or {expected[-1]}"
