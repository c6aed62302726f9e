"""`/composite/tree/T`: new records with their children, all or none."""

from typing import Any

import pytest

from tests.support.local_org import RestClient, RunningLocalOrg


@pytest.fixture
def api(running_local_org: RunningLocalOrg) -> RestClient:
    return running_local_org.as_user("admin@demo.example")


def account(reference: str, name: str | None, *contacts: dict[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {"attributes": {"type": "Account", "referenceId": reference}}
    if name is not None:
        record["Name"] = name
    return {**record, "Contacts": {"records": list(contacts)}} if contacts else record


def contact(reference: str, **values: object) -> dict[str, Any]:
    return {"attributes": {"type": "Contact", "referenceId": reference}, **values}


def test_parents_and_children_are_made_in_one_call_and_answered_level_by_level(api: RestClient) -> None:
    answer = api.call(
        "POST",
        "/composite/tree/Account",
        json={"records": [account("ref1", "Acme", contact("ref2", LastName="Lee")), account("ref3", "Other")]},
    )
    assert answer.status_code == 201
    body = answer.json()
    assert body["hasErrors"] is False
    assert [result["referenceId"] for result in body["results"]] == ["ref1", "ref3", "ref2"]
    (row,) = api.query("SELECT Id, Account.Name FROM Contact")
    assert (row["Id"], row["Account"]["Name"]) == (body["results"][2]["id"], "Acme")


def test_one_bad_record_takes_all_back_and_is_the_only_one_named(api: RestClient) -> None:
    answer = api.call(
        "POST",
        "/composite/tree/Account/",
        json={
            "records": [account("ref1", "Acme", contact("ref2"), contact("ref3", LastName="Lee")), account("r4", "x")]
        },
    )
    assert answer.status_code == 400
    assert answer.json() == {
        "hasErrors": True,
        "results": [
            {
                "referenceId": "ref2",
                "errors": [
                    {
                        "statusCode": "REQUIRED_FIELD_MISSING",
                        "message": "Required fields are missing: [LastName]",
                        "fields": ["LastName"],
                    }
                ],
            }
        ],
    }
    assert api.query("SELECT Id FROM Account") == []


def test_the_children_of_a_refused_parent_are_not_blamed(api: RestClient) -> None:
    answer = api.call(
        "POST", "/composite/tree/Account", json={"records": [account("ref1", None, contact("ref2", LastName="Lee"))]}
    )
    assert [result["referenceId"] for result in answer.json()["results"]] == ["ref1"]


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([account(f"r{n}", f"Account {n}") for n in range(201)], "LIMIT_EXCEEDED"),
        ([account("r", "a"), account("r", "b")], "JSON_PARSER_ERROR"),
        ([{"attributes": {"type": "Account"}, "Name": "x"}], "INVALID_INPUT"),
        ([{"Name": "x"}], "INVALID_INPUT"),
        ([contact("r", LastName="Lee")], "INVALID_INPUT"),
        ([{**account("r", "a"), "Nothings": {"records": ["x"]}}], "INVALID_FIELD"),
        ("x", "JSON_PARSER_ERROR"),
    ],
)
def test_a_tree_of_the_wrong_form_makes_nothing(api: RestClient, records: object, code: str) -> None:
    answer = api.call("POST", "/composite/tree/Account", json={"records": records})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    assert api.query("SELECT Id FROM Account") == []


def test_an_object_that_is_hidden_is_not_there(running_local_org: RunningLocalOrg) -> None:
    api = running_local_org.as_user("minimum@demo.example")
    answer = api.call("POST", "/composite/tree/Account", json={"records": [account("r", "Acme")]})
    assert answer.status_code == 400
    assert answer.json()["results"][0]["errors"][0]["statusCode"] == "NOT_FOUND"
