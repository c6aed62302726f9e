"""`/tooling/query`: which packages are installed (InstalledSubscriberPackage)."""

from __future__ import annotations

from app.local_org.rest.call import Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.query import required_soql
from app.local_org.rest.resources import Method, Resource


def tooling_query(context: Context, call: Call) -> Answer:
    return Answer(200, context.session.tooling_query(required_soql(call)))


RESOURCES = (
    Resource(
        ("tooling", "query"), {"GET": Method(tooling_query, frozenset({"q"}))}, in_composite=False, in_batch=False
    ),
)
