"""`/query`, `/queryAll` and their further pages."""

from __future__ import annotations

import re

from app.local_org.errors import ApiError, Unsupported
from app.local_org.rest.call import Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.older_versions import check_query
from app.local_org.rest.resources import Method, Resource

DEFAULT_BATCH_SIZE = 2000
MIN_BATCH_SIZE = 200
_BATCH_SIZE = re.compile(r"\s*batchSize\s*=\s*(\d+)\s*", re.IGNORECASE)


def batch_size(header: str | None) -> int:
    """Rows per page from `Sforce-Query-Options: batchSize=n`: 200 to 2000; outside of it the nearest bound."""
    if header is None:
        return DEFAULT_BATCH_SIZE
    match = _BATCH_SIZE.fullmatch(header)
    if match is None:
        raise Unsupported(f"the query option '{header}'")
    return min(max(int(match[1]), MIN_BATCH_SIZE), DEFAULT_BATCH_SIZE)


def required_soql(call: Call) -> str:
    """The parameter `q`. Raises ApiError MALFORMED_QUERY when it is absent or blank, Unsupported in an old version."""
    soql = call.params.get("q")
    if soql is None:
        raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    if not soql.strip():
        raise ApiError(400, "MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    check_query(soql, call.version)
    return soql


def query(context: Context, call: Call) -> Answer:
    soql = required_soql(call)
    return Answer(200, context.session.query(soql, batch_size=batch_size(call.headers.get("sforce-query-options"))))


def query_all(context: Context, call: Call) -> Answer:
    soql = required_soql(call)
    size = batch_size(call.headers.get("sforce-query-options"))
    return Answer(200, context.session.query(soql, batch_size=size, all_rows=True))


def query_more(context: Context, call: Call) -> Answer:
    return Answer(200, context.session.query_more(call.path_args["locator"]))


_OPTIONS = frozenset({"sforce-query-options"})

RESOURCES = (
    Resource(("query",), {"GET": Method(query, frozenset({"q"}), _OPTIONS)}, counted=True),
    Resource(("query", "{locator}"), {"GET": Method(query_more, headers=_OPTIONS)}, counted=True),
    Resource(("queryAll",), {"GET": Method(query_all, frozenset({"q"}), _OPTIONS)}, counted=True),
    Resource(("queryAll", "{locator}"), {"GET": Method(query_more, headers=_OPTIONS)}, counted=True),
)
