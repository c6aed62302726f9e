"""The literals of SOQL, from token to value. Source: "SOQL and SOSL Reference", Date Formats and Date Literals."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

from lark import Token

from soql.ast import (
    Bind,
    Boolean,
    Currency,
    Date,
    DateLiteral,
    DateTime,
    Null,
    Number,
    Pattern,
    Position,
    String,
    Time,
    Value,
)
from soql.errors import SoqlSyntaxError
from soql.strings import BadEscape, decode, decode_pattern


def value_of(token: Token) -> Value:
    """The value that a literal's token stands for. Raises SoqlSyntaxError (no such day, a bad escape)."""
    text = str(token)
    match token.type:
        case "STRING":
            return String(string_of(token))
        case "NUMBER":
            return Number(Decimal(text))
        case "CURRENCY":
            return Currency(text[:3].upper(), Decimal(text[3:]))
        case "BOOLEAN":
            return Boolean(text.lower() == "true")
        case "NULL":
            return Null()
        case "DATE" | "DATETIME" | "TIME":
            return _moment(token)
        case "DATE_LITERAL":
            name, _, n = text.upper().partition(":")
            return DateLiteral(name, int(n) if n else None)
        case "BIND":
            return bind_of(token)
        case _:
            raise AssertionError(f"the grammar has a literal that is not read here: {token.type}")


def bind_of(token: Token) -> Bind:
    """`:name` or `:name?`."""
    text = str(token)
    return Bind(text[1:].rstrip("?"), text.endswith("?"), position_of(token))


def pattern_of(token: Token) -> Pattern:
    """A string's token as the right side of LIKE. Raises SoqlSyntaxError."""
    try:
        return Pattern(decode_pattern(str(token)[1:-1]))
    except BadEscape as error:
        raise _bad_escape(token, error) from None


def position_of(token: Token) -> Position:
    """Where the token begins."""
    return Position(token.line or 1, token.column or 1)


def string_of(token: Token) -> str:
    """The text of a string's token. Raises SoqlSyntaxError."""
    try:
        return decode(str(token)[1:-1])
    except BadEscape as error:
        raise _bad_escape(token, error) from None


def _bad_escape(token: Token, error: BadEscape) -> SoqlSyntaxError:
    # A string has no line break inside, so the row is the token's.
    position = Position(token.line or 1, (token.column or 1) + 1 + error.offset)
    where = f"row {position.row}, column {position.column}"
    expected = ("an escape sequence such as \\' or \\\\",)
    message = f"{where}: found {error.escape} in a string, expected {expected[0]}"
    return SoqlSyntaxError(message, position, error.escape, expected)


def _moment(token: Token) -> Value:
    text = str(token).upper()
    try:
        if token.type == "DATE":
            return Date(date.fromisoformat(text))
        if token.type == "TIME":
            return Time(time.fromisoformat(text).replace(tzinfo=None))
        return DateTime(datetime.fromisoformat(text).astimezone(UTC))
    except (ValueError, OverflowError):
        kind = {"DATE": "date", "TIME": "time", "DATETIME": "date and time"}[token.type]
        position = position_of(token)
        expected = (f"a {kind} that exists",)
        message = f"row {position.row}, column {position.column}: found {token}, expected {expected[0]}"
        raise SoqlSyntaxError(message, position, str(token), expected) from None
