"""SOQL's own rules and limits: semi-joins, depth, lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scripts.checks.areas.soql_refusals import refused
from scripts.checks.findings import Finding
from scripts.checks.model import Area, Sure
from scripts.checks.visit import Visit

AREA = Area("SOQL rules and limits")

_SEMI_JOINS = "SOQL and SOSL Reference, Comparison Operators, semi-joins; the text is background knowledge"

# ---------------------------------------------------------------- semi-joins

refused(
    "soql.semi_join_of_text",
    "A semi-join selects an id or a lookup",
    "SELECT Id FROM Account WHERE Id IN (SELECT LastName FROM Contact)",
    "MALFORMED_QUERY",
    re.compile(".*"),
    source=_SEMI_JOINS,
    sure=Sure.DOC,
    area=AREA,
)
refused(
    "soql.semi_join_other_object",
    "What a semi-join selects must point to the object of its left side",
    "SELECT Id FROM Account WHERE Id IN (SELECT OwnerId FROM Contact)",
    "MALFORMED_QUERY",
    re.compile(".*"),
    source=_SEMI_JOINS,
    sure=Sure.DOC,
    area=AREA,
)
refused(
    "soql.semi_join_same_object",
    "A semi-join of an object with itself is refused",
    "SELECT Id FROM Account WHERE Id IN (SELECT ParentId FROM Account)",
    "MALFORMED_QUERY",
    re.compile(".*"),
    source=_SEMI_JOINS,
    sure=Sure.DOC,
    area=AREA,
)
refused(
    "soql.semi_join_under_or",
    "A semi-join under OR is refused",
    "SELECT Id FROM Account WHERE Name = 'x' OR Id IN (SELECT AccountId FROM Contact)",
    "MALFORMED_QUERY",
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions",
    source="public report: UnofficialSF/LightningFlowComponents #1132; the code is background knowledge",
    sure=Sure.REP,
    area=AREA,
)
refused(
    "soql.semi_join_nested",
    "A semi-join inside a semi-join is refused",
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT WhoId FROM Event))",
    "MALFORMED_QUERY",
    re.compile(".*"),
    source=_SEMI_JOINS,
    sure=Sure.DOC,
    area=AREA,
)
refused(
    "soql.semi_join_three",
    "More than two semi-joins in one statement are EXCEEDED_MAX_SEMIJOIN_SUBSELECTS",
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) AND Id NOT IN (SELECT AccountId FROM Event) "
    "AND Id IN (SELECT ConvertedAccountId FROM Lead)",
    "EXCEEDED_MAX_SEMIJOIN_SUBSELECTS",
    re.compile(".*"),
    source="SOQL and SOSL Reference, Comparison Operators; the code: restforce #571",
    sure=Sure.DOC,
    area=AREA,
)
refused(
    "soql.semi_join_limit",
    "A semi-join takes neither ORDER BY nor LIMIT",
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 5)",
    "MALFORMED_QUERY",
    re.compile(".*"),
    source=_SEMI_JOINS,
    sure=Sure.DOC,
    area=AREA,
)

# ---------------------------------------------------------------- limits

refused(
    "soql.offset",
    "OFFSET over 2,000 is NUMBER_OUTSIDE_VALID_RANGE",
    "SELECT Id FROM Account LIMIT 10 OFFSET 2001",
    "NUMBER_OUTSIDE_VALID_RANGE",
    "Maximum SOQL offset allowed for apiName Account is 2000",
    bare=True,
    source="public reports: OrgCheck #448, dreamhouse-lwc #660",
    sure=Sure.REP,
    area=AREA,
)
refused(
    "soql.depth",
    "A path goes up five relationships, not six",
    "SELECT Parent.Parent.Parent.Parent.Parent.Parent.Name FROM Account",
    "MALFORMED_QUERY",
    re.compile(".*"),
    source="SOQL and SOSL Reference, Understanding Query Relationship Limitations; the text is background knowledge",
    sure=Sure.DOC,
    area=AREA,
)


@AREA.check(
    "soql.long_string",
    "A string in WHERE of more than 4,000 characters is refused",
    source="SOQL and SOSL Reference, SOQL limits; code and text are background knowledge",
    sure=Sure.DOC,
)
def long_string(visit: Visit) -> Iterator[Finding]:
    yield Finding("4,000", 200, visit.query(f"SELECT Id FROM Account WHERE Name = '{'x' * 4_000}'").status)
    yield Finding("4,001", 400, visit.query(f"SELECT Id FROM Account WHERE Name = '{'x' * 4_001}'").status)


AREA.cannot_check(
    "soql.too_complicated",
    "A statement of more than 100,000 characters, or with too many conditions, is QUERY_TOO_COMPLICATED",
    source="SOQL and SOSL Reference, SOQL limits; public report: simple-salesforce #179",
    sure=Sure.DOC,
    because="what is too much differs from org to org, and a GET holds 16,384 bytes",
    codes=("QUERY_TOO_COMPLICATED",),
)
AREA.cannot_check(
    "soql.aggregate_pages",
    "An aggregate query of more than 2,000 rows is EXCEEDED_ID_LIMIT: it `does not support queryMore()`",
    source="public reports: restforce #726, OrgCheck #46",
    sure=Sure.REP,
    because="it would take more than 2,000 rows of the check's own",
    codes=("EXCEEDED_ID_LIMIT",),
    test="engine/test_soql_refusals.py::test_more_aggregate_rows_than_a_batch_are_refused",
)
