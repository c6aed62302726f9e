"""Which URLs can be a client's id (draft-ietf-oauth-client-id-metadata-document-01, section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.oauth.client_documents.refused import DocumentRefused, Reason
from app.oauth.redirects import has_dot_segment, uri_parts

LONGEST_CLIENT_ID = 1000
HTTPS_PORT = 443
_URL = re.compile(r"https?:", re.IGNORECASE)
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
"""A host name with at least one dot whose last label begins with a letter. No notation of an IP address is one: not the
decimal, octal, hexadecimal and short ones either, which resolvers would understand."""


@dataclass(frozen=True, slots=True)
class DocumentUrl:
    """A document's URL in its parts. target: path and query as they stand. is_trusted: at the operator's one exception,
    where any address will do."""

    url: str
    scheme: str
    host: str
    port: int
    target: str
    is_trusted: bool


def is_url(client_id: str) -> bool:
    """True where a client id means a document, a good one or a bad one; ids that we gave out are none."""
    return _URL.match(client_id) is not None


def document_url(client_id: str, trusted_origin: str | None) -> DocumentUrl:
    """The URL, checked. trusted_origin: an origin that may be http, on any port and at any address; for tests.

    Raises DocumentRefused.
    """
    parts = uri_parts(client_id)
    if parts is None or len(client_id) > LONGEST_CLIENT_ID:
        raise _refused("is no URL that could be read")
    if "@" in parts.netloc or "#" in client_id:
        raise _refused("must not have a user or a fragment")
    if parts.path in {"", "/"} or has_dot_segment(parts.path):
        raise _refused("must have a path, without dot segments")
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    host = parts.hostname or ""
    if trusted_origin is not None and f"{parts.scheme}://{parts.netloc}" == trusted_origin:
        port = parts.port or (HTTPS_PORT if parts.scheme == "https" else 80)
        return DocumentUrl(client_id, parts.scheme, host, port, target, is_trusted=True)
    if not client_id.startswith("https://") or parts.netloc.lower() not in {host, f"{host}:{HTTPS_PORT}"}:
        raise _refused("must be https on the usual port")
    if not _NAME.fullmatch(host) or not parts.netloc.startswith(host):
        raise _refused("must name a host of the public internet, in small letters")
    return DocumentUrl(client_id, "https", host, HTTPS_PORT, target, is_trusted=False)


def shown_document_host(client_id: str) -> str | None:
    """The host that vouches for a client, for the person who consents; None for a client that registered itself."""
    parts = uri_parts(client_id) if is_url(client_id) else None
    return parts.netloc if parts is not None else None


def _refused(what: str) -> DocumentRefused:
    return DocumentRefused(Reason.URL, f"The client's id is the URL of a metadata document, and such a URL {what}.")
