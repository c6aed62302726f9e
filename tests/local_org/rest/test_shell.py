"""What every REST answer has in common: session, headers, sizes, versions, media types, refusals."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from app.clock import system_clock
from app.local_org.org import LocalOrg
from app.local_org.schema.model import Schema
from tests.support.local_org import RunningLocalOrg, load_people, serving
from tests.support.movable_clock import MovableClock

ADMIN = "admin@demo.example"
NOT_FOUND = [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


def refusal(code: str, message: str) -> list[dict[str, Any]]:
    return [{"message": message, "errorCode": code}]


def unsupported(what: str) -> list[dict[str, Any]]:
    return refusal("EMULATOR_UNSUPPORTED", f"The local org does not support {what}.")


@pytest.mark.parametrize("path", ["/services/data", "/services/data/"])
def test_versions_are_listed_without_a_session_and_without_a_limit_header(
    running_local_org: RunningLocalOrg, path: str
) -> None:
    answer = requests.get(running_local_org.url + path, timeout=10)
    versions = answer.json()
    assert versions[0] == {"label": "Summer '14", "url": "/services/data/v31.0", "version": "31.0"}
    assert versions[-2:] == [
        {"label": "Winter '26", "url": "/services/data/v65.0", "version": "65.0"},
        {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"},
    ]
    assert [entry["version"] for entry in versions] == [f"{number}.0" for number in range(31, 67)]
    assert "sforce-limit-info" not in answer.headers


@pytest.mark.parametrize(
    ("version", "status", "body"),
    [
        ("v67.0", 404, NOT_FOUND),
        ("v0.0", 404, NOT_FOUND),
        ("66.0", 404, NOT_FOUND),
        ("v66", 404, NOT_FOUND),
        ("v30.0", 410, refusal("UNSUPPORTED_API_VERSION", "The requested API version isn't available.")),
        ("v59.0", 401, refusal("INVALID_SESSION_ID", "Session expired or invalid")),
    ],
)
def test_other_versions_are_refused(
    running_local_org: RunningLocalOrg, version: str, status: int, body: list[dict[str, Any]]
) -> None:
    answer = requests.get(f"{running_local_org.url}/services/data/{version}/sobjects", timeout=10)
    assert (answer.status_code, answer.json()) == (status, body)


@pytest.mark.parametrize(
    ("header", "code", "message"),
    [
        (None, "INVALID_SESSION_ID", "Session expired or invalid"),
        ("Bearer 00Dxx0000000001!forged", "INVALID_SESSION_ID", "Session expired or invalid"),
        ("Basic dXNlcjpwdw==", "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
        ("Bearer ", "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
    ],
)
def test_without_a_session_it_is_401(
    running_local_org: RunningLocalOrg, header: str | None, code: str, message: str
) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = requests.get(f"{running_local_org.url}/services/data/v66.0/limits", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()) == (401, refusal(code, message))
    assert answer.headers["www-authenticate"] == "Token"


def test_every_answer_carries_salesforces_headers(running_local_org: RunningLocalOrg) -> None:
    answer = running_local_org.as_user(ADMIN).call("GET", "/limits")
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.headers["sforce-limit-info"] == "api-usage=1/1000000"
    assert answer.headers["cache-control"] == "no-cache,must-revalidate,max-age=0,no-store,private"
    assert len(answer.headers["x-request-id"]) == len(answer.headers["x-sfdc-request-id"]) == 32
    assert answer.headers["server"] == "sfdcedge"
    assert "BrowserId" in answer.cookies
    assert answer.json()["DailyApiRequests"] == {"Max": 1_000_000, "Remaining": 999_999}


def test_the_daily_limit_refuses_with_403_until_it_is_raised(running_local_org: RunningLocalOrg) -> None:
    api = running_local_org.as_user(ADMIN)
    running_local_org.controls.usage.daily_limit = 1
    assert api.call("GET", "/limits").status_code == 200
    answer = api.call("GET", "/limits")
    assert (answer.status_code, answer.json()) == (
        403,
        refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    )


def test_an_ended_session_is_401_and_a_refresh_brings_a_new_one(running_local_org: RunningLocalOrg) -> None:
    tokens = running_local_org.sign_in(ADMIN)
    running_local_org.controls.tokens.end_sessions()
    assert running_local_org.api(tokens["access_token"]).call("GET", "/limits").status_code == 401
    renewed = running_local_org.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert running_local_org.api(renewed["access_token"]).call("GET", "/limits").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/query?q=x", "HEAD,GET"),
        ("PUT", "/sobjects/Account/001xx0000000001AAA", "HEAD,GET,PATCH,DELETE"),
        ("POST", "/limits", "HEAD,GET"),
        ("GET", "/composite/batch", "POST"),
        ("PATCH", "/composite", "HEAD,GET,POST"),
        ("PATCH", "/sobjects/Account", "HEAD,GET,POST"),
    ],
)
def test_a_wrong_method_is_405_and_names_the_right_ones(
    running_local_org: RunningLocalOrg, method: str, path: str, allowed: str
) -> None:
    answer = running_local_org.as_user(ADMIN).call(method, path)
    message = f"HTTP Method '{method}' not allowed. Allowed are {allowed}"
    assert (answer.status_code, answer.json()) == (405, refusal("METHOD_NOT_ALLOWED", message))


@pytest.mark.parametrize("path", ["/nothing", "/sobjects/Account/a/b/c", "/query/a/b", "/limits/recordCount"])
def test_an_unknown_path_is_404(running_local_org: RunningLocalOrg, path: str) -> None:
    answer = running_local_org.as_user(ADMIN).call("GET", path)
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    ("path", "headers", "what"),
    [
        ("/search?q=FIND", {}, "/search"),
        ("/recent", {}, "/recent"),
        ("/jobs/query", {}, "/jobs/query"),
        ("/ui-api/object-info", {}, "/ui-api/object-info"),
        ("/tooling/sobjects", {}, "/tooling/sobjects"),
        ("/sobjects/Account/describe/layouts", {}, "/sobjects/Account/describe/layouts"),
        ("/sobjects/Account/listviews", {}, "/sobjects/Account/listviews"),
        ("/limits?verbose=1", {}, "the query parameter 'verbose' of GET /limits"),
        ("/query?q=a&q=b", {}, "a repeated query parameter"),
        ("/query?q=x&explain=y", {}, "the query parameter 'explain' of GET /query"),
        ("/limits", {"Sforce-Auto-Assign": "FALSE"}, "the header 'sforce-auto-assign' of GET /limits"),
        (
            "/limits",
            {"Sforce-Call-Options": "client=x, defaultNamespace=y"},
            "the header 'sforce-call-options' of GET /limits",
        ),
        ("/limits", {"If-None-Match": '"x"'}, "the header 'if-none-match' of GET /limits"),
        ("/limits", {"Accept": "application/xml"}, "the answer type application/xml"),
        ("/query?q=x", {"Sforce-Query-Options": "batchsize=many"}, "the query option 'batchsize=many'"),
    ],
)
def test_what_a_real_org_takes_and_this_one_does_not_is_refused_loudly(
    running_local_org: RunningLocalOrg, path: str, headers: dict[str, str], what: str
) -> None:
    answer = running_local_org.as_user(ADMIN).call("GET", path, headers=headers)
    assert (answer.status_code, answer.json()) == (501, unsupported(what))


def test_a_uri_over_16384_bytes_is_414_and_one_of_that_length_passes(running_local_org: RunningLocalOrg) -> None:
    api = running_local_org.as_user(ADMIN)
    prefix = "/services/data/v66.0/query?q="
    answer = api.call("GET", f"/query?q={'x' * (16_385 - len(prefix))}")
    assert answer.status_code == 414
    assert answer.json()[0]["message"] == "The length of the URI exceeds the 16,384-byte limit."
    answer = api.call("GET", f"/query?q={'x' * (16_384 - len(prefix))}")
    assert answer.status_code == 431
    assert api.call("GET", f"/query?q={'x' * 15_000}").status_code == 400
    long = api.call("GET", f"/query?q={'x' * 100_000}")
    assert long.status_code == 414


@pytest.mark.parametrize(
    ("data", "media_type", "status", "code"),
    [
        (b"Name=x", "application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"<a/>", "application/xml", 501, "EMULATOR_UNSUPPORTED"),
        (b"", "application/json", 400, "JSON_PARSER_ERROR"),
        (b"{", "application/json", 400, "JSON_PARSER_ERROR"),
        (b"[]", "application/json", 400, "JSON_PARSER_ERROR"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(
    running_local_org: RunningLocalOrg, data: bytes, media_type: str, status: int, code: str
) -> None:
    answer = running_local_org.as_user(ADMIN).call(
        "POST", "/sobjects/Account", data=data, headers={"Content-Type": media_type}
    )
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def test_bodies_are_compressed_both_ways(running_local_org: RunningLocalOrg) -> None:
    api = running_local_org.as_user(ADMIN)
    answer = api.call(
        "POST",
        "/sobjects/Account",
        data=gzip.compress(b'{"Name": "Acme Corp"}'),
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )
    assert answer.status_code == 201, answer.text
    described = api.call("GET", "/sobjects")
    assert described.headers["content-encoding"] == "gzip"
    assert described.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("", ["composite", "limits", "query", "queryAll", "sobjects", "tooling"]),
        ("/composite", ["batch", "graph", "sobjects", "tree"]),
    ],
)
def test_a_version_and_composite_list_what_they_hold(
    running_local_org: RunningLocalOrg, path: str, names: list[str]
) -> None:
    body = running_local_org.as_user(ADMIN).call("GET", path).json()
    assert body.pop("identity", f"{running_local_org.url}/id/").startswith(f"{running_local_org.url}/id/")
    assert body == {name: f"/services/data/v66.0{path}/{name}" for name in names}


def test_pretty_print_indents(running_local_org: RunningLocalOrg) -> None:
    answer = running_local_org.as_user(ADMIN).call("GET", "/limits", headers={"X-PrettyPrint": "1"})
    assert answer.text.startswith('{\n  "ActiveScratchOrgs" : {\n')


def test_head_is_get_without_a_body(running_local_org: RunningLocalOrg) -> None:
    answer = running_local_org.as_user(ADMIN).call("HEAD", "/limits")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_user_without_api_enabled_signs_in_and_is_refused(compiled_schema: Schema) -> None:
    profiles = tuple(
        replace(found, system_permissions=found.system_permissions - {"ApiEnabled"})
        if found.name == "Minimum Access - Salesforce"
        else found
        for found in compiled_schema.permission_sets
    )
    org = LocalOrg(":memory:", replace(compiled_schema, permission_sets=profiles), system_clock)
    load_people(org)
    with serving(org) as running:
        answer = running.as_user("minimum@demo.example").call("GET", "/limits")
        assert (answer.status_code, answer.json()) == (
            403,
            refusal("API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization."),
        )
    org.close()


def test_a_session_ends_after_its_time_without_use(compiled_schema: Schema) -> None:
    clock = MovableClock()
    org = LocalOrg(":memory:", compiled_schema, clock)
    load_people(org)
    with serving(org, clock=clock, session_timeout=timedelta(minutes=15)) as running:
        api = running.as_user(ADMIN)
        clock.advance(timedelta(minutes=14))
        assert api.call("GET", "/limits").status_code == 200
        clock.advance(timedelta(minutes=14))
        assert api.call("GET", "/limits").status_code == 200
        clock.advance(timedelta(minutes=15))
        assert api.call("GET", "/limits").json() == refusal("INVALID_SESSION_ID", "Session expired or invalid")
    org.close()


def test_many_callers_at_once_get_their_own_answers(running_local_org: RunningLocalOrg) -> None:
    admin = running_local_org.as_user(ADMIN)
    outsider = running_local_org.as_user("minimum@demo.example")

    def work(number: int) -> int:
        api = outsider if number % 2 else admin
        return api.call("POST", "/sobjects/Account", json={"Name": f"Account {number}"}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(work, range(40)))
    assert statuses == [201, 404] * 20
    assert len(admin.query("SELECT Id FROM Account")) == 20


def test_a_defect_of_the_local_org_is_a_500_with_an_error_id_and_a_log_line(
    running_local_org: RunningLocalOrg, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    api = running_local_org.as_user(ADMIN)
    monkeypatch.delattr(type(running_local_org.controls.usage), "header")
    answer = api.call("GET", "/limits")
    assert answer.status_code == 500
    (error,) = answer.json()
    assert error["errorCode"] == "UNKNOWN_EXCEPTION"
    assert error["message"].startswith("An unexpected error occurred. Please include this ErrorId")
    assert error["message"].rpartition(" ")[2] in caplog.text
