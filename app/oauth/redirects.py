"""Redirect URIs: which may be registered, which requested one is a registered one, and how one is shown to a person.

Sources: OAuth 2.1 section 2.3 (exact match), RFC 8252 section 7.3 (any port on loopback), MCP 2026-07-28 (localhost or
https), what the clients of today really register.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

CURSOR = "cursor://anysphere.cursor-mcp/oauth/callback"
"""Cursor registers this one beside its https ones and gives up when any is refused. Exactly this: PKCE binds it."""

MOST_REDIRECT_URIS = 20
LONGEST_REDIRECT_URI = 2000
_URI = re.compile(r"[!#-;=?-Z\[\]_a-z~]+", re.ASCII)
"""What RFC 3986 has in a URI: no blank, no control character, no letter beyond ASCII, no backslash, which browsers read
as a slash."""
_DOT_SEGMENT = re.compile(r"/(\.|%2e){1,2}(/|$)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9]([a-z0-9_.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def may_be_registered(uri: str) -> bool:
    """https anywhere, http on loopback only, and Cursor's own; no fragment, no user in front of the host.

    Written plainly: a host in small letters (beyond ASCII: in its punycode), no dot segments. So all who read it, the
    browser too, read the same.
    """
    if uri == CURSOR:
        return True
    parts = uri_parts(uri)
    if parts is None or len(uri) > LONGEST_REDIRECT_URI or "#" in uri or has_dot_segment(parts.path):
        return False
    host = parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]
    if not _HOST.fullmatch(host):
        return False
    return uri.startswith("https://") or (uri.startswith("http://") and is_loopback(uri))


def is_native(uris: Iterable[str]) -> bool:
    """True when one of them leads to an application on the person's computer (OpenID Connect Registration 1.0,
    section 2: a web application has https ones only)."""
    return any(uri == CURSOR or is_loopback(uri) for uri in uris)


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
    parts = uri_parts(uri)
    return parts is not None and (parts.scheme == "http" and parts.hostname in _LOOPBACK and "@" not in parts.netloc)


def has_dot_segment(path: str) -> bool:
    """True where `.` or `..` is a segment, percent-encoded or not: whoever reads it may take it for another path."""
    return _DOT_SEGMENT.search(path) is not None


def uri_parts(uri: str) -> SplitResult | None:
    """The parts of a URI (urlsplit would drop a line break); None for what is no URI."""
    if not _URI.fullmatch(uri):
        return None
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts


def shown_host(uri: str) -> str:
    """What a person checks before he consents: the host, with the scheme where it is an application's own."""
    parts = urlsplit(uri)
    return parts.netloc if parts.scheme in {"http", "https"} else f"{parts.scheme}://{parts.netloc}"


def form_target(uri: str) -> str:
    """The CSP source of a redirect URI: browsers hold a form's whole chain of redirects to `form-action`."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
