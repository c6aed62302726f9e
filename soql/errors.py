"""What can be wrong with a statement: its text, language that we do not take, SOQL's own rules, its bound values."""

from __future__ import annotations

from soql.ast import NOWHERE, Position

END = "<EOF>"
"""`SoqlSyntaxError.found` when the text ends too early (Salesforce's own word for it)."""


class SoqlError(Exception):
    """The root of this package's errors. `code` is the errorCode that Salesforce answers with."""

    code = "MALFORMED_QUERY"

    def __init__(self, message: str, position: Position = NOWHERE) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class SoqlSyntaxError(SoqlError):
    """The text is no SOQL. `found` is the offending text as written (END at the end), `expected` names in plain words
    what could stand there instead."""

    def __init__(self, message: str, position: Position, found: str, expected: tuple[str, ...]) -> None:
        super().__init__(message, position)
        self.found = found
        self.expected = expected


class SoqlRuleError(SoqlError):
    """Good text that breaks one of SOQL's own rules or limits."""

    def __init__(self, code: str, message: str, position: Position = NOWHERE) -> None:
        super().__init__(message, position)
        self.code = code


class BindError(SoqlError):
    """A value is missing, of the wrong kind, or meant for no bind of the statement. A fault of the caller's code."""


class StatementError(SoqlError):
    """A statement file cannot be taken: its header or its SOQL is wrong. The message begins with the file's name."""


def caret_block(text: str, position: Position) -> str:
    """The lines that Salesforce puts before an error's own message; source: salesforce.md section 4.

    A line break, the row of the text, a caret under the column, `ERROR at Row:r:Column:c` and a line break. Salesforce
    shows the neighbourhood of long rows only, so a row is cut to 60 characters on each side.
    """
    rows = text.split("\n")
    row = rows[position.row - 1].rstrip("\r") if 0 < position.row <= len(rows) else ""
    column = max(position.column, 1)
    start = max(column - 1 - 60, 0)
    shown = row[start : column - 1 + 60].replace("\t", " ")
    return f"\n{shown}\n{' ' * (column - 1 - start)}^\nERROR at Row:{position.row}:Column:{column}\n"
