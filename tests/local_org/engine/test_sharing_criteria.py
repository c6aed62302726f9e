"""Criteria-based sharing rules: each operation on each kind of field, rows without a value among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.local_org.schema.fields import owner, text_name
from app.local_org.schema.model import (
    Audience,
    AudienceKind,
    Criterion,
    Field,
    FieldType,
    Operation,
    Sharing,
    SharingRule,
)
from tests.support.small_org import NOON, SmallOrg, small_org, sobject

_THING = sobject(
    "Thing__c",
    "a09",
    Sharing.PRIVATE,
    owner("Group", "User"),
    text_name("Thing Name"),
    Field("Text__c", "Text", FieldType.STRING, length=20, custom=True),
    Field("Number__c", "Number", FieldType.DOUBLE, precision=5, scale=1, custom=True),
    Field("Day__c", "Day", FieldType.DATE, custom=True),
    Field("Moment__c", "Moment", FieldType.DATETIME, custom=True),
    Field("Flag__c", "Flag", FieldType.BOOLEAN, default=False, nillable=False, custom=True),
)
_ROWS = (
    {
        "Name": "full",
        "Text__c": "West Coast",
        "Number__c": 5,
        "Day__c": "2026-11-25",
        "Moment__c": NOON,
        "Flag__c": True,
    },
    {
        "Name": "other",
        "Text__c": "west coast",
        "Number__c": 7.5,
        "Day__c": "2026-11-26",
        "Moment__c": "2026-11-25T13:00:00Z",
    },
    {"Name": "empty"},
)
_NOON_MS = int(datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp() * 1000)


def _org(*criteria: Criterion, logic: str = "1") -> SmallOrg:
    rule = SharingRule("R", False, Audience(AudienceKind.ALL_INTERNAL_USERS), None, criteria, logic)
    small = small_org(more=(replace(_THING, sharing_rules=(rule,)),))
    small.org.load("Thing__c", [{**row, "OwnerId": small.people["rep"]} for row in _ROWS])
    return small


def _seen(small: SmallOrg) -> set[str]:
    try:
        return {row["Name"] for row in small.acting("other").query("SELECT Name FROM Thing__c")["records"]}
    finally:
        small.org.close()


@pytest.mark.parametrize(
    ("criterion", "seen"),
    [
        (Criterion("Text__c", Operation.EQUALS, ("West Coast",)), {"full"}),
        (Criterion("Text__c", Operation.EQUALS, ("west coast", "West Coast")), {"full", "other"}),
        (Criterion("Text__c", Operation.EQUALS, (None,)), {"empty"}),
        (Criterion("Text__c", Operation.NOT_EQUAL, ("West Coast",)), {"other", "empty"}),
        (Criterion("Text__c", Operation.NOT_EQUAL, (None,)), {"full", "other"}),
        (Criterion("Text__c", Operation.CONTAINS, ("Coa",)), {"full"}),
        (Criterion("Text__c", Operation.NOT_CONTAIN, ("Coa",)), {"other", "empty"}),
        (Criterion("Text__c", Operation.STARTS_WITH, ("We", "xx")), {"full"}),
        (Criterion("Number__c", Operation.EQUALS, (5.0,)), {"full"}),
        (Criterion("Number__c", Operation.LESS, (7.5,)), {"full"}),
        (Criterion("Number__c", Operation.GREATER_OR_EQUAL, (5.0,)), {"full", "other"}),
        (Criterion("Day__c", Operation.GREATER, ("2026-11-25",)), {"other"}),
        (Criterion("Moment__c", Operation.LESS_OR_EQUAL, (_NOON_MS,)), {"full"}),
        (Criterion("Flag__c", Operation.EQUALS, (1,)), {"full"}),
        (Criterion("Flag__c", Operation.NOT_EQUAL, (1,)), {"other", "empty"}),
    ],
)
def test_a_criterion_opens_the_rows_that_meet_it(criterion: Criterion, seen: set[str]) -> None:
    assert _seen(_org(criterion)) == seen


@pytest.mark.parametrize(
    ("logic", "seen"),
    [
        ("1 AND 2", set[str]()),
        ("1 OR 2", {"full", "other"}),
        ("NOT (1 OR 2)", {"empty"}),
        ("NOT 1 AND NOT 2", {"empty"}),
    ],
)
def test_criteria_are_joined_by_the_rules_logic(logic: str, seen: set[str]) -> None:
    one = Criterion("Text__c", Operation.STARTS_WITH, ("West",))
    two = Criterion("Number__c", Operation.GREATER, (6.0,))
    assert _seen(_org(one, two, logic=logic)) == seen
