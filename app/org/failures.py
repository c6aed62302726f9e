"""What went wrong at Salesforce, as an OrgError: the one table of statuses and error codes.

No text of Salesforce's and no library's exception goes on from here: both may hold the URL, and so the SOQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from simple_salesforce.exceptions import SalesforceError

from app.org.errors import OrgError, OrgErrorCode
from app.org.lacking import lacking


class SessionExpired(OrgError):
    """401: the access token is not taken any more. Renewed once by the one who called."""


class ConnectionDropped(OrgError):
    """The connection broke before an answer came. A read may be sent again at once."""


class OrgBusy(OrgError):
    """503, or a row that somebody else holds: the same request may well succeed a moment later."""


class NotSent(OrgError):
    """Nothing left: there was no free connection in time, or none to the org could be made."""


class UnreadableAnswer(OrgError):
    """Salesforce answered, and the answer is not of the form that it should have."""


class DuplicateKey(OrgError):
    """A unique key of a record that was to be created or changed stands already. Nothing was done.

    object: the logical name of that record's object.
    """

    def __init__(self, object_name: str) -> None:
        super().__init__(*_BY_ERROR_CODE[DUPLICATE], salesforce_code=DUPLICATE)
        self.object = object_name


class RecordChanged(OrgError):
    """412: somebody has changed the record since it was read. Nothing was done."""


class OutcomeUnknown(OrgError):
    """A write left, and no answer tells how it ended: all of it was done, or nothing. salesforce_code: if there is one,
    of the answer that did not tell."""


class DailyLimitReached(OrgError):
    """The org has used up the API requests of its last 24 hours. Its other limits share the same errorCode."""


BAD_OAUTH_TOKEN = "Bad_OAuth_Token"  # noqa: S105 (an answer, no password)
"""How the identity and userinfo endpoints say that a token is not taken: plain text with 403, where the API says 401
(Salesforce Help, Identity URLs)."""

DAILY_LIMIT = "TotalRequests"
"""How the message about the daily limit begins: `TotalRequests Limit exceeded.`"""

LOST = "Salesforce lost the rest of the answer. Ask again."
TIMED_OUT = "Salesforce did not answer in time. Try again in a minute."
UNAVAILABLE = "Salesforce cannot be reached at the moment. Try again in a minute."
RECONNECT = "The sign-in to Salesforce is no longer valid. Connect again to continue."
SCHEMA = "The Salesforce org does not show this user an object or a field that is needed here."
RENEWED_IN_VAIN = "Salesforce ended the session again as soon as it was renewed. Try again in a minute."
OUTCOME_UNKNOWN = "Salesforce did not say whether it has done this. Look at the record before you try again."
UNEXPECTED = "Salesforce answered in a way that this server does not expect."

DUPLICATE = "DUPLICATE_VALUE"
LOCKED = "UNABLE_TO_LOCK_ROW"

SCHEMA_REFUSALS = frozenset({"INVALID_FIELD", "INVALID_TYPE"})
"""Something that a statement names is not there for this user."""

_BY_ERROR_CODE: dict[str, tuple[OrgErrorCode, str]] = {
    "REQUEST_LIMIT_EXCEEDED": (
        OrgErrorCode.SALESFORCE_LIMIT,
        "The Salesforce org has used up its API requests for now. Try again later.",
    ),
    "MALFORMED_QUERY": (OrgErrorCode.INTERNAL, UNEXPECTED),
    "MALFORMED_ID": (OrgErrorCode.INTERNAL, UNEXPECTED),
    "INVALID_QUERY_FILTER_OPERATOR": (OrgErrorCode.INTERNAL, UNEXPECTED),
    "QUERY_TOO_COMPLICATED": (OrgErrorCode.FAILED, "This question is too large for Salesforce. Narrow it down."),
    "QUERY_TIMEOUT": (OrgErrorCode.FAILED, "Salesforce took too long to answer. Narrow the question down."),
    "INVALID_QUERY_LOCATOR": (OrgErrorCode.SALESFORCE_UNAVAILABLE, LOST),
    "API_DISABLED_FOR_ORG": (OrgErrorCode.FAILED, "This user may not use the Salesforce API."),
    "API_CURRENTLY_DISABLED": (OrgErrorCode.FAILED, "This user may not use the Salesforce API."),
    DUPLICATE: (OrgErrorCode.CONFLICT, "Somebody else has just written the same record."),
    LOCKED: (OrgErrorCode.CONFLICT, "Somebody else is changing the same record. Try again."),
    "ENTITY_IS_DELETED": (OrgErrorCode.NOT_FOUND, "The record is not there any more."),
    "NOT_FOUND": (OrgErrorCode.NOT_FOUND, "The record was not found."),
}

_BY_STATUS: dict[int, tuple[OrgErrorCode, str]] = {
    404: (OrgErrorCode.NOT_FOUND, "The record was not found."),
    408: (OrgErrorCode.SALESFORCE_UNAVAILABLE, UNAVAILABLE),
    412: (OrgErrorCode.CONFLICT, "The record has been changed since it was read."),
    429: (OrgErrorCode.SALESFORCE_LIMIT, "Salesforce takes no more requests at the moment. Try again later."),
}


def failure_of(problem: Exception) -> OrgError | None:
    """The OrgError that an exception of simple-salesforce or requests stands for; None for any other exception."""
    if isinstance(problem, SalesforceError):
        return failure_of_answer(problem.status, problem.content)
    if isinstance(problem, requests.exceptions.ConnectTimeout):
        return NotSent(OrgErrorCode.SALESFORCE_UNAVAILABLE, TIMED_OUT)
    if isinstance(problem, requests.exceptions.Timeout):
        return OrgError(OrgErrorCode.SALESFORCE_UNAVAILABLE, TIMED_OUT)
    if isinstance(problem, requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return OrgError(OrgErrorCode.SALESFORCE_UNAVAILABLE, UNAVAILABLE)
    if isinstance(problem, requests.exceptions.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return ConnectionDropped(OrgErrorCode.SALESFORCE_UNAVAILABLE, UNAVAILABLE)
    if isinstance(problem, requests.exceptions.RequestException):
        return OrgError(OrgErrorCode.SALESFORCE_UNAVAILABLE, UNAVAILABLE)
    return None


def failure_of_answer(status: int, body: Any) -> OrgError:
    """The OrgError for an answer's HTTP status and body (parsed JSON or text), of a part of a composite too."""
    code = error_code_of(body)
    if status == requests.codes.unauthorized or body in (BAD_OAUTH_TOKEN, BAD_OAUTH_TOKEN.encode()):
        return SessionExpired(OrgErrorCode.RECONNECT_REQUIRED, RECONNECT, salesforce_code=code)
    if code == LOCKED:
        return OrgBusy(*_BY_ERROR_CODE[code], salesforce_code=code)
    if code == "REQUEST_LIMIT_EXCEEDED" and _message_of(body).startswith(DAILY_LIMIT):
        return DailyLimitReached(*_BY_ERROR_CODE[code], salesforce_code=code)
    if code in SCHEMA_REFUSALS:
        return OrgError(OrgErrorCode.FAILED, _schema_message(body), salesforce_code=code)
    if code in _BY_ERROR_CODE:
        return OrgError(*_BY_ERROR_CODE[code], salesforce_code=code)
    if status == requests.codes.service_unavailable:
        return OrgBusy(OrgErrorCode.SALESFORCE_UNAVAILABLE, UNAVAILABLE, salesforce_code=code)
    if status == requests.codes.precondition_failed:
        return RecordChanged(*_BY_STATUS[status], salesforce_code=code)
    if status in _BY_STATUS:
        return OrgError(*_BY_STATUS[status], salesforce_code=code)
    if status >= requests.codes.internal_server_error:
        return OrgError(OrgErrorCode.SALESFORCE_UNAVAILABLE, UNAVAILABLE, salesforce_code=code)
    return OrgError(OrgErrorCode.FAILED, "Salesforce refused the request.", salesforce_code=code)


def error_code_of(body: Any) -> str | None:
    """Salesforce's errorCode from an error body: a list of errors, the first of which counts; None if it has none."""
    code = _first_error(body).get("errorCode")
    return code if isinstance(code, str) and code.replace("_", "").isalnum() and len(code) < 80 else None


def _schema_message(body: Any) -> str:
    found = lacking(_message_of(body))
    return SCHEMA if found is None else f"The Salesforce org does not show this user {found}, which is needed here."


def _message_of(body: Any) -> str:
    """For telling cases apart, and never to be passed on: a message may hold SOQL."""
    message = _first_error(body).get("message")
    return message if isinstance(message, str) else ""


def _first_error(body: Any) -> Mapping[str, Any]:
    if isinstance(body, list) and body and isinstance(body[0], dict):
        return body[0]  # pyright: ignore[reportUnknownVariableType]  JSON objects have text keys
    return {}
