"""One refusal in every kind of call: the key, the status and the nesting differ, code and text do not."""

from typing import Any

import pytest

from tests.support.local_org import RestClient, RunningLocalOrg

ROOT = "/services/data/v66.0"
CODE = "STRING_TOO_LONG"
TEXT = f"Account Name: data value too large: {'x' * 256} (max length=255)"
REST_ERROR = [{"message": TEXT, "errorCode": CODE, "fields": ["Name"]}]
SAVE_ERROR = {"statusCode": CODE, "message": TEXT, "fields": ["Name"]}
NO_HEADERS: dict[str, str] = {}
LONG = {"Name": "x" * 256}


@pytest.fixture
def api(running_local_org: RunningLocalOrg) -> RestClient:
    return running_local_org.as_user("admin@demo.example")


def test_a_single_record_call_answers_400_and_a_list_of_error_codes(api: RestClient) -> None:
    answer = api.call("POST", "/sobjects/Account", json=LONG)
    assert (answer.status_code, answer.json()) == (400, REST_ERROR)


def test_a_collection_answers_200_and_status_codes(api: RestClient) -> None:
    body = {"records": [{"attributes": {"type": "Account"}, **LONG}]}
    answer = api.call("POST", "/composite/sobjects", json=body)
    assert (answer.status_code, answer.json()) == (200, [{"success": False, "errors": [SAVE_ERROR]}])


def part(reference: str, body: object) -> dict[str, Any]:
    return {"method": "POST", "url": f"{ROOT}/sobjects/Account", "referenceId": reference, "body": body}


def test_a_composite_answers_200_and_holds_the_single_calls_answer(api: RestClient) -> None:
    answer = api.call("POST", "/composite", json={"compositeRequest": [part("a", LONG)]})
    expected = {"body": REST_ERROR, "httpHeaders": NO_HEADERS, "httpStatusCode": 400, "referenceId": "a"}
    assert (answer.status_code, answer.json()) == (200, {"compositeResponse": [expected]})


def test_a_batch_answers_200_and_holds_it_under_result(api: RestClient) -> None:
    request = {"method": "POST", "url": "v66.0/sobjects/Account", "richInput": LONG}
    answer = api.call("POST", "/composite/batch", json={"batchRequests": [request]})
    expected = {"hasErrors": True, "results": [{"statusCode": 400, "result": REST_ERROR}]}
    assert (answer.status_code, answer.json()) == (200, expected)


def test_a_tree_answers_400_and_status_codes_by_reference(api: RestClient) -> None:
    record = {"attributes": {"type": "Account", "referenceId": "a"}, **LONG}
    answer = api.call("POST", "/composite/tree/Account", json={"records": [record]})
    expected = {"hasErrors": True, "results": [{"referenceId": "a", "errors": [SAVE_ERROR]}]}
    assert (answer.status_code, answer.json()) == (400, expected)


def test_a_graph_answers_200_and_holds_a_composites_answer(api: RestClient) -> None:
    graph = {"graphId": "g", "compositeRequest": [part("a", LONG)]}
    answer = api.call("POST", "/composite/graph", json={"graphs": [graph]})
    expected = {"body": REST_ERROR, "httpHeaders": NO_HEADERS, "httpStatusCode": 400, "referenceId": "a"}
    (result,) = answer.json()["graphs"]
    assert (answer.status_code, result) == (
        200,
        {"graphId": "g", "graphResponse": {"compositeResponse": [expected]}, "isSuccessful": False},
    )


def test_several_records_of_an_external_id_are_a_300_alone_and_a_status_code_in_a_collection(api: RestClient) -> None:
    lead = {"LastName": "Lee", "Company": "Acme", "LD_BookIt_Log_ID__c": "log-1"}
    ids = [api.call("POST", "/sobjects/Lead", json=lead).json()["id"] for _ in range(2)]
    single = api.call("PATCH", "/sobjects/Lead/LD_BookIt_Log_ID__c/log-1", json={"Company": "x"})
    assert (single.status_code, single.json()) == (300, [f"{ROOT}/sobjects/Lead/{i}" for i in ids])
    records = [{"attributes": {"type": "Lead"}, "LD_BookIt_Log_ID__c": "log-1", "Company": "x"}]
    many = api.call("PATCH", "/composite/sobjects/Lead/LD_BookIt_Log_ID__c", json={"records": records})
    message = f"LD_BookIt_Log_ID__c: more than one record found for external id field: [{', '.join(ids)}]"
    error = {"statusCode": "DUPLICATE_EXTERNAL_ID", "message": message, "fields": ["LD_BookIt_Log_ID__c"]}
    assert (many.status_code, many.json()) == (200, [{"success": False, "errors": [error]}])
    batch = {"method": "PATCH", "url": "v66.0/sobjects/Lead/LD_BookIt_Log_ID__c/log-1", "richInput": {"Company": "x"}}
    (result,) = api.call("POST", "/composite/batch", json={"batchRequests": [batch]}).json()["results"]
    assert result["statusCode"] == 300


def test_a_permission_that_is_lost_is_lost_at_the_next_call_of_the_same_session(
    running_local_org: RunningLocalOrg,
) -> None:
    api = running_local_org.as_user("rep@demo.example")
    path = "/sobjects/LeanData__BookIt_Meeting__c/describe"
    assert api.call("GET", path).status_code == 200
    system = running_local_org.org.as_system()
    soql = "SELECT Id FROM PermissionSetAssignment WHERE Assignee.Username = 'rep@demo.example'"
    for row in system.query(f"{soql} AND PermissionSet.IsOwnedByProfile = false")["records"]:
        system.delete("PermissionSetAssignment", row["Id"])
    answer = api.call("GET", path)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    system.update("User", api_user(running_local_org), {"IsActive": False})
    assert api.call("GET", path).json()[0]["errorCode"] == "INVALID_SESSION_ID"


def api_user(running_local_org: RunningLocalOrg) -> str:
    soql = "SELECT Id FROM User WHERE Username = 'rep@demo.example'"
    return running_local_org.org.as_system().query(soql)["records"][0]["Id"]
