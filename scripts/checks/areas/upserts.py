"""Upsert by an external id, which is what makes a write repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from scripts.checks.findings import ID, NONE, Finding
from scripts.checks.model import Area, Need, Sure
from scripts.checks.org import ROOT
from scripts.checks.visit import Visit, refusal

AREA = Area("Upsert")

_CAPTURED = "captured from real orgs"
_GUIDE = "REST API Developer Guide, Insert or Update (Upsert) a Record Using an External ID"
OPERATION = "/sobjects/BookIt_MCP_Operation__c"
BY_KEY = f"{OPERATION}/Operation_Key__c"
CLAIM_BY_MEETING = "/sobjects/BookIt_MCP_Claim__c/Meeting__c"
CLAIMED = {"Period__c": "2026-11-27", "Number__c": 1}
"""What a claim needs besides its key and its host."""
_VALUES = {"Actor__c": "checks", "Request_Hash__c": "0", "Tool__c": "check"}


@AREA.check(
    "upsert.created_and_updated",
    "An upsert that creates is 201, one that updates 200; both bodies have id, success, errors and created",
    source=f"{_GUIDE}; since version 46.0 an update answers with a body",
    sure=Sure.FIX,
    needs=(Need.SUPPORT,),
)
def created_and_updated(visit: Visit) -> Iterator[Finding]:
    path = f"{BY_KEY}/{quote(visit.name(), safe='')}"
    answer = visit.call("PATCH", path, json=_VALUES)
    record_id = visit.adopt("BookIt_MCP_Operation__c", answer.body["id"])
    body = {"id": ID, "success": True, "errors": NONE, "created": True}
    yield Finding("new", (201, body), (answer.status, answer.body))
    answer = visit.call("PATCH", path, json={"Tool__c": "again"})
    body = {"id": record_id, "success": True, "errors": NONE, "created": False}
    yield Finding("again", (200, body), (answer.status, answer.body))


@AREA.check(
    "upsert.several",
    "An external id that several rows have is 300, and the body is the list of their URLs",
    source=_GUIDE,
    sure=Sure.DOC,
    needs=(Need.SUPPORT,),
)
def several(visit: Visit) -> Iterator[Finding]:
    host = visit.rows("SELECT Id FROM User WHERE IsActive = true LIMIT 1")[0]["Id"]
    meeting = visit.org.run_id
    made = {
        visit.make("BookIt_MCP_Claim__c", Claim_Key__c=visit.name(), Host__c=host, Meeting__c=meeting, **CLAIMED)
        for _ in range(2)
    }
    answer = visit.call("PATCH", f"{CLAIM_BY_MEETING}/{meeting}", json={"Claim_Key__c": visit.name()})
    urls = sorted(f"{ROOT}/sobjects/BookIt_MCP_Claim__c/{record_id}" for record_id in made)
    yield Finding("answer", (300, urls), (answer.status, sorted(answer.body)))


@AREA.check(
    "upsert.id_field_in_body",
    "The external id field may not stand in the body too: INVALID_FIELD",
    source=_GUIDE,
    sure=Sure.DOC,
    needs=(Need.SUPPORT,),
)
def id_field_in_body(visit: Visit) -> Iterator[Finding]:
    key = visit.name()
    answer = visit.call("PATCH", f"{BY_KEY}/{quote(key, safe='')}", json={**_VALUES, "Operation_Key__c": key})
    message = "The Operation_Key__c field should not be specified in the sobject data."
    yield refusal("both", answer, 400, "INVALID_FIELD", message)


@AREA.check(
    "upsert.no_external_id",
    "A field that is no external id is 404 NOT_FOUND, `Provided external ID field does not exist or is not accessible`",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def no_external_id(visit: Visit) -> Iterator[Finding]:
    message = "Provided external ID field does not exist or is not accessible: Nope__c"
    for method in ("PATCH", "GET"):
        answer = visit.call(method, "/sobjects/Account/Nope__c/x", json={"Name": "x"} if method == "PATCH" else None)
        yield refusal(method, answer, 404, "NOT_FOUND", message)


@AREA.check(
    "upsert.read_by_external_id",
    "A record can be read by its external id",
    source="REST API Developer Guide, sObject Rows by External ID",
    sure=Sure.DOC,
    needs=(Need.SUPPORT,),
)
def read_by_external_id(visit: Visit) -> Iterator[Finding]:
    key = visit.name()
    record_id = visit.make("BookIt_MCP_Operation__c", Operation_Key__c=key, **_VALUES)
    answer = visit.call("GET", f"{BY_KEY}/{quote(key, safe='')}", params={"fields": "Tool__c"})
    yield Finding("answer", (200, record_id, "check"), (answer.status, answer.body["Id"], answer.body["Tool__c"]))


@AREA.check(
    "upsert.delete_by_external_id",
    "A record can be deleted by its external id: 204",
    source="REST API Developer Guide, sObject Rows by External ID",
    sure=Sure.DOC,
    needs=(Need.SUPPORT,),
)
def delete_by_external_id(visit: Visit) -> Iterator[Finding]:
    key = visit.name()
    record_id = visit.make("BookIt_MCP_Operation__c", Operation_Key__c=key, **_VALUES)
    answer = visit.call("DELETE", f"{BY_KEY}/{quote(key, safe='')}")
    yield Finding("answer", (204, None), (answer.status, answer.body))
    yield Finding("then", 404, visit.call("GET", f"{OPERATION}/{record_id}").status)


AREA.cannot_check(
    "upsert.race",
    "Of two upserts of one new key at the same time one creates, the other is DUPLICATE_VALUE, a lock, or an update",
    source="background knowledge",
    sure=Sure.BG,
    because="which of them it is depends on the moment",
)
