"""Redirect URIs: which may be registered, which requested one is a registered one, and how one is shown to a person.

Sources: OAuth 2.1 section 2.3 (exact match), RFC 8252 section 7.3 (any port on loopback), MCP 2026-07-28 (localhost or
https), what the clients of today really register.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

CURSOR = "cursor://anysphere.cursor-mcp/oauth/callback"
"""Cursor registers this one beside its https ones and gives up when any is refused. Exactly this: PKCE binds it."""

MOST_REDIRECT_URIS = 20
LONGEST_REDIRECT_URI = 2000
_PRINTABLE = re.compile(r"[!-~]+")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def may_be_registered(uri: str) -> bool:
    """https anywhere, http on loopback only, and Cursor's own; no fragment, no user in front of the host."""
    if uri == CURSOR:
        return True
    parts = _split(uri)
    if parts is None or len(uri) > LONGEST_REDIRECT_URI or "#" in uri or "@" in parts.netloc or not parts.hostname:
        return False
    return parts.scheme == "https" or is_loopback(uri)


def is_same(registered: str, requested: str) -> bool:
    """Exactly the same, except for the port where both are http on the same loopback host."""
    if registered == requested:
        return True
    if not (is_loopback(registered) and is_loopback(requested)):
        return False
    one, other = urlsplit(registered), urlsplit(requested)
    return (one.hostname, one.path or "/", one.query) == (other.hostname, other.path or "/", other.query)


def is_loopback(uri: str) -> bool:
    """http to this very computer."""
    parts = _split(uri)
    return parts is not None and (parts.scheme == "http" and parts.hostname in _LOOPBACK and "@" not in parts.netloc)


def _split(uri: str) -> SplitResult | None:
    """The parts of a URI of printable ASCII (urlsplit would drop a line break); None for what is no URI."""
    if not _PRINTABLE.fullmatch(uri):
        return None
    try:
        return urlsplit(uri)
    except ValueError:
        return None


def shown_host(uri: str) -> str:
    """What a person checks before he consents: the host, with the scheme where it is an application's own."""
    parts = urlsplit(uri)
    return parts.netloc if parts.scheme in {"http", "https"} else f"{parts.scheme}://{parts.netloc}"


def form_target(uri: str) -> str:
    """The CSP source of a redirect URI: browsers hold a form's whole chain of redirects to `form-action`."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
