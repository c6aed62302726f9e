"""`/sobjects/T/updated` and `/sobjects/T/deleted`: what was changed or deleted in a span of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from scripts.checks.findings import INSTANT, AtLeast, Finding
from scripts.checks.model import Area, Sure
from scripts.checks.visit import Visit

AREA = Area("Updated and deleted")

_GUIDE = "REST API Developer Guide, sObject Get Updated, sObject Get Deleted"


def _around(visit: Visit, record_id: str) -> dict[str, str]:
    """From ten minutes before the row's last change to ten after, by the org's clock."""
    every = visit.call("GET", "/queryAll", params={"q": f"SELECT SystemModstamp FROM Account WHERE Id = '{record_id}'"})
    stamp = datetime.fromisoformat(str(every.body["records"][0]["SystemModstamp"]))
    ten = timedelta(minutes=10)
    return {
        name: moment.strftime("%Y-%m-%dT%H:%M:%SZ") for name, moment in (("start", stamp - ten), ("end", stamp + ten))
    }


@AREA.check(
    "replication.updated",
    "`/updated` gives the ids of the rows that were made or changed in a span, and the latest instant covered",
    source=_GUIDE,
    sure=Sure.DOC,
)
def updated(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    answer = visit.call("GET", "/sobjects/Account/updated", params=_around(visit, record_id))
    yield Finding("status", 200, answer.status)
    yield Finding("the row", True, record_id in answer.body["ids"])
    yield Finding("covered", INSTANT, answer.body["latestDateCovered"])


@AREA.check(
    "replication.deleted",
    "`/deleted` gives the id and the instant of each row that was deleted in a span",
    source=_GUIDE,
    sure=Sure.DOC,
)
def deleted(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    visit.call("DELETE", f"/sobjects/Account/{record_id}")
    answer = visit.call("GET", "/sobjects/Account/deleted", params=_around(visit, record_id))
    rows: list[dict[str, Any]] = [row for row in answer.body["deletedRecords"] if row["id"] == record_id]
    yield Finding("the row", [{"id": record_id, "deletedDate": INSTANT}], rows)
    covered = {"earliestDateAvailable": INSTANT, "latestDateCovered": INSTANT}
    yield Finding("covered", AtLeast(covered), answer.body)


@AREA.check(
    "replication.span",
    "A span that begins more than 30 days ago, or ends before it begins, is 400 INVALID_REPLICATION_DATE",
    source=f"{_GUIDE}; the texts are background knowledge",
    sure=Sure.DOC,
)
def span(visit: Visit) -> Iterator[Finding]:
    for what, start, end in (
        ("long ago", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"),
        ("backwards", "2020-01-02T00:00:00Z", "2020-01-01T00:00:00Z"),
    ):
        answer = visit.call("GET", "/sobjects/Account/updated", params={"start": start, "end": end})
        yield Finding(what, (400, "INVALID_REPLICATION_DATE"), (answer.status, answer.body[0]["errorCode"]))


AREA.cannot_check(
    "replication.not_replicateable",
    "An object that is not replicateable is refused with 400 INVALID_TYPE_FOR_OPERATION",
    source=f"{_GUIDE}; the code is background knowledge",
    sure=Sure.BG,
    because="which objects are so differs from version to version",
    codes=("INVALID_TYPE_FOR_OPERATION",),
)
