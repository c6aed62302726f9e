"""What a delete does to the rows that look up to the deleted one."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.checks.areas.query_bodies import meeting_type, pool
from scripts.checks.findings import Finding, OneOf, text
from scripts.checks.model import Area, Need, Sure
from scripts.checks.visit import Visit, refusal

AREA = Area("Deletes")

_METADATA = "Metadata API Developer Guide, CustomField.deleteConstraint"


@AREA.check(
    "deletes.cascade",
    "A master's details are deleted with it, and stay in /queryAll",
    source=_METADATA,
    sure=Sure.DOC,
    needs=(Need.BOOKIT,),
)
def cascade(visit: Visit) -> Iterator[Finding]:
    master = pool(visit)
    user = visit.rows("SELECT Id FROM User WHERE IsActive = true LIMIT 1")[0]["Id"]
    member = visit.make("LeanData__BookIt_Pool_Member__c", LeanData__Pool__c=master, LeanData__User_Owner__c=user)
    visit.call("DELETE", f"/sobjects/LeanData__BookIt_Pool__c/{master}")
    soql = f"SELECT IsDeleted FROM LeanData__BookIt_Pool_Member__c WHERE Id = '{member}'"
    yield Finding("query", [], visit.rows(soql))
    every = visit.call("GET", "/queryAll", params={"q": soql}).body
    yield Finding("queryAll", [True], [row["IsDeleted"] for row in every["records"]])


@AREA.check(
    "deletes.set_null",
    "A lookup that clears on delete becomes null: ParentId of the accounts below a deleted one",
    source="Salesforce Help, Delete Accounts; background knowledge in detail",
    sure=Sure.BG,
)
def clears_parent(visit: Visit) -> Iterator[Finding]:
    parent = visit.account()
    child = visit.account(ParentId=parent)
    visit.call("DELETE", f"/sobjects/Account/{parent}")
    yield Finding(
        "ParentId",
        [None],
        [row["ParentId"] for row in visit.rows(f"SELECT ParentId FROM Account WHERE Id = '{child}'")],
    )


@AREA.check(
    "deletes.restricted",
    "A row that a restricting lookup points at stays: 400 DELETE_FAILED, `Your attempt to delete … could not be "
    "completed because it is associated with the following …`",
    source="public report: SalesforceFoundation/EDA #458; the end of the text is background knowledge",
    sure=Sure.REP,
    needs=(Need.BOOKIT,),
)
def restricted(visit: Visit) -> Iterator[Finding]:
    used = meeting_type(visit)
    host = visit.rows("SELECT Id FROM User WHERE IsActive = true LIMIT 1")[0]["Id"]
    visit.make(
        "LeanData__BookIt_Meeting__c",
        LeanData__Meeting_Id__c=visit.name()[:64],
        LeanData__Meeting_Type__c=used,
        LeanData__Main_Host__c=host,
        LeanData__Booking_Method__c="API",
        LeanData__Status__c="Scheduled",
        LeanData__Start__c="2031-05-06T07:00:00Z",
        LeanData__End__c="2031-05-06T07:30:00Z",
    )
    answer = visit.call("DELETE", f"/sobjects/LeanData__BookIt_Meeting_Type__c/{used}")
    message = text("Your attempt to delete .+ could not be completed because it is associated with the following .+")
    yield refusal("a used type", answer, 400, "DELETE_FAILED", message, [])


@AREA.check(
    "deletes.unknown_id",
    "A delete of an id that no row has is 404",
    source="captured from real orgs; a made-up id of the right form may also be INVALID_CROSS_REFERENCE_KEY",
    sure=Sure.FIX,
)
def unknown_id(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("DELETE", "/sobjects/Account/001000000000001AAA")
    yield Finding(
        "code", (404, OneOf(("NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"))), (answer.status, answer.body[0]["errorCode"])
    )
