"""The address of a subrequest: its API version, its path below that, and its query."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from app.local_org.errors import ApiError, Unsupported
from app.local_org.rest.versions import version_of

_DATA = "/services/data/"


@dataclass(frozen=True, slots=True)
class SubrequestUrl:
    """segments and params are percent-decoded."""

    version: int
    segments: tuple[str, ...]
    params: dict[str, str]


def composite_url(url: str, version: int) -> SubrequestUrl:
    """`/services/data/v66.0/…`, in the version of the composite around it. Raises ApiError NOT_FOUND, Unsupported."""
    found = _read(url)
    if found.version != version:
        raise Unsupported(f"a subrequest to API version v{found.version}.0 inside a composite of v{version}.0")
    return found


def batch_url(url: str, version: int) -> SubrequestUrl:
    """`v66.0/…`, with or without `/services/data/` before it; not newer than the batch. Raises ApiError."""
    short = url.lstrip("/")
    found = _read(url if url.startswith(_DATA) else f"{_DATA}{short.removeprefix('services/data/')}")
    if found.version > version:
        message = f"The API version v{found.version}.0 of a subrequest is later than that of the batch, v{version}.0."
        raise ApiError(400, "INVALID_REQUEST", message)  # the rule is documented, its text is not [BG]
    return found


def _read(url: str) -> SubrequestUrl:
    parts = urlsplit(url)
    if not parts.path.startswith(_DATA):
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    segments = tuple(unquote(part) for part in parts.path.removeprefix(_DATA).rstrip("/").split("/"))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    params = dict(pairs)
    if len(params) != len(pairs):
        raise Unsupported("a repeated query parameter")
    return SubrequestUrl(version_of(segments[0]), segments[1:], params)
