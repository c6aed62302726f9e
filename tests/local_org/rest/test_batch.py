"""`/composite/batch`: independent subrequests, each with its own status."""

from typing import Any

import pytest

from tests.support.local_org import RestClient, RunningLocalOrg

MISSING_NAME = [
    {"message": "Required fields are missing: [Name]", "errorCode": "REQUIRED_FIELD_MISSING", "fields": ["Name"]}
]
HALTED = {
    "statusCode": 412,
    "result": [
        {
            "message": "Batch processing halted per request, following execution of a subrequest with an error status.",
            "errorCode": "BATCH_PROCESSING_HALTED",
        }
    ],
}


@pytest.fixture
def api(running_local_org: RunningLocalOrg) -> RestClient:
    return running_local_org.as_user("admin@demo.example")


def batch(api: RestClient, *requests: dict[str, Any], **flags: bool) -> dict[str, Any]:
    answer = api.call("POST", "/composite/batch", json={"batchRequests": list(requests), **flags})
    assert answer.status_code == 200, answer.text
    return answer.json()


def make(name: str | None) -> dict[str, Any]:
    return {"method": "POST", "url": "v66.0/sobjects/Account", "richInput": {} if name is None else {"Name": name}}


def test_each_subrequest_stands_alone(api: RestClient) -> None:
    body = batch(api, make("Acme"), make(None), {"method": "GET", "url": "v66.0/limits"}, make("Other"))
    assert body["hasErrors"] is True
    assert [result["statusCode"] for result in body["results"]] == [201, 400, 200, 201]
    assert body["results"][0]["result"]["success"] is True
    assert body["results"][1]["result"] == MISSING_NAME
    assert "DailyApiRequests" in body["results"][2]["result"]
    assert [row["Name"] for row in api.query("SELECT Name FROM Account ORDER BY Name")] == ["Acme", "Other"]


def test_halt_on_error_stops_the_rest_and_keeps_what_is_done(api: RestClient) -> None:
    body = batch(api, make("Acme"), make(None), make("Other"), make("More"), haltOnError=True)
    assert body["results"][1:] == [{"statusCode": 400, "result": MISSING_NAME}, HALTED, HALTED]
    assert [row["Name"] for row in api.query("SELECT Name FROM Account")] == ["Acme"]


def test_an_answer_without_a_body_is_null_and_no_error(api: RestClient) -> None:
    record_id = batch(api, make("Acme"))["results"][0]["result"]["id"]
    update = {"method": "PATCH", "url": f"v66.0/sobjects/Account/{record_id}", "richInput": {"Name": "x"}}
    assert batch(api, update) == {"hasErrors": False, "results": [{"statusCode": 204, "result": None}]}


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/services/data/v66.0/sobjects/Account", 200, None),
        ("v59.0/sobjects/Account", 200, None),
        ("/v59.0/sobjects/Account/", 200, None),
        ("v66.0/query?q=SELECT+Id+FROM+Account", 200, None),
        ("v67.0/limits", 404, "NOT_FOUND"),
        ("v66.0/nothing", 404, "NOT_FOUND"),
        ("v66.0/composite", 501, "EMULATOR_UNSUPPORTED"),
        ("v66.0/composite/sobjects", 501, "EMULATOR_UNSUPPORTED"),
        ("v66.0/composite/batch", 501, "EMULATOR_UNSUPPORTED"),
        ("https://evil.example/x", 404, "NOT_FOUND"),
    ],
)
def test_what_a_subrequest_reaches(api: RestClient, url: str, status: int, code: str | None) -> None:
    (result,) = batch(api, {"method": "GET", "url": url})["results"]
    assert result["statusCode"] == status, result
    if code is not None:
        assert result["result"][0]["errorCode"] == code


def test_a_subrequest_may_be_older_than_its_batch_but_not_newer(api: RestClient) -> None:
    (old,) = batch(api, {"method": "GET", "url": "v59.0/sobjects/Account"})["results"]
    assert old["result"]["objectDescribe"]["urls"]["sobject"] == "/services/data/v59.0/sobjects/Account"


def test_more_than_25_are_refused_and_each_counts_as_a_call(api: RestClient) -> None:
    limits = {"method": "GET", "url": "v66.0/limits"}
    answer = api.call("POST", "/composite/batch", json={"batchRequests": [limits] * 26})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    results = batch(api, *([limits] * 25))["results"]
    remaining = [result["result"]["DailyApiRequests"]["Remaining"] for result in results]
    assert remaining[0] - remaining[-1] == 24


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"batchRequests": {}},
        {"batchRequests": ["x"]},
        {"batchRequests": [{"method": "GET"}]},
        {"batchRequests": [{"method": "GET", "url": "v66.0/limits", "referenceId": "a"}]},
        {"batchRequests": [{"method": "FETCH", "url": "v66.0/limits"}]},
        {"batchRequests": [], "haltOnErrors": True},
        {"batchRequests": [], "haltOnError": "yes"},
    ],
)
def test_a_body_of_the_wrong_form_is_400(api: RestClient, body: object) -> None:
    answer = api.call("POST", "/composite/batch", json=body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
