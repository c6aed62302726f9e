"""What the page says after something was done: the redirect names a key, and only these texts are ever shown."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.web.pages import NO_STORE

_TEXTS = {
    "enabled": "BookIt MCP is enabled. What works in this org stands under Capabilities and Health.",
    "bound": "The org connection is bound to the login that you have just used.",
    "disabled": "BookIt MCP is disabled. Every sign-in has ended, and every login was given back to Salesforce.",
    "code_sent": "The code was sent. It works once, within 10 minutes.",
    "revoked": "The sign-in has ended. Its client must sign in again.",
    "not_found": "There is no such sign-in any more.",
    "usage_shown": "Usage is shown to the admins of this org.",
    "usage_hidden": "Usage is not shown any more.",
    "checked": "The org was checked.",
    "check_failed": "Salesforce could not be asked through the org connection. What stands here is of the last check.",
    "check_too_soon": "The org was checked less than a minute ago.",
    "signed_out": "You are signed out.",
    "session_over": "Your session is over, and nothing was changed. Sign in again.",
    "denied": "Salesforce reports that the access was not allowed. Nothing was changed.",
}


def text_of(request: Request) -> str:
    """The text for the key in the query; empty without one that is known."""
    return _TEXTS.get(request.query_params.get("said", ""), "")


def back_to(path: str, said: str | None = None, *, anchor: str = "") -> Response:
    """The redirect after a form (303), so that reloading repeats nothing. Raises KeyError for an unknown key."""
    if said is not None:
        _ = _TEXTS[said]
        path = f"{path}?{urlencode({'said': said})}"
    return RedirectResponse(f"{path}#{anchor}" if anchor else path, 303, NO_STORE)
