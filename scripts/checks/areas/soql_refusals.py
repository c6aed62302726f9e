"""SOQL that an org refuses: code, text and, where a capture shows it, the caret under the place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scripts.checks.findings import Finding, text
from scripts.checks.model import Area, Sure
from scripts.checks.visit import Visit, refusal

AREA = Area("SOQL refusals")

_CAPTURED = "captured from real orgs"
_UNKNOWN = "background knowledge"

_WSDL = "Please reference your WSDL or the describe call for the appropriate names."
_CUSTOM_FIELD = "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
_CUSTOM_OBJECT = "If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
_CUSTOM_RELATIONSHIP = (
    "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship "
    "name."
)


def no_column(name: str, entity: str) -> str:
    return f"No such column '{name}' on entity '{entity}'. {_CUSTOM_FIELD} {_WSDL}"


def no_object(name: str) -> str:
    return f"sObject type '{name}' is not supported. {_CUSTOM_OBJECT} {_WSDL}"


def caret(soql: str, column: int, message: str) -> str:
    """The whole message of a one-row statement: the row, a caret under the column, the place, the reason.

    Of a long row it has 30 characters on each side of the caret, and the whole of the words that they end in.
    """
    at = column - 1
    start = 0 if at <= 30 or soql[at - 30].isspace() else soql.rfind(" ", 0, at - 30) + 1
    start = max(start, at - 30) if at > 30 and soql[at - 30].isspace() else start
    end = soql.find(" ", at + 30)
    shown = soql[start:] if end < 0 else soql[start:end]
    return f"\n{shown}\n{' ' * (at - start)}^\nERROR at Row:1:Column:{column}\n{message}"


def refused(
    check_id: str,
    behaviour: str,
    soql: str,
    code: str,
    message: str | re.Pattern[str],
    *,
    column: int | None = None,
    bare: bool = False,
    source: str = _CAPTURED,
    sure: Sure = Sure.FIX,
    area: Area = AREA,
) -> None:
    """Enters a check of one refused statement. column: where the caret stands; None where no capture says.

    bare: without a caret.
    """
    if bare:
        expected = message
    elif isinstance(message, str) and column is not None:
        expected = caret(soql, column, message)
    else:
        reason = message.pattern if isinstance(message, re.Pattern) else re.escape(message)
        expected = text(rf"(\n.*\n *\^\nERROR at Row:\d+:Column:\d+\n)?{reason}")

    def look(visit: Visit) -> Iterator[Finding]:
        yield refusal(soql if len(soql) < 200 else f"{soql[:100]}…", visit.query(soql), 400, code, expected)

    area.check(check_id, behaviour, source=source, sure=sure)(look)


# ---------------------------------------------------------------- names

refused(
    "soql.unknown_field",
    "An unknown field is INVALID_FIELD, `No such column … on entity …`, with a caret under it",
    "SELECT Id, Foo__c FROM Account",
    "INVALID_FIELD",
    no_column("Foo__c", "Account"),
    column=12,
)
refused(
    "soql.long_rows",
    "Of a long row the message shows 30 characters on each side of the caret, and the whole words that they end in",
    "SELECT Id, Name, Phone, Website FROM Account WHERE Name = 'something' "
    "AND Foo__c = 'something else' AND Phone = '1' LIMIT 1",
    "INVALID_FIELD",
    no_column("Foo__c", "Account"),
    column=75,
    source="public captures: OrgCheck #111, SwiftlySalesforce #138, SalesforceSharp #4, n8n #3514, lwc-recipes #926, "
    "simple-salesforce #73, jetstream #110",
    sure=Sure.REP,
)
refused(
    "soql.unknown_filter_field",
    "An unknown field in WHERE is refused as one in SELECT, at its place",
    "SELECT Id FROM Account WHERE Foo = 1",
    "INVALID_FIELD",
    no_column("Foo", "Account"),
    column=30,
)
refused(
    "soql.unknown_object",
    "An unknown object is INVALID_TYPE, `sObject type … is not supported`",
    "SELECT Id FROM Nothing__c",
    "INVALID_TYPE",
    no_object("Nothing__c"),
    column=16,
)
refused(
    "soql.unknown_parent",
    "An unknown relationship in a path is INVALID_FIELD, `Didn't understand relationship … in field path`",
    "SELECT Nope__r.Name FROM Account",
    "INVALID_FIELD",
    f"Didn't understand relationship 'Nope__r' in field path. {_CUSTOM_RELATIONSHIP} {_WSDL}",
    column=8,
)
refused(
    "soql.unknown_child",
    "An unknown child relationship is INVALID_TYPE, `Didn't understand relationship … in FROM part of query call`",
    "SELECT Id, (SELECT Id FROM Nopes__r) FROM Account",
    "INVALID_TYPE",
    f"Didn't understand relationship 'Nopes__r' in FROM part of query call. {_CUSTOM_RELATIONSHIP} {_WSDL}",
)

# ---------------------------------------------------------------- syntax

refused(
    "soql.unexpected_token",
    "A token that cannot stand there is MALFORMED_QUERY, `unexpected token: …`",
    "SELECT FROM Account",
    "MALFORMED_QUERY",
    "unexpected token: 'FROM'",
    column=8,
)
refused(
    "soql.unexpected_end",
    "A statement that ends too early is MALFORMED_QUERY, `unexpected token: '<EOF>'`",
    "SELECT Id FROM Account WHERE",
    "MALFORMED_QUERY",
    "unexpected token: '<EOF>'",
)
refused(
    "soql.bind",
    "A bind variable is MALFORMED_QUERY: `Bind variables only allowed in Apex code`",
    "SELECT Id FROM Account WHERE Id = :me",
    "MALFORMED_QUERY",
    "Bind variables only allowed in Apex code",
    source="public reports: jsforce #551, SalesforceMobileSDK-iOS #1351",
    sure=Sure.REP,
)


@AREA.check(
    "soql.no_statement",
    "`/query` without a statement is 400 MALFORMED_QUERY",
    source=_UNKNOWN,
    sure=Sure.BG,
)
def no_statement(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("GET", "/query", params={"q": ""})
    yield Finding("empty", (400, "MALFORMED_QUERY"), (answer.status, answer.body[0]["errorCode"]))
    answer = visit.call("GET", "/query")
    yield Finding("absent", (400, "MALFORMED_QUERY"), (answer.status, answer.body[0]["errorCode"]))


# ---------------------------------------------------------------- values

refused(
    "soql.bad_id",
    "Text that is no id, compared with an id, is INVALID_QUERY_FILTER_OPERATOR, `invalid ID field: …`",
    "SELECT Id FROM Account WHERE Id = 'abc'",
    "INVALID_QUERY_FILTER_OPERATOR",
    "invalid ID field: abc",
)
refused(
    "soql.quoted_date",
    "A quoted date is INVALID_FIELD: `… must be of type date and should not be enclosed in quotes`",
    "SELECT Id FROM Event WHERE ActivityDate = '2026-01-01'",
    "INVALID_FIELD",
    "value of filter criterion for field 'ActivityDate' must be of type date and should not be enclosed in quotes",
    source="public reports: django-salesforce #10, jpmonette/q #25",
    sure=Sure.REP,
)
refused(
    "soql.quoted_instant",
    "A quoted date and time is refused as a quoted date, with `dateTime`",
    "SELECT Id FROM Account WHERE CreatedDate > '2026-01-01T00:00:00Z'",
    "INVALID_FIELD",
    "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes",
    source="public reports; the spelling of dateTime is background knowledge",
    sure=Sure.REP,
)
refused(
    "soql.date_for_instant",
    "A bare date does not compare with a date and time",
    "SELECT Id FROM Account WHERE CreatedDate > 2026-01-01",
    "INVALID_FIELD",
    "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes",
    source="SOQL and SOSL Reference, Date Formats; the text is background knowledge",
    sure=Sure.DOC,
)
refused(
    "soql.quoted_flag",
    "A quoted true is refused: `… must be of type boolean and should not be enclosed in quotes`",
    "SELECT Id FROM User WHERE IsActive = 'true'",
    "INVALID_FIELD",
    "value of filter criterion for field 'IsActive' must be of type boolean and should not be enclosed in quotes",
    source="public report: n8n-io/n8n #3514",
    sure=Sure.REP,
)
refused(
    "soql.number_for_text",
    "A number does not compare with text: `… must be of type string and should be enclosed in quotes`",
    "SELECT Id FROM Account WHERE Name = 3",
    "INVALID_FIELD",
    "value of filter criterion for field 'Name' must be of type string and should be enclosed in quotes",
    source="background knowledge, after the texts of dates and checkboxes",
    sure=Sure.BG,
)
refused(
    "soql.like_on_id",
    "LIKE on an id is INVALID_QUERY_FILTER_OPERATOR, `invalid operator on id field`",
    "SELECT Id FROM Account WHERE Id LIKE 'a%'",
    "INVALID_QUERY_FILTER_OPERATOR",
    "invalid operator on id field",
    source="public reports: LightningFlowComponents #255; simple-salesforce #73 of a picklist, with its code",
    sure=Sure.REP,
)

# ---------------------------------------------------------------- what a field allows

refused(
    "soql.filter_long_text",
    "A long text field cannot be filtered: INVALID_FIELD, `field '…' can not be filtered in a query call`",
    "SELECT Id FROM Lead WHERE Description = 'x'",
    "INVALID_FIELD",
    "field 'Description' can not be filtered in a query call",
    source="public report: lwc-recipes #926; the code is background knowledge",
    sure=Sure.REP,
)
refused(
    "soql.sort_long_text",
    "A long text field cannot be sorted: MALFORMED_QUERY, `field '…' can not be sorted in a query call`",
    "SELECT Id FROM Lead ORDER BY Description",
    "MALFORMED_QUERY",
    "field 'Description' can not be sorted in a query call",
    source="public report: rollup-summaries #148; the code is background knowledge",
    sure=Sure.REP,
)
refused(
    "soql.group_instant",
    "A date and time cannot be grouped: MALFORMED_QUERY, `field '…' can not be grouped in a query call`",
    "SELECT CreatedDate FROM Account GROUP BY CreatedDate",
    "MALFORMED_QUERY",
    "field 'CreatedDate' can not be grouped in a query call",
    column=42,
    source="public report: forcedotcom/cli #1356; the code is background knowledge",
    sure=Sure.REP,
)
refused(
    "soql.sum_of_text",
    "SUM and AVG take numbers: MALFORMED_QUERY, `field … does not support aggregate operator SUM`",
    "SELECT SUM(Name) FROM Account",
    "MALFORMED_QUERY",
    "field Name does not support aggregate operator SUM",
    column=12,
    source="public reports: SFDX-Data-Move-Utility #46 of COUNT(Id), rollup-summaries #737",
    sure=Sure.REP,
)

# ---------------------------------------------------------------- aggregates

refused(
    "soql.ungrouped",
    "A field beside an aggregate must be grouped: `Field must be grouped or aggregated: …`, without a caret",
    "SELECT Name, COUNT(Id) FROM Account",
    "MALFORMED_QUERY",
    "Field must be grouped or aggregated: Name",
    bare=True,
    source="public report: forcedotcom/cli #1356; the code is background knowledge",
    sure=Sure.REP,
)
refused(
    "soql.alias_of_a_field",
    "Only grouped and aggregate expressions take an alias",
    "SELECT Name n FROM Account",
    "MALFORMED_QUERY",
    re.compile(".*alias.*"),
    source="SOQL and SOSL Reference, Using Aliases with GROUP BY; the text is background knowledge",
    sure=Sure.DOC,
)
refused(
    "soql.duplicate_field",
    "A field selected twice is refused: `duplicate field selected: …`",
    "SELECT Id, Name, Name FROM Account",
    "MALFORMED_QUERY",
    "duplicate field selected: Name",
    source="SOAP API Developer Guide, Queries and the Partner WSDL; code and text are background knowledge",
    sure=Sure.DOC,
)
