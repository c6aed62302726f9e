"""Statements with tokens swapped, lost and put in: an answer or a refusal, never a failure."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local_org.errors import ApiError
from app.local_org.org import Session
from soql.printer import to_text
from tests.local_org.engine.shop_rows import load_rows
from tests.local_org.engine.shop_statements import statements
from tests.local_org.engine.test_statements_agree_with_python import differential
from tests.support.small_org import small_org

_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|[\w.:]+|[<>!]?=|\S")
_WORDS = [
    *("Id", "Name", "Kind__c", "Tags__c", "Size__c", "Floors__c", "Opened__c", "Seen__c", "Opens__c", "Active__c"),
    *("Note__c", "Mail__c", "Secret__c", "Parent__c", "OwnerId", "IsDeleted", "Parent__r.Name", "Owner.Name", "Owner"),
    *("Owner.Type", "Owner.Profile.Name", "Owner.Email", "Manager__r.Manager.Name", "Visits__r", "Branches__r", "n"),
    *("Shop__c", "Visit__c", "Lease__c", "User", "Event", "What", "PermissionSetAssignment", "UserPermissionAccess"),
    *("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "LIKE", "IN", "INCLUDES", "NULL", "TRUE", "ORDER BY", "GROUP BY"),
    *("HAVING", "LIMIT", "OFFSET", "DESC", "NULLS LAST", "TYPEOF", "WHEN", "THEN", "ELSE", "END", "ALL ROWS"),
    *("USING SCOPE mine", "USING SCOPE team", "FOR VIEW", "FOR UPDATE", "WITH USER_MODE", "AS", "ROLLUP(", "CUBE("),
    *("COUNT()", "COUNT(", "SUM(", "MIN(", "AVG(", "toLabel(", "FORMAT(", "GROUPING(", "FIELDS(ALL)", "DAY_ONLY("),
    *("FIELDS(CUSTOM)", "HOUR_IN_DAY(", "convertTimezone(", "convertCurrency(", "DISTANCE(", "GEOLOCATION(1, 2)"),
    *("(", ")", ",", "=", "!=", "<", ">=", "0", "1", "-1", "1.5", "200", "2001", "USD5", "'x'", "''", "'001'", "'%'"),
    *("'a01xx000000000AAAQ'", "2026-11-25", "2026-11-25T12:00:00+0000", "12:00:00Z", "TODAY", "LAST_N_DAYS:3"),
    *("1e5", "9" * 30, "N_YEARS_AGO:99999999999", ":me"),
]


@st.composite
def _broken(draw: st.DrawFn) -> str:
    tokens: list[str] = _TOKEN.findall(to_text(draw(statements)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(tokens)))
        word = draw(st.sampled_from(_WORDS))
        kept = draw(st.integers(0, 2))
        tokens[place : place + kept] = [] if kept == 2 else [word]
    return " ".join(tokens)


def _asked(session: Session, text: str, all_rows: bool) -> dict[str, Any] | ApiError:
    try:
        return session.query(text, all_rows=all_rows)
    except ApiError as refused:
        return refused


@pytest.fixture(scope="module")
def filled() -> Generator[list[Session]]:
    small = small_org()
    load_rows(small)
    yield [small.acting(handle) for handle in ("admin", "rep", "guest")]
    small.org.close()


@differential
@given(text=_broken(), all_rows=st.booleans())
def test_a_broken_statement_is_answered_or_refused(filled: list[Session], text: str, all_rows: bool) -> None:
    for session in filled:
        answer = _asked(session, text, all_rows)
        if isinstance(answer, ApiError):
            assert answer.status in (400, 501)
            assert answer.message
        else:
            assert answer["totalSize"] >= len(answer["records"])
