"""One REST request and its answer as values, so that composite can run a subrequest just as the socket does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from app.local_org.errors import ApiError
from app.local_org.rest.bodies import parse_json
from app.local_org.rest.json_value import Json

NEWEST = 66
VERSION = f"{NEWEST}.0"
ROOT = f"/services/data/v{VERSION}"
"""Of the newest version, in which resources write their addresses; `versions.at_version` moves them."""


def root(version: int) -> str:
    """`/services/data/v59.0`."""
    return f"/services/data/v{version}.0"


@dataclass(frozen=True, slots=True)
class Call:
    """A request below `/services/data/vNN.0`, whose number is version.

    segments: the path's parts below the version, each percent-decoded. params: the query string. headers: lower-case
    names. path_args: what the resource's pattern bound.
    """

    method: str
    segments: tuple[str, ...]
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    path_args: Mapping[str, str] = field(default_factory=dict[str, str])
    version: int = NEWEST

    @property
    def path(self) -> str:
        """The whole path, decoded."""
        return "/".join((root(self.version), *self.segments))

    def json(self) -> Json:
        """The body. Raises ApiError: 415 for another media type, JSON_PARSER_ERROR for no body or a bad one."""
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if self.body and media_type != "application/json":
            if "xml" in media_type:
                raise ApiError(501, "EMULATOR_UNSUPPORTED", "The local org does not support XML bodies.")
            raise ApiError(
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                f"MediaType of '{media_type}' is not supported by this resource",
            )
        return parse_json(self.body)

    def json_object(self) -> dict[str, Any]:
        """The body, which must be a JSON object."""
        value = self.json()
        if not isinstance(value, dict):
            token = "START_ARRAY" if isinstance(value, list) else f"VALUE_{type(value).__name__.upper()}"
            raise ApiError(
                400, "JSON_PARSER_ERROR", f"Can not deserialize SObject out of {token} token at [line:1, column:1]"
            )
        return cast(dict[str, Any], value)


@dataclass(frozen=True, slots=True)
class Answer:
    """status, a JSON body (None: empty) and headers beside those that every answer carries.

    partly_failed: some of its records were refused, though the status is 200 (collections).
    """

    status: int
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    partly_failed: bool = False

    @property
    def failed(self) -> bool:
        """Whether an all-or-none composite must roll back because of it."""
        return self.partly_failed or self.status == 300 or self.status >= 400
