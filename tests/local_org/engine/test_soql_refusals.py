"""SOQL that is refused: the exact codes and texts, caret block included."""

import pytest

from app.local_org.errors import ApiError, Unsupported
from soql.ast import Position
from soql.errors import caret_block
from tests.support.small_org import SmallOrg

_WSDL = "Please reference your WSDL or the describe call for the appropriate names."


def _block(soql: str, column: int, message: str) -> str:
    return caret_block(soql, Position(1, column)) + message


def _no_column(name: str, entity: str) -> str:
    custom = "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
    return f"No such column '{name}' on entity '{entity}'. {custom} {_WSDL}"


def _no_object(name: str) -> str:
    custom = "If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
    return f"sObject type '{name}' is not supported. {custom} {_WSDL}"


def _no_relationship(name: str, where: str) -> str:
    custom = (
        "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship"
        " name."
    )
    return f"Didn't understand relationship '{name}' in {where}. {custom} {_WSDL}"


def _must_be(field: str, kind: str, quoted: str = "should not be") -> str:
    return f"value of filter criterion for field '{field}' must be of type {kind} and {quoted} enclosed in quotes"


@pytest.mark.parametrize(
    ("soql", "code", "column", "message"),
    [
        ("SELECT Id, Foo__c FROM Shop__c", "INVALID_FIELD", 12, _no_column("Foo__c", "Shop__c")),
        ("SELECT Id FROM Shop__c WHERE Foo = 1", "INVALID_FIELD", 30, _no_column("Foo", "Shop__c")),
        ("SELECT Parent__r.Foo FROM Shop__c", "INVALID_FIELD", 8, _no_column("Foo", "Shop__c")),
        ("SELECT Owner.Foo FROM Shop__c", "INVALID_FIELD", 8, _no_column("Foo", "Name")),
        ("SELECT Id, Secret__c FROM Shop__c", "INVALID_FIELD", 12, _no_column("Secret__c", "Shop__c")),
        ("SELECT Id FROM Shop__c ORDER BY Secret__c", "INVALID_FIELD", 33, _no_column("Secret__c", "Shop__c")),
        ("SELECT Id FROM Nothing", "INVALID_TYPE", 16, _no_object("Nothing")),
        ("SELECT Id FROM PermissionSetAssignment", "INVALID_TYPE", 16, _no_object("PermissionSetAssignment")),
        (
            "SELECT Id FROM Shop__c WHERE Id IN (SELECT X FROM Nothing)",
            "INVALID_TYPE",
            51,
            _no_object("Nothing"),
        ),
        ("SELECT Nope__r.Name FROM Shop__c", "INVALID_FIELD", 8, _no_relationship("Nope__r", "field path")),
        (
            "SELECT Id, (SELECT Id FROM Nopes__r) FROM Shop__c",
            "INVALID_TYPE",
            28,
            _no_relationship("Nopes__r", "FROM part of query call"),
        ),
        ("SELECT FROM Shop__c", "MALFORMED_QUERY", 8, "unexpected token: 'FROM'"),
        ("SELECT Id FROM Shop__c WHERE", "MALFORMED_QUERY", 29, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Shop__c WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", 30, "invalid ID field: abc"),
        (
            "SELECT Id FROM Shop__c WHERE Parent__c IN ('001')",
            "INVALID_QUERY_FILTER_OPERATOR",
            30,
            "invalid ID field: 001",
        ),
        (
            "SELECT Id FROM Shop__c WHERE Id LIKE 'a%'",
            "INVALID_QUERY_FILTER_OPERATOR",
            30,
            "invalid operator on id field",
        ),
        ("SELECT Id FROM Shop__c WHERE Seen__c = '2026-01-01'", "INVALID_FIELD", 30, _must_be("Seen__c", "dateTime")),
        ("SELECT Id FROM Shop__c WHERE Seen__c = 2026-01-01", "INVALID_FIELD", 30, _must_be("Seen__c", "dateTime")),
        (
            "SELECT Id FROM Shop__c WHERE Opened__c > 2026-01-01T00:00:00Z",
            "INVALID_FIELD",
            30,
            _must_be("Opened__c", "date"),
        ),
        ("SELECT Id FROM Shop__c WHERE Floors__c = '3'", "INVALID_FIELD", 30, _must_be("Floors__c", "int")),
        ("SELECT Id FROM Shop__c WHERE Size__c = '3'", "INVALID_FIELD", 30, _must_be("Size__c", "double")),
        ("SELECT Id FROM Shop__c WHERE Active__c = 'true'", "INVALID_FIELD", 30, _must_be("Active__c", "boolean")),
        ("SELECT Id FROM Shop__c WHERE Name = 3", "INVALID_FIELD", 30, _must_be("Name", "string", "should be")),
        ("SELECT Id FROM Shop__c WHERE Name = TODAY", "INVALID_FIELD", 30, _must_be("Name", "string", "should be")),
        (
            "SELECT Id FROM Shop__c WHERE Note__c = 'x'",
            "INVALID_FIELD",
            30,
            "field 'Note__c' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM Shop__c ORDER BY Note__c",
            "MALFORMED_QUERY",
            33,
            "field 'Note__c' can not be sorted in a query call",
        ),
        (
            "SELECT Seen__c FROM Shop__c GROUP BY Seen__c",
            "MALFORMED_QUERY",
            38,
            "field 'Seen__c' can not be grouped in a query call",
        ),
        (
            "SELECT Id FROM Shop__c WHERE Name IN (SELECT Shop__c FROM Lease__c)",
            "INVALID_QUERY_FILTER_OPERATOR",
            30,
            "The left operand of a semi join or anti join must be an id or a reference: Name",
        ),
        (
            "SELECT Id FROM Shop__c WHERE Id IN (SELECT Guest__c FROM Visit__c)",
            "MALFORMED_QUERY",
            44,
            "semi join sub-selects can only query id fields, cannot use: 'Guest__c'",
        ),
        (
            "SELECT Id FROM Shop__c WHERE Id IN (SELECT OwnerId FROM Lease__c)",
            "MALFORMED_QUERY",
            44,
            "The selected field 'OwnerId' in the subquery and the left operand field in the where expression in the"
            " outer query 'Id' should point to the same object type",
        ),
        (
            "SELECT SUM(Name) FROM Shop__c",
            "MALFORMED_QUERY",
            12,
            "field Name does not support aggregate operator SUM",
        ),
    ],
)
def test_a_refusal_shows_the_place_and_the_reason(
    small: SmallOrg, soql: str, code: str, column: int, message: str
) -> None:
    session = small.acting("rep")
    with pytest.raises(ApiError) as refused:
        session.query(soql)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert refused.value.message == _block(soql, column, message)


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Name, COUNT(Id) FROM Shop__c", "MALFORMED_QUERY"),
        ("SELECT Name, COUNT(Id) FROM Shop__c GROUP BY Kind__c", "MALFORMED_QUERY"),
        ("SELECT Name n FROM Shop__c", "MALFORMED_QUERY"),
        ("SELECT Id, id FROM Shop__c", "MALFORMED_QUERY"),
        ("SELECT s.Id, Shop__c.Id FROM Shop__c s", "MALFORMED_QUERY"),
        ("SELECT Id FROM Shop__c OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("SELECT Id FROM Shop__c WHERE Id = :me", "MALFORMED_QUERY"),
        ("SELECT Id FROM Shop__c WHERE Active__c > true", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Shop__c WHERE Tags__c LIKE 'r%'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Shop__c WHERE Name INCLUDES ('red')", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT HOUR_IN_DAY(Opened__c) FROM Shop__c GROUP BY HOUR_IN_DAY(Opened__c)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Visit__c WHERE Shop__c IN (SELECT Id FROM Shop__c LIMIT 5)", "MALFORMED_QUERY"),
        ("SELECT Name, COUNT(Id) name FROM Shop__c GROUP BY Name", "MALFORMED_QUERY"),
    ],
)
def test_other_rules_of_soql_are_kept(small: SmallOrg, soql: str, code: str) -> None:
    with pytest.raises(ApiError) as refused:
        small.acting("rep").query(soql)
    assert (refused.value.status, refused.value.code) == (400, code)


@pytest.mark.parametrize(
    ("soql", "what"),
    [
        ("SELECT FORMAT(Size__c) FROM Shop__c", r"FORMAT\(\)"),
        ("SELECT FORMAT(MIN(Floors__c)) FROM Shop__c", r"FORMAT\(\)"),
        ("SELECT FORMAT(MIN(Floors__c)) FROM Shop__c GROUP BY CUBE(Name)", r"FORMAT\(\)"),
        ("SELECT toLabel(Kind__c), COUNT(Id) FROM Shop__c GROUP BY Kind__c", r"toLabel\(\)"),
        ("SELECT convertCurrency(Size__c) FROM Shop__c", r"convertCurrency\(\)"),
        ("SELECT Id FROM Shop__c ORDER BY DISTANCE(Name, GEOLOCATION(1, 2), 'mi')", r"DISTANCE\(\)"),
        ("SELECT Id FROM Shop__c WHERE DISTANCE(Name, GEOLOCATION(1, 2), 'mi') < 3", r"DISTANCE\(\)"),
        ("SELECT Id FROM Shop__c USING SCOPE my_territory", "USING SCOPE my_territory"),
        ("SELECT Id FROM Shop__c s, s.Visits__r v", "alias in FROM for the child relationship s.Visits__r"),
        ("SELECT Id FROM Shop__c WITH DATA CATEGORY A__c AT b__c", "WITH DATA CATEGORY"),
        ("SELECT Id FROM Shop__c WITH RecordVisibilityContext (supportsDomains=true)", "RecordVisibilityContext"),
        ("SELECT Id FROM Shop__c UPDATE TRACKING", "UPDATE TRACKING"),
        ("SELECT Id FROM Shop__c UPDATE VIEWSTAT", "UPDATE VIEWSTAT"),
    ],
)
def test_what_the_local_org_lacks_is_named(small: SmallOrg, soql: str, what: str) -> None:
    with pytest.raises(Unsupported, match=what) as refused:
        small.acting("rep").query(soql)
    assert (refused.value.status, refused.value.code) == (501, "EMULATOR_UNSUPPORTED")


def test_more_aggregate_rows_than_a_batch_are_refused(small: SmallOrg) -> None:
    small.org.load("Board__c", ({"Name": f"b{n}"} for n in range(2001)))
    rep = small.acting("rep")
    with pytest.raises(ApiError, match=r"does not support queryMore\(\), use LIMIT") as refused:
        rep.query("SELECT Name, COUNT(Id) FROM Board__c GROUP BY Name")
    assert refused.value.code == "EXCEEDED_ID_LIMIT"
    assert rep.query("SELECT Name, COUNT(Id) FROM Board__c GROUP BY Name LIMIT 2000")["totalSize"] == 2000
