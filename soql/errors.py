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


SHOWN = 30
"""Characters of a long row on each side of the caret, before the words at both ends are made whole."""


def caret_block(text: str, position: Position) -> str:
    """The lines that Salesforce puts before an error's own message; source: captured from real orgs.

    A line break, the row of the text, a caret under the column, `ERROR at Row:r:Column:c` and a line break. Of a long
    row it shows 30 characters on each side, and the whole of the words that they end in: so the captures of OrgCheck
    #111, SwiftlySalesforce #138, SalesforceSharp #4, n8n #3514, lwc-recipes #926, forcedotcom/cli #1356,
    simple-salesforce #73 and jetstream #110 have it.
    """
    rows = text.split("\n")
    row = rows[position.row - 1].rstrip("\r") if 0 < position.row <= len(rows) else ""
    column = max(position.column, 1)
    start, end = max(column - 1 - SHOWN, 0), min(column - 1 + SHOWN, len(row))
    while 0 < start < len(row) and not row[start].isspace() and not row[start - 1].isspace():
        start -= 1
    while 0 < end < len(row) and not row[end].isspace():
        end += 1
    shown = row[start:end].replace("\t", " ")
    return f"\n{shown}\n{' ' * (column - 1 - start)}^\nERROR at Row:{position.row}:Column:{column}\n"
