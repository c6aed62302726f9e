"""`/services/data/` and `/services/data/v66.0/`: which versions there are, and what a version holds."""

from __future__ import annotations

import re

from app.local_org.errors import ApiError, Unsupported
from app.local_org.rest.call import ROOT, VERSION, Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.json_value import Json
from app.local_org.rest.resources import Method, Resource

OLDEST_IN_SERVICE = 31
NEWEST = 66
_VERSION = re.compile(r"v(\d{1,3})\.0")


def version_list() -> Json:
    """The one version that the local org speaks (a real org lists all from 31.0)."""
    return [{"label": "Spring '26", "url": ROOT, "version": VERSION}]


def check_version(segment: str) -> None:
    """Raises ApiError for every version but v66.0.

    410 for a retired one and 404 for one that does not exist, as Salesforce; a real older version is named as
    unsupported, because a bare 404 would send its caller looking in the wrong place.
    """
    match = _VERSION.fullmatch(segment)
    if match is None or int(match[1]) > NEWEST or int(match[1]) == 0:
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    number = int(match[1])
    if number < OLDEST_IN_SERVICE:
        raise ApiError(410, "UNSUPPORTED_API_VERSION", "The requested API version isn't available.")
    if number != NEWEST:
        raise Unsupported(f"API version {segment}; it speaks v{VERSION}")


def resource_list(_context: Context, _call: Call) -> Answer:
    names = ("composite", "limits", "query", "queryAll", "sobjects", "tooling")
    return Answer(200, {name: f"{ROOT}/{name}" for name in names})


RESOURCES = (Resource((), {"GET": Method(resource_list)}, in_composite=False),)
