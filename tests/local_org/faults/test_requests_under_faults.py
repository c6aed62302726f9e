"""What a client sees of each armed fault, over a real socket."""

import time
from typing import Any

import pytest
import requests

from tests.support.local_org import RestClient, RunningLocalOrg

ADMIN = "admin@demo.example"
EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
UNAVAILABLE = [
    {
        "message": "The server is temporarily unable to service the request. Please try again later.",
        "errorCode": "SERVER_UNAVAILABLE",
    }
]


@pytest.fixture
def api(faulty_org: RunningLocalOrg) -> RestClient:
    return faulty_org.as_user(ADMIN)


def names(api: RestClient) -> list[str]:
    return [row["Name"] for row in api.query("SELECT Name FROM Account ORDER BY Name")]


NO_FIELDS: list[str] = []


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ({"kind": "expire_session"}, 401, EXPIRED),
        ({"kind": "revoke_grant"}, 401, EXPIRED),
        ({"kind": "unavailable"}, 503, UNAVAILABLE),
        (
            {"kind": "request_limit"},
            403,
            [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}],
        ),
        (
            {"kind": "request_limit", "limit": "ConcurrentPerOrgLongTxn"},
            403,
            [{"message": "ConcurrentPerOrgLongTxn Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}],
        ),
        (
            {"kind": "refuse", "status": 500, "code": "UNKNOWN_EXCEPTION", "message": "no"},
            500,
            [{"message": "no", "errorCode": "UNKNOWN_EXCEPTION"}],
        ),
        (
            {"kind": "refuse", "status": 400, "code": "STRING_TOO_LONG", "message": "no", "fields": ["Name"]},
            400,
            [{"message": "no", "errorCode": "STRING_TOO_LONG", "fields": ["Name"]}],
        ),
        (
            {"kind": "lock_row"},
            400,
            [
                {
                    "message": "unable to obtain exclusive access to this record",
                    "errorCode": "UNABLE_TO_LOCK_ROW",
                    "fields": NO_FIELDS,
                }
            ],
        ),
    ],
)
def test_a_refusing_fault_answers_as_the_org_would_and_nothing_is_written(
    faulty_org: RunningLocalOrg, api: RestClient, fault: dict[str, Any], status: int, body: list[dict[str, Any]]
) -> None:
    faulty_org.fault(**fault)
    answer = api.call("POST", "/sobjects/Account", json={"Name": "Acme"})
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert names(faulty_org.as_user(ADMIN)) == []


def test_an_expired_session_stays_expired_until_it_is_refreshed(faulty_org: RunningLocalOrg) -> None:
    tokens = faulty_org.sign_in(ADMIN)
    faulty_org.fault("expire_session")
    api = faulty_org.api(tokens["access_token"])
    assert [api.call("GET", "/limits").status_code for _ in range(3)] == [401, 401, 401]
    renewed = faulty_org.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert faulty_org.api(renewed["access_token"]).call("GET", "/limits").status_code == 200


def test_a_revoked_grant_cannot_be_refreshed(faulty_org: RunningLocalOrg) -> None:
    tokens = faulty_org.sign_in(ADMIN)
    faulty_org.fault("revoke_grant", match={"path": "/services/oauth2/token"})
    assert faulty_org.api(tokens["access_token"]).call("GET", "/limits").status_code == 200
    answer = faulty_org.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "invalid_grant", "error_description": "expired access/refresh token"},
    )
    assert faulty_org.api(tokens["access_token"]).call("GET", "/limits").status_code == 401


def test_the_oauth_endpoints_are_refused_in_their_own_shape(faulty_org: RunningLocalOrg) -> None:
    faulty_org.fault("refuse", status=400, code="invalid_grant", message="Token request is already being processed")
    answer = faulty_org.token(grant_type="refresh_token", refresh_token="x")
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "invalid_grant", "error_description": "Token request is already being processed"},
    )
    faulty_org.fault("unavailable")
    assert faulty_org.token(grant_type="refresh_token", refresh_token="x").json()["error"] == "temporarily_unavailable"
    faulty_org.fault("unavailable", html=True)
    page = faulty_org.token(grant_type="refresh_token", refresh_token="x")
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")


def test_a_slow_answer_takes_its_time_before_or_after(faulty_org: RunningLocalOrg, api: RestClient) -> None:
    faulty_org.fault("slow", seconds=0.3)
    faulty_org.fault("slow", seconds=0.3, when="after", skip=1)
    for _ in range(2):
        began = time.monotonic()
        assert api.call("GET", "/limits").status_code == 200
        assert 0.3 <= time.monotonic() - began < 3
    began = time.monotonic()
    api.call("GET", "/limits")
    assert time.monotonic() - began < 0.3


@pytest.mark.parametrize(("when", "written"), [("before", []), ("after", ["Acme"])])
def test_a_dropped_connection_gives_no_answer_before_or_after_the_commit(
    faulty_org: RunningLocalOrg, api: RestClient, when: str, written: list[str]
) -> None:
    faulty_org.fault("drop", when=when, match={"method": "POST"})
    with pytest.raises(requests.exceptions.ConnectionError):
        api.call("POST", "/sobjects/Account", json={"Name": "Acme"})
    assert names(api) == written


def test_a_refresh_whose_answer_is_lost_has_rotated_the_token(faulty_org: RunningLocalOrg) -> None:
    tokens = faulty_org.sign_in(ADMIN)
    faulty_org.fault("drop", when="after", match={"path": "/services/oauth2/token"})
    with pytest.raises(requests.exceptions.ConnectionError):
        faulty_org.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    again = faulty_org.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert again.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("options", [{}, {"bytes": 0}, {"bytes": 1_000_000}])
@pytest.mark.parametrize("path", ["/limits", "/sobjects"])
def test_a_truncated_body_breaks_off(
    faulty_org: RunningLocalOrg, api: RestClient, options: dict[str, Any], path: str
) -> None:
    faulty_org.fault("truncate", **options)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        api.call("GET", path)
    assert api.call("GET", path).status_code == 200


def test_a_truncated_answer_without_a_body_is_dropped_and_done(faulty_org: RunningLocalOrg, api: RestClient) -> None:
    record_id = api.call("POST", "/sobjects/Account", json={"Name": "Acme"}).json()["id"]
    faulty_org.fault("truncate", match={"method": "PATCH"})
    with pytest.raises(requests.exceptions.ConnectionError):
        api.call("PATCH", f"/sobjects/Account/{record_id}", json={"Name": "Acme Corp"})
    assert names(api) == ["Acme Corp"]


@pytest.mark.parametrize(
    ("match", "statuses"),
    [
        ({}, [503, 200, 200]),
        ({"method": "post"}, [200, 503, 200]),
        ({"path": "/services/data/*/sobjects/Account/*"}, [200, 200, 503]),
        ({"object": "Account"}, [200, 503, 200]),
        ({"object": "account", "method": "GET"}, [200, 200, 503]),
        ({"object": "Acc"}, [200, 200, 200]),
    ],
)
def test_a_fault_meets_only_what_it_matches(
    faulty_org: RunningLocalOrg, api: RestClient, match: dict[str, str], statuses: list[int]
) -> None:
    record_id = faulty_org.org.load("Account", [{"Name": "Acme"}])[0]
    faulty_org.fault("unavailable", match=match)
    composite = {
        "compositeRequest": [{"method": "GET", "url": "/services/data/v66.0/sobjects/Account", "referenceId": "a"}]
    }
    answers = [
        api.call("GET", "/limits"),
        api.call("POST", "/composite", json=composite),
        api.call("GET", f"/sobjects/Account/{record_id}"),
    ]
    assert [answer.status_code for answer in answers] == statuses


def test_faults_are_met_in_order_skip_first_and_end_after_their_times(
    faulty_org: RunningLocalOrg, api: RestClient
) -> None:
    faulty_org.fault("unavailable", times=2, skip=1)
    faulty_org.fault("refuse", status=500, code="UNKNOWN_EXCEPTION", times=2)
    statuses = [api.call("GET", "/limits").status_code for _ in range(6)]
    assert statuses == [500, 503, 503, 500, 200, 200]


def test_a_fault_without_end_lasts_until_it_is_cleared(faulty_org: RunningLocalOrg, api: RestClient) -> None:
    armed = faulty_org.fault("unavailable", times=None)
    assert {api.call("GET", "/limits").status_code for _ in range(5)} == {503}
    requests.delete(f"{faulty_org.url}/__admin__/faults/{armed['id']}", timeout=10)
    assert api.call("GET", "/limits").status_code == 200
