"""What becomes of a transaction's answer: the ids, the write that really failed, or that nobody knows."""

from __future__ import annotations

import pytest
import requests
import responses

from app.org.call_count import counting
from app.org.errors import OrgError, OrgErrorCode, WriteRefused
from app.org.failures import DuplicateKey, OutcomeUnknown, RecordChanged
from app.org.gateway import Gateway
from app.org.queries import BUSY_RETRIES
from app.org.writes import Create, Delete, Ref, Update, Write
from tests.org.answers import COMPOSITE, error
from tests.org.grants_in_memory import INTEGRATION_USER, ORG, GrantsInMemory, TokensInTurn, token
from tests.org.written import (
    CLAIM,
    EVENT,
    HALTED,
    MEETING,
    ROLLED_BACK,
    answer_with,
    created,
    failed,
    part,
    refused,
    saved,
    sent,
    sent_parts,
)

pytestmark = pytest.mark.anyio

BOOKING: tuple[Write, ...] = (
    Create("Event", {"Subject": "Demo with Ada"}, name="event"),
    Create("Meeting", {"Meeting_Id": "m", "Event_Id": Ref("event")}, name="meeting"),
    Create("Attendee", {"Meeting": Ref("meeting"), "Email": "ada@acme.example"}),
    Create("Claim", {"Claim_Key": "host|2026-11-27|1"}),
    Create("Operation", {"Operation_Key": "key"}),
)
DONE = (created("event", EVENT), created("meeting", MEETING), part("3", 200, [saved(), saved(), saved()]))
TAKEN_BACK = (refused("event", HALTED), refused("meeting", HALTED))
CHANGE = Update("Meeting", MEETING, {"Status": "Canceled"})
CHANGED = part("1", 204)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.org.writer.BUSY_SECONDS", (0.0, 0.0))


@pytest.fixture
def renewable(grants: GrantsInMemory) -> TokensInTurn:
    """The org connection, which can be renewed once."""
    tokens = [token("org-token", user_id=INTEGRATION_USER), token("org-token-2", user_id=INTEGRATION_USER)]
    source = grants.sources[ORG, INTEGRATION_USER] = TokensInTurn(tokens)
    return source


async def test_a_transaction_is_one_request_of_the_org_connection(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    answer_with(http, *DONE)
    with counting() as count:
        ids = await gateway.writer(ORG).write(*BOOKING)
    assert ids == {"event": EVENT, "meeting": MEETING}
    assert count.calls == len(http.calls) == 1
    assert http.calls[0].request.headers["Authorization"] == "Bearer org-token"
    assert {name: value for name, value in sent(http).items() if name != "compositeRequest"} == {
        "allOrNone": True,
        "collateSubrequests": False,
    }
    assert [each["url"] for each in sent_parts(http)] == [
        "/services/data/v66.0/sobjects/Event",
        "/services/data/v66.0/sobjects/LeanData__BookIt_Meeting__c",
        "/services/data/v66.0/composite/sobjects",
    ]


async def test_the_answers_may_come_in_any_order_and_the_ids_in_short(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    answer_with(http, DONE[2], created("meeting", MEETING[:15]), DONE[0])
    assert await gateway.writer(ORG).write(*BOOKING) == {"event": EVENT, "meeting": MEETING}


async def test_a_change_and_a_deletion_have_no_id_to_tell(gateway: Gateway, http: responses.RequestsMock) -> None:
    answer_with(http, CHANGED, part("2", 204))
    assert await gateway.writer(ORG).write(CHANGE, Delete("Event", EVENT)) == {}
    assert [each["method"] for each in sent_parts(http)] == ["PATCH", "DELETE"]
    assert "httpHeaders" not in sent_parts(http)[0]
    assert "body" not in sent_parts(http)[1]


@pytest.mark.parametrize(
    ("results", "name"),
    [
        ([failed(ROLLED_BACK), failed("DUPLICATE_VALUE"), failed(ROLLED_BACK)], "Claim"),
        ([failed(ROLLED_BACK), failed(ROLLED_BACK), failed("DUPLICATE_VALUE")], "Operation"),
        ([saved(), saved(), failed("DUPLICATE_VALUE")], "Operation"),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
async def test_a_duplicate_key_names_the_object_of_the_record_that_has_it(
    gateway: Gateway, http: responses.RequestsMock, results: list[object], name: str, status: int
) -> None:
    answer_with(http, *TAKEN_BACK, part("3", status, results))
    with pytest.raises(DuplicateKey) as problem:
        await gateway.writer(ORG).write(*BOOKING)
    assert problem.value.object == name
    assert problem.value.code is OrgErrorCode.CONFLICT


async def test_a_duplicate_key_of_a_record_of_its_own_names_its_object(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    answer_with(http, refused("event", HALTED), refused("meeting", "DUPLICATE_VALUE"), refused("3", HALTED))
    with pytest.raises(DuplicateKey) as problem:
        await gateway.writer(ORG).write(*BOOKING)
    assert problem.value.object == "Meeting"


async def test_a_record_that_was_changed_is_told_apart(gateway: Gateway, http: responses.RequestsMock) -> None:
    answer_with(http, part("1", 412, [{"errorCode": "PRECONDITION_FAILED", "message": "m"}]), refused("2", HALTED))
    with pytest.raises(RecordChanged) as problem:
        await gateway.writer(ORG).write(CHANGE, Delete("Event", EVENT))
    assert problem.value.code is OrgErrorCode.CONFLICT


@pytest.mark.parametrize(
    ("code", "status", "ours"),
    [
        ("ENTITY_IS_DELETED", 404, OrgErrorCode.NOT_FOUND),
        ("ENTITY_IS_DELETED", 400, OrgErrorCode.NOT_FOUND),
        ("NOT_FOUND", 404, OrgErrorCode.NOT_FOUND),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 400, OrgErrorCode.FAILED),
        ("INSUFFICIENT_ACCESS_OR_READONLY", 403, OrgErrorCode.FAILED),
        ("INVALID_FIELD", 400, OrgErrorCode.FAILED),
        ("UNKNOWN_EXCEPTION", 500, OrgErrorCode.SALESFORCE_UNAVAILABLE),
    ],
)
async def test_the_part_that_failed_is_told_and_not_what_was_taken_back_with_it(
    gateway: Gateway, http: responses.RequestsMock, code: str, status: int, ours: OrgErrorCode
) -> None:
    answer_with(http, refused("1", HALTED), refused("2", code, status), refused("3", HALTED))
    with pytest.raises(OrgError) as problem:
        await gateway.writer(ORG).write(CHANGE, Delete("Event", EVENT), CHANGE)
    # An answer for each part says that all was taken back, so this is no unknown outcome.
    assert (type(problem.value), problem.value.code, problem.value.salesforce_code) == (OrgError, ours, code)
    assert len(http.calls) == 1


@pytest.mark.parametrize("code", ["DUPLICATE_VALUE", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "INVALID_FIELD"])
async def test_no_text_of_salesforces_is_told(gateway: Gateway, http: responses.RequestsMock, code: str) -> None:
    answer_with(http, *TAKEN_BACK, part("3", 200, [failed(code), failed(ROLLED_BACK), failed(ROLLED_BACK)]))
    with pytest.raises(OrgError) as problem:
        await gateway.writer(ORG).write(*BOOKING)
    for text in (str(problem.value), problem.value.message, repr(problem.value.__context__)):
        assert "prospect" not in text
        assert "Ada" not in text


async def test_a_request_that_is_refused_as_a_whole_did_nothing(gateway: Gateway, http: responses.RequestsMock) -> None:
    answer_with(http, part(None, 400, error("LIMIT_EXCEEDED")))
    with pytest.raises(OrgError) as problem:
        await gateway.writer(ORG).write(*BOOKING)
    assert (type(problem.value), problem.value.code) == (OrgError, OrgErrorCode.FAILED)


async def test_a_lock_that_goes_away_is_waited_for(gateway: Gateway, http: responses.RequestsMock) -> None:
    answer_with(http, *TAKEN_BACK, part("3", 200, [failed(ROLLED_BACK), failed("UNABLE_TO_LOCK_ROW"), failed(HALTED)]))
    http.post(COMPOSITE, status=400, json=error("UNABLE_TO_LOCK_ROW"))
    answer_with(http, *DONE)
    assert await gateway.writer(ORG).write(*BOOKING) == {"event": EVENT, "meeting": MEETING}
    assert sent(http, 0) == sent(http, 1) == sent(http, 2)


async def test_a_lock_that_stays_is_told(gateway: Gateway, http: responses.RequestsMock) -> None:
    for _ in range(BUSY_RETRIES + 1):
        answer_with(http, refused("1", "UNABLE_TO_LOCK_ROW"))
    with pytest.raises(OrgError) as problem:
        await gateway.writer(ORG).write(CHANGE)
    assert problem.value.code is OrgErrorCode.CONFLICT
    assert not isinstance(problem.value, OutcomeUnknown)
    assert len(http.calls) == BUSY_RETRIES + 1


async def test_an_ended_session_is_renewed_once(
    gateway: Gateway, http: responses.RequestsMock, renewable: TokensInTurn
) -> None:
    http.post(COMPOSITE, status=401, json=error("INVALID_SESSION_ID"))
    answer_with(http, CHANGED)
    await gateway.writer(ORG).write(CHANGE)
    assert [call.request.headers["Authorization"] for call in http.calls] == ["Bearer org-token", "Bearer org-token-2"]
    assert renewable.renewals == 1


async def test_a_session_that_ends_again_is_told(
    gateway: Gateway, http: responses.RequestsMock, renewable: TokensInTurn
) -> None:
    for _ in range(2):
        http.post(COMPOSITE, status=401, json=error("INVALID_SESSION_ID"))
    with pytest.raises(OrgError) as problem:
        await gateway.writer(ORG).write(CHANGE)
    assert problem.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    assert not isinstance(problem.value, OutcomeUnknown)
    assert renewable.renewals == 1


@pytest.mark.parametrize(
    "broken",
    [
        requests.exceptions.ReadTimeout("t"),
        requests.exceptions.ConnectionError("c"),
        requests.exceptions.ChunkedEncodingError("c"),
        requests.exceptions.SSLError("s"),
    ],
    ids=lambda broken: type(broken).__name__,
)
async def test_without_an_answer_nobody_knows_and_nothing_is_sent_again(
    gateway: Gateway, http: responses.RequestsMock, broken: Exception
) -> None:
    http.post(COMPOSITE, body=broken)
    with pytest.raises(OutcomeUnknown) as problem:
        await gateway.writer(ORG).write(*BOOKING)
    assert problem.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    assert len(http.calls) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
async def test_an_error_of_the_servers_leaves_it_open_too(
    gateway: Gateway, http: responses.RequestsMock, status: int
) -> None:
    http.post(COMPOSITE, status=status, body="<html>")
    with pytest.raises(OutcomeUnknown):
        await gateway.writer(ORG).write(*BOOKING)
    assert len(http.calls) == 1


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "{}",
        '{"compositeResponse": []}',
        '{"compositeResponse": [{"referenceId": "1"}]}',
        '{"compositeResponse": [{"referenceId": "1", "httpStatusCode": 200, "body": {}}]}',
        '{"compositeResponse": [{"referenceId": "1", "httpStatusCode": 200, "body": [{"success": true}]}]}',
    ],
)
async def test_an_answer_that_cannot_be_read_leaves_it_open(
    gateway: Gateway, http: responses.RequestsMock, body: str
) -> None:
    http.post(COMPOSITE, body=body)
    with pytest.raises(OutcomeUnknown):
        await gateway.writer(ORG).write(*BOOKING[3:])


@pytest.mark.parametrize("body", [{}, {"id": "x"}, [], None])
async def test_a_named_record_without_an_id_leaves_it_open(
    gateway: Gateway, http: responses.RequestsMock, body: object
) -> None:
    answer_with(http, part("event", 201, body))
    with pytest.raises(OutcomeUnknown):
        await gateway.writer(ORG).write(BOOKING[0])


async def test_a_connection_that_was_never_made_did_nothing(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.post(COMPOSITE, body=requests.exceptions.ConnectTimeout("t"))
    with pytest.raises(OrgError) as problem:
        await gateway.writer(ORG).write(CHANGE)
    assert problem.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    assert not isinstance(problem.value, OutcomeUnknown)


async def test_the_daily_limit_did_nothing(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.post(COMPOSITE, status=403, json=error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
    with pytest.raises(OrgError) as problem:
        await gateway.writer(ORG).write(CHANGE)
    assert problem.value.code is OrgErrorCode.SALESFORCE_LIMIT


async def test_a_write_is_not_shed_near_the_daily_limit(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.post(COMPOSITE, json={"compositeResponse": [CHANGED]}, headers={"Sforce-Limit-Info": "api-usage=99999/100000"})
    await gateway.writer(ORG).write(CHANGE)
    with pytest.raises(OrgError):
        await gateway.as_org_connection(ORG).fetch("signin/organization")
    await gateway.writer(ORG).write(CHANGE)
    assert len(http.calls) == 2


@pytest.mark.parametrize(
    "write",
    [
        Create("Pool", {"Grouping_Name": "x"}),
        Create("Meeting", {"SMS_Consent": True}),
        Update("Meeting", MEETING, {"Meeting_Id": "x"}),
        Update("Meeting", "../../limits", {"Status": "Canceled"}),
        Update("Meeting", CLAIM, {"Start": "tomorrow"}),
        Delete("Meeting", MEETING),
    ],
)
async def test_what_is_not_allowed_never_leaves(gateway: Gateway, http: responses.RequestsMock, write: Write) -> None:
    with counting() as count, pytest.raises(WriteRefused):
        await gateway.writer(ORG).write(CHANGE, write)
    assert count.calls == len(http.calls) == 0
