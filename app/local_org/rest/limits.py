"""`/limits`: of Salesforce's long list, the one limit that the local org keeps."""

from __future__ import annotations

from app.local_org.rest.call import Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.resources import Method, Resource


def limits(context: Context, _call: Call) -> Answer:
    usage = context.usage
    used = min(usage.used, usage.daily_limit)
    return Answer(200, {"DailyApiRequests": {"Max": usage.daily_limit, "Remaining": usage.daily_limit - used}})


RESOURCES = (Resource(("limits",), {"GET": Method(limits)}, in_composite=False),)
