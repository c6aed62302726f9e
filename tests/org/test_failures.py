"""The one table from Salesforce's errors to ours."""

import pytest
import requests
from simple_salesforce.exceptions import SalesforceExpiredSession, SalesforceGeneralError, SalesforceMalformedRequest

from app.org.errors import OrgErrorCode
from app.org.failures import ConnectionDropped, OrgBusy, SessionExpired, error_code_of, failure_of, failure_of_answer
from tests.org.answers import error


@pytest.mark.parametrize(
    ("status", "error_code", "expected"),
    [
        (400, "INVALID_FIELD", OrgErrorCode.FAILED),
        (400, "INVALID_TYPE", OrgErrorCode.FAILED),
        (400, "MALFORMED_QUERY", OrgErrorCode.INTERNAL),
        (400, "INVALID_QUERY_FILTER_OPERATOR", OrgErrorCode.INTERNAL),
        (400, "QUERY_TOO_COMPLICATED", OrgErrorCode.FAILED),
        (400, "INVALID_QUERY_LOCATOR", OrgErrorCode.SALESFORCE_UNAVAILABLE),
        (400, "UNABLE_TO_LOCK_ROW", OrgErrorCode.CONFLICT),
        (400, "DUPLICATE_VALUE", OrgErrorCode.CONFLICT),
        (400, "SOMETHING_NEW", OrgErrorCode.FAILED),
        (401, "INVALID_SESSION_ID", OrgErrorCode.RECONNECT_REQUIRED),
        (403, "REQUEST_LIMIT_EXCEEDED", OrgErrorCode.SALESFORCE_LIMIT),
        (403, "API_DISABLED_FOR_ORG", OrgErrorCode.FAILED),
        (403, "INSUFFICIENT_ACCESS_OR_READONLY", OrgErrorCode.FAILED),
        (404, "NOT_FOUND", OrgErrorCode.NOT_FOUND),
        (404, "ENTITY_IS_DELETED", OrgErrorCode.NOT_FOUND),
        (405, "METHOD_NOT_ALLOWED", OrgErrorCode.FAILED),
        (412, "ENTITY_MODIFIED", OrgErrorCode.CONFLICT),
        (429, "TOO_MANY", OrgErrorCode.SALESFORCE_LIMIT),
        (500, "UNKNOWN_EXCEPTION", OrgErrorCode.SALESFORCE_UNAVAILABLE),
        (502, "BAD_GATEWAY", OrgErrorCode.SALESFORCE_UNAVAILABLE),
        (503, "SERVER_UNAVAILABLE", OrgErrorCode.SALESFORCE_UNAVAILABLE),
    ],
)
def test_an_answer_that_refuses_becomes_one_of_our_codes(status: int, error_code: str, expected: OrgErrorCode) -> None:
    failure = failure_of_answer(status, error(error_code, "a message with SELECT Id FROM Secret__c"))
    assert failure.code is expected
    assert failure.salesforce_code == error_code
    assert "Secret__c" not in failure.message


@pytest.mark.parametrize("body", ["<html>no JSON</html>", b"", None, {}, [], [1], [{"errorCode": 3}], [{"error": "x"}]])
def test_a_body_without_an_error_code_has_none(body: object) -> None:
    assert error_code_of(body) is None
    assert failure_of_answer(404, body).code is OrgErrorCode.NOT_FOUND


def test_an_error_code_that_is_no_code_is_not_repeated() -> None:
    assert error_code_of(error("SELECT Id FROM Secret__c")) is None


def test_a_session_that_ran_out_can_be_told_apart() -> None:
    expired = SalesforceExpiredSession("https://x/", 401, "query", error("INVALID_SESSION_ID"))  # type: ignore[arg-type]
    assert isinstance(failure_of(expired), SessionExpired)


def test_a_busy_org_can_be_told_apart() -> None:
    busy = SalesforceGeneralError("https://x/", 503, "query", error("SERVER_UNAVAILABLE"))  # type: ignore[arg-type]
    locked = SalesforceMalformedRequest("https://x/", 400, "x", error("UNABLE_TO_LOCK_ROW"))  # type: ignore[arg-type]
    assert isinstance(failure_of(busy), OrgBusy)
    assert isinstance(failure_of(locked), OrgBusy)


def test_a_dropped_connection_can_be_told_apart_from_a_time_out() -> None:
    assert isinstance(failure_of(requests.exceptions.ConnectionError("reset")), ConnectionDropped)
    timed_out = failure_of(requests.exceptions.ConnectTimeout("slow"))
    assert timed_out is not None
    assert not isinstance(timed_out, ConnectionDropped)
    assert timed_out.code is OrgErrorCode.SALESFORCE_UNAVAILABLE


def test_an_exception_that_is_not_of_the_network_is_not_taken_for_one() -> None:
    assert failure_of(KeyError("a mistake of ours")) is None
