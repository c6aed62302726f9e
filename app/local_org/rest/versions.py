"""`/services/data/` and `/services/data/vNN.0/`: which versions there are, and what a version holds."""

from __future__ import annotations

import re

from app.local_org.errors import ApiError
from app.local_org.rest.call import NEWEST, Answer, Call, root
from app.local_org.rest.context import Context
from app.local_org.rest.json_value import Json
from app.local_org.rest.resources import Method, Resource

OLDEST_IN_SERVICE = 31
_VERSION = re.compile(r"v(\d{1,3})\.0")
_SEASONS = ("Spring", "Summer", "Winter")
_SPRING_14 = 30


def version_list() -> Json:
    """All versions in service, the newest last. They answer alike; what would differ is refused by name."""
    numbers = range(OLDEST_IN_SERVICE, NEWEST + 1)
    return [{"label": label(number), "url": root(number), "version": f"{number}.0"} for number in numbers]


def label(number: int) -> str:
    """`Spring '26` for 66: three releases a year since v30.0, Spring '14; Winter bears the next year's number."""
    years, season = divmod(number - _SPRING_14, 3)
    return f"{_SEASONS[season]} '{14 + years + (season == 2)}"


def version_of(segment: str) -> int:
    """The number of `v66.0`. Raises ApiError 410 for a retired version and 404 for one that does not exist."""
    match = _VERSION.fullmatch(segment)
    if match is None or int(match[1]) > NEWEST or int(match[1]) == 0:
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    number = int(match[1])
    if number < OLDEST_IN_SERVICE:
        raise ApiError(410, "UNSUPPORTED_API_VERSION", "The requested API version isn't available.")
    return number


def resource_list(context: Context, call: Call) -> Answer:
    """What the version holds, and who asks: the one address that is absolute."""
    since = {"composite": 34}
    names = ("composite", "limits", "query", "queryAll", "sobjects", "tooling")
    held = {name: f"{root(call.version)}/{name}" for name in names if call.version >= since.get(name, 0)}
    identity = f"{context.origin}/id/{context.org.info.org_id}/{context.user_id}"
    return Answer(200, {**held, "identity": identity})


RESOURCES = (Resource((), {"GET": Method(resource_list)}, in_composite=False, in_batch=False),)
