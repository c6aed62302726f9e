"""Text in, syntax tree out: `parse`.

The grammar (grammar.lark) is LALR(1) with a contextual lexer, compiled once at import; the tree is built while parsing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

from lark import Lark, Token, UnexpectedInput

from soql.ast import Position, Select
from soql.builder import TreeBuilder
from soql.errors import SoqlRuleError, SoqlSyntaxError
from soql.functions import CANONICAL
from soql.limits import MAX_LENGTH, MAX_NESTING
from soql.mistakes import explain
from soql.walk import binds_of


def parse(text: str, *, binds: bool = False) -> Select:
    """The statement's tree. `binds=True` (statement files) takes `:name` and `:name?`; else a bind is a syntax error.

    Raises SoqlSyntaxError, and SoqlRuleError where only the text can tell (length, nesting, a
    semi-join in parentheses). Other rules: soql.rules.
    """
    if len(text) > MAX_LENGTH:
        raise SoqlRuleError(
            "QUERY_TOO_COMPLICATED", f"A statement has at most {MAX_LENGTH:,} characters", Position(1, 1)
        )
    if text.count("(") > MAX_NESTING:
        _check_nesting(text)
    try:
        select = _read(text)
    except UnexpectedInput as error:
        raise explain(error, text, _LARK) from None
    if not binds and ":" in text:
        for bind in binds_of(select):
            found = f":{bind.name}" + ("?" if bind.optional else "")
            where = f"row {bind.position.row}, column {bind.position.column}"
            message = f"{where}: found {found}, expected a value; a bind stands in a statement file only"
            raise SoqlSyntaxError(message, bind.position, found, ("a value",))
    return select


_QUIET = re.compile(r"'[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'|[^()']+|'", re.S)


def _check_nesting(text: str) -> None:
    depth = 0
    for paren in _QUIET.sub("", text):
        depth += 1 if paren == "(" else -1
        if depth > MAX_NESTING:
            raise SoqlRuleError("QUERY_TOO_COMPLICATED", f"More than {MAX_NESTING} nested parentheses", Position(1, 1))


def _check_function(token: Token) -> Token:
    # Here, and not in the tree builder: what stands in an unknown function need not be an expression of the grammar.
    name = str(token).rstrip("( \t\r\n\f").lower()
    if name not in CANONICAL:
        position = Position(token.line or 1, token.column or 1)
        expected = ("a field", *sorted(f"{name}()" for name in CANONICAL.values()))
        found = str(token)[: len(name)]
        message = f"row {position.row}, column {position.column}: there is no function {found}()"
        raise SoqlSyntaxError(message, position, found, expected)
    return token


_LARK = Lark(
    (Path(__file__).parent / "grammar.lark").read_text(),
    parser="lalr",
    lexer="contextual",
    transformer=TreeBuilder(),
    lexer_callbacks={"FUNCTION": _check_function},
    g_regex_flags=re.IGNORECASE | re.ASCII,
    maybe_placeholders=True,
)
# lark types every result as its own Tree; with a transformer it is what the transformer returns.
_read = cast("Callable[[str], Select]", _LARK.parse)  # pyright: ignore[reportUnknownMemberType]
