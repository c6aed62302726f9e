"""`/sobjects` and `/sobjects/T/describe`, with `If-Modified-Since` → 304."""

from __future__ import annotations

from app.local_org.errors import ApiError
from app.local_org.rest.call import Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.http_dates import header_date, http_date
from app.local_org.rest.json_value import Json
from app.local_org.rest.older_versions import check_describe
from app.local_org.rest.resources import Method, Resource

IF_MODIFIED_SINCE = frozenset({"if-modified-since"})


def describe_global(context: Context, call: Call) -> Answer:
    return _unless_unmodified(context, call, "", context.session.describe_global())


def describe(context: Context, call: Call) -> Answer:
    body = context.session.describe(call.path_args["object"])
    return _unless_unmodified(context, call, str(body["name"]), body)


def basic_information(context: Context, call: Call) -> Answer:
    """`GET /sobjects/T`: the object's line of the global describe. No recent items: the local org has no screens."""
    name = call.path_args["object"].lower()
    for entry in context.session.describe_global()["sobjects"]:
        if entry["name"].lower() == name:
            body: dict[str, Json] = {"objectDescribe": entry, "recentItems": []}
            return _unless_unmodified(context, call, f"{entry['name']}/", body)
    raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")


def _unless_unmodified(context: Context, call: Call, subject: str, body: Json) -> Answer:
    check_describe(call.version)
    changed = context.stamps.last_modified(context.user_id, subject, body)
    headers = {"Last-Modified": http_date(changed)}
    since = header_date(call.headers, "If-Modified-Since")
    if since is not None and changed <= since:
        return Answer(304, None, headers)
    return Answer(200, body, headers)


RESOURCES = (
    Resource(("sobjects",), {"GET": Method(describe_global, headers=IF_MODIFIED_SINCE)}),
    Resource(("sobjects", "{object}", "describe"), {"GET": Method(describe, headers=IF_MODIFIED_SINCE)}),
)
