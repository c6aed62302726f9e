"""`/sobjects/T/updated` and `/sobjects/T/deleted`: which records were changed or deleted in a span of time.

Source: REST API Developer Guide, sObject Get Updated and Get Deleted; SOAP API Developer Guide, getUpdated().
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.local_org.errors import ApiError
from app.local_org.rest.call import Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.resources import Method, Resource

LONGEST_AGO = timedelta(days=30)
RECYCLE_BIN = timedelta(days=15)
"""How far back deleted records are known, since the recycle bin keeps no longer."""


def updated(context: Context, call: Call) -> Answer:
    """Ids of the records that the caller sees, created or changed in the span."""
    name, since, until = _span(context, call)
    rows = _all_rows(
        context,
        f"SELECT Id FROM {name} WHERE SystemModstamp >= {_soql(since)} AND SystemModstamp < {_soql(until)} ORDER BY Id",  # noqa: S608 - SOQL; the name is the schema's
        all_rows=False,
    )
    return Answer(200, {"ids": [row["Id"] for row in rows], "latestDateCovered": _json(until)})


def deleted(context: Context, call: Call) -> Answer:
    """Ids and instants of the records that were deleted in the span and that the caller saw."""
    name, since, until = _span(context, call)
    rows = _all_rows(
        context,
        f"SELECT Id, SystemModstamp FROM {name} WHERE IsDeleted = true AND SystemModstamp >= {_soql(since)} "  # noqa: S608 - as above
        f"AND SystemModstamp < {_soql(until)} ORDER BY Id",
        all_rows=True,
    )
    body = {
        "deletedRecords": [{"deletedDate": row["SystemModstamp"], "id": row["Id"]} for row in rows],
        "earliestDateAvailable": _json(_minute(context.org.clock() - RECYCLE_BIN)),
        "latestDateCovered": _json(until),
    }
    return Answer(200, body)


def _all_rows(context: Context, soql: str, *, all_rows: bool) -> list[dict[str, Any]]:
    page = context.session.query(soql, all_rows=all_rows)
    rows: list[dict[str, Any]] = list(page["records"])
    while not page["done"]:
        page = context.session.query_more(page["nextRecordsUrl"].rpartition("/")[2])
        rows += page["records"]
    return rows


def _span(context: Context, call: Call) -> tuple[str, datetime, datetime]:
    """The object's name and the span, its seconds cut off. Raises ApiError NOT_FOUND, INVALID_REPLICATION_DATE."""
    described = context.session.describe(call.path_args["object"])
    if not described["replicateable"]:
        raise ApiError(400, "INVALID_TYPE_FOR_OPERATION", f"entity type is not replicateable: {described['name']}")
    start, end = (_minute(_moment(call, name)) for name in ("start", "end"))
    now = context.org.clock()
    if start > now:
        raise ApiError(400, "INVALID_REPLICATION_DATE", "startDate cannot be in the future")
    if now - start > LONGEST_AGO:
        raise ApiError(400, "INVALID_REPLICATION_DATE", "startDate cannot be more than 30 days ago")
    if end <= start:
        raise ApiError(400, "INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate")
    return described["name"], start, min(end, _minute(now) + timedelta(minutes=1))


def _moment(call: Call, name: str) -> datetime:
    value = call.params.get(name)
    if not value:
        raise ApiError(400, "MISSING_ARGUMENT", f"The {name} parameter is required")
    try:
        # A `+` of the offset that was not percent-encoded arrives as a blank.
        moment = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError as error:
        raise ApiError(400, "INVALID_FIELD", f"Invalid date: {value}") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _soql(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


_PARAMS = frozenset({"start", "end"})

RESOURCES = (
    Resource(("sobjects", "{object}", "updated"), {"GET": Method(updated, _PARAMS)}),
    Resource(("sobjects", "{object}", "deleted"), {"GET": Method(deleted, _PARAMS)}),
)
