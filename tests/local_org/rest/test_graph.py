"""`/composite/graph`: each graph whole or not at all."""

from typing import Any

import pytest

from tests.support.local_org import RestClient, RunningLocalOrg

ROOT = "/services/data/v66.0"


@pytest.fixture
def api(running_local_org: RunningLocalOrg) -> RestClient:
    return running_local_org.as_user("admin@demo.example")


def make(reference: str, object_name: str, **body: object) -> dict[str, Any]:
    return {"method": "POST", "url": f"{ROOT}/sobjects/{object_name}", "referenceId": reference, "body": body}


def graph(graph_id: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    return {"graphId": graph_id, "compositeRequest": list(nodes)}


def run(api: RestClient, *graphs: dict[str, Any]) -> list[dict[str, Any]]:
    answer = api.call("POST", "/composite/graph", json={"graphs": list(graphs)})
    assert answer.status_code == 200, answer.text
    return answer.json()["graphs"]


def test_a_graph_that_fails_is_taken_back_and_the_other_stands(api: RestClient) -> None:
    good, bad = run(
        api,
        graph(
            "1", make("acme", "Account", Name="Acme"), make("lee", "Contact", LastName="Lee", AccountId="@{acme.id}")
        ),
        graph("2", make("other", "Account", Name="Other"), make("nobody", "Contact")),
    )
    assert (good["graphId"], good["isSuccessful"]) == ("1", True)
    made = good["graphResponse"]["compositeResponse"]
    assert [part["httpStatusCode"] for part in made] == [201, 201]
    assert (bad["graphId"], bad["isSuccessful"]) == ("2", False)
    halted, failed = bad["graphResponse"]["compositeResponse"]
    assert (halted["httpStatusCode"], halted["body"][0]["errorCode"]) == (400, "PROCESSING_HALTED")
    assert failed["body"] == [
        {
            "message": "Required fields are missing: [LastName]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["LastName"],
        }
    ]
    (row,) = api.query("SELECT Name, Account.Name FROM Contact")
    assert row["Account"]["Name"] == "Acme"
    assert len(api.query("SELECT Id FROM Account")) == 1


def test_more_nodes_than_a_composite_takes_are_done(api: RestClient) -> None:
    (done,) = run(api, graph("many", *(make(f"r{n}", "Account", Name=f"Account {n}") for n in range(60))))
    assert done["isSuccessful"] is True
    assert len(api.query("SELECT Id FROM Account")) == 60


@pytest.mark.parametrize(
    ("graphs", "code"),
    [
        ([graph("1", *(make(f"r{n}", "Account", Name="x") for n in range(501)))], "LIMIT_EXCEEDED"),
        ([graph(str(n)) for n in range(76)], "LIMIT_EXCEEDED"),
        ([graph("a"), graph("a")], "JSON_PARSER_ERROR"),
        ([graph("a-b")], "JSON_PARSER_ERROR"),
        ([graph("a", make("x", "Account"), make("x", "Account"))], "JSON_PARSER_ERROR"),
        ([{"graphId": "a", "allOrNone": True, "compositeRequest": None}], "JSON_PARSER_ERROR"),
        ([{"graphId": "a"}], "JSON_PARSER_ERROR"),
        ("x", "JSON_PARSER_ERROR"),
    ],
)
def test_a_request_of_the_wrong_form_does_nothing(api: RestClient, graphs: object, code: str) -> None:
    answer = api.call("POST", "/composite/graph", json={"graphs": graphs})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    assert api.query("SELECT Id FROM Account") == []


@pytest.mark.parametrize("path", ["query?q=SELECT+Id+FROM+Account", "sobjects", "sobjects/Account/describe", "limits"])
def test_a_node_is_a_record_operation(api: RestClient, path: str) -> None:
    (answer,) = run(api, graph("1", {"method": "GET", "url": f"{ROOT}/{path}", "referenceId": "a"}))
    (part,) = answer["graphResponse"]["compositeResponse"]
    assert (part["httpStatusCode"], part["body"][0]["errorCode"]) == (501, "EMULATOR_UNSUPPORTED")
