"""`/composite/batch`, `/composite/graph` and `/composite/tree`: several requests or records in one call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.checks.areas.composites import part
from scripts.checks.findings import ID, AtLeast, Finding, OneOf
from scripts.checks.model import Area, Sure
from scripts.checks.org import VERSION
from scripts.checks.visit import Visit

AREA = Area("Batches, graphs and trees")

_BATCH = "REST API Developer Guide, Composite Batch"
_GRAPH = "REST API Developer Guide, Composite Graphs"
_TREE = "REST API Developer Guide, sObject Tree"


@AREA.check(
    "batch.results",
    "A batch answers 200 with hasErrors and, for each part, statusCode and result; a failed part stops no other",
    source=_BATCH,
    sure=Sure.DOC,
)
def batch_results(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    body = {
        "batchRequests": [
            {"method": "GET", "url": f"v{VERSION}/sobjects/Nothing__c"},
            {"method": "PATCH", "url": f"v{VERSION}/sobjects/Account/{record_id}", "richInput": {"Phone": "1"}},
            {"method": "GET", "url": f"v{VERSION}/sobjects/Account/{record_id}?fields=Phone"},
        ]
    }
    answer = visit.call("POST", "/composite/batch", json=body)
    error = {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
    results = [
        {"statusCode": 404, "result": [error]},
        {"statusCode": 204, "result": None},
        {"statusCode": 200, "result": AtLeast({"Phone": "1"})},
    ]
    yield Finding("body", (200, {"hasErrors": True, "results": results}), (answer.status, answer.body))


@AREA.check(
    "batch.halt",
    "With haltOnError what comes after a failed part is 412 BATCH_PROCESSING_HALTED, and what came before stands",
    source=f"{_BATCH}; the text is background knowledge",
    sure=Sure.DOC,
)
def batch_halt(visit: Visit) -> Iterator[Finding]:
    gone = {"method": "GET", "url": f"v{VERSION}/sobjects/Nothing__c"}
    body = {"haltOnError": True, "batchRequests": [gone, {"method": "GET", "url": f"v{VERSION}/limits"}]}
    answer = visit.call("POST", "/composite/batch", json=body)
    yield Finding("statuses", (200, [404, 412]), (answer.status, [one["statusCode"] for one in answer.body["results"]]))
    yield Finding("code", "BATCH_PROCESSING_HALTED", answer.body["results"][1]["result"][0]["errorCode"])


@AREA.check(
    "batch.too_many",
    "More than 25 parts are 400 for the whole batch",
    source=f"{_BATCH}; code and text are background knowledge",
    sure=Sure.DOC,
)
def batch_too_many(visit: Visit) -> Iterator[Finding]:
    one = {"method": "GET", "url": f"v{VERSION}/limits"}
    yield Finding("26", 400, visit.call("POST", "/composite/batch", json={"batchRequests": [one] * 26}).status)


@AREA.check(
    "batch.versions",
    "A part of a batch may not ask for a newer version than the batch",
    source=f"{_BATCH}; code and text are background knowledge",
    sure=Sure.DOC,
)
def batch_versions(visit: Visit) -> Iterator[Finding]:
    body = {"batchRequests": [{"method": "GET", "url": "v65.0/limits"}, {"method": "GET", "url": "v66.0/limits"}]}
    answer = visit.org.send("POST", "/services/data/v65.0/composite/batch", token=visit.org.token, json=body)
    inner = [one["statusCode"] for one in answer.body["results"]] if answer.status == 200 else answer.status
    yield Finding("the newer one", OneOf(([200, 400], 400)), inner)


@AREA.check(
    "graph.results",
    "Graphs stand or fall each for itself: an answer has graphId, graphResponse and isSuccessful, and a failed graph "
    "leaves no row",
    source=_GRAPH,
    sure=Sure.DOC,
)
def graph_results(visit: Visit) -> Iterator[Finding]:
    good, bad = visit.name(), visit.name()
    answer = visit.call(
        "POST",
        "/composite/graph",
        json={
            "graphs": [
                {
                    "graphId": "g1",
                    "compositeRequest": [
                        part("a", "POST", "/sobjects/Account", {"Name": good}),
                        part("c", "POST", "/sobjects/Contact", {"LastName": good, "AccountId": "@{a.id}"}),
                    ],
                },
                {
                    "graphId": "g2",
                    "compositeRequest": [
                        part("a", "POST", "/sobjects/Account", {"Name": bad}),
                        part("c", "POST", "/sobjects/Contact", {}),
                    ],
                },
            ]
        },
    )
    for row in visit.rows(f"SELECT Id FROM Account WHERE Name = '{good}'"):
        visit.adopt("Account", row["Id"])
    for row in visit.rows(f"SELECT Id FROM Contact WHERE LastName = '{good}'"):
        visit.adopt("Contact", row["Id"])
    done = [(graph["graphId"], graph["isSuccessful"]) for graph in answer.body["graphs"]]
    yield Finding("graphs", (200, [("g1", True), ("g2", False)]), (answer.status, done))
    first = answer.body["graphs"][0]["graphResponse"]["compositeResponse"]
    yield Finding("statuses", [201, 201], [one["httpStatusCode"] for one in first])
    yield Finding("rows of the failed", [], visit.rows(f"SELECT Id FROM Account WHERE Name = '{bad}'"))


def _tree(reference: str, kind: str, **values: object) -> dict[str, Any]:
    return {"attributes": {"type": kind, "referenceId": reference}, **values}


@AREA.check(
    "tree.created",
    "A tree of records is 201 with hasErrors and the id of each referenceId",
    source=_TREE,
    sure=Sure.DOC,
)
def tree_created(visit: Visit) -> Iterator[Finding]:
    contact = _tree("c1", "Contact", LastName=visit.name())
    account = _tree("a1", "Account", Name=visit.name(), Contacts={"records": [contact]})
    answer = visit.call("POST", "/composite/tree/Account", json={"records": [account]})
    for one, kind in zip(answer.body["results"], ("Account", "Contact"), strict=True):
        visit.adopt(kind, one["id"])
    results = [{"referenceId": "a1", "id": ID}, {"referenceId": "c1", "id": ID}]
    yield Finding("body", (201, {"hasErrors": False, "results": results}), (answer.status, answer.body))


@AREA.check(
    "tree.refused",
    "One bad record of a tree takes all back: 400, and only the bad ones are named, with statusCode",
    source=_TREE,
    sure=Sure.DOC,
)
def tree_refused(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    records = [_tree("a1", "Account", Name=name), _tree("a2", "Account", Phone="1")]
    answer = visit.call("POST", "/composite/tree/Account", json={"records": records})
    error = AtLeast({"statusCode": "REQUIRED_FIELD_MISSING", "message": "Required fields are missing: [Name]"})
    body = {"hasErrors": True, "results": [{"referenceId": "a2", "errors": [error]}]}
    yield Finding("body", (400, body), (answer.status, answer.body))
    yield Finding("rows", [], visit.rows(f"SELECT Id FROM Account WHERE Name = '{name}'"))
