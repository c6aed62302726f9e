"""The faults that can be armed, each with its options. The docstrings are what `GET /__admin__/faults` says of them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

MAX_SECONDS = 300


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Match(_Strict):
    """Which requests a fault meets. All that is given must fit."""

    method: str | None = Field(default=None, description="GET, POST, PATCH, DELETE; absent: any")
    path: str = Field(
        default="*",
        description="a glob over the decoded path, `*` over slashes too",
    )
    object: str | None = Field(
        default=None,
        description="an API name in the URL or the body; for lock_row that of the record",
    )

    @field_validator("method")
    @classmethod
    def _upper(cls, value: str | None) -> str | None:
        return None if value is None else value.upper()

    def names_object(self, text: str) -> bool:
        """Whether the text names the object; any text does when none is asked for."""
        return self.object is None or re.search(rf"(?<!\w){re.escape(self.object)}(?!\w)", text, re.I) is not None


class Armed(_Strict):
    """What every armed fault has."""

    match: Match = Match()
    times: int | None = Field(default=1, ge=1, description="how many it meets; null: until cleared")
    skip: int = Field(default=0, ge=0, description="how many matching requests pass before the first")


class ExpireSession(Armed):
    """Ends the access token of the request before it is handled: 401 INVALID_SESSION_ID until it is refreshed.

    A request without a token is not met.
    """

    kind: Literal["expire_session"]


class RevokeGrant(Armed):
    """Ends the grant behind the request's access or refresh token, with all its tokens, before it is handled.

    A request without a token is not met.
    """

    kind: Literal["revoke_grant"]


class Slow(Armed):
    """Lets the request wait, before it is handled or after it was committed and before the answer."""

    kind: Literal["slow"]
    seconds: float = Field(gt=0, le=MAX_SECONDS)
    when: Literal["before", "after"] = "before"


class ConcurrentEdit(Armed):
    """Before a write, somebody else changes and commits the records that it is about to change or delete.

    Found in the request: PATCH and DELETE of /sobjects/T/id, upserts by external id, `records` of collections, the
    same inside composite, batch and graph. A request without any is not met.
    """

    kind: Literal["concurrent_edit"]
    record: str | None = Field(default=None, description="change this record instead; then any matching request is met")
    values: dict[str, Any] = Field(default_factory=dict, description="fields that are changed; empty: only touched")
    user: str | None = Field(default=None, description="username of the other user; absent: the org itself")
    seconds: int = Field(
        default=1,
        ge=0,
        description="the change is stamped at least this long after the record's last one, since 412 compares seconds; "
        "0: it may fall into the same second, which If-Unmodified-Since cannot see",
    )


class LockRow(Armed):
    """UNABLE_TO_LOCK_ROW instead of the write of a record: single, in a collection, in a composite, batch or graph.

    Counted by records, not by requests. `match.method` is POST for a create, PATCH for an update or an upsert, DELETE;
    `match.path` is that of the request or subrequest.
    """

    kind: Literal["lock_row"]


class Unavailable(Armed):
    """503 SERVER_UNAVAILABLE, and nothing is done."""

    kind: Literal["unavailable"]
    html: bool = Field(default=False, description="answer with a page, as the edge of the network does")


class RequestLimit(Armed):
    """403 REQUEST_LIMIT_EXCEEDED, and nothing is done. For the daily limit to be used up see api_usage."""

    kind: Literal["request_limit"]
    limit: Literal["TotalRequests", "ConcurrentPerOrgLongTxn", "ConcurrentRequests"] = "TotalRequests"


class Refuse(Armed):
    """Any refusal, and nothing is done: an errorCode for the API, an `error` for /services/oauth2/."""

    kind: Literal["refuse"]
    status: int = Field(ge=400, le=599)
    code: str = Field(min_length=1)
    message: str = ""
    fields: tuple[str, ...] | None = Field(default=None, strict=False)


class Drop(Armed):
    """The connection ends without an answer: before anything is done, or after it was done and committed."""

    kind: Literal["drop"]
    when: Literal["before", "after"] = "before"


class Truncate(Armed):
    """The request is done, its answer breaks off. An answer without a body is dropped whole."""

    kind: Literal["truncate"]
    bytes: int | None = Field(default=None, ge=0, description="of the body as sent; absent: half of it")


Ending = Unavailable | RequestLimit | Refuse | Drop | Truncate
"""Decide about the answer: of several that match, only the first is met, and those armed after it not at all."""

ArmedFault = Annotated[
    ExpireSession | RevokeGrant | Slow | ConcurrentEdit | LockRow | Ending,
    Field(discriminator="kind"),
]

KINDS: tuple[type[Armed], ...] = (
    ExpireSession,
    RevokeGrant,
    Slow,
    ConcurrentEdit,
    LockRow,
    Unavailable,
    RequestLimit,
    Refuse,
    Drop,
    Truncate,
)

ARMED: TypeAdapter[ExpireSession | RevokeGrant | Slow | ConcurrentEdit | LockRow | Ending] = TypeAdapter(ArmedFault)
"""Reads one armed fault of JSON. Raises pydantic's ValidationError."""
