"""The part of SOQL that few statements use: what it becomes, how it prints, and its rules."""

from __future__ import annotations

from decimal import Decimal

import pytest

from soql.ast import (
    Boolean,
    DataCategory,
    Distance,
    FieldPath,
    Fields,
    FieldSet,
    FromAlias,
    Function,
    Geolocation,
    GroupMode,
    Mode,
    Number,
    Option,
    Position,
    SelectItem,
    TypeOf,
    TypeOfBranch,
    With,
)
from soql.errors import SoqlRuleError, StatementError
from soql.parser import parse
from soql.printer import to_pretty, to_text
from soql.rules import check
from soql.statements import read_statement


def path(text: str) -> FieldPath:
    return FieldPath(tuple(text.split(".")))


def test_typeof_has_a_branch_for_each_type() -> None:
    text = "SELECT Id, typeof What WHEN Account THEN Phone, Owner.Name when Lead then Company ELSE Name END FROM Event"
    branches = (
        TypeOfBranch("Account", (path("Phone"), path("Owner.Name"))),
        TypeOfBranch("Lead", (path("Company"),)),
    )
    assert parse(text).items[1] == TypeOf(path("What"), branches, (path("Name"),))


def test_subtotals_are_a_mode_of_the_grouping() -> None:
    select = parse(
        "SELECT A, GROUPING(A) g, COUNT(Id) FROM B GROUP BY rollup (A, CALENDAR_YEAR(C)) HAVING GROUPING(A) = 0"
    )
    assert select.group_mode is GroupMode.ROLLUP
    assert select.group_by == (path("A"), Function("CALENDAR_YEAR", path("C")))
    assert select.items[1] == SelectItem(Function("GROUPING", path("A")), "g")
    assert parse("SELECT COUNT(Id) FROM B GROUP BY CUBE(A)").group_mode is GroupMode.CUBE


def test_functions_of_the_field_list_may_have_aliases() -> None:
    select = parse("SELECT TOLABEL(A), format(convertcurrency(B)) b, FORMAT(MIN(C)) FROM D")
    assert select.items == (
        SelectItem(Function("toLabel", path("A"))),
        SelectItem(Function("FORMAT", Function("convertCurrency", path("B"))), "b"),
        SelectItem(Function("FORMAT", Function("MIN", path("C")))),
    )


def test_fields_stand_for_a_set_of_them() -> None:
    assert parse("SELECT fields( all ), FIELDS(Custom) FROM A LIMIT 1").items == (
        Fields(FieldSet.ALL),
        Fields(FieldSet.CUSTOM),
    )


def test_a_distance_is_measured_from_a_field() -> None:
    expected = Function("DISTANCE", path("L"), distance=Distance(Geolocation(Decimal("1.5"), Decimal(-2)), "km"))
    for places in ("L, GEOLOCATION(1.5, -2)", "GEOLOCATION(1.5,-2), L"):
        select = parse(f"SELECT Id FROM A ORDER BY DISTANCE({places}, 'km') DESC")
        assert select.order_by[0].expression == expected


def test_from_may_name_parents_and_say_as() -> None:
    select = parse("SELECT a.Name, o.Name FROM Contact AS c, c.Account a, a.Owner AS o USING SCOPE Mine")
    assert (select.from_, select.alias, select.scope) == ("Contact", "c", "mine")
    assert select.also_from == (FromAlias(path("c.Account"), "a"), FromAlias(path("a.Owner"), "o"))


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("with security_enforced", With(mode=Mode.SECURITY_ENFORCED)),
        ("WITH USER_MODE", With(mode=Mode.USER_MODE)),
        (
            "WITH DATA CATEGORY G__c above usa__c AND P__c AT (a__c, b__c)",
            With(categories=(DataCategory("G__c", "ABOVE", ("usa__c",)), DataCategory("P__c", "AT", ("a__c", "b__c")))),
        ),
        (
            "WITH RecordVisibilityContext (maxDescriptorPerRecord=100, supportsDomains=true)",
            With(visibility=(("maxDescriptorPerRecord", Number(Decimal(100))), ("supportsDomains", Boolean(True)))),
        ),
    ],
)
def test_with_follows_where(clause: str, expected: With) -> None:
    assert parse(f"SELECT Id FROM A WHERE B = 1 {clause} ORDER BY C").with_ == expected


def test_options_come_last() -> None:
    select = parse("SELECT Id FROM A LIMIT 1 FOR view for  REFERENCE update viewstat")
    assert select.options == (Option.FOR_VIEW, Option.FOR_REFERENCE, Option.UPDATE_VIEWSTAT)
    assert parse("SELECT Id FROM A ALL ROWS").options == (Option.ALL_ROWS,)


CANONICAL = [
    "SELECT TYPEOF What WHEN Account THEN Phone ELSE Name END FROM Event",
    "SELECT FIELDS(STANDARD) FROM Contact c, c.Account a USING SCOPE mine WHERE a.Name = 'x' LIMIT 5 FOR VIEW",
    "SELECT A, COUNT(Id) n FROM B WITH DATA CATEGORY G__c AT (a__c, b__c) GROUP BY CUBE(A, C) ORDER BY n DESC",
    "SELECT Id FROM A WHERE DISTANCE(L, GEOLOCATION(1.50, -2), 'mi') < 20 AND toLabel(S) = 'x' WITH USER_MODE FOR VIEW",
]


@pytest.mark.parametrize("text", CANONICAL)
def test_the_printed_text_is_canonical(text: str) -> None:
    assert to_text(parse(text)) == text
    assert to_text(parse(to_pretty(parse(text)))) == text


REFUSED: list[tuple[str, str, int]] = [
    ("SELECT FIELDS(ALL) FROM A", "The SOQL FIELDS function must have a LIMIT of at most 200", 8),
    ("SELECT FIELDS(CUSTOM) FROM A LIMIT 201", "must have a LIMIT of at most 200", 8),
    ("SELECT Id, (SELECT FIELDS(ALL) FROM B) FROM A LIMIT 1", "must have a LIMIT of at most 200", 20),
    ("SELECT FIELDS(STANDARD), COUNT(Id) FROM A", "not supported in a grouped query", 8),
    ("SELECT COUNT(Id), TYPEOF B WHEN C THEN D END FROM A", "TYPEOF is not allowed in a grouped", 19),
    ("SELECT B.Id, TYPEOF B WHEN C THEN D END FROM A", "B cannot stand in TYPEOF and", 14),
    ("SELECT TYPEOF B.C.D.E.F WHEN G THEN H.I END FROM A", "at most 5 relationships", 37),
    ("SELECT A, GROUPING(A) FROM B GROUP BY A", "GROUPING() needs GROUP BY ROLLUP", 11),
    ("SELECT A, GROUPING(C) FROM B GROUP BY CUBE(A)", "field of GROUPING() must be in", 11),
    ("SELECT COUNT(Id) FROM B GROUP BY CUBE(A, C, D, E)", "CUBE takes at most 3 fields", 48),
    ("SELECT GROUPING(A) FROM B", "GROUPING() needs a GROUP BY", 8),
    ("SELECT toLabel(A), COUNT(Id) FROM B GROUP BY C", "must be grouped or aggregated: toLabel()", 8),
    ("SELECT Id FROM A ORDER BY toLabel(B)", "toLabel() is not allowed in ORDER BY", 27),
    ("SELECT Id FROM A WHERE FORMAT(B) = 'x'", "FORMAT() is not allowed in WHERE", 24),
    ("SELECT A FROM B GROUP BY A HAVING toLabel(A) = 'x'", "toLabel() is not allowed in HAVING", 35),
    ("SELECT A FROM B GROUP BY toLabel(A)", "toLabel() is not allowed in GROUP BY", 26),
    ("SELECT toLabel(MIN(A)) FROM B", "MIN() cannot stand inside toLabel()", 16),
    ("SELECT convertCurrency(FORMAT(A)) FROM B", "FORMAT() cannot stand inside convertCurrency()", 24),
    ("SELECT DISTANCE(A, GEOLOCATION(1, 2), 'mi') FROM B", "in WHERE and ORDER BY only", 8),
    ("SELECT Id FROM B WHERE DISTANCE(A, GEOLOCATION(1, 2), 'mi') = 3", "with < or > only", 24),
    ("SELECT Id FROM B WHERE DISTANCE(A, GEOLOCATION(1, 2), 'ft') < 3", "in 'mi' or 'km'", 24),
    ("SELECT Id FROM Contact, Account", "FROM has one object; Account is no", 25),
    ("SELECT Id FROM Contact c, x.Account a", "x.Account is no relationship", 27),
    ("SELECT Id FROM Contact c, c.Account c", "duplicate alias: c", 27),
    ("SELECT a.Name, Account.Name FROM Contact c, c.Account a", "duplicate field selected: Account.Name", 16),
    ("SELECT Id, (SELECT Id FROM B FOR VIEW) FROM A", "FOR VIEW is not allowed in a child query", 13),
    ("SELECT Id FROM A WHERE Id IN (SELECT A FROM B ALL ROWS)", "ALL ROWS is not allowed in a semi join", 31),
    ("SELECT MAX(A) FROM B ORDER BY MAX(A)", "cannot also use ORDER BY", 1),
    ("SELECT A, COUNT(Id) n FROM B GROUP BY A ORDER BY m", "Ordered field must be grouped", 50),
    ("SELECT A, COUNT(Id) n FROM B GROUP BY A HAVING n > 1", "Field in HAVING must be grouped", 48),
    ("SELECT Id FROM A ORDER BY " + ", ".join(f"F{n}" for n in range(33)), "at most 32 fields", 177),
]


@pytest.mark.parametrize(("text", "message", "column"), REFUSED)
def test_its_rules_are_refused_where_they_are_broken(text: str, message: str, column: int) -> None:
    with pytest.raises(SoqlRuleError) as refused:
        check(parse(text))
    assert message in refused.value.message
    assert refused.value.position == Position(1, column)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT FIELDS(STANDARD) FROM A",
        "SELECT FIELDS(ALL) FROM A LIMIT 200",
        "SELECT A, toLabel(A) a, FORMAT(MIN(B)) FROM C GROUP BY A",
        "SELECT A, GROUPING(A) FROM B GROUP BY ROLLUP(A) HAVING GROUPING(a) = 1 ORDER BY GROUPING(A)",
        "SELECT A, COUNT(Id) n FROM B GROUP BY A ORDER BY N DESC, A",
        "SELECT Status, toLabel(Status) label, FORMAT(Amount) FROM A WHERE toLabel(Status) IN ('x')",
        "SELECT Id, (SELECT Id FROM B OFFSET 1) FROM A LIMIT 1",
        "SELECT Id FROM A WHERE DISTANCE(L, GEOLOCATION(1, 2), 'km') > 1 ORDER BY DISTANCE(L, GEOLOCATION(1, 2), 'km')",
        "SELECT o.Name FROM Contact c, c.Account a, a.Owner o",
    ],
)
def test_what_stays_inside_its_rules_is_taken(text: str) -> None:
    check(parse(text))


@pytest.mark.parametrize(
    ("soql", "named"),
    [
        ("SELECT FIELDS(STANDARD) FROM Meeting", r"FIELDS\(STANDARD\)"),
        ("SELECT Id, (SELECT FIELDS(STANDARD) FROM Attendees) FROM Meeting", r"FIELDS\(STANDARD\)"),
        ("SELECT TYPEOF Owner WHEN User THEN Id END FROM Meeting", "TYPEOF"),
        ("SELECT toLabel(Status) FROM Meeting", r"toLabel\(\)"),
        ("SELECT Id FROM Meeting WHERE toLabel(Status) = 'x'", r"toLabel\(\)"),
        ("SELECT Id FROM Meeting WHERE Id IN (SELECT Meeting FROM Attendee WHERE toLabel(Role) = 'x')", r"toLabel\(\)"),
        ("SELECT FORMAT(Start) FROM Meeting", r"FORMAT\(\)"),
        ("SELECT Id FROM Meeting ORDER BY DISTANCE(L, GEOLOCATION(1, 2), 'mi')", r"DISTANCE\(\)"),
        ("SELECT Status, COUNT(Id) n FROM Meeting GROUP BY ROLLUP(Status)", "GROUP BY ROLLUP"),
        ("SELECT Id FROM Meeting m, m.Pool p", "FROM with several entries"),
        ("SELECT Id FROM Meeting USING SCOPE everything", "USING SCOPE"),
        ("SELECT Id FROM Meeting WITH SYSTEM_MODE", "WITH"),
        ("SELECT Id FROM Meeting ALL ROWS", "ALL ROWS"),
        ("SELECT Id FROM Meeting FOR VIEW", "FOR VIEW"),
    ],
)
def test_statement_files_do_not_use_it(soql: str, named: str) -> None:
    with pytest.raises(StatementError, match=f"a/b: statement files do not use {named}"):
        read_statement("a/b", f"-- What for.\n-- scopes: admin\n{soql}")
