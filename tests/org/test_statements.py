from __future__ import annotations

from dataclasses import replace

import pytest

from app.org.errors import StatementRefused
from app.org.reader import Ask
from app.org.record_filters import ORG_STATEMENTS, StatementScope
from app.org.schema_map import SchemaMap
from app.org.statements import Statements, record_filter
from soql.parser import parse
from soql.printer import to_text
from soql.statements import StatementFile, read_statement

SEARCH = """-- Meetings.
-- scopes: admin, user
-- also: descending
SELECT Id, Start, Main_Host.Name, Meeting_Type.Id, (SELECT Email FROM Attendees) FROM Meeting
WHERE Status = :status? AND (Main_Host.Id = :host? OR Prospect_Name LIKE :text?) ORDER BY Start, Id
"""
COUNT = """-- Counts.
-- scopes: user
-- group by: host = Main_Host.Id, Main_Host.Name; status = Status
SELECT COUNT(Id) n, MIN(Start) soonest FROM Meeting
"""


@pytest.fixture
def org_files(statement_files: dict[str, StatementFile]) -> dict[str, StatementFile]:
    return {name: file for name, file in statement_files.items() if name in ORG_STATEMENTS}


@pytest.fixture
def statements(org_files: dict[str, StatementFile], schema_map: SchemaMap) -> Statements:
    return Statements(org_files | _files(search=SEARCH, count=COUNT), schema_map)


def test_the_filter_stands_first_at_the_top_level_and_names_are_those_of_the_api(statements: Statements) -> None:
    compiled = statements.find(StatementScope.USER, Ask("search"))
    assert to_text(compiled.select) == (
        "SELECT Id, LeanData__Start__c, LeanData__Main_Host__r.Name, LeanData__Meeting_Type__r.Id,"
        " (SELECT LeanData__Email__c FROM LeanData__Attendees__r)"
        " FROM LeanData__BookIt_Meeting__c"
        " WHERE Id IN (SELECT LeanData__Meeting__c FROM LeanData__BookIt_Attendee__c WHERE LeanData__User__c = :me)"
        " AND LeanData__Status__c = :status?"
        " AND (LeanData__Main_Host__c = :host? OR LeanData__Prospect_Name__c LIKE :text?)"
        " ORDER BY LeanData__Start__c, Id"
    )
    assert compiled.needs_me
    assert compiled.binds == {"status": True, "host": True, "text": True}
    assert compiled.children == ("LeanData__Attendees__r",)


def test_an_admin_has_the_same_statement_without_a_filter(statements: Statements) -> None:
    compiled = statements.find(StatementScope.ADMIN, Ask("search"))
    assert ":me" not in to_text(compiled.select)
    assert not compiled.needs_me


def test_the_fields_that_a_statement_needs_are_known(statements: Statements) -> None:
    compiled = statements.find(StatementScope.USER, Ask("search"))
    assert compiled.uses == {
        ("Meeting", "Id"),
        ("Meeting", "Start"),
        ("Meeting", "Main_Host"),
        ("User", "Name"),
        ("Meeting", "Meeting_Type"),
        ("Meeting_Type", "Id"),
        ("Meeting", "Status"),
        ("Meeting", "Prospect_Name"),
        ("Attendee", "Email"),
        ("Attendee", "Meeting"),
        ("Attendee", "User"),
    }
    assert ("Meeting", "Start") in compiled.filters
    assert ("Attendee", "Email") not in compiled.filters


def test_the_descending_form_turns_the_order_round(statements: Statements) -> None:
    compiled = statements.find(StatementScope.USER, Ask("search", descending=True))
    assert to_text(compiled.select).endswith("ORDER BY LeanData__Start__c DESC, Id DESC")


def test_groups_are_selected_by_alias_and_grouped_under_the_filter(statements: Statements) -> None:
    compiled = statements.find(StatementScope.USER, Ask("count", group_by=("status", "host")))
    text = to_text(compiled.select)
    assert "WHERE Id IN (SELECT" in text
    assert text.endswith("GROUP BY LeanData__Status__c, LeanData__Main_Host__c, LeanData__Main_Host__r.Name")
    assert ("Meeting", "Main_Host") in compiled.groups
    aliases = [getattr(item, "alias", None) for item in compiled.select.items]
    assert None not in aliases
    assert len(set(aliases)) == len(aliases)


def test_a_statement_with_optional_fields_has_a_form_without_them(
    org_files: dict[str, StatementFile], schema_map: SchemaMap
) -> None:
    text = "-- X.\n-- scopes: user\nSELECT Id, Reassigned_Date, Reassigned_From.Id, Reassigned_From.Name FROM Meeting"
    compiled = Statements(org_files | _files(history=text), schema_map).find(StatementScope.USER, Ask("history"))
    assert "LeanData__Reassigned_From__r.Name" in to_text(compiled.select)
    assert compiled.reduced is not None
    assert to_text(compiled.reduced.select).startswith("SELECT Id FROM LeanData__BookIt_Meeting__c WHERE Id IN (")
    assert compiled.reduced.shape.row({"Id": "x"}) == {"Id": "x", "Reassigned_Date": None, "Reassigned_From": None}


def test_a_statement_without_optional_fields_has_one_form(statements: Statements) -> None:
    assert statements.find(StatementScope.USER, Ask("search")).reduced is None


def test_a_form_is_compiled_once(statements: Statements) -> None:
    ask = Ask("count", group_by=("host", "status"))
    assert statements.find(StatementScope.USER, ask) is statements.find(StatementScope.USER, ask)


@pytest.mark.parametrize(
    ("scope", "ask"),
    [
        (StatementScope.ADMIN, Ask("count")),
        (StatementScope.ORG, Ask("search")),
        (StatementScope.USER, Ask("signin/user")),
        (StatementScope.USER, Ask("nothing")),
        (StatementScope.USER, Ask("count", descending=True)),
        (StatementScope.USER, Ask("count", group_by=("pool",))),
        (StatementScope.USER, Ask("search", group_by=("host",))),
    ],
)
def test_what_a_file_does_not_offer_to_a_scope_is_refused(
    statements: Statements, scope: StatementScope, ask: Ask
) -> None:
    with pytest.raises(StatementRefused, match=ask.name):
        statements.find(scope, ask)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-- scopes: user\nSELECT Id FROM Pool", "Pool is not listed"),
        ("-- scopes: user\nSELECT Booked_By.Name FROM Meeting", "Booked_By.Name is not listed"),
        ("-- scopes: org\nSELECT Id FROM User", "not listed in ORG_STATEMENTS"),
        ("-- scopes: user\nSELECT Id FROM Meeting WHERE Main_Host = :me?", ":me"),
        ("-- scopes: user\nSELECT Id FROM Meeting m", "alias"),
        ("-- scopes: user\nSELECT Id FROM Meeting LIMIT 5 OFFSET 5", "OFFSET"),
        ("-- scopes: user\nSELECT Id FROM Meeting WHERE Start = TODAY", "date literal TODAY"),
        ("-- scopes: user\nSELECT Id FROM Meeting WHERE (Id = 'x' OR Start IN (LAST_N_DAYS:3))", "LAST_N_DAYS"),
        ("-- scopes: user\nSELECT Id FROM Meeting WHERE Form_Answers = 'x'", "long text"),
        ("-- scopes: user\nSELECT COUNT(Id) FROM Meeting", "alias"),
        ("-- scopes: user\nSELECT Id FROM Meeting WHERE Reassigned_From = 'x'", "optional"),
        ("-- scopes: user\nSELECT Id FROM Meeting ORDER BY Reassigned_Date", "optional"),
        ("-- scopes: user\nSELECT MAX(Reassigned_Date) latest FROM Meeting", "optional"),
        ("-- scopes: user\nSELECT Reassigned_Date FROM Meeting", "optional fields alone"),
        ("-- scopes: admin\nSELECT Main_Host, Main_Host.Name FROM Meeting", "select Main_Host.Id"),
        (
            "-- scopes: user\n-- group by: pool = Pool.Id, Pool.Grouping_Name\nSELECT COUNT(Id) n FROM Meeting",
            "Meeting.Pool is hidden",
        ),
        (
            "-- scopes: user\nSELECT Id FROM Meeting WHERE Id IN (SELECT Meeting FROM Attendee WHERE Email = 'a')"
            " AND Id IN (SELECT Meeting FROM Attendee WHERE Email = 'b')",
            "maximum 2 semi join",
        ),
    ],
)
def test_a_statement_that_breaks_a_rule_stops_the_start_with_its_name(
    org_files: dict[str, StatementFile], schema_map: SchemaMap, text: str, why: str
) -> None:
    with pytest.raises(StatementRefused) as refused:
        Statements(org_files | _files(bad=f"-- Something.\n{text}"), schema_map)
    assert str(refused.value).startswith("bad for the scope")
    assert why.lower() in str(refused.value).lower()


def test_a_statement_of_the_org_connection_cannot_ask_for_me(
    org_files: dict[str, StatementFile], schema_map: SchemaMap
) -> None:
    bad = read_statement("signin/user", "-- X.\n-- scopes: org\nSELECT Id FROM User WHERE Id = :me")
    with pytest.raises(StatementRefused, match="has no :me"):
        Statements(org_files | {"signin/user": bad}, schema_map)


def test_a_listed_statement_that_has_no_file_stops_the_start(
    org_files: dict[str, StatementFile], schema_map: SchemaMap
) -> None:
    del org_files["org/licence"]
    with pytest.raises(StatementRefused, match="org/licence"):
        Statements(org_files, schema_map)


def test_every_statement_of_the_server_compiles(
    statement_files: dict[str, StatementFile], schema_map: SchemaMap
) -> None:
    compiled = list(Statements(statement_files, schema_map).every())
    assert {statement.name for statement in compiled} == set(statement_files)


@pytest.mark.parametrize("text", ["Owner = :me OR Is_Active = TRUE", "NOT Owner = :me"])
def test_a_filter_that_is_not_made_of_and_terms_is_refused(text: str) -> None:
    with pytest.raises(StatementRefused, match="AND terms alone"):
        record_filter("Link", text)


def _files(**texts: str) -> dict[str, StatementFile]:
    return {name: read_statement(name, text) for name, text in texts.items()}


@pytest.mark.parametrize("clause", ["USING SCOPE mine", "ALL ROWS", "WITH USER_MODE"])
def test_a_statement_that_no_file_could_hold_is_refused_too(
    org_files: dict[str, StatementFile], schema_map: SchemaMap, clause: str
) -> None:
    plain = read_statement("a/b", "-- What for.\n-- scopes: admin\nSELECT Id FROM Meeting")
    exotic = replace(plain, select=parse(f"SELECT Id FROM Meeting {clause}"))
    with pytest.raises(StatementRefused, match="which statements do not use"):
        Statements(org_files | {"a/b": exotic}, schema_map)
