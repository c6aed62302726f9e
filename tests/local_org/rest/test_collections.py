"""composite/sobjects over HTTP."""

from typing import Any

import pytest
import requests

from tests.support.local_org import RestClient, RunningLocalOrg

PATH = "/composite/sobjects"
ROLLED_BACK: dict[str, Any] = {
    "success": False,
    "errors": [
        {
            "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
            "message": (
                "Record rolled back because not all records were valid and the request was using AllOrNone header"
            ),
            "fields": [],
        }
    ],
}
MISSING_NAME: dict[str, Any] = {
    "success": False,
    "errors": [
        {
            "statusCode": "REQUIRED_FIELD_MISSING",
            "message": "Required fields are missing: [Name]",
            "fields": ["Name"],
        }
    ],
}


@pytest.fixture
def api(running_local_org: RunningLocalOrg) -> RestClient:
    return running_local_org.as_user("admin@demo.example")


def record(object_name: str = "Account", **values: object) -> dict[str, Any]:
    return {"attributes": {"type": object_name}, **values}


def send(api: RestClient, method: str, records: list[dict[str, Any]], path: str = PATH, **flags: bool) -> Any:
    answer = api.call(method, path, json={"records": records, **flags})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_records_are_created_one_by_one_unless_all_or_none(api: RestClient) -> None:
    good, bad = send(api, "POST", [record(Name="Acme"), record()])
    assert good == {"id": good["id"], "success": True, "errors": []}
    assert bad == MISSING_NAME
    assert len(api.query("SELECT Id FROM Account")) == 1
    assert send(api, "POST", [record(Name="Other"), record(), record(Name="Third")], allOrNone=True) == [
        ROLLED_BACK,
        MISSING_NAME,
        ROLLED_BACK,
    ]
    assert len(api.query("SELECT Id FROM Account")) == 1


def test_records_of_several_types_are_updated_by_their_id(api: RestClient) -> None:
    account, lead = send(api, "POST", [record(Name="Acme"), record("Lead", LastName="Lee", Company="Acme")])
    updated = send(api, "PATCH", [record(id=account["id"], Name="A"), record("Lead", Id=lead["id"], Company="B")])
    assert [result["success"] for result in updated] == [True, True]
    assert api.query("SELECT Name FROM Account")[0]["Name"] == "A"
    (nameless,) = send(api, "PATCH", [record(Name="A")])
    assert nameless["errors"][0]["statusCode"] == "MISSING_ARGUMENT"


def test_upsert_says_what_was_created(api: RestClient) -> None:
    path = f"{PATH}/LeanData__BookIt_Meeting_Type__c/LeanData__Internal_Name__c"
    values = {"LeanData__Display_Name__c": "Demo", "LeanData__Duration_Minutes__c": 30, "LeanData__Product__c": "Forms"}
    row = record("LeanData__BookIt_Meeting_Type__c", LeanData__Internal_Name__c="demo", **values)
    (first,) = send(api, "PATCH", [row], path)
    assert (first["success"], first["created"]) == (True, True), first
    (second,) = send(api, "PATCH", [row], path)
    assert second == {"id": first["id"], "success": True, "errors": [], "created": False}
    (other,) = send(api, "PATCH", [record(Name="x")], path)
    assert other["errors"][0]["statusCode"] == "INVALID_TYPE"


def test_records_are_deleted_by_ids_in_the_query(api: RestClient) -> None:
    ids = [result["id"] for result in send(api, "POST", [record(Name="A"), record(Name="B")])]
    answer = api.call("DELETE", PATH, params={"ids": f"{ids[0]},001xx0000000099AAA", "allOrNone": "true"})
    assert [result["success"] for result in answer.json()] == [False, False]
    assert len(api.query("SELECT Id FROM Account")) == 2
    answer = api.call("DELETE", PATH, params={"ids": ",".join(ids)})
    assert answer.json() == [{"id": record_id, "success": True, "errors": []} for record_id in ids]
    assert api.query("SELECT Id FROM Account") == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_retrieve_gives_rows_in_order_and_null_for_what_is_not_there(api: RestClient, method: str) -> None:
    ids = [result["id"] for result in send(api, "POST", [record(Name="A"), record(Name="B")])]
    asked = [ids[1], "001xx0000000099AAA", ids[0]]
    if method == "POST":
        answer = api.call("POST", f"{PATH}/Account", json={"ids": asked, "fields": ["Name"]})
    else:
        answer = api.call("GET", f"{PATH}/Account", params={"ids": ",".join(asked), "fields": "Name"})
    assert [row and row["Name"] for row in answer.json()] == ["B", None, "A"]


def refuse(api: RestClient, body: dict[str, Any]) -> requests.Response:
    answer = api.call("POST", PATH, json=body)
    assert answer.status_code == 400
    return answer


def test_a_call_takes_200_records_in_at_most_ten_runs_of_one_type(api: RestClient) -> None:
    many = [record(Name=f"A{n}") for n in range(201)]
    assert refuse(api, {"records": many}).json() == [
        {
            "message": "record limit reached. cannot submit more than 200 records into this call",
            "errorCode": "EXCEEDED_ID_LIMIT",
        }
    ]
    assert all(result["success"] for result in send(api, "POST", many[:200]))
    mixed = [record(Name="A"), record("Lead", LastName="Lee", Company="B")] * 5
    assert all(result["success"] for result in send(api, "POST", mixed))
    refused = refuse(api, {"records": [*mixed, record(Name="A")]}).json()[0]
    assert refused["message"].startswith("Cannot have more than 10 chunks in a single operation.")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"records": [{"Name": "x"}]}, "INVALID_INPUT"),
        ({"records": {}}, "JSON_PARSER_ERROR"),
        ({"records": [], "allOrNone": "yes"}, "JSON_PARSER_ERROR"),
        ({"records": [], "allornone": True}, "JSON_PARSER_ERROR"),
    ],
)
def test_a_body_of_another_form_is_400(api: RestClient, body: dict[str, Any], code: str) -> None:
    assert refuse(api, body).json()[0]["errorCode"] == code
