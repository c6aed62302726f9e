"""What the language takes, and the tree and text that come of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from soql.ast import (
    And,
    Boolean,
    ChildQuery,
    Comparison,
    Currency,
    Date,
    DateLiteral,
    DateTime,
    FieldPath,
    Function,
    Includes,
    InQuery,
    InValues,
    Null,
    Number,
    Operator,
    OrderBy,
    Pattern,
    Position,
    Select,
    SelectItem,
    String,
    Time,
    Value,
    Wildcard,
)
from soql.parser import parse
from soql.printer import to_pretty, to_text


def path(text: str) -> FieldPath:
    return FieldPath(tuple(text.split(".")))


def fields(*names: str) -> tuple[SelectItem, ...]:
    return tuple(SelectItem(path(name)) for name in names)


def test_a_plain_statement_becomes_its_tree() -> None:
    assert parse("SELECT Id, Account.Owner.Name FROM Contact c") == Select(
        fields("Id", "Account.Owner.Name"), "Contact", "c"
    )


def test_a_child_query_names_its_relationship() -> None:
    select = parse("SELECT Id, (SELECT Email FROM Attendees__r WHERE Role__c = 'Guest' LIMIT 5) FROM Meeting__c")
    child = select.items[1]
    assert isinstance(child, ChildQuery)
    assert (child.query.from_, child.query.limit) == ("Attendees__r", 5)


def test_semi_and_anti_joins() -> None:
    select = parse("SELECT Id FROM A WHERE Id IN (SELECT A__c FROM B) AND Id NOT IN (SELECT A__c FROM C)")
    assert select.where == And(
        (
            InQuery(path("Id"), Select(fields("A__c"), "B")),
            InQuery(path("Id"), Select(fields("A__c"), "C"), negated=True),
        )
    )


def test_aggregates_with_aliases_groups_and_having() -> None:
    select = parse(
        "SELECT Status s, COUNT(Id) n, count_distinct(Email), MAX(Start) FROM Meeting GROUP BY Status "
        "HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC NULLS LAST, Status"
    )
    count = Function("COUNT", path("Id"))
    assert select.items == (
        SelectItem(path("Status"), "s"),
        SelectItem(count, "n"),
        SelectItem(Function("COUNT_DISTINCT", path("Email"))),
        SelectItem(Function("MAX", path("Start"))),
    )
    assert select.group_by == (path("Status"),)
    assert select.having == Comparison(count, Operator.GREATER, Number(Decimal(1)))
    assert select.order_by == (OrderBy(count, True, False), OrderBy(path("Status")))


def test_count_without_a_field() -> None:
    assert parse("SELECT COUNT( ) FROM Account").items == (SelectItem(Function("COUNT", None)),)


def test_date_functions_and_convert_timezone() -> None:
    select = parse("SELECT Id FROM A WHERE hour_in_day(CONVERTTIMEZONE(CreatedDate)) = 9")
    assert select.where == Comparison(
        Function("HOUR_IN_DAY", Function("convertTimezone", path("CreatedDate"))), Operator.EQUAL, Number(Decimal(9))
    )


VALUES: list[tuple[str, Value, str]] = [
    ("'a'", String("a"), "'a'"),
    ("''", String(""), "''"),
    (r"'it\'s'", String("it's"), r"'it\'s'"),
    (r"'\"\\\'\n\r\t\b\f'", String("\"\\'\n\r\t\b\f"), r"'" + '"' + r"\\\'\n\r\t\b\f'"),
    (r"'\N\R\T\B\F'", String("\n\r\t\b\f"), r"'\n\r\t\b\f'"),
    (r"'\u0041\u00e9\u4E2d'", String("Aé中"), "'Aé中'"),
    (r"'\ud83d\uDE00'", String("😀"), "'😀'"),
    (r"'\u0000'", String("\x00"), r"'\u0000'"),
    (r"'\\u0041'", String(r"\u0041"), r"'\\u0041'"),
    (r"'\\n'", String(r"\n"), r"'\\n'"),
    ("'100%_'", String("100%_"), "'100%_'"),
    ("'--('", String("--("), "'--('"),
    ("3", Number(Decimal(3)), "3"),
    ("-3", Number(Decimal(-3)), "-3"),
    ("+3.50", Number(Decimal("3.50")), "3.50"),
    (".5", Number(Decimal("0.5")), "0.5"),
    ("USD5000", Currency("USD", Decimal(5000)), "USD5000"),
    ("eur5.5", Currency("EUR", Decimal("5.5")), "EUR5.5"),
    ("true", Boolean(True), "TRUE"),
    ("False", Boolean(False), "FALSE"),
    ("null", Null(), "NULL"),
    ("2026-11-23", Date(date(2026, 11, 23)), "2026-11-23"),
    ("2026-11-23T15:30:00Z", DateTime(datetime(2026, 11, 23, 15, 30, tzinfo=UTC)), "2026-11-23T15:30:00Z"),
    ("2026-11-23T15:30:00.250Z", DateTime(datetime(2026, 11, 23, 15, 30, 0, 250_000, UTC)), "2026-11-23T15:30:00.250Z"),
    ("2026-11-23T00:15:00+05:45", DateTime(datetime(2026, 11, 22, 18, 30, tzinfo=UTC)), "2026-11-22T18:30:00Z"),
    ("2026-11-23T15:30:00.000+0000", DateTime(datetime(2026, 11, 23, 15, 30, tzinfo=UTC)), "2026-11-23T15:30:00Z"),
    ("2026-11-23t15:30:00-08:00", DateTime(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)), "2026-11-23T23:30:00Z"),
    ("15:30:00.000Z", Time(time(15, 30)), "15:30:00.000Z"),
    ("15:30:00Z", Time(time(15, 30)), "15:30:00.000Z"),
    ("today", DateLiteral("TODAY"), "TODAY"),
    ("NEXT_90_DAYS", DateLiteral("NEXT_90_DAYS"), "NEXT_90_DAYS"),
    ("last_fiscal_quarter", DateLiteral("LAST_FISCAL_QUARTER"), "LAST_FISCAL_QUARTER"),
    ("Last_N_Days:7", DateLiteral("LAST_N_DAYS", 7), "LAST_N_DAYS:7"),
    ("N_DAYS_AGO:30", DateLiteral("N_DAYS_AGO", 30), "N_DAYS_AGO:30"),
    ("NEXT_N_FISCAL_YEARS:2", DateLiteral("NEXT_N_FISCAL_YEARS", 2), "NEXT_N_FISCAL_YEARS:2"),
]


@pytest.mark.parametrize(("text", "value", "printed"), VALUES)
def test_a_literal_is_read_once_and_printed_right(text: str, value: Value, printed: str) -> None:
    select = parse(f"SELECT Id FROM A WHERE B = {text}")
    assert select.where == Comparison(path("B"), Operator.EQUAL, value)
    assert to_text(select) == f"SELECT Id FROM A WHERE B = {printed}"
    listed = parse(f"SELECT Id FROM A WHERE B IN ({text},{text})")
    assert listed.where == InValues(path("B"), (value, value))


PATTERNS: list[tuple[str, tuple[str | Wildcard, ...]]] = [
    ("''", ()),
    ("'a'", ("a",)),
    ("'%a_'", (Wildcard.ANY, "a", Wildcard.ONE)),
    (r"'100\%'", ("100%",)),
    (r"'a\_b%'", ("a_b", Wildcard.ANY)),
    (r"'\\%'", ("\\", Wildcard.ANY)),
    (r"'\\\%'", ("\\%",)),
    (r"'it\'s%'", ("it's", Wildcard.ANY)),
]


@pytest.mark.parametrize(("text", "parts"), PATTERNS)
def test_a_pattern_tells_wildcards_from_escaped_text(text: str, parts: tuple[str | Wildcard, ...]) -> None:
    select = parse(f"SELECT Id FROM A WHERE B like {text}")
    assert select.where == Comparison(path("B"), Operator.LIKE, Pattern(parts))
    assert to_text(select) == f"SELECT Id FROM A WHERE B LIKE {text}"


@pytest.mark.parametrize(("operator", "printed"), [("<>", "!="), ("!=", "!="), ("=", "="), ("<=", "<="), (">", ">")])
def test_operators(operator: str, printed: str) -> None:
    assert to_text(parse(f"SELECT Id FROM A WHERE B{operator}1")) == f"SELECT Id FROM A WHERE B {printed} 1"


def test_includes_and_excludes() -> None:
    assert parse("SELECT Id FROM A WHERE B INCLUDES ('a;b', 'c')").where == Includes(
        path("B"), (String("a;b"), String("c"))
    )
    assert parse("SELECT Id FROM A WHERE B excludes ('a')").where == Includes(path("B"), (String("a"),), negated=True)


CANONICAL: list[tuple[str, str]] = [
    ("select id from account where ((name = 'a'))", "SELECT id FROM account WHERE name = 'a'"),
    ("SELECT Id FROM A WHERE NOT B = 1", "SELECT Id FROM A WHERE NOT B = 1"),
    ("SELECT Id FROM A WHERE (not B = 1) and C = 2", "SELECT Id FROM A WHERE (NOT B = 1) AND C = 2"),
    ("SELECT Id FROM A WHERE NOT (B = 1 AND C = 2)", "SELECT Id FROM A WHERE NOT (B = 1 AND C = 2)"),
    ("SELECT Id FROM A WHERE B = 1 AND (C = 2 OR D = 3)", "SELECT Id FROM A WHERE B = 1 AND (C = 2 OR D = 3)"),
    ("SELECT Id FROM A WHERE B NOT  IN (1,2)", "SELECT Id FROM A WHERE B NOT IN (1, 2)"),
    ("SELECT Id FROM A ORDER\n\tBY B ASC nulls  first", "SELECT Id FROM A ORDER BY B NULLS FIRST"),
    ("SELECT Id FROM A limit 5 offset 10", "SELECT Id FROM A LIMIT 5 OFFSET 10"),
    ("SELECT Id FROM Group", "SELECT Id FROM Group"),
    ("SELECT Id FROM Order WHERE Order.Name = 'a'", "SELECT Id FROM Order WHERE Order.Name = 'a'"),
    ("SELECT Group.Name, First, Last, Asc FROM GroupMember", "SELECT Group.Name, First, Last, Asc FROM GroupMember"),
    ("SELECT Id FROM A WHERE Group.Name = 'x' GROUP BY Id", "SELECT Id FROM A WHERE Group.Name = 'x' GROUP BY Id"),
    ("SELECT Id FROM A WHERE Order > 1 ORDER BY Order", "SELECT Id FROM A WHERE Order > 1 ORDER BY Order"),
    ("SELECT Count, Today, Format FROM A", "SELECT Count, Today, Format FROM A"),
    ("SELECT Typeof FROM A", "SELECT Typeof FROM A"),
    ("SELECT Id FROM A WHERE Today = TODAY", "SELECT Id FROM A WHERE Today = TODAY"),
]


@pytest.mark.parametrize(("text", "printed"), CANONICAL)
def test_the_printed_text_is_canonical(text: str, printed: str) -> None:
    assert to_text(parse(text)) == printed


def test_positions_are_those_of_the_text_and_never_part_of_equality() -> None:
    select = parse("SELECT Id,\n  Foo__c\nFROM Bar__c")
    item = select.items[1]
    assert isinstance(item, SelectItem)
    assert item.expression.position == Position(2, 3)
    assert (select.position, select.from_position) == (Position(1, 1), Position(3, 6))
    assert select == parse("SELECT Id, Foo__c FROM Bar__c")


def test_the_pretty_text_has_a_row_for_each_thing_to_review() -> None:
    text = (
        "SELECT Id, Main_Host.Name, (SELECT Email, Name FROM Attendees ORDER BY Id) FROM Meeting "
        "WHERE Start >= :start AND (Name LIKE 'a%' OR Email = :email?) "
        "AND Id IN (SELECT Meeting FROM Attendee WHERE User = :me) ORDER BY Start, Id LIMIT :limit"
    )
    assert to_pretty(parse(text, binds=True)) == (
        "SELECT Id,\n"
        "       Main_Host.Name,\n"
        "       (SELECT Email,\n"
        "               Name\n"
        "        FROM Attendees\n"
        "        ORDER BY Id)\n"
        "FROM Meeting\n"
        "WHERE Start >= :start\n"
        "  AND (Name LIKE 'a%' OR Email = :email?)\n"
        "  AND Id IN (SELECT Meeting FROM Attendee WHERE User = :me)\n"
        "ORDER BY Start, Id\n"
        "LIMIT :limit"
    )
