"""lock_row: in a single call, a collection, a composite, each in its own error shape."""

from typing import Any

import pytest

from tests.support.local_org import RestClient, RunningLocalOrg

ADMIN = "admin@demo.example"
ROOT = "/services/data/v66.0"


@pytest.fixture
def api(faulty_org: RunningLocalOrg) -> RestClient:
    return faulty_org.as_user(ADMIN)


def locked_text(record_id: str) -> str:
    return f"unable to obtain exclusive access to this record or 1 records: {record_id[:15]}"


def account(faulty_org: RunningLocalOrg, name: str = "Acme") -> str:
    return faulty_org.org.load("Account", [{"Name": name}])[0]


@pytest.mark.parametrize(("method", "json"), [("PATCH", {"Name": "x"}), ("DELETE", None)])
def test_a_single_write_is_400_as_often_as_asked(
    faulty_org: RunningLocalOrg, api: RestClient, method: str, json: object
) -> None:
    record_id = account(faulty_org)
    faulty_org.fault("lock_row", times=2, match={"method": method})
    answers = [api.call(method, f"/sobjects/Account/{record_id}", json=json) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 204]
    assert answers[0].json() == [
        {"message": locked_text(record_id), "errorCode": "UNABLE_TO_LOCK_ROW", "fields": []},
    ]


def test_a_read_is_never_locked_out(faulty_org: RunningLocalOrg, api: RestClient) -> None:
    record_id = account(faulty_org)
    faulty_org.fault("lock_row")
    assert api.call("GET", f"/sobjects/Account/{record_id}").status_code == 200
    assert api.call("PATCH", f"/sobjects/Account/{record_id}", json={"Name": "x"}).status_code == 400


def test_one_record_of_a_collection_is_locked(faulty_org: RunningLocalOrg, api: RestClient) -> None:
    ids = [account(faulty_org, f"Acme {n}") for n in range(3)]
    faulty_org.fault("lock_row", skip=1)
    records = [{"attributes": {"type": "Account"}, "id": record_id, "Name": "x"} for record_id in ids]
    body = api.call("PATCH", "/composite/sobjects", json={"records": records}).json()
    assert [result["success"] for result in body] == [True, False, True]
    assert body[1]["errors"] == [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": locked_text(ids[1]), "fields": []}]


def test_all_or_none_takes_the_others_back(faulty_org: RunningLocalOrg, api: RestClient) -> None:
    record_id = account(faulty_org)
    faulty_org.fault("lock_row", match={"method": "PATCH", "path": "*/sobjects/Account/*"})
    parts: list[dict[str, Any]] = [
        {"method": "POST", "url": f"{ROOT}/sobjects/Account", "referenceId": "a", "body": {"Name": "New"}},
        {"method": "PATCH", "url": f"{ROOT}/sobjects/Account/{record_id}", "referenceId": "b", "body": {"Name": "x"}},
    ]
    body = {"allOrNone": True, "compositeRequest": parts}
    first, second = api.call("POST", "/composite", json=body).json()["compositeResponse"]
    assert (first["httpStatusCode"], first["body"][0]["errorCode"]) == (400, "PROCESSING_HALTED")
    assert (second["httpStatusCode"], second["body"][0]["errorCode"]) == (400, "UNABLE_TO_LOCK_ROW")
    assert [row["Name"] for row in api.query("SELECT Name FROM Account")] == ["Acme"]
    again = api.call("POST", "/composite", json=body).json()["compositeResponse"]
    assert [part["httpStatusCode"] for part in again] == [201, 204]


def test_only_the_named_object_is_locked(faulty_org: RunningLocalOrg, api: RestClient) -> None:
    faulty_org.fault("lock_row", match={"object": "Contact"})
    assert api.call("POST", "/sobjects/Account", json={"Name": "Acme"}).status_code == 201
    assert api.call("POST", "/sobjects/Contact", json={"LastName": "Lee"}).status_code == 400
    assert api.call("POST", "/sobjects/Contact", json={"LastName": "Lee"}).status_code == 201
