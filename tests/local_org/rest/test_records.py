"""Single records over HTTP: codes, bodies, conditional requests."""

from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.support.local_org import RestClient, RunningLocalOrg

ADMIN = "admin@demo.example"
ROOT = "/services/data/v66.0"
NOT_FOUND = [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


@pytest.fixture
def api(running_local_org: RunningLocalOrg) -> RestClient:
    return running_local_org.as_user(ADMIN)


def create(api: RestClient, object_name: str, **values: object) -> str:
    answer = api.call("POST", f"/sobjects/{object_name}", json=values)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_create_is_201_with_a_location_and_get_gives_the_record_back(api: RestClient) -> None:
    answer = api.call("POST", "/sobjects/Account/", json={"attributes": {"type": "Account"}, "Name": "Acme Corp"})
    assert answer.status_code == 201
    body = answer.json()
    assert body == {"id": body["id"], "success": True, "errors": []}
    assert len(body["id"]) == 18
    assert answer.headers["location"] == f"{ROOT}/sobjects/Account/{body['id']}"
    got = api.call("GET", f"/sobjects/Account/{body['id']}", params={"fields": "Name"}).json()
    assert got == {
        "attributes": {"type": "Account", "url": f"{ROOT}/sobjects/Account/{body['id']}"},
        "Id": body["id"],
        "Name": "Acme Corp",
    }
    assert "CreatedDate" in api.call("GET", f"/sobjects/Account/{body['id']}").json()


def test_update_and_delete_are_204_and_a_second_delete_is_404(api: RestClient) -> None:
    record_id = create(api, "Account", Name="Acme Corp")
    updated = api.call("PATCH", f"/sobjects/Account/{record_id}", json={"Name": "Acme"})
    assert (updated.status_code, updated.content) == (204, b"")
    assert api.call("GET", f"/sobjects/Account/{record_id[:15]}").json()["Name"] == "Acme"
    deleted = api.call("DELETE", f"/sobjects/Account/{record_id}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    again = api.call("DELETE", f"/sobjects/Account/{record_id}")
    assert (again.status_code, again.json()) == (
        404,
        [{"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}],
    )


@pytest.mark.parametrize(
    ("method", "path", "json", "status", "error"),
    [
        (
            "POST",
            "/sobjects/Account",
            {},
            400,
            {
                "message": "Required fields are missing: [Name]",
                "errorCode": "REQUIRED_FIELD_MISSING",
                "fields": ["Name"],
            },
        ),
        (
            "POST",
            "/sobjects/Account",
            {"Name": "x", "Id": "001xx0000000001AAA"},
            400,
            {"message": "The Id field should not be specified in the sobject data.", "errorCode": "INVALID_FIELD"},
        ),
        (
            "POST",
            "/sobjects/Account",
            {"Name": "x", "Nope__c": 1},
            400,
            {"message": "No such column 'Nope__c' on sobject of type Account", "errorCode": "INVALID_FIELD"},
        ),
        ("POST", "/sobjects/Nothing__c", {"Name": "x"}, 404, NOT_FOUND[0]),
        ("GET", "/sobjects/Nothing__c/describe", None, 404, NOT_FOUND[0]),
        ("GET", "/sobjects/Nothing__c", None, 404, NOT_FOUND[0]),
        ("GET", "/sobjects/Account/001xx0000000099AAA", None, 404, NOT_FOUND[0]),
        (
            "GET",
            "/sobjects/Account/Nope__c/x",
            None,
            404,
            {
                "message": "Provided external ID field does not exist or is not accessible: Nope__c",
                "errorCode": "NOT_FOUND",
            },
        ),
        (
            "PATCH",
            "/sobjects/Account/Nope__c/x",
            {"Name": "x"},
            404,
            {
                "message": "Provided external ID field does not exist or is not accessible: Nope__c",
                "errorCode": "NOT_FOUND",
            },
        ),
    ],
)
def test_refusals_of_single_records(
    api: RestClient, method: str, path: str, json: object, status: int, error: dict[str, Any]
) -> None:
    answer = api.call(method, path, json=json)
    assert answer.status_code == status, answer.text
    assert [{key: entry[key] for key in error} for entry in answer.json()] == [error]


def test_upsert_creates_with_201_updates_with_200_and_two_matches_are_300(api: RestClient) -> None:
    path = "/sobjects/LeanData__BookIt_Meeting_Type__c/LeanData__Internal_Name__c/demo%2Ffirst"
    values = {
        "LeanData__Display_Name__c": "Demo",
        "LeanData__Duration_Minutes__c": 30,
        "LeanData__Product__c": "Forms",
    }
    created = api.call("PATCH", path, json=values)
    assert created.status_code == 201, created.text
    assert created.json()["created"] is True
    record_id = created.json()["id"]
    assert created.headers["location"] == f"{ROOT}/sobjects/LeanData__BookIt_Meeting_Type__c/{record_id}"
    updated = api.call("PATCH", path, json={"LeanData__Display_Name__c": "Demo 2"})
    assert (updated.status_code, updated.json()) == (
        200,
        {"id": record_id, "success": True, "errors": [], "created": False},
    )
    got = api.call("GET", path, params={"fields": "LeanData__Internal_Name__c,LeanData__Display_Name__c"}).json()
    assert (got["LeanData__Internal_Name__c"], got["LeanData__Display_Name__c"]) == ("demo/first", "Demo 2")

    leads = [create(api, "Lead", LastName="Lee", Company="Acme", LD_BookIt_Log_ID__c="log-1") for _ in range(2)]
    for method, json in (("PATCH", {"Company": "x"}), ("GET", None)):
        many = api.call(method, "/sobjects/Lead/LD_BookIt_Log_ID__c/log-1", json=json)
        assert many.status_code == 300, many.text
        assert sorted(many.json()) == sorted(f"{ROOT}/sobjects/Lead/{lead}" for lead in leads)


def test_the_external_id_must_not_stand_in_the_body(api: RestClient) -> None:
    answer = api.call("PATCH", "/sobjects/Lead/LD_BookIt_Log_ID__c/x", json={"LD_BookIt_Log_ID__c": "x"})
    assert answer.status_code == 400
    assert answer.json()[0]["message"] == "The LD_BookIt_Log_ID__c field should not be specified in the sobject data."


def test_if_unmodified_since_refuses_a_later_change_with_412(api: RestClient) -> None:
    record_id = create(api, "Account", Name="Acme Corp")
    path = f"/sobjects/Account/{record_id}"
    before = {"If-Unmodified-Since": "Mon, 23 Nov 2020 15:30:00 GMT"}
    answer = api.call("PATCH", path, json={"Name": "x"}, headers=before)
    assert answer.status_code == 412, answer.text
    later = {"If-Unmodified-Since": "Thu, 23 Nov 2090 15:30:00 GMT"}
    assert api.call("PATCH", path, json={"Name": "x"}, headers=later).status_code == 204
    bad = api.call("PATCH", path, json={"Name": "y"}, headers={"If-Unmodified-Since": "yesterday"})
    assert bad.status_code == 400
    assert api.call("DELETE", path, headers=later).status_code == 501


def test_if_modified_since_spares_a_body_that_is_known(api: RestClient) -> None:
    for path in ("/sobjects", "/sobjects/Account", "/sobjects/Account/describe"):
        first = api.call("GET", path)
        assert first.status_code == 200
        stamp = first.headers["last-modified"]
        assert parsedate_to_datetime(stamp).microsecond == 0
        again = api.call("GET", path, headers={"If-Modified-Since": stamp})
        assert (again.status_code, again.content) == (304, b"")
        old = api.call("GET", path, headers={"If-Modified-Since": "Wed, 03 Jul 2013 19:43:31 GMT"})
        assert old.status_code == 200
    record_id = create(api, "Account", Name="Acme Corp")
    later = {"If-Modified-Since": "Thu, 23 Nov 2090 15:30:00 GMT"}
    assert api.call("GET", f"/sobjects/Account/{record_id}", headers=later).status_code == 304


def test_describe_is_the_callers(running_local_org: RunningLocalOrg, api: RestClient) -> None:
    rep = running_local_org.as_user("rep@demo.example")
    names = {entry["name"] for entry in api.call("GET", "/sobjects").json()["sobjects"]}
    fewer = {entry["name"] for entry in rep.call("GET", "/sobjects").json()["sobjects"]}
    assert fewer < names
    assert "PermissionSetAssignment" in names - fewer
    meeting = "/sobjects/LeanData__BookIt_Meeting__c"
    assert api.call("GET", meeting).json()["objectDescribe"]["keyPrefix"] == "aCH"
    assert api.call("GET", meeting).json()["recentItems"] == []
    assert len(api.call("GET", f"{meeting}/describe").json()["fields"]) > 40
