"""Single records: create, read, update, delete; what is written and how it is read back."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.checks.findings import ID, AtLeast, Finding
from scripts.checks.model import Area, Need, Sure
from scripts.checks.org import ROOT
from scripts.checks.visit import Visit, refusal

AREA = Area("Single records")

_CAPTURED = "captured from real orgs"
_GUIDE = "REST API Developer Guide, sObject Rows"
NOT_THERE = "The requested resource does not exist"


@AREA.check(
    "records.create",
    "A create is 201 with `id`, `success`, `errors` and a Location",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def create(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Account/", json={"Name": visit.name()})
    record_id = visit.adopt("Account", answer.body["id"])
    yield Finding("body", (201, {"id": ID, "success": True, "errors": []}), (answer.status, answer.body))
    yield Finding("location", f"{ROOT}/sobjects/Account/{record_id}", answer.headers.get("Location"))


@AREA.check(
    "records.get",
    "A read gives attributes, Id and the asked fields; without `fields`, all that the user can read",
    source=_GUIDE,
    sure=Sure.DOC,
)
def get(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    record_id = visit.account(Name=name)
    asked = visit.call("GET", f"/sobjects/Account/{record_id}", params={"fields": "Name,Phone"})
    attributes = {"type": "Account", "url": f"{ROOT}/sobjects/Account/{record_id}"}
    yield Finding(
        "asked",
        (200, {"attributes": attributes, "Name": name, "Phone": None, "Id": record_id}),
        (asked.status, asked.body),
    )
    whole = visit.call("GET", f"/sobjects/Account/{record_id}")
    yield Finding("whole", AtLeast({"attributes": attributes, "Id": record_id, "IsDeleted": False}), whole.body)


@AREA.check(
    "records.update", "An update is 204 without a body, and null clears a field", source=_CAPTURED, sure=Sure.FIX
)
def update(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account(Phone="1")
    answer = visit.call("PATCH", f"/sobjects/Account/{record_id}", json={"Phone": None, "Website": "https://a.example"})
    yield Finding("answer", (204, None), (answer.status, answer.body))
    row = visit.rows(f"SELECT Phone, Website FROM Account WHERE Id = '{record_id}'")[0]
    yield Finding("row", (None, "https://a.example"), (row["Phone"], row["Website"]))


@AREA.check(
    "records.delete",
    "A delete is 204; a second one, and a read, are 404 ENTITY_IS_DELETED",
    source="two captures say 404, one test table of a public repository 400",
    sure=Sure.FIX,
)
def delete(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    answer = visit.call("DELETE", f"/sobjects/Account/{record_id}")
    yield Finding("first", (204, None), (answer.status, answer.body))
    for method in ("DELETE", "GET"):
        again = visit.call(method, f"/sobjects/Account/{record_id}")
        yield refusal(f"then {method}", again, 404, "ENTITY_IS_DELETED", "entity is deleted", [])


@AREA.check(
    "records.missing",
    "A row that does not exist, or an object that does not, is 404 NOT_FOUND",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def missing(visit: Visit) -> Iterator[Finding]:
    for path in ("/sobjects/Account/001000000000001AAA", "/sobjects/Nothing__c/describe", "/sobjects/Nothing__c"):
        yield refusal(path, visit.call("GET", path), 404, "NOT_FOUND", NOT_THERE)


@AREA.check(
    "records.empty_text",
    "Empty text is stored as null",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def empty_text(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account(Phone="")
    yield Finding("phone", None, visit.call("GET", f"/sobjects/Account/{record_id}").body["Phone"])


@AREA.check(
    "records.names_without_case",
    "Names of objects and fields are taken in any case, and answered in the describe's",
    source="background knowledge, long-standing",
    sure=Sure.BG,
)
def names_without_case(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    answer = visit.call("POST", "/sobjects/account", json={"NAME": name})
    record_id = visit.adopt("Account", answer.body["id"])
    read = visit.call("GET", f"/sobjects/aCCount/{record_id}", params={"fields": "name"}).body
    yield Finding("read", (name, "Account"), (read["Name"], read["attributes"]["type"]))


@AREA.check(
    "records.person_name",
    "The Name of a person is put together from FirstName and LastName, and cannot be written",
    source="Object Reference, Contact",
    sure=Sure.DOC,
)
def person_name(visit: Visit) -> Iterator[Finding]:
    last = visit.name()
    record_id = visit.make("Contact", FirstName="Ann", LastName=last)
    yield Finding("name", f"Ann {last}", visit.call("GET", f"/sobjects/Contact/{record_id}").body["Name"])
    answer = visit.call("PATCH", f"/sobjects/Contact/{record_id}", json={"Name": "Bea"})
    yield Finding("writing it", (400, "INVALID_FIELD_FOR_INSERT_UPDATE"), (answer.status, answer.body[0]["errorCode"]))


@AREA.check(
    "records.parent_by_external_id",
    'A lookup may be set by the parent\'s external id: `{"Parent__r": {"Key__c": …}}`',
    source="REST API Developer Guide, Insert or Update (Upsert) a Record Using an External ID",
    sure=Sure.DOC,
    needs=(Need.BOOKIT,),
)
def parent_by_external_id(visit: Visit) -> Iterator[Finding]:
    key = visit.name()
    parent = visit.make("LeanData__BookIt_Link__c", LeanData__Link_Id__c=key[:64], LeanData__Kind__c="Individual")
    child = visit.make(
        "LeanData__BookIt_Link__c",
        LeanData__Link_Id__c=visit.name()[:64],
        LeanData__Kind__c="Individual",
        LeanData__Parent_Link__r={"LeanData__Link_Id__c": key[:64]},
    )
    rows = visit.rows(f"SELECT LeanData__Parent_Link__c FROM LeanData__BookIt_Link__c WHERE Id = '{child}'")
    yield Finding("the lookup", parent, rows[0]["LeanData__Parent_Link__c"])


@AREA.check(
    "records.unmodified_since",
    "`If-Unmodified-Since` on PATCH is 412 when the row changed in a later second, and lets the update through else",
    source="REST API Developer Guide, Conditional Requests; recorded by Salesforce's Mobile SDK tests",
    sure=Sure.FIX,
)
def unmodified_since(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    path = f"/sobjects/Account/{record_id}"
    long_ago, far_off = "Mon, 06 Jan 2020 00:00:00 GMT", "Mon, 06 Jan 2048 00:00:00 GMT"
    answer = visit.call("PATCH", path, json={"Phone": "1"}, headers={"If-Unmodified-Since": long_ago})
    yield Finding("changed since", 412, answer.status)
    answer = visit.call("PATCH", path, json={"Phone": "2"}, headers={"If-Unmodified-Since": far_off})
    yield Finding("not changed since", 204, answer.status)
    yield Finding("the row", "2", visit.call("GET", path).body["Phone"])


@AREA.check(
    "records.modified_since",
    "`If-Modified-Since` on a read is 304 without a body when the row did not change",
    source="REST API Developer Guide, Conditional Requests",
    sure=Sure.DOC,
)
def modified_since(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    headers = {"If-Modified-Since": "Mon, 06 Jan 2048 00:00:00 GMT"}
    answer = visit.call("GET", f"/sobjects/Account/{record_id}", headers=headers)
    yield Finding("answer", (304, None), (answer.status, answer.body))


AREA.cannot_check(
    "records.precondition_body",
    "The body of a 412 is one error PRECONDITION_FAILED",
    source="background knowledge",
    sure=Sure.BG,
    because="no capture shows the body; clients go by the status",
    codes=("PRECONDITION_FAILED", "INVALID_HTTP_HEADER"),
    test="rest/test_records.py::test_if_unmodified_since_refuses_a_later_change_with_412",
)
AREA.cannot_check(
    "records.lock",
    "A row that another transaction holds is 400 UNABLE_TO_LOCK_ROW",
    source="captured from real orgs",
    sure=Sure.FIX,
    because="no request holds a lock on purpose; the local org makes one on demand",
    codes=("UNABLE_TO_LOCK_ROW",),
    test="engine/test_locks.py::test_who_waits_too_long_for_another_writer_cannot_lock_the_row",
)
