"""What is taken from the text of a refusal: names, and nothing else of it."""

import pytest

from app.org.errors import OrgErrorCode
from app.org.failures import failure_of_answer
from app.org.lacking import lacking
from tests.org.answers import error

CARET = "\nSELECT Id, Foo__c FROM Bar__c\n           ^\nERROR at Row:1:Column:12\n"


@pytest.mark.parametrize(
    ("message", "named"),
    [
        (f"{CARET}No such column 'Foo__c' on entity 'Bar__c'. If you are attempting to…", "the field Bar__c.Foo__c"),
        ("No such column 'Foo__c' on sobject of type Bar__c", "the field Bar__c.Foo__c"),
        (f"{CARET}Didn't understand relationship 'Owner__r' in field path.", "the relationship Owner__r"),
        (f"{CARET}sObject type 'Bar__c' is not supported.", "the object Bar__c"),
        (f"{CARET}field 'Foo__c' can not be grouped in a query call", None),
        ("No such column 'SELECT Id FROM Bar__c' on entity 'Bar__c'", None),
        (f"No such column '{'A' * 500}' on entity 'Bar__c'", None),
        ("", None),
    ],
)
def test_the_name_of_what_is_not_there_is_found(message: str, named: str | None) -> None:
    assert lacking(message) == named


def test_a_caller_is_told_the_field_and_nothing_of_the_statement() -> None:
    failure = failure_of_answer(400, error("INVALID_FIELD", f"{CARET}No such column 'Foo__c' on entity 'Bar__c'."))
    assert failure.code is OrgErrorCode.FAILED
    assert "Bar__c.Foo__c" in failure.message
    assert "SELECT" not in failure.message
