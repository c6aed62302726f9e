"""Bad text is refused with row, column, what was found and what was expected."""

from __future__ import annotations

import pytest

from soql.ast import Position
from soql.errors import END, SoqlError, SoqlRuleError, SoqlSyntaxError, caret_block
from soql.functions import CANONICAL
from soql.limits import MAX_LENGTH, MAX_NESTING
from soql.parser import parse

ITEM = ("'('", "a field", "a function")
AFTER_WHERE = ("AND", "GROUP BY", "LIMIT", "OFFSET", "OR", "ORDER BY", "the end")

AFTER_FROM = ("','", "GROUP BY", "LIMIT", "OFFSET", "ORDER BY", "WHERE", "an alias", "the end")
AFTER_ORDER = ("','", "ASC or DESC", "LIMIT", "NULLS FIRST or NULLS LAST", "OFFSET", "the end")
FUNCTIONS = ("a field", *sorted(f"{name}()" for name in CANONICAL.values()))

SYNTAX: list[tuple[str, int, int, str, tuple[str, ...]]] = [
    ("", 1, 1, END, ("SELECT",)),
    ("   \n", 1, 1, END, ("SELECT",)),
    ("UPDATE Account", 1, 1, "UPDATE", ("SELECT",)),
    ("SELECT", 1, 7, END, ITEM),
    ("SELECT FROM Account", 1, 8, "FROM", ITEM),
    ("SELECT Id, FROM Account", 1, 12, "FROM", ITEM),
    ("SELECT * FROM Account", 1, 8, "*", ITEM),
    ("SELECT Id", 1, 10, END, ("','", "FROM", "an alias")),
    ("SELECT Id Name Email FROM Account", 1, 16, "Email", ("','", "FROM")),
    ("SELECT Id FROM", 1, 15, END, ("an object or relationship",)),
    ("SELECT Id FROM WHERE Name = 'a'", 1, 16, "WHERE", ("an object or relationship",)),
    ("SELECT Id FROM Account WHERE", 1, 29, END, ("'('", "NOT", "a field", "a function")),
    ("SELECT Id\nFROM Account\nWHERE Name = 'a'\n  AND", 4, 6, END, ("'('", "a field", "a function")),
    ("SELECT Id FROM Account WHERE Name = Bob", 1, 37, "Bob", ("a value",)),
    ('SELECT Id FROM Account WHERE Name = "Bob"', 1, 37, '"', ("a value",)),
    ("SELECT Id FROM Account WHERE Name LIKE 5", 1, 40, "5", ("a string in single quotes",)),
    ("SELECT Id FROM Account WHERE Name IN 'a'", 1, 38, "'a'", ("'('",)),
    ("SELECT Id FROM Account WHERE Name IN ()", 1, 39, ")", ("SELECT", "a value")),
    ("SELECT Id FROM Account WHERE Tags INCLUDES (1)", 1, 45, "1", ("a string in single quotes",)),
    ("SELECT Id FROM Account WHERE COUNT(Id) INCLUDES ('a')", 1, 30, "COUNT", ("a field",)),
    ("SELECT Id FROM Account WHERE Name == 'a'", 1, 36, "=", ("a value",)),
    ("SELECT Id FROM Account WHERE (Name = 'a'", 1, 41, END, ("')'", "AND", "OR")),
    ("SELECT Id FROM Account WHERE Name = 'a')", 1, 40, ")", AFTER_WHERE),
    ("SELECT Id FROM Account WHERE Name = 'it's'", 1, 41, "s", AFTER_WHERE),
    ("SELECT Id FROM Account ORDER Name", 1, 24, "ORDER", AFTER_FROM),
    ("SELECT Id FROM Account ORDER BY Name UP", 1, 38, "UP", AFTER_ORDER),
    ("SELECT Id FROM Account LIMIT -1", 1, 30, "-1", ("a whole number",)),
    ("SELECT Id FROM Account LIMIT 'a'", 1, 30, "'a'", ("a whole number",)),
    ("SELECT Id FROM Account OFFSET 5 LIMIT 1", 1, 33, "LIMIT", ("the end",)),
    ("SELECT Id FROM Account LIMIT 1 WHERE Name = 'a'", 1, 32, "WHERE", ("OFFSET", "the end")),
    ("SELECT Id FROM Account; DROP", 1, 23, ";", AFTER_FROM),
    ("SELECT Id FROM Account WHERE A = 1 AND NOT B = 2", 1, 40, "NOT", ("'('", "a field", "a function")),
    ("SELECT Näme FROM Account", 1, 9, "äme", ("','", "FROM", "an alias")),
    ("\uff33ELECT Id FROM Account", 1, 1, "ＳELECT", ("SELECT",)),
    ("SELECT Id FROM Account WHERE A = 2026-02-30", 1, 34, "2026-02-30", ("a date that exists",)),
    (
        "SELECT Id FROM Account WHERE A = 2026-02-03T25:00:00Z",
        1,
        34,
        "2026-02-03T25:00:00Z",
        ("a date and time that exists",),
    ),
    (
        "SELECT Id FROM Account WHERE A = 0001-01-01T00:00:00+05:00",
        1,
        34,
        "0001-01-01T00:00:00+05:00",
        ("a date and time that exists",),
    ),
    ("SELECT Id FROM Account WHERE A = 10:61:00Z", 1, 34, "10:61:00Z", ("a time that exists",)),
    ("SELECT Id FROM Account WHERE A = 2026-02-03T10:00:00", 1, 34, "2026-02-03T10:00:00", ("a value",)),
    ("SELECT Id FROM Account WHERE A = LAST_N_DAYS", 1, 34, "LAST_N_DAYS", ("a value",)),
    ("SELECT Id FROM Account WHERE A = TODAY:3", 1, 34, "TODAY:3", ("a value",)),
    ("SELECT Id FROM Account WHERE A = 1.2.3", 1, 34, "1.2.3", ("a value",)),
    ("SELECT Id FROM Account WHERE A = 'a\\qb'", 1, 36, "\\q", ("an escape sequence such as \\' or \\\\",)),
    ("SELECT Id FROM Account WHERE A = 'a\\%b'", 1, 36, "\\%", ("an escape sequence such as \\' or \\\\",)),
    ("SELECT Id FROM Account WHERE A = '\\u12'", 1, 35, "\\u", ("an escape sequence such as \\' or \\\\",)),
    (
        "SELECT Id FROM Account WHERE A = '\\ud83d'",
        1,
        35,
        "half of a surrogate pair",
        ("an escape sequence such as \\' or \\\\",),
    ),
    ("SELECT Id FROM Account WHERE A = :name", 1, 34, ":name", ("a value",)),
    ("SELECT Id FROM Account\nWHERE A IN :names?", 2, 12, ":names?", ("a value",)),
    ("SELECT Id FROM Account LIMIT :n", 1, 30, ":n", ("a value",)),
    ("SELECT Id FROM A WHERE Id IN (SELECT B FROM C WHERE D = :d)", 1, 57, ":d", ("a value",)),
    ("SELECT MEDIAN(Amount) FROM Account", 1, 8, "MEDIAN", FUNCTIONS),
]


@pytest.mark.parametrize(("text", "row", "column", "found", "expected"), SYNTAX)
def test_bad_text_says_where_what_and_what_instead(
    text: str, row: int, column: int, found: str, expected: tuple[str, ...]
) -> None:
    with pytest.raises(SoqlSyntaxError) as refused:
        parse(text)
    error = refused.value
    assert (error.position, error.found) == (Position(row, column), found)
    assert error.expected == expected
    assert f"row {row}, column {column}" in error.message
    assert error.code == "MALFORMED_QUERY"


def test_the_message_is_a_sentence_for_people() -> None:
    with pytest.raises(SoqlSyntaxError) as refused:
        parse("SELECT Id FROM Account WHERE Name")
    assert refused.value.message == (
        "row 1, column 34: found the end of the statement, "
        "expected IN, INCLUDES or EXCLUDES, LIKE, NOT IN or a comparison operator"
    )


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("SELECT Id FROM A WHERE B = 1 AND C = 2 OR D = 3", 40),
        ("SELECT Id FROM A WHERE B = 1 OR C = 2 AND D = 3", 39),
        ("SELECT Id FROM A WHERE (B = 1 OR C = 2 AND D = 3)", 40),
        ("SELECT B, COUNT(Id) FROM A GROUP BY B HAVING COUNT(Id) > 1 AND MAX(C) > 2 OR MAX(D) > 3", 75),
    ],
)
def test_and_and_or_do_not_mix_without_parentheses(text: str, column: int) -> None:
    with pytest.raises(SoqlSyntaxError, match="AND and OR cannot be mixed without parentheses") as refused:
        parse(text)
    assert refused.value.position == Position(1, column)


def test_not_comes_first_or_in_parentheses() -> None:
    """Salesforce: `unexpected token: 'NOT'` (jetstreamapp/soql-parser-js issue 201)."""
    with pytest.raises(SoqlSyntaxError, match="NOT comes first in WHERE or in parentheses") as refused:
        parse("SELECT Id FROM A WHERE B = 1 AND NOT C = 2")
    assert (refused.value.position, refused.value.found) == (Position(1, 34), "NOT")
    assert parse("SELECT Id FROM A WHERE B = 1 AND (NOT C = 2)").where is not None


def test_a_string_without_an_end_is_told_by_its_beginning() -> None:
    for text in (
        "SELECT Id FROM A WHERE B = 'abc",
        "SELECT Id FROM A WHERE B = 'abc\\'",
        "SELECT Id FROM A WHERE B = 'a\nb'",
    ):
        with pytest.raises(SoqlSyntaxError, match="row 1, column 28: the string that begins here is not closed"):
            parse(text)


NO_SOQL: list[tuple[str, int, str]] = [
    ("SELECT Id FROM A WITH NETWORK = '0DB000000000001'", 18, "WITH"),
    ("SELECT Id FROM A WITH DATA", 18, "WITH"),
    ("SELECT Id FROM A FOR EACH", 18, "FOR"),
    ("SELECT Id FROM A GROUP BY B, ROLLUP(C)", 30, "ROLLUP"),
    ("SELECT FIELDS(SOME) FROM A", 8, "FIELDS"),
    ("SELECT TYPEOF What WHEN A THEN B FROM Event", 34, "FROM"),
    ("SELECT TYPEOF What WHEN A THEN END FROM Event", 36, "FROM"),
    ("SELECT Id FROM A WHERE DISTANCE(GEOLOCATION(1, 2), GEOLOCATION(3, 4), 'mi') < 1", 24, "GEOLOCATION"),
    ("SELECT Id FROM A WHERE B > GEOLOCATION(1, 2)", 28, "GEOLOCATION"),
]


@pytest.mark.parametrize(("text", "column", "found"), NO_SOQL)
def test_what_only_looks_like_seldom_used_language_is_bad_text(text: str, column: int, found: str) -> None:
    with pytest.raises(SoqlSyntaxError) as refused:
        parse(text)
    assert (refused.value.position, refused.value.found) == (Position(1, column), found)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("SELECT Id FROM A WHERE (Id IN (SELECT A FROM B))", 24),
        ("SELECT Id FROM A WHERE C = 1 AND (D = 1 OR Id IN (SELECT A FROM B))", 34),
        ("SELECT Id FROM A WHERE (C = 1 AND Id NOT IN (SELECT A FROM B))", 24),
    ],
)
def test_a_semi_join_in_parentheses_is_refused(text: str, column: int) -> None:
    with pytest.raises(SoqlRuleError, match="parentheses") as refused:
        parse(text)
    assert refused.value.position == Position(1, column)


def test_text_that_is_too_long_is_refused() -> None:
    fits = "SELECT Id FROM A".ljust(MAX_LENGTH)
    assert parse(fits).from_ == "A"
    with pytest.raises(SoqlRuleError, match="100,000 characters"):
        parse(fits + " ")


def test_deep_nesting_is_refused_before_it_can_hurt() -> None:
    for opening in ("(", "(NOT ", "(A = 1 AND "):
        text = "SELECT Id FROM A WHERE " + opening * 5_000 + "B = 1" + ")" * 5_000
        with pytest.raises(SoqlRuleError, match=f"More than {MAX_NESTING} nested parentheses"):
            parse(text)
    quoted = "SELECT Id FROM A WHERE B = '" + "(" * 5_000 + "\\''"
    assert parse(quoted).where is not None
    side_by_side = "SELECT Id FROM A WHERE " + " OR ".join(["(B = 1 AND C = 2)"] * 500)
    assert parse(side_by_side).where is not None


@pytest.mark.parametrize(
    "junk", ["\x00", "SELECT \x00", "😀", "'", "\\", "SELECT Id FROM A -- comment", "{}", "SELECT ((((((", ":"]
)
def test_no_text_breaks_the_parser_itself(junk: str) -> None:
    with pytest.raises(SoqlError):
        parse(junk)


def test_the_caret_block_has_salesforces_form() -> None:
    text = "SELECT Id, Foo__c FROM Bar__c"
    assert caret_block(text, Position(1, 12)) == (
        "\nSELECT Id, Foo__c FROM Bar__c\n           ^\nERROR at Row:1:Column:12\n"
    )


def test_the_caret_block_shows_the_row_of_the_position() -> None:
    text = "SELECT Id\nFROM Bar__c\nWHERE Foo__c = 1"
    assert caret_block(text, Position(3, 7)) == "\nWHERE Foo__c = 1\n      ^\nERROR at Row:3:Column:7\n"


def test_the_caret_block_cuts_long_rows_around_the_caret() -> None:
    text = "SELECT " + "A" * 100 + ", Foo__c FROM " + "B" * 100 + " WHERE Id = null"
    block = caret_block(text, Position(1, 110)).split("\n")
    assert block[1] == "A" * 100 + ", Foo__c FROM " + "B" * 100
    assert block[1][block[2].index("^") :].startswith("Foo__c")


@pytest.mark.parametrize(
    ("text", "column", "shown"),
    [
        (
            "SELECT Id, DeveloperName, Description, NamespacePrefix, Status FROM PermissionSetGroup",
            69,
            " NamespacePrefix, Status FROM PermissionSetGroup",
        ),
        (
            "SELECT id,name,type FROM Account WHERE Is_this_a_food_pantry__c = '{{true}}'",
            40,
            "id,name,type FROM Account WHERE Is_this_a_food_pantry__c = '{{true}}'",
        ),
        (
            "            WHERE Name LIKE :key AND Picture__c != NULL",
            19,
            "            WHERE Name LIKE :key AND Picture__c !=",
        ),
    ],
)
def test_the_caret_block_cuts_where_captured_ones_are_cut(text: str, column: int, shown: str) -> None:
    assert caret_block(text, Position(1, column)).split("\n")[1] == shown
