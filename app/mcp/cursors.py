"""Cursors: where the next page of a list begins, for this caller, this tool and these arguments alone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from app.bookit.errors import BookItError, ErrorCode
from app.mcp.call import Call
from app.mcp.signing import BadToken, digest

LIFETIME: Final = timedelta(hours=6)
_PURPOSE: Final = "cursor"


def make_cursor(call: Call, arguments: Mapping[str, Any], place: Mapping[str, Any]) -> str:
    """An opaque cursor to `place`. arguments: those of the call but `cursor` and `limit`, as JSON would hold them."""
    return call.services.signing.sign(_PURPOSE, place, bound_to=_binding(call, arguments), expires=call.now + LIFETIME)


def read_cursor(call: Call, arguments: Mapping[str, Any], cursor: str) -> Mapping[str, Any]:
    """The place that a cursor of make_cursor stands for. Raises BookItError invalid_argument for any other text."""
    try:
        return call.services.signing.verify(_PURPOSE, cursor, bound_to=_binding(call, arguments), now=call.now)
    except BadToken as bad:
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            "The cursor has expired." if bad.expired else "The cursor does not belong to this call.",
            "Call again without cursor for the first page; for the next ones repeat the same arguments.",
        ) from None


def _binding(call: Call, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    caller = call.caller
    return caller.org_id, caller.actor, caller.scope, call.tool, digest(arguments)
