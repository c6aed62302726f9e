"""What is judged of a request before any resource sees it: its size, its Accept, its bearer header."""

from __future__ import annotations

from collections.abc import Mapping

from app.local_org.errors import ApiError, Unsupported

MAX_BYTES = 16_384
"""Of the URI, and of the URI and the headers together (REST API Developer Guide, Status Codes)."""


def check_size(uri: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    """Raises ApiError 414 for a URI and 431 for URI and headers over 16,384 bytes. The codes' names are [BG]."""
    if len(uri) > MAX_BYTES:
        raise ApiError(414, "URI_TOO_LONG", f"The length of the URI exceeds the {MAX_BYTES:,}-byte limit.")
    total = len(uri) + sum(len(name) + len(value) for name, value in headers)
    if total > MAX_BYTES:
        raise ApiError(
            431,
            "REQUEST_HEADER_FIELDS_TOO_LARGE",
            f"The combined length of the URI and headers exceeds the {MAX_BYTES:,}-byte limit.",
        )


def check_accept(headers: Mapping[str, str]) -> None:
    """Raises Unsupported for an Accept that JSON does not satisfy: the local org answers no XML."""
    accept = headers.get("accept", "*/*")
    types = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    if not any(name in ("application/json", "application/*", "*/*", "") for name in types):
        raise Unsupported(f"the answer type {accept}")


def bearer_token(headers: Mapping[str, str]) -> str:
    """The token of `Authorization: Bearer …` (or `OAuth …`). Raises ApiError 401."""
    header = headers.get("authorization")
    if header is None:
        raise session_invalid()
    scheme, _, token = header.partition(" ")
    if scheme.lower() not in ("bearer", "oauth") or not token.strip():
        raise ApiError(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
    return token.strip()


def session_invalid() -> ApiError:
    """The 401 of a token that is missing, unknown, ended or timed out."""
    return ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
