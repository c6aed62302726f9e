"""Who is behind a request: the bearer middleware (app/oauth/bearer.py) puts the Caller into the ASGI scope's state."""

from collections.abc import MutableMapping
from typing import Any

from starlette.requests import Request

from app.org.caller import Caller, Scope

STATE_KEY = "caller"


def caller_in(asgi_scope: MutableMapping[str, Any]) -> Caller:
    """The caller of an HTTP request. Raises LookupError where no bearer middleware stands before this."""
    caller = asgi_scope.get("state", {}).get(STATE_KEY)
    if not isinstance(caller, Caller):
        raise LookupError("a request came to /mcp without a caller")
    return caller


def caller_of(request: Request | None, scope: Scope) -> Caller:
    """The caller of an MCP request, who must be in `scope`. Raises LookupError."""
    if request is None:
        raise LookupError("an MCP request came without its HTTP request")
    caller = caller_in(request.scope)
    if caller.scope is not scope:
        raise LookupError("a request came to the server of another scope")
    return caller
