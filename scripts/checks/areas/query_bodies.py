"""The bodies of /query: which keys, in which order, in which form each type of value."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.checks.findings import FLOAT, ID, INSTANT, WHOLE_NUMBER, Finding, OneOf, text
from scripts.checks.model import Area, Need, Sure
from scripts.checks.org import ROOT
from scripts.checks.visit import Visit

AREA = Area("Query bodies")

_CAPTURED = "captured from real orgs"


@AREA.check(
    "query.envelope",
    "A query's body is totalSize, done, records; a record begins with attributes (type, relative url), then holds "
    "the selected fields only, in the order of the statement and the casing of the describe",
    source="SOAP API Developer Guide, Queries and the Partner WSDL (casing and order); captured from real orgs",
    sure=Sure.FIX,
)
def envelope(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    record_id = visit.account(Name=name)
    answer = visit.query(f"SELECT name, ID FROM account WHERE Id = '{record_id}'")
    row = {"attributes": {"type": "Account", "url": f"{ROOT}/sobjects/Account/{record_id}"}, "Name": name}
    body = {"totalSize": 1, "done": True, "records": [{**row, "Id": record_id}]}
    yield Finding("the body", (200, body), (answer.status, answer.body))
    yield Finding("the order", ["attributes", "Name", "Id"], list(answer.body["records"][0]))


@AREA.check("query.empty", "No rows are totalSize 0, done, and an empty list", source=_CAPTURED, sure=Sure.FIX)
def empty(visit: Visit) -> Iterator[Finding]:
    answer = visit.query(f"SELECT Id FROM Account WHERE Name = '{visit.name()}'")
    yield Finding("the body", (200, {"totalSize": 0, "done": True, "records": []}), (answer.status, answer.body))


@AREA.check(
    "query.null_parent",
    "The parent behind an empty lookup is null, and an empty text field is null",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def null_parent(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account(Phone="")
    row = visit.rows(f"SELECT Phone, Parent.Name FROM Account WHERE Id = '{record_id}'")[0]
    yield Finding("phone and parent", (None, None), (row["Phone"], row["Parent"]))


@AREA.check(
    "query.parent",
    "A parent is nested under its relationship, with attributes of its own",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def parent(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    account = visit.account(Name=name)
    contact = visit.make("Contact", LastName=visit.name(), AccountId=account)
    row = visit.rows(f"SELECT Account.Name FROM Contact WHERE Id = '{contact}'")[0]
    nested = {"attributes": {"type": "Account", "url": f"{ROOT}/sobjects/Account/{account}"}, "Name": name}
    yield Finding("the parent", nested, row["Account"])


@AREA.check(
    "query.children",
    "Child rows are a body of their own; a parent without children has null there, not an empty body",
    source=f"{_CAPTURED}; null is long-standing",
    sure=Sure.FIX,
)
def children(visit: Visit) -> Iterator[Finding]:
    parent_id, childless = visit.account(), visit.account()
    contact = visit.make("Contact", LastName=visit.name(), AccountId=parent_id)
    asked = f"SELECT Id, (SELECT Id FROM Contacts) FROM Account WHERE Id IN ('{parent_id}', '{childless}')"
    rows = {row["Id"]: row["Contacts"] for row in visit.rows(asked)}
    url = f"{ROOT}/sobjects/Contact/{contact}"
    child = {"attributes": {"type": "Contact", "url": url}, "Id": contact}
    yield Finding("one child", {"totalSize": 1, "done": True, "records": [child]}, rows[parent_id])
    yield Finding("no child", None, rows[childless])


@AREA.check(
    "query.instants",
    "A date and time is `YYYY-MM-DDThh:mm:ss.SSS+0000`, always in UTC",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def instants(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    row = visit.rows(f"SELECT CreatedDate, SystemModstamp FROM Account WHERE Id = '{record_id}'")[0]
    yield Finding("two instants", (INSTANT, INSTANT), (row["CreatedDate"], row["SystemModstamp"]))


@AREA.check(
    "query.dates_and_flags",
    "A date is `YYYY-MM-DD`, a checkbox true or false, a whole-number field an int without a point",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def dates_and_flags(visit: Visit) -> Iterator[Finding]:
    event = visit.make(
        "Event", Subject=visit.name(), StartDateTime="2031-05-06T07:00:00Z", EndDateTime="2031-05-06T07:30:00Z"
    )
    asked = f"SELECT ActivityDate, StartDateTime, DurationInMinutes, IsPrivate FROM Event WHERE Id = '{event}'"
    row = visit.rows(asked)[0]
    # The day is of the user's time zone, so only its form is expected.
    day = text(r"2031-05-0[567]")
    expected = (day, "2031-05-06T07:00:00.000+0000", 30, False)
    yield Finding("the row", expected, tuple(row[name] for name in list(row)[1:]))


@AREA.check(
    "query.whole_seconds",
    "A date and time is stored to the second: what is written with milliseconds comes back with `.000`",
    source="background knowledge",
    sure=Sure.BG,
    needs=(Need.BOOKIT,),
)
def whole_seconds(visit: Visit) -> Iterator[Finding]:
    link = visit.make(
        "LeanData__BookIt_Link__c",
        LeanData__Link_Id__c=visit.name()[:64],
        LeanData__Kind__c="Individual",
        LeanData__Expires__c="2031-05-06T07:00:01.234Z",
    )
    row = visit.rows(f"SELECT LeanData__Expires__c FROM LeanData__BookIt_Link__c WHERE Id = '{link}'")[0]
    yield Finding("1.234 s", "2031-05-06T07:00:01.000+0000", row["LeanData__Expires__c"])


@AREA.check(
    "query.floats",
    "A number field comes with a point, even when it is whole",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=(Need.BOOKIT,),
)
def floats(visit: Visit) -> Iterator[Finding]:
    record_id = meeting_type(visit, LeanData__Duration_Minutes__c=30)
    asked = f"SELECT LeanData__Duration_Minutes__c FROM LeanData__BookIt_Meeting_Type__c WHERE Id = '{record_id}'"
    yield Finding("30", 30.0, visit.rows(asked)[0]["LeanData__Duration_Minutes__c"])


@AREA.check(
    "query.multipicklist",
    "The values of a multi-select picklist are joined with `;`",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=(Need.BOOKIT,),
)
def multipicklist(visit: Visit) -> Iterator[Finding]:
    record_id = pool(visit, LeanData__Product_Access__c="Forms;Links")
    asked = f"SELECT LeanData__Product_Access__c FROM LeanData__BookIt_Pool__c WHERE Id = '{record_id}'"
    yield Finding("two values", "Forms;Links", visit.rows(asked)[0]["LeanData__Product_Access__c"])


@AREA.check(
    "query.polymorphic_owner",
    "A parent that may be of several objects has the type Name (or User), and the url of the row itself",
    source="background knowledge",
    sure=Sure.BG,
)
def polymorphic_owner(visit: Visit) -> Iterator[Finding]:
    lead = visit.make("Lead", LastName=visit.name(), Company=visit.name())
    owner = visit.rows(f"SELECT Owner.Name, OwnerId FROM Lead WHERE Id = '{lead}'")[0]
    attributes = owner["Owner"]["attributes"]
    yield Finding("type", OneOf(("Name", "User")), attributes["type"])
    yield Finding("url", f"{ROOT}/sobjects/User/{owner['OwnerId']}", attributes["url"])


@AREA.check(
    "query.count", "`SELECT COUNT()` puts the number into totalSize and has no records", source=_CAPTURED, sure=Sure.FIX
)
def count(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    for _ in range(3):
        visit.account(Name=name)
    answer = visit.query(f"SELECT COUNT() FROM Account WHERE Name = '{name}'")
    yield Finding("the body", (200, {"totalSize": 3, "done": True, "records": []}), (answer.status, answer.body))


@AREA.check(
    "query.aggregates",
    "An aggregate row has the type AggregateResult and no url; values stand under their alias, or under expr0, expr1",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def aggregates(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    for phone in ("1", "2"):
        visit.account(Name=name, Phone=phone)
    asked = f"SELECT Name, COUNT(Id) n, COUNT_DISTINCT(Phone), MAX(Phone) FROM Account WHERE Name = '{name}'"
    answer = visit.query(f"{asked} GROUP BY Name")
    row = {"attributes": {"type": "AggregateResult"}, "Name": name, "n": 2, "expr0": 2, "expr1": "2"}
    yield Finding("the body", (200, {"totalSize": 1, "done": True, "records": [row]}), (answer.status, answer.body))


@AREA.check(
    "query.average",
    "AVG is a number with a point, MIN and MAX of an int field are ints",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def average(visit: Visit) -> Iterator[Finding]:
    subject = visit.name()
    for minutes in (30, 60):
        visit.make("Event", Subject=subject, StartDateTime="2031-05-06T07:00:00Z", DurationInMinutes=minutes)
    asked = "SELECT AVG(DurationInMinutes) a, MIN(DurationInMinutes) b, SUM(DurationInMinutes) c FROM Event"
    row = visit.rows(f"{asked} WHERE Subject = '{subject}'")[0]
    yield Finding("45, 30, 90", (FLOAT, 30, OneOf((90, 90.0))), (row["a"], row["b"], row["c"]))


@AREA.check(
    "query.ids",
    "An id is 18 characters in every answer, and is taken with 15 or 18 in every request",
    source="REST API Developer Guide; the check digits verified on 145 real ids",
    sure=Sure.DOC,
)
def ids(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    yield Finding("created", ID, record_id)
    yield Finding("by 15", record_id, visit.call("GET", f"/sobjects/Account/{record_id[:15]}").body["Id"])
    rows = visit.rows(f"SELECT Id FROM Account WHERE Id = '{record_id[:15]}'")
    yield Finding("filtered by 15", [record_id], [row["Id"] for row in rows])


@AREA.check(
    "query.deleted",
    "A deleted row is gone from /query and still in /queryAll, with IsDeleted true",
    source="REST API Developer Guide, QueryAll",
    sure=Sure.DOC,
)
def deleted(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    visit.call("DELETE", f"/sobjects/Account/{record_id}")
    asked = f"SELECT IsDeleted FROM Account WHERE Id = '{record_id}'"
    yield Finding("query", [], visit.rows(asked))
    every = visit.call("GET", "/queryAll", params={"q": asked})
    yield Finding("queryAll", [True], [row["IsDeleted"] for row in every.body["records"]])


@AREA.check(
    "query.text_compares_without_case",
    "Text compares without regard to case, LIKE too; `!=` and NOT IN hold for null",
    source="SOQL and SOSL Reference, Comparison Operators; null is background knowledge",
    sure=Sure.DOC,
)
def text_compares_without_case(visit: Visit) -> Iterator[Finding]:
    name = visit.name("Ünïted")
    with_phone, without = visit.account(Name=name, Phone="555"), visit.account(Name=name)

    def found(condition: str) -> list[str]:
        return sorted(row["Id"] for row in visit.rows(f"SELECT Id FROM Account WHERE {condition}"))

    both, mine = sorted([with_phone, without]), f"Name = '{name}'"
    yield Finding("=", both, found(f"Name = '{name.upper()}'"))
    yield Finding("LIKE", both, found(f"Name LIKE '{name.upper()[:-3]}%'"))
    yield Finding("!=", [without], found(f"{mine} AND Phone != '555'"))
    yield Finding("NOT IN", [without], found(f"{mine} AND Phone NOT IN ('555')"))
    yield Finding("= null", [without], found(f"{mine} AND Phone = null"))


@AREA.check(
    "query.nulls_first",
    "Ascending order puts nulls first, descending last; NULLS LAST turns it",
    source="SOQL and SOSL Reference, ORDER BY: nulls are sorted first by default",
    sure=Sure.DOC,
)
def nulls_first(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    for phone in ("1", None):
        visit.account(Name=name, Phone=phone)

    def phones(order: str) -> list[str | None]:
        return [row["Phone"] for row in visit.rows(f"SELECT Phone FROM Account WHERE Name = '{name}' ORDER BY {order}")]

    yield Finding("ascending", [None, "1"], phones("Phone"))
    yield Finding("descending", OneOf((["1", None], [None, "1"])), phones("Phone DESC"))
    yield Finding("NULLS LAST", ["1", None], phones("Phone NULLS LAST"))


@AREA.check(
    "query.plus_in_a_url",
    "A date and time with `+` must be percent-encoded in the URL: a bare `+` is a blank, and that is no SOQL",
    source="public report: mike4aday/SwiftlySalesforce #138",
    sure=Sure.REP,
)
def plus_in_a_url(visit: Visit) -> Iterator[Finding]:
    moment = "2023-01-01T12:00:00.000"
    right = visit.call("GET", f"/query?q=SELECT+COUNT()+FROM+Account+WHERE+CreatedDate+%3C+{moment}%2B0100")
    bare = visit.call("GET", f"/query?q=SELECT+COUNT()+FROM+Account+WHERE+CreatedDate+%3C+{moment}+0100")
    yield Finding("encoded", (200, WHOLE_NUMBER), (right.status, right.body["totalSize"]))
    yield Finding("bare", (400, "MALFORMED_QUERY"), (bare.status, bare.body[0]["errorCode"]))


def meeting_type(visit: Visit, **values: object) -> str:
    """A meeting type of the stand-in package, of the check's own."""
    name = visit.name()
    sent: dict[str, object] = {
        "LeanData__Internal_Name__c": name,
        "LeanData__Display_Name__c": name,
        "LeanData__Duration_Minutes__c": 30,
        "LeanData__Product__c": "Links",
        **values,
    }
    return visit.make("LeanData__BookIt_Meeting_Type__c", **sent)


def pool(visit: Visit, **values: object) -> str:
    """A pool of the stand-in package, of the check's own."""
    name = visit.name()
    sent: dict[str, object] = {
        "LeanData__Grouping_Name__c": name,
        "LeanData__Distribution_Type__c": "Count-Based",
        **values,
    }
    return visit.make("LeanData__BookIt_Pool__c", **sent)
