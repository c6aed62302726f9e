"""`/__admin__/faults`: off by default; lists, arms, clears, changes at once, and explains itself."""

from typing import Any

import pytest
import requests

from app.local_org.faults.changes import CHANGE_KINDS
from app.local_org.faults.kinds import KINDS
from tests.support.local_org import RunningLocalOrg

ADMIN = "admin@demo.example"
PATH = "/__admin__/faults"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT"])
def test_without_the_switch_the_path_answers_like_any_unknown_one(
    running_local_org: RunningLocalOrg, method: str
) -> None:
    answers = [
        requests.request(method, running_local_org.url + path, json={"kind": "unavailable"}, timeout=10)
        for path in (PATH, "/__admin__/nothing")
    ]
    assert answers[0].status_code == answers[1].status_code in (404, 405)
    assert answers[0].content == answers[1].content


def get(faulty_org: RunningLocalOrg) -> dict[str, Any]:
    return requests.get(faulty_org.url + PATH, timeout=10).json()


def test_its_answer_documents_every_kind_with_its_options(faulty_org: RunningLocalOrg) -> None:
    body = get(faulty_org)
    assert len(body["armed_kinds"]) == len(KINDS)
    assert len(body["changes_at_once"]) == len(CHANGE_KINDS)
    for entry in (*body["armed_kinds"].values(), *body["changes_at_once"].values()):
        assert entry["does"]
    assert body["armed_kinds"]["slow"]["options"]["seconds"]["maximum"] == 300
    assert set(body["armed_kinds"]["drop"]["match"]) == {"method", "path", "object"}


def test_faults_are_listed_with_what_is_left_of_them_and_cleared(faulty_org: RunningLocalOrg) -> None:
    line = faulty_org.fault("unavailable", times=2, match={"method": "GET", "path": "*/limits"})
    assert line == {
        "id": 1,
        "kind": "unavailable",
        "html": False,
        "match": {"method": "GET", "path": "*/limits", "object": None},
        "times": 2,
        "skip": 0,
        "met": 0,
        "due": 2,
    }
    faulty_org.fault("drop")
    requests.get(f"{faulty_org.url}/services/data/v66.0/limits", timeout=10)
    assert [(entry["met"], entry["due"]) for entry in get(faulty_org)["faults"]] == [(1, 1), (0, 1)]
    one = f"{faulty_org.url}{PATH}/1"
    assert requests.get(one, timeout=10).json()["met"] == 1
    assert requests.delete(one, timeout=10).status_code == 204
    assert requests.delete(one, timeout=10).status_code == 404
    assert [entry["id"] for entry in get(faulty_org)["faults"]] == [2]
    assert requests.delete(faulty_org.url + PATH, timeout=10).status_code == 204
    assert get(faulty_org)["faults"] == []


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"{", "Invalid JSON"),
        (b"{}", "kind: Field required"),
        (b'{"kind":"earthquake"}', "earthquake"),
        (b'{"kind":"slow"}', "seconds: Field required"),
        (b'{"kind":"slow","seconds":301}', "less than or equal to 300"),
        (b'{"kind":"drop","when":"never"}', "when"),
        (b'{"kind":"drop","often":3}', "often: Extra inputs are not permitted"),
        (b'{"kind":"drop","times":0}', "times"),
        (b'{"kind":"drop","match":{"paths":"/x"}}', "paths: Extra inputs are not permitted"),
        (b'{"kind":"api_usage"}', "give share, used or limit"),
        (b'{"kind":"api_usage","share":0.5,"used":3}', "not both"),
        (b'{"kind":"clock"}', "give one of"),
        (b'{"kind":"clock","now":"2026-11-23T15:30:00"}', "timezone"),
        (b'{"kind":"end_sessions","user":"nobody@demo.example"}', "no user nobody@demo.example"),
    ],
)
def test_a_fault_that_cannot_be_read_is_refused_by_name(faulty_org: RunningLocalOrg, body: bytes, part: str) -> None:
    answer = requests.post(faulty_org.url + PATH, data=body, headers={"Content-Type": "application/json"}, timeout=10)
    assert answer.status_code == 400
    assert part in answer.json()["error"]
    assert get(faulty_org)["faults"] == []


def test_a_form_of_a_foreign_page_arms_nothing(faulty_org: RunningLocalOrg) -> None:
    answer = requests.post(faulty_org.url + PATH, data='{"kind":"drop"}', timeout=10)
    assert answer.status_code == 415


def test_the_api_usage_is_set_to_a_share_and_the_org_refuses_at_its_limit(faulty_org: RunningLocalOrg) -> None:
    api = faulty_org.as_user(ADMIN)
    state = faulty_org.fault("api_usage", share=0.95, limit=1000)
    assert state["api_usage"] == {"used": 950, "limit": 1000}
    assert api.call("GET", "/limits").headers["sforce-limit-info"] == "api-usage=951/1000"
    faulty_org.fault("api_usage", used=1000)
    answer = api.call("GET", "/limits")
    assert (answer.status_code, answer.json()[0]["message"]) == (403, "TotalRequests Limit exceeded.")
    faulty_org.fault("clock", advance_seconds=86_400)
    assert faulty_org.as_user(ADMIN).call("GET", "/limits").headers["sforce-limit-info"] == "api-usage=1/1000"


def test_the_clock_is_moved_set_and_reset(faulty_org: RunningLocalOrg) -> None:
    api = faulty_org.as_user(ADMIN)
    assert get(faulty_org)["state"]["now"] == "2026-11-23T15:30:00+00:00"
    faulty_org.fault("clock", advance_seconds=3600)
    record_id = api.call("POST", "/sobjects/Account", json={"Name": "Acme"}).json()["id"]
    stamp = api.call("GET", f"/sobjects/Account/{record_id}").json()["CreatedDate"]
    assert stamp == "2026-11-23T16:30:00.000+0000"
    assert faulty_org.fault("clock", now="2026-12-24T19:00:00+01:00")["now"] == "2026-12-24T18:00:00+00:00"
    assert api.call("GET", "/limits").status_code == 401  # the session has timed out meanwhile
    assert faulty_org.fault("clock", reset=True)["now"] == "2026-11-23T15:30:00+00:00"
    assert api.call("GET", "/limits").status_code == 200


def test_sessions_and_grants_end_at_once_for_one_or_for_all(faulty_org: RunningLocalOrg) -> None:
    admin, rep = faulty_org.sign_in(ADMIN), faulty_org.sign_in("rep@demo.example")

    def statuses() -> list[int]:
        return [faulty_org.api(t["access_token"]).call("GET", "/limits").status_code for t in (admin, rep)]

    faulty_org.fault("end_sessions", user=ADMIN)
    assert statuses() == [401, 200]
    assert faulty_org.token(grant_type="refresh_token", refresh_token=admin["refresh_token"]).status_code == 200
    faulty_org.fault("end_grants")
    assert statuses() == [401, 401]
    assert faulty_org.token(grant_type="refresh_token", refresh_token=rep["refresh_token"]).status_code == 400


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"installed": False}, "External client app is not installed in this org"),
        ({"blocked": True}, "this app is blocked by admin"),
        ({"permitted_users": "AdminApprovedPreAuthorized"}, "user is not admin approved to access this app"),
    ],
)
def test_a_change_of_the_apps_state_acts_on_the_next_refresh(
    faulty_org: RunningLocalOrg, change: dict[str, Any], error: str
) -> None:
    tokens = faulty_org.sign_in(ADMIN)
    faulty_org.fault("app", **change)
    answer = faulty_org.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (answer.status_code, answer.json()["error_description"]) == (400, error)
    faulty_org.fault("app", pre_authorized=["LeanData_Custom_Objects_Full_Access"], installed=True, blocked=False)
    assert faulty_org.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200


def test_blocking_the_app_ends_its_sessions_for_good(faulty_org: RunningLocalOrg) -> None:
    tokens = faulty_org.sign_in(ADMIN)
    api = faulty_org.api(tokens["access_token"])
    faulty_org.fault("app", blocked=True)
    assert api.call("GET", "/limits").json()[0]["errorCode"] == "INVALID_SESSION_ID"
    faulty_org.fault("app", blocked=False)
    assert api.call("GET", "/limits").status_code == 401
    assert faulty_org.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200
