"""Resources below `/sobjects` whose paths would else be read as a record's: refused by name."""

from __future__ import annotations

from typing import NoReturn

from app.local_org.errors import Unsupported
from app.local_org.rest.call import Call
from app.local_org.rest.context import Context
from app.local_org.rest.resources import Method, Resource


def _refuse(_context: Context, call: Call) -> NoReturn:
    raise Unsupported(f"/{'/'.join(call.segments)}")


_GET = {"GET": Method(_refuse, frozenset({"start", "end", "limit", "offset", "fields"}))}

RESOURCES = (
    Resource(("sobjects", "relevantItems"), _GET),
    Resource(("sobjects", "{object}", "listviews"), _GET),
    Resource(("sobjects", "{object}", "quickActions"), _GET),
    Resource(("sobjects", "{object}", "describe", "{part}"), _GET),
    Resource(("sobjects", "{object}", "listviews", "{part}"), _GET),
    Resource(("sobjects", "{object}", "quickActions", "{part}"), _GET),
)
