"""`/composite`: up to 25 subrequests in one call, with references, all or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.checks.findings import ID, AtLeast, Finding, OneOf, text
from scripts.checks.model import Area, Sure
from scripts.checks.org import ROOT, Answer
from scripts.checks.visit import Visit, refusal

AREA = Area("Composite")

_CAPTURED = "captured from real orgs"
_RESULT = "REST API Developer Guide, Composite Subrequest Result"
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."


def part(reference: str, method: str, path: str, body: object = None, **more: object) -> dict[str, Any]:
    """A subrequest. path: below the version."""
    entry: dict[str, Any] = {"method": method, "url": f"{ROOT}{path}", "referenceId": reference, **more}
    return entry if body is None else {**entry, "body": body}


def send(visit: Visit, *parts: dict[str, Any], all_or_none: bool = False) -> Answer:
    answer = visit.call("POST", "/composite", json={"allOrNone": all_or_none, "compositeRequest": list(parts)})
    for entry in answer.body["compositeResponse"] if answer.status == 200 else ():
        if entry["httpStatusCode"] == 201 and isinstance(entry["body"], dict):
            visit.adopt(str(entry["httpHeaders"]["Location"]).split("/")[-2], entry["body"]["id"])
    return answer


def result(body: object, status: int, reference: str | None, headers: object = None) -> dict[str, object]:
    return {"body": body, "httpHeaders": headers or {}, "httpStatusCode": status, "referenceId": reference}


@AREA.check(
    "composite.results",
    "The answer is 200 whatever its parts are: each part has body, httpHeaders, httpStatusCode and referenceId, "
    "in the order of the request",
    source=_RESULT,
    sure=Sure.FIX,
)
def results(visit: Visit) -> Iterator[Finding]:
    answer = send(
        visit,
        part("made", "POST", "/sobjects/Account", {"Name": visit.name()}),
        part("gone", "GET", "/sobjects/Account/001000000000001AAA"),
    )
    made, gone = answer.body["compositeResponse"]
    location = {"Location": f"{ROOT}/sobjects/Account/{made['body']['id']}"}
    yield Finding("status", 200, answer.status)
    yield Finding("created", result({"id": ID, "success": True, "errors": []}, 201, "made", location), made)
    error = {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
    yield Finding("not found", result([error], 404, "gone"), gone)


@AREA.check(
    "composite.resources",
    "`GET /composite` names the composite resources",
    source="REST API Developer Guide, Composite Resources",
    sure=Sure.DOC,
)
def resources(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("GET", "/composite")
    expected = AtLeast({"sobjects": f"{ROOT}/composite/sobjects"})
    yield Finding("resources", (200, expected), (answer.status, answer.body))


@AREA.check(
    "composite.references",
    "`@{ref.id}` is replaced in bodies and URLs, also from the rows of a query",
    source="REST API Developer Guide, Composite",
    sure=Sure.FIX,
)
def references(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    answer = send(
        visit,
        part("made", "POST", "/sobjects/Account", {"Name": name}),
        part("contact", "POST", "/sobjects/Contact", {"LastName": visit.name(), "AccountId": "@{made.id}"}),
        part("found", "GET", "/query?q=SELECT+Id,AccountId+FROM+Contact+WHERE+Id='@{contact.id}'"),
        part("read", "GET", "/sobjects/Account/@{found.records[0].AccountId}?fields=Name"),
    )
    statuses = [entry["httpStatusCode"] for entry in answer.body["compositeResponse"]]
    yield Finding("statuses", [201, 201, 200, 200], statuses)
    yield Finding("the account", name, answer.body["compositeResponse"][3]["body"]["Name"])


@AREA.check(
    "composite.reference_in_collection",
    "`@{ref.id}` is replaced in the records of a collection too, and all or none of both is done",
    source="REST API Developer Guide, Composite Request Body: any body may refer; sObject Collections",
    sure=Sure.DOC,
)
def reference_in_collection(visit: Visit) -> Iterator[Finding]:
    contacts = [
        {"attributes": {"type": "Contact"}, "LastName": visit.name(), "AccountId": "@{made.id}"} for _ in range(2)
    ]
    answer = send(
        visit,
        part("made", "POST", "/sobjects/Account", {"Name": visit.name()}),
        part("many", "POST", "/composite/sobjects", {"allOrNone": True, "records": contacts}),
        all_or_none=True,
    )
    made, many = answer.body["compositeResponse"]
    yield Finding("statuses", (201, 200), (made["httpStatusCode"], many["httpStatusCode"]))
    account = made["body"]["id"]
    there = {row["Id"] for row in visit.rows(f"SELECT Id FROM Contact WHERE AccountId = '{account}'")}
    yield Finding("the contacts", {visit.adopt("Contact", saved["id"]) for saved in many["body"]}, there)


@AREA.check(
    "composite.bad_reference",
    "A reference to a failed or unknown part is 400 PROCESSING_HALTED, `Invalid reference specified. No value for …`",
    source=_RESULT,
    sure=Sure.DOC,
)
def bad_reference(visit: Visit) -> Iterator[Finding]:
    answer = send(
        visit,
        part("bad", "POST", "/sobjects/Account", {}),
        part("after", "GET", "/sobjects/Account/@{bad.id}"),
    )
    bad, after = answer.body["compositeResponse"]
    yield Finding("the failed one", 400, bad["httpStatusCode"])
    error = AtLeast({"errorCode": "PROCESSING_HALTED", "message": text("Invalid reference specified. No value for .*")})
    yield Finding("the one after", result([error], 400, "after"), after)


@AREA.check(
    "composite.all_or_none",
    "With allOrNone one failure takes everything back, and its innocent mates are 400 PROCESSING_HALTED",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def all_or_none(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    answer = send(
        visit,
        part("good", "POST", "/sobjects/Account", {"Name": name}),
        part("bad", "POST", "/sobjects/Account", {}),
        part("later", "GET", "/query?q=SELECT+Id+FROM+Organization"),
        all_or_none=True,
    )
    good, bad, later = answer.body["compositeResponse"]
    halted = [{"errorCode": "PROCESSING_HALTED", "message": _HALTED}]
    yield Finding("before", result(halted, 400, "good"), good)
    yield Finding(
        "the failed one", (400, "REQUIRED_FIELD_MISSING"), (bad["httpStatusCode"], bad["body"][0]["errorCode"])
    )
    yield Finding("after", result(halted, 400, "later"), later)
    yield Finding("rows", [], visit.rows(f"SELECT Id FROM Account WHERE Name = '{name}'"))


@AREA.check(
    "composite.partial",
    "Without allOrNone the other parts stand",
    source="REST API Developer Guide, Composite",
    sure=Sure.DOC,
)
def partial(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    answer = send(
        visit, part("bad", "POST", "/sobjects/Account", {}), part("good", "POST", "/sobjects/Account", {"Name": name})
    )
    yield Finding("statuses", [400, 201], [entry["httpStatusCode"] for entry in answer.body["compositeResponse"]])
    yield Finding("rows", 1, len(visit.rows(f"SELECT Id FROM Account WHERE Name = '{name}'")))


@AREA.check(
    "composite.outer_flag_overrides",
    "The outer allOrNone overrides that of a collection inside",
    source="REST API Developer Guide, allOrNone Parameters in Composite and Collections Requests",
    sure=Sure.DOC,
)
def outer_flag_overrides(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    records = [{"attributes": {"type": "Account"}, "Name": name}, {"attributes": {"type": "Account"}}]
    body = {"allOrNone": False, "records": records}
    send(visit, part("both", "POST", "/composite/sobjects", body), all_or_none=True)
    yield Finding("rows", [], visit.rows(f"SELECT Id FROM Account WHERE Name = '{name}'"))


@AREA.check(
    "composite.conditional",
    "A part's httpHeaders carry If-Unmodified-Since: 412 inside, 200 outside",
    source="REST API Developer Guide, Composite; Conditional Requests",
    sure=Sure.DOC,
)
def conditional(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    headers = {"If-Unmodified-Since": "Mon, 06 Jan 2020 00:00:00 GMT"}
    entry = part("old", "PATCH", f"/sobjects/Account/{record_id}", {"Phone": "1"}, httpHeaders=headers)
    answer = send(visit, entry)
    inner = answer.body["compositeResponse"][0]["httpStatusCode"]
    yield Finding("outer and inner", (200, 412), (answer.status, inner))


@AREA.check(
    "composite.reference_ids",
    "A referenceId must be unique and of letters, digits and underscores: else the whole request is 400",
    source=_RESULT,
    sure=Sure.DOC,
)
def reference_ids(visit: Visit) -> Iterator[Finding]:
    entry = part("same", "GET", "/limits")
    answer = visit.call("POST", "/composite", json={"compositeRequest": [entry, entry]})
    yield Finding("twice", 400, answer.status)
    answer = visit.call("POST", "/composite", json={"compositeRequest": [part("a-b", "GET", "/sobjects")]})
    yield Finding("a dash", 400, answer.status)


@AREA.check(
    "composite.too_many",
    "More than 25 parts are refused as one nameless LIMIT_EXCEEDED, with 200 outside",
    source="a captured answer: guardian/support-service-lambdas #766",
    sure=Sure.FIX,
)
def too_many(visit: Visit) -> Iterator[Finding]:
    parts = [part(f"r{n}", "GET", "/sobjects/Account") for n in range(26)]
    answer = visit.call("POST", "/composite", json={"compositeRequest": parts})
    error = {"errorCode": "LIMIT_EXCEEDED", "message": "The request can’t contain more than 25 operations."}
    yield Finding("26", (200, {"compositeResponse": [result([error], 400, None)]}), (answer.status, answer.body))


@AREA.check(
    "composite.too_many_queries",
    "More than five queries or collections are refused with LIMIT_EXCEEDED",
    source="REST API Developer Guide, Composite; how it is worded is background knowledge",
    sure=Sure.DOC,
)
def too_many_queries(visit: Visit) -> Iterator[Finding]:
    parts = [part(f"r{n}", "GET", "/query?q=SELECT+Id+FROM+Organization") for n in range(6)]
    answer = visit.call("POST", "/composite", json={"compositeRequest": parts})
    yield Finding("outer status", OneOf((200, 400)), answer.status)
    yield Finding("code", True, "LIMIT_EXCEEDED" in str(answer.body))


@AREA.check(
    "composite.unknown_key",
    "A key that a composite does not have is 400 JSON_PARSER_ERROR, `Unrecognized field …`",
    source="captured from real orgs; the local org says less of the place",
    sure=Sure.FIX,
)
def unknown_key(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/composite", json={"compositeRequest": [], "allOrNothing": True})
    yield refusal("allOrNothing", answer, 400, "JSON_PARSER_ERROR", text('Unrecognized field "allOrNothing".*'))


@AREA.check(
    "composite.versions",
    "A part may not ask for a newer version than the composite itself",
    source=f"{_RESULT}; REST API Developer Guide, Composite; the text is background knowledge",
    sure=Sure.DOC,
)
def versions(visit: Visit) -> Iterator[Finding]:
    entry = {"method": "GET", "url": "/services/data/v966.0/sobjects", "referenceId": "r"}
    answer = visit.call("POST", "/composite", json={"compositeRequest": [entry]})
    inner = answer.body["compositeResponse"][0]["httpStatusCode"] if answer.status == 200 else answer.status
    yield Finding("a newer version", OneOf((400, 404)), inner)
