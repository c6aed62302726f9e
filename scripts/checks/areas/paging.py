"""More rows than a page: batch size, locators, the next page's URL."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.checks.findings import Finding, OneOf, text
from scripts.checks.model import Area, Sure
from scripts.checks.org import ROOT, NotRunError
from scripts.checks.visit import Visit

AREA = Area("Paging")

ROWS = 201


def _two_pages(visit: Visit) -> str:
    """201 accounts of one name, made in two collections; the name."""
    name = visit.name()
    left = ROWS
    while left:
        now = min(left, 200)
        records = [{"attributes": {"type": "Account"}, "Name": name} for _ in range(now)]
        answer = visit.call("POST", "/composite/sobjects", json={"allOrNone": True, "records": records})
        if answer.status != 200 or not all(entry["success"] for entry in answer.body):
            raise NotRunError(f"{now} accounts could not be created: {answer.status}")
        visit.adopt_all([entry["id"] for entry in answer.body])
        left -= now
    return name


@AREA.check(
    "paging.batch_size",
    "With `Sforce-Query-Options: batchSize=200`, 201 rows are a page of 200 with a relative nextRecordsUrl "
    "(locator, dash, offset), and a page of one that is done",
    source="captured from real orgs; that 200 is only a wish is documented",
    sure=Sure.FIX,
)
def batch_size(visit: Visit) -> Iterator[Finding]:
    soql = f"SELECT Id FROM Account WHERE Name = '{_two_pages(visit)}'"
    first = visit.call("GET", "/query", params={"q": soql}, headers={"Sforce-Query-Options": "batchSize=200"})
    body = first.body
    yield Finding(
        "first page", (200, ROWS, False, 200), (first.status, body["totalSize"], body["done"], len(body["records"]))
    )
    yield Finding("next", text(rf"{ROOT}/query/01g\w{{12}}(\w{{3}})?-200"), body["nextRecordsUrl"])
    last = visit.call("GET", body["nextRecordsUrl"].removeprefix(ROOT)).body
    yield Finding(
        "last page",
        (ROWS, True, 1, False),
        (last["totalSize"], last["done"], len(last["records"]), "nextRecordsUrl" in last),
    )
    every = visit.call("GET", "/queryAll", params={"q": soql}, headers={"Sforce-Query-Options": "batchSize=200"}).body
    again = visit.call("GET", every["nextRecordsUrl"].removeprefix(ROOT).replace("/query/", "/queryAll/")).body
    yield Finding("queryAll", (200, 1), (len(every["records"]), len(again["records"])))
    ids = {row["Id"] for row in (*body["records"], *last["records"])}
    yield Finding("different rows", ROWS, len(ids))


@AREA.check(
    "paging.bad_locator",
    "An unknown locator is INVALID_QUERY_LOCATOR, `invalid query locator`, with 400 or 404",
    source="captured in August 2026",
    sure=Sure.FIX,
)
def bad_locator(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("GET", "/query/01gxx0000000999AAA-2000")
    error = {"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}
    yield Finding("status", OneOf((400, 404)), answer.status)
    yield Finding("error", [error], answer.body)


AREA.cannot_check(
    "paging.locator_life",
    "A locator lives two days, and is its user's alone",
    source="SOQL and SOSL Reference, query limits; that it is one user's is background knowledge",
    sure=Sure.DOC,
    because="it would take two days",
    test="engine/test_paging.py::test_a_locator_is_its_users_and_lives_two_days",
)
AREA.cannot_check(
    "paging.children",
    "A child list of more than 2,000 rows is refused loudly (501); a real org pages it with its own nextRecordsUrl",
    source="REST API Developer Guide, Query",
    sure=Sure.DOC,
    because="the local org does not have it",
    codes=("EMULATOR_UNSUPPORTED",),
    test="engine/test_paging.py::test_a_child_list_that_is_too_long_is_refused_by_name",
)
