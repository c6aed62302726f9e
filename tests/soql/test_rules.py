"""SOQL's own rules: each refused statement beside one that is taken."""

from __future__ import annotations

import pytest

from soql.ast import (
    NOWHERE,
    And,
    ChildQuery,
    Comparison,
    FieldPath,
    Not,
    Operator,
    Or,
    Position,
    Select,
    SelectItem,
    String,
)
from soql.errors import SoqlRuleError
from soql.parser import parse
from soql.rules import check

JOIN = "Id IN (SELECT A__c FROM B)"
PATH5 = "A.B.C.D.E.Name"

REFUSED: list[tuple[str, str, int]] = [
    # semi-joins
    (f"SELECT Id FROM A WHERE {JOIN} OR C = 1", "only allowed at the top level", 24),
    (f"SELECT Id FROM A WHERE NOT {JOIN}", "only allowed at the top level", 28),
    (f"SELECT Id FROM A WHERE {JOIN} AND {JOIN} AND {JOIN}", "Maximum 2 semi join", 86),
    ("SELECT Id FROM A WHERE Id IN (SELECT A FROM B WHERE Id IN (SELECT B FROM C))", "Nesting", 53),
    ("SELECT Id FROM A WHERE Id IN (SELECT P FROM a)", "same object", 45),
    ("SELECT Id FROM A WHERE Id IN (SELECT WhoId FROM Event)", "Entity 'Event' is not supported", 49),
    ("SELECT Id FROM A WHERE Id IN (SELECT WhatId FROM Task)", "Entity 'Task' is not supported", 50),
    ("SELECT Id FROM A WHERE Id IN (SELECT A, B FROM C)", "exactly one field", 31),
    ("SELECT Id FROM A WHERE Id IN (SELECT COUNT(Id) FROM C)", "exactly one field", 31),
    ("SELECT Id FROM A WHERE Id IN (SELECT COUNT() FROM C)", "exactly one field", 31),
    ("SELECT Id FROM A WHERE Id IN (SELECT B.Id FROM C)", "cannot be a parent's", 38),
    ("SELECT Id FROM A WHERE Id IN (SELECT B FROM C ORDER BY B)", "ORDER BY is not allowed", 31),
    ("SELECT Id FROM A WHERE Id IN (SELECT B FROM C LIMIT 1)", "LIMIT is not allowed", 31),
    ("SELECT Id FROM A WHERE Id IN (SELECT B FROM C GROUP BY B)", "GROUP BY is not allowed", 31),
    (f"SELECT Id, (SELECT Id FROM B WHERE {JOIN}) FROM A", "not allowed in a child query", 36),
    ("SELECT C, COUNT(Id) FROM A GROUP BY C HAVING C IN (SELECT D FROM E)", "not allowed in HAVING", 46),
    # child queries
    ("SELECT Id, " + ", ".join(f"(SELECT Id FROM C{n})" for n in range(21)) + " FROM A", "at most 20 child", 1),
    (
        "SELECT (SELECT (SELECT (SELECT (SELECT (SELECT Id FROM F) FROM E) FROM D) FROM C) FROM B) FROM A",
        "at most 5 levels",
        41,
    ),
    ("SELECT Id, (SELECT Id FROM B OFFSET 1) FROM A", "OFFSET is not allowed", 13),
    ("SELECT COUNT(Id), (SELECT Id FROM B) FROM A", "no child queries", 20),
    # limits
    (f"SELECT X.{PATH5} FROM A", "at most 5 relationships", 8),
    (f"SELECT Id FROM A WHERE X.{PATH5} = 1", "at most 5 relationships", 24),
    ("SELECT " + ", ".join(f"P{n}.Name" for n in range(56)) + " FROM A", "at most 55", 1),
    (f"SELECT Id FROM A WHERE B = '{'x' * 4001}'", "at most 4,000 characters", 1),
    (f"SELECT Id FROM A WHERE B LIKE '%{'x' * 4000}'", "at most 4,000 characters", 1),
    # the SELECT list
    ("SELECT Id, Name, id FROM A", "duplicate field selected: id", 18),
    ("SELECT Name, a.Name FROM Account a", "duplicate field selected: a.Name", 14),
    ("SELECT MIN(B) x, MAX(B) X FROM A", "duplicate alias: X", 18),
    ("SELECT Name n FROM A", "can have an alias", 8),
    # aggregates and grouping
    ("SELECT Name, COUNT(Id) FROM A", "must be grouped or aggregated: Name", 8),
    ("SELECT Name FROM A GROUP BY Status", "must be grouped or aggregated: Name", 8),
    ("SELECT COUNT(), Name FROM A", "must be alone", 8),
    ("SELECT COUNT() FROM A GROUP BY B", "COUNT() cannot be grouped", 8),
    ("SELECT COUNT() FROM A ORDER BY B", "COUNT() cannot be ordered", 8),
    ("SELECT COUNT() n FROM A", "COUNT() cannot have an alias", 8),
    ("SELECT SUM() FROM A", "SUM() needs a field", 8),
    ("SELECT COUNT(Id) FROM A LIMIT 1", "cannot also use LIMIT", 1),
    ("SELECT Id FROM A WHERE COUNT(Id) > 1", "not allowed in WHERE", 24),
    ("SELECT B FROM A GROUP BY B, COUNT(Id)", "cannot be grouped by", 29),
    ("SELECT B, COUNT(Id) FROM A GROUP BY B ORDER BY C", "Ordered field must be", 48),
    ("SELECT B, COUNT(Id) FROM A GROUP BY B HAVING C = 1", "HAVING must be", 46),
    ("SELECT Id FROM A ORDER BY COUNT(Id)", "needs a GROUP BY", 27),
    ("SELECT CALENDAR_YEAR(B) FROM A", "CALENDAR_YEAR() needs a GROUP BY", 8),
    ("SELECT SUM(MAX(B)) FROM A", "MAX() cannot stand inside SUM()", 12),
    ("SELECT MAX(convertTimezone(B)) FROM A", "cannot stand inside MAX()", 12),
    ("SELECT convertTimezone(B) FROM A GROUP BY convertTimezone(B)", "inside a date function only", 8),
    ("SELECT Id FROM A WHERE DAY_ONLY(CALENDAR_YEAR(B)) = 1", "cannot stand inside DAY_ONLY()", 33),
]


@pytest.mark.parametrize(("text", "message", "column"), REFUSED)
def test_a_broken_rule_is_refused_where_it_is_broken(text: str, message: str, column: int) -> None:
    with pytest.raises(SoqlRuleError) as refused:
        check(parse(text))
    assert message in refused.value.message
    assert refused.value.position == Position(1, column)


def test_a_long_offset_is_refused_without_a_place() -> None:
    with pytest.raises(SoqlRuleError, match="offset allowed for apiName A is 2000") as refused:
        check(parse("SELECT Id FROM A OFFSET 2001"))
    assert (refused.value.code, refused.value.position) == ("NUMBER_OUTSIDE_VALID_RANGE", NOWHERE)


TAKEN: list[str] = [
    f"SELECT Id FROM A WHERE {JOIN}",
    f"SELECT Id FROM A WHERE {JOIN} AND C NOT IN (SELECT C__c FROM D WHERE E = 1 OR F = 2) AND (G = 1 OR H = 2)",
    "SELECT Id FROM A WHERE Id IN (SELECT b.A__c FROM B b)",
    f"SELECT COUNT() FROM A WHERE {JOIN}",
    f"SELECT B, COUNT(Id) FROM A WHERE {JOIN} GROUP BY B",
    "SELECT Id, " + ", ".join(f"(SELECT Id FROM C{n})" for n in range(20)) + " FROM A",
    "SELECT (SELECT (SELECT (SELECT (SELECT Id FROM E) FROM D) FROM C) FROM B) FROM A",
    f"SELECT {PATH5} FROM X",
    f"SELECT x.{PATH5} FROM X x",
    "SELECT " + ", ".join(f"P{n}.Name" for n in range(55)) + " FROM A",
    f"SELECT Id FROM A WHERE B = '{'x' * 4000}'",
    "SELECT Id FROM A LIMIT 50000 OFFSET 2000",
    "SELECT COUNT(Id) FROM A",
    "SELECT COUNT() FROM A LIMIT 10",
    "SELECT COUNT(Id), COUNT(Id) FROM A",
    "SELECT a.Status s, COUNT(Id) n FROM A a GROUP BY status HAVING COUNT(Id) > 1 AND Status != 'x' ORDER BY COUNT(Id)",
    "SELECT Status FROM A GROUP BY Status LIMIT 5",
    "SELECT CALENDAR_YEAR(B), COUNT(Id) FROM A GROUP BY calendar_year(B) ORDER BY CALENDAR_YEAR(B)",
    "SELECT HOUR_IN_DAY(convertTimezone(B)) h, COUNT(Id) FROM A GROUP BY HOUR_IN_DAY(convertTimezone(B))",
    "SELECT Id FROM A WHERE DAY_ONLY(convertTimezone(B)) = 2026-11-23",
]


@pytest.mark.parametrize("text", TAKEN)
def test_what_stays_inside_the_rules_is_taken(text: str) -> None:
    check(parse(text))


def test_a_semi_join_that_a_tree_hides_is_found() -> None:
    join = parse(f"SELECT Id FROM A WHERE {JOIN}").where
    assert join is not None
    other = Comparison(FieldPath(("B",)), Operator.EQUAL, String("x"))
    for where in (And((other, And((other, join)))), Or((other, join)), Not(join), And((Not(join), other))):
        with pytest.raises(SoqlRuleError, match="only allowed at the top level"):
            check(Select((SelectItem(FieldPath(("Id",))),), "A", where=where))


def test_a_statement_that_grew_too_long_is_refused() -> None:
    term = Comparison(FieldPath(("B",)), Operator.EQUAL, String("x" * 3_900))
    select = Select((SelectItem(FieldPath(("Id",))),), "A", where=And((term,) * 26))
    with pytest.raises(SoqlRuleError, match="at most 100,000 characters"):
        check(select)


def test_the_rules_reach_into_child_queries() -> None:
    child = ChildQuery(parse("SELECT Name n FROM B"))
    with pytest.raises(SoqlRuleError, match="can have an alias"):
        check(Select((child,), "A"))


def test_the_offset_has_salesforces_own_code() -> None:
    with pytest.raises(SoqlRuleError) as refused:
        check(parse("SELECT Id FROM A OFFSET 2001"))
    assert refused.value.code == "NUMBER_OUTSIDE_VALID_RANGE"
