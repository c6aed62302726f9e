"""Composite over HTTP: references, limits, all or none."""

from typing import Any

import pytest
import requests

from tests.support.local_org import RestClient, RunningLocalOrg

ROOT = "/services/data/v66.0"
HALTED = [
    {
        "message": "The transaction was rolled back since another operation in the same transaction failed.",
        "errorCode": "PROCESSING_HALTED",
    }
]
MISSING_NAME = [
    {"message": "Required fields are missing: [Name]", "errorCode": "REQUIRED_FIELD_MISSING", "fields": ["Name"]}
]


@pytest.fixture
def api(running_local_org: RunningLocalOrg) -> RestClient:
    return running_local_org.as_user("admin@demo.example")


def post(api: RestClient, *subrequests: dict[str, Any], **flags: bool) -> requests.Response:
    return api.call("POST", "/composite", json={"compositeRequest": list(subrequests), **flags})


def results(api: RestClient, *subrequests: dict[str, Any], **flags: bool) -> list[dict[str, Any]]:
    answer = post(api, *subrequests, **flags)
    assert answer.status_code == 200, answer.text
    return answer.json()["compositeResponse"]


def make(reference: str, object_name: str, **body: object) -> dict[str, Any]:
    return {"method": "POST", "url": f"{ROOT}/sobjects/{object_name}", "referenceId": reference, "body": body}


def get(reference: str, path: str) -> dict[str, Any]:
    return {"method": "GET", "url": f"{ROOT}{path}", "referenceId": reference}


def test_a_later_subrequest_refers_to_an_earlier_answer_in_body_and_url(api: RestClient) -> None:
    made, contact, read, found = results(
        api,
        make("acme", "Account", Name="Acme Corp"),
        make("jo", "Contact", LastName="Lee", AccountId="@{acme.id}"),
        get("read", "/sobjects/Contact/@{jo.id}?fields=AccountId"),
        get("q", "/query?q=SELECT+Name+FROM+Account+WHERE+Id='@{acme.id}'"),
        collateSubrequests=True,
    )
    account_id = made["body"]["id"]
    assert made == {
        "body": {"id": account_id, "success": True, "errors": []},
        "httpHeaders": {"Location": f"{ROOT}/sobjects/Account/{account_id}"},
        "httpStatusCode": 201,
        "referenceId": "acme",
    }
    assert contact["httpStatusCode"] == 201
    assert read["body"]["AccountId"] == account_id
    assert (found["httpStatusCode"], found["httpHeaders"], found["body"]["records"][0]["Name"]) == (
        200,
        {},
        "Acme Corp",
    )


def test_without_all_or_none_each_stands_alone_and_who_refers_to_a_failure_is_halted(api: RestClient) -> None:
    bad, dependent, good = results(
        api,
        make("bad", "Account"),
        make("dependent", "Contact", LastName="Lee", AccountId="@{bad.id}"),
        make("good", "Account", Name="Acme Corp"),
    )
    assert (bad["httpStatusCode"], bad["body"]) == (400, MISSING_NAME)
    assert dependent["httpStatusCode"] == 400
    assert dependent["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert dependent["body"][0]["message"].startswith("Invalid reference specified. No value for bad.id found in bad.")
    assert good["httpStatusCode"] == 201
    assert len(api.query("SELECT Id FROM Account")) == 1


def test_all_or_none_rolls_everything_back_and_says_so_to_the_innocent(api: RestClient) -> None:
    answers = results(
        api,
        make("first", "Account", Name="Acme Corp"),
        get("read", "/query?q=SELECT+Id+FROM+Account"),
        make("bad", "Account"),
        make("last", "Account", Name="Other Corp"),
        allOrNone=True,
    )
    assert [answer["httpStatusCode"] for answer in answers] == [400, 400, 400, 400]
    assert [answer["body"] for answer in answers] == [HALTED, HALTED, MISSING_NAME, HALTED]
    assert [answer["referenceId"] for answer in answers] == ["first", "read", "bad", "last"]
    assert api.query("SELECT Id FROM Account") == []


def test_all_or_none_that_succeeds_is_kept(api: RestClient) -> None:
    answers = results(
        api,
        make("first", "Account", Name="Acme Corp"),
        {
            "method": "PATCH",
            "url": f"{ROOT}/sobjects/Account/@{{first.id}}",
            "referenceId": "u",
            "body": {"Name": "Acme"},
        },
        allOrNone=True,
    )
    assert [answer["httpStatusCode"] for answer in answers] == [201, 204]
    assert answers[1]["body"] is None
    assert [row["Name"] for row in api.query("SELECT Name FROM Account")] == ["Acme"]


def test_a_stale_condition_in_a_composite_takes_back_the_rest(api: RestClient) -> None:
    record_id = results(api, make("acme", "Account", Name="Acme Corp"))[0]["body"]["id"]
    update = {
        "method": "PATCH",
        "url": f"{ROOT}/sobjects/Account/{record_id}",
        "referenceId": "m",
        "httpHeaders": {"If-Unmodified-Since": "Mon, 23 Nov 2020 15:30:00 GMT"},
        "body": {"Name": "x"},
    }
    made, stale = results(api, make("new", "Account", Name="New"), update, allOrNone=True)
    assert (made["body"], stale["httpStatusCode"]) == (HALTED, 412)
    assert [row["Name"] for row in api.query("SELECT Name FROM Account")] == ["Acme Corp"]


def test_a_collection_inside_obeys_the_outer_flag(api: RestClient) -> None:
    collection = {
        "method": "POST",
        "url": f"{ROOT}/composite/sobjects",
        "referenceId": "c",
        "body": {
            "allOrNone": False,
            "records": [{"attributes": {"type": "Account"}, "Name": "Good"}, {"attributes": {"type": "Account"}}],
        },
    }
    made, inner = results(api, make("new", "Account", Name="New"), collection, allOrNone=True)
    assert made["body"] == HALTED
    assert [result["success"] for result in inner["body"]] == [False, False]
    assert api.query("SELECT Id FROM Account") == []


def test_more_than_25_subrequests_or_5_queries_are_over_the_limit(api: RestClient) -> None:
    many = [get(f"r{n}", "/sobjects/Account/describe") for n in range(26)]
    (refused,) = results(api, *many)
    assert refused == {
        "body": [{"message": "The request can’t contain more than 25 operations.", "errorCode": "LIMIT_EXCEEDED"}],
        "httpHeaders": {},
        "httpStatusCode": 400,
        "referenceId": None,
    }
    assert len(results(api, *many[:25])) == 25
    queries = [get(f"q{n}", "/query?q=SELECT+Id+FROM+Account") for n in range(6)]
    (refused,) = results(api, *queries)
    assert refused["body"][0]["errorCode"] == "LIMIT_EXCEEDED"
    assert [answer["httpStatusCode"] for answer in results(api, *queries[:5])] == [200] * 5


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        (f"{ROOT}/sobjects/Account/001xx0000000099AAA", 404, "NOT_FOUND"),
        (f"{ROOT}/nothing", 404, "NOT_FOUND"),
        ("/services/data/v59.0/sobjects", 501, "EMULATOR_UNSUPPORTED"),
        ("/services/data/v99.0/sobjects", 404, "NOT_FOUND"),
        ("https://evil.example/x", 404, "NOT_FOUND"),
        (f"{ROOT}/composite/batch", 501, "EMULATOR_UNSUPPORTED"),
        (f"{ROOT}/limits", 501, "EMULATOR_UNSUPPORTED"),
    ],
)
def test_a_subrequest_that_leads_nowhere_fails_alone(api: RestClient, url: str, status: int, code: str) -> None:
    (answer,) = results(api, {"method": "GET", "url": url, "referenceId": "x"})
    assert (answer["httpStatusCode"], answer["body"][0]["errorCode"]) == (status, code)
    assert answer["httpHeaders"] == {}


def test_a_bad_reference_id_fails_the_whole_request_with_400(api: RestClient) -> None:
    answer = post(api, get("a-b", "/limits"))
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_a_query_over_16384_bytes_goes_through_a_composite_as_one_api_call(api: RestClient) -> None:
    before = int(api.call("GET", "/limits").headers["sforce-limit-info"].split("=")[1].split("/")[0])
    names = ",".join(f"'name {n}'" for n in range(1500))
    answer = post(api, get("q", f"/query?q=SELECT+Id+FROM+Account+WHERE+Name+IN+({names.replace(' ', '+')})"))
    assert answer.json()["compositeResponse"][0]["httpStatusCode"] == 200, answer.text
    assert answer.headers["sforce-limit-info"].startswith(f"api-usage={before + 1}/")
