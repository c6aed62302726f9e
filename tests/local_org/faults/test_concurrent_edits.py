"""concurrent_edit: somebody else is faster, and the condition of the write says so."""

from datetime import datetime
from email.utils import format_datetime
from json import dumps, loads
from typing import Any

import pytest

from tests.support.local_org import RestClient, RunningLocalOrg

ADMIN = "admin@demo.example"
REP = "rep@demo.example"
ROOT = "/services/data/v66.0"
STALE = [
    {
        "message": "The precondition specified in the request header(s) was not met.",
        "errorCode": "PRECONDITION_FAILED",
    }
]


@pytest.fixture
def api(faulty_org: RunningLocalOrg) -> RestClient:
    return faulty_org.as_user(ADMIN)


def lead(faulty_org: RunningLocalOrg) -> str:
    row = {"LastName": "Lee", "Company": "Acme", "LD_BookIt_Log_ID__c": "log-1"}
    return faulty_org.org.load("Lead", [row])[0]


def read(api: RestClient, record_id: str) -> dict[str, Any]:
    (row,) = api.query(
        f"SELECT Company, Title, LastModifiedById, LastModifiedDate, SystemModstamp FROM Lead WHERE Id = '{record_id}'"
    )
    return row


def unchanged_since(row: dict[str, Any]) -> dict[str, str]:
    moment = datetime.fromisoformat(row["LastModifiedDate"])
    return {"If-Unmodified-Since": format_datetime(moment, usegmt=False).replace("+0000", "GMT")}


def test_the_write_between_is_412_and_the_next_one_is_not(faulty_org: RunningLocalOrg, api: RestClient) -> None:
    record_id = lead(faulty_org)
    before = read(api, record_id)
    faulty_org.fault("concurrent_edit", values={"Title": "Boss"}, user=ADMIN)
    url = f"/sobjects/Lead/{record_id}"
    answer = api.call("PATCH", url, json={"Company": "x"}, headers=unchanged_since(before))
    assert (answer.status_code, answer.json()) == (412, STALE)
    after = read(api, record_id)
    assert (after["Company"], after["Title"]) == ("Acme", "Boss")
    assert after["LastModifiedById"] == faulty_org.sign_in(ADMIN)["id"].rpartition("/")[2]
    assert after["SystemModstamp"] > before["SystemModstamp"]
    assert api.call("PATCH", url, json={"Company": "x"}, headers=unchanged_since(after)).status_code == 204


def test_within_the_same_second_only_the_stamp_of_the_values_tells(
    faulty_org: RunningLocalOrg, api: RestClient
) -> None:
    record_id = lead(faulty_org)
    before = read(api, record_id)
    faulty_org.fault("concurrent_edit", values={"Title": "Boss"}, seconds=0)
    url = f"/sobjects/Lead/{record_id}"
    assert api.call("PATCH", url, json={"Company": "x"}, headers=unchanged_since(before)).status_code == 204
    assert (read(api, record_id)["Company"], read(api, record_id)["Title"]) == ("x", "Boss")


def parts(record_id: str, headers: dict[str, str]) -> dict[str, Any]:
    write = {
        "method": "PATCH",
        "url": f"{ROOT}/sobjects/Lead/{record_id}",
        "referenceId": "w",
        "httpHeaders": headers,
        "body": {"Company": "x"},
    }
    return {"allOrNone": True, "compositeRequest": [write]}


def test_the_edit_outlives_the_rollback_of_the_composite_that_it_spoils(
    faulty_org: RunningLocalOrg, api: RestClient
) -> None:
    record_id = lead(faulty_org)
    before = read(api, record_id)
    faulty_org.fault("concurrent_edit", values={"Title": "Boss"})
    answer = api.call("POST", "/composite", json=parts(record_id, unchanged_since(before)))
    (write,) = answer.json()["compositeResponse"]
    assert (write["httpStatusCode"], write["body"]) == (412, STALE)
    assert read(api, record_id)["Title"] == "Boss"


@pytest.mark.parametrize(
    ("method", "path", "json"),
    [
        ("PATCH", "/sobjects/Lead/{id}", {"Company": "x"}),
        ("DELETE", "/sobjects/Lead/{id}", None),
        ("PATCH", "/sobjects/Lead/LD_BookIt_Log_ID__c/log-1", {"Company": "x"}),
        ("DELETE", "/composite/sobjects?ids={id}", None),
        ("PATCH", "/composite/sobjects", {"records": [{"attributes": {"type": "Lead"}, "id": "{id}", "Company": "x"}]}),
        (
            "PATCH",
            "/composite/sobjects/Lead/LD_BookIt_Log_ID__c",
            {"records": [{"attributes": {"type": "Lead"}, "LD_BookIt_Log_ID__c": "log-1", "Company": "x"}]},
        ),
    ],
)
def test_every_way_of_writing_a_record_is_met(
    faulty_org: RunningLocalOrg, api: RestClient, method: str, path: str, json: object
) -> None:
    record_id = lead(faulty_org)
    body = loads(dumps(json).replace("{id}", record_id))
    faulty_org.fault("concurrent_edit", values={"Title": "Boss"})
    assert api.call("GET", f"/sobjects/Lead/{record_id}").json()["Title"] is None
    assert api.call(method, path.replace("{id}", record_id), json=body).status_code in (200, 204)
    rows = api.call("GET", "/queryAll", params={"q": "SELECT Title FROM Lead"}).json()["records"]
    assert [row["Title"] for row in rows] == ["Boss"]


def test_a_record_of_ones_own_choice_is_changed_by_any_matching_request(
    faulty_org: RunningLocalOrg, api: RestClient
) -> None:
    record_id = lead(faulty_org)
    faulty_org.fault("concurrent_edit", record=record_id, values={"Title": "Boss"}, match={"path": "*/limits"})
    assert read(api, record_id)["Title"] is None
    api.call("GET", "/limits")
    assert read(api, record_id)["Title"] == "Boss"


def test_an_edit_that_the_org_refuses_is_a_loud_501(faulty_org: RunningLocalOrg, api: RestClient) -> None:
    record_id = lead(faulty_org)
    faulty_org.fault("concurrent_edit", values={"Nope__c": 1})
    answer = api.call("PATCH", f"/sobjects/Lead/{record_id}", json={"Company": "x"})
    assert answer.status_code == 501
    assert answer.json()[0]["message"].startswith("The concurrent_edit fault failed: ")
