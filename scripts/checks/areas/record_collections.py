"""`/composite/sobjects`: up to 200 records in one call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.checks.areas.records import NOT_THERE
from scripts.checks.areas.upserts import CLAIMED
from scripts.checks.findings import ANYTHING, ID, NONE, AtLeast, Finding
from scripts.checks.model import Area, Need, Sure
from scripts.checks.org import Answer
from scripts.checks.visit import Visit, refusal

AREA = Area("Collections")

_CAPTURED = "captured from real orgs"
_GUIDE = "REST API Developer Guide, sObject Collections"
_ROLLED_BACK = {
    "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "message": "Record rolled back because not all records were valid and the request was using AllOrNone header",
    "fields": NONE,
}


def account(**values: object) -> dict[str, Any]:
    return {"attributes": {"type": "Account"}, **values}


def send(visit: Visit, *records: dict[str, Any], method: str = "POST", all_or_none: bool = False) -> Answer:
    answer = visit.call(method, "/composite/sobjects", json={"allOrNone": all_or_none, "records": list(records)})
    if method == "POST" and answer.status == 200:
        for entry in answer.body:
            if entry["success"]:
                visit.adopt("Account", entry["id"])
    return answer


MISSING_NAME = {
    "statusCode": "REQUIRED_FIELD_MISSING",
    "message": "Required fields are missing: [Name]",
    "fields": ["Name"],
}


@AREA.check(
    "collections.partial",
    "Records stand or fall by themselves: 200, one result a record, and an error has `statusCode`, not `errorCode`",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def partial(visit: Visit) -> Iterator[Finding]:
    answer = send(visit, account(Name=visit.name()), account(Phone="1"))
    good, bad = {"id": ID, "success": True, "errors": NONE}, {"success": False, "errors": [MISSING_NAME]}
    yield Finding("results", (200, [good, bad]), (answer.status, answer.body))


@AREA.check(
    "collections.all_or_none",
    "With allOrNone one bad record takes all back, and its mates are ALL_OR_NONE_OPERATION_ROLLED_BACK",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def all_or_none(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    answer = send(visit, account(Name=name), account(Phone="1"), all_or_none=True)
    results = [{"success": False, "errors": [_ROLLED_BACK]}, {"success": False, "errors": [MISSING_NAME]}]
    yield Finding("results", (200, results), (answer.status, answer.body))
    yield Finding("rows", [], visit.rows(f"SELECT Id FROM Account WHERE Name = '{name}'"))


@AREA.check("collections.update", "PATCH updates records by the id in each", source=_GUIDE, sure=Sure.DOC)
def update(visit: Visit) -> Iterator[Finding]:
    first, second = visit.account(), visit.account()
    answer = send(visit, account(id=first, Phone="1"), account(id=second, Phone="2"), method="PATCH")
    good = [{"id": record_id, "success": True, "errors": NONE} for record_id in (first, second)]
    yield Finding("results", (200, good), (answer.status, answer.body))
    rows = visit.rows(f"SELECT Phone FROM Account WHERE Id IN ('{first}', '{second}') ORDER BY Phone")
    yield Finding("rows", ["1", "2"], [row["Phone"] for row in rows])


@AREA.check(
    "collections.update_without_id",
    "An update without an id is refused in its result, MISSING_ARGUMENT",
    source="background knowledge",
    sure=Sure.BG,
)
def update_without_id(visit: Visit) -> Iterator[Finding]:
    answer = send(visit, account(Phone="1"), method="PATCH")
    error = AtLeast({"statusCode": "MISSING_ARGUMENT", "message": "Id not specified in an update call"})
    yield Finding("result", [AtLeast({"success": False, "errors": [error]})], answer.body)


@AREA.check(
    "collections.delete",
    "DELETE takes `ids`; a second time each is ENTITY_IS_DELETED",
    source=_GUIDE,
    sure=Sure.DOC,
)
def delete(visit: Visit) -> Iterator[Finding]:
    ids = [visit.account(), visit.account()]
    answer = visit.call("DELETE", "/composite/sobjects", params={"ids": ",".join(ids), "allOrNone": "false"})
    good = [{"id": record_id, "success": True, "errors": NONE} for record_id in ids]
    yield Finding("first", (200, good), (answer.status, answer.body))
    answer = visit.call("DELETE", "/composite/sobjects", params={"ids": ids[0]})
    codes = [error["statusCode"] for error in answer.body[0]["errors"]]
    yield Finding("second", ["ENTITY_IS_DELETED"], codes)


@AREA.check(
    "collections.retrieve",
    "Records are read by ids and fields, with POST or GET; null stands for one that is not there",
    source=f"{_GUIDE}; null is background knowledge",
    sure=Sure.DOC,
)
def retrieve(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    ids = [visit.account(Name=name), "001000000000001AAA"]
    posted = visit.call("POST", "/composite/sobjects/Account", json={"ids": ids, "fields": ["Name"]})
    row = AtLeast({"attributes": AtLeast({"type": "Account"}), "Name": name})
    yield Finding("POST", (200, [row, None]), (posted.status, posted.body))
    got = visit.call("GET", "/composite/sobjects/Account", params={"ids": ids[0], "fields": "Name"})
    yield Finding("GET", (200, [row]), (got.status, got.body))


@AREA.check(
    "collections.upsert",
    "PATCH by an external id adds `created` to each result",
    source=_GUIDE,
    sure=Sure.DOC,
    needs=(Need.SUPPORT,),
)
def upsert(visit: Visit) -> Iterator[Finding]:
    kind, key = "BookIt_MCP_Operation__c", visit.name()
    record = {"Operation_Key__c": key, "Actor__c": "checks", "Request_Hash__c": "0", "Tool__c": "check"}
    path = f"/composite/sobjects/{kind}/Operation_Key__c"
    sent = {"allOrNone": False, "records": [{"attributes": {"type": kind}, **record}]}
    first, second = visit.call("PATCH", path, json=sent), visit.call("PATCH", path, json=sent)
    record_id = visit.adopt(kind, first.body[0]["id"])
    done = {"id": record_id, "success": True, "errors": NONE}
    yield Finding("new", [{**done, "created": True}], first.body)
    yield Finding("again", [{**done, "created": False}], second.body)


@AREA.check(
    "collections.upsert_several",
    "An external id that several rows have is DUPLICATE_EXTERNAL_ID in the result",
    source="SOAP API Developer Guide, Core Data Types, StatusCode; the text is background knowledge",
    sure=Sure.DOC,
    needs=(Need.SUPPORT,),
)
def upsert_several(visit: Visit) -> Iterator[Finding]:
    host = visit.rows("SELECT Id FROM User WHERE IsActive = true LIMIT 1")[0]["Id"]
    meeting, kind = visit.name()[-40:], "BookIt_MCP_Claim__c"
    for _ in range(2):
        visit.make(kind, Claim_Key__c=visit.name(), Host__c=host, Meeting__c=meeting, **CLAIMED)
    record = {"attributes": {"type": kind}, "Meeting__c": meeting, "Claim_Key__c": visit.name(), "Host__c": host}
    answer = visit.call("PATCH", f"/composite/sobjects/{kind}/Meeting__c", json={"records": [record]})
    codes = [error["statusCode"] for error in answer.body[0]["errors"]]
    yield Finding("code", (200, ["DUPLICATE_EXTERNAL_ID"]), (answer.status, codes))


@AREA.check(
    "collections.too_many",
    "More than 200 records are 400 EXCEEDED_ID_LIMIT for the whole request",
    source="public report: Chrome-Salesforce-inspector #134; the status is documented",
    sure=Sure.REP,
)
def too_many(visit: Visit) -> Iterator[Finding]:
    answer = send(visit, *(account(Phone="1") for _ in range(201)))
    message = "record limit reached. cannot submit more than 200 records into this call"
    yield refusal("201", answer, 400, "EXCEEDED_ID_LIMIT", message)


@AREA.check(
    "collections.chunks",
    "More than ten runs of one type each are refused",
    source=f"{_GUIDE}: a request has up to 10 chunks; code and text are background knowledge",
    sure=Sure.DOC,
)
def chunks(visit: Visit) -> Iterator[Finding]:
    kinds = ("Account", "Contact") * 6
    answer = send(visit, *({"attributes": {"type": kind}, "Phone": "1"} for kind in kinds))
    refused = answer.status == 400 or (answer.status == 200 and all(not entry["success"] for entry in answer.body))
    yield Finding("12 runs", True, refused)


@AREA.check(
    "collections.no_type",
    "A record without attributes.type is 400 for the whole request",
    source=f"{_GUIDE}: attributes.type is required; the text is background knowledge",
    sure=Sure.DOC,
)
def no_type(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/composite/sobjects", json={"records": [{"Name": "x"}]})
    yield Finding("no type", (400, [ANYTHING]), (answer.status, answer.body))


@AREA.check(
    "collections.unknown_object",
    "Retrieving records of an object that does not exist is 404 NOT_FOUND",
    source="background knowledge",
    sure=Sure.BG,
)
def unknown_object(visit: Visit) -> Iterator[Finding]:
    answer = visit.call(
        "POST", "/composite/sobjects/Nothing__c", json={"ids": ["001000000000001AAA"], "fields": ["Id"]}
    )
    yield refusal("Nothing__c", answer, 404, "NOT_FOUND", NOT_THERE)
