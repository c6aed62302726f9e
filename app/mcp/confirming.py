"""Confirmation: what was shown, signed, so that nothing else than that can be agreed to.

A confirm token is bound to the caller, the tool and its arguments, and carries a digest of the fields that were shown
and what of the preview is to be kept (the host whom it showed). Ten minutes.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import Field

from app.bookit.errors import BookItError, ErrorCode
from app.mcp.arguments import Arguments, Text
from app.mcp.call import Call
from app.mcp.signing import MAX_LENGTH, BadToken, digest

LIFETIME: Final = timedelta(minutes=10)
_PURPOSE: Final = "confirm"
_ABOUT_THE_CALL: Final = frozenset({"confirm_token", "idempotency_key"})


class ActionArguments(Arguments):
    """What every tool that changes something takes beside its own arguments."""

    idempotency_key: Text | None = Field(
        None,
        description="Of your own making, one for each thing to be done: the same key with the same arguments does it "
        "once and answers the same again",
    )
    confirm_token: str | None = Field(
        None,
        max_length=MAX_LENGTH,
        description="Of the preview that the person agreed to; repeat all other arguments as they were",
    )


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person agreed to. shown: a digest of it; keep: JSON values.

    name: of this one preview, so that what is agreed to twice is done twice, even where both previews showed the same
    (a meeting given to somebody, given back, and given to him again)."""

    shown: str
    keep: Mapping[str, Any] = field(default_factory=dict[str, Any])
    name: str = field(default_factory=lambda: secrets.token_urlsafe(12))


def request_digest(arguments: ActionArguments) -> str:
    """What was asked for, whoever asks and however often."""
    return digest(arguments.model_dump(mode="json", exclude=set(_ABOUT_THE_CALL), exclude_none=True))


def make_token(call: Call, arguments: ActionArguments, confirmation: Confirmation) -> tuple[str, datetime]:
    """The confirm token, and when it expires."""
    expires = (call.now + LIFETIME).replace(microsecond=0)
    payload = {"shown": confirmation.shown, "keep": dict(confirmation.keep), "name": confirmation.name}
    return call.services.signing.sign(_PURPOSE, payload, bound_to=_binding(call, arguments), expires=expires), expires


def read_token(call: Call, arguments: ActionArguments, token: str) -> Confirmation:
    """What the token stands for. Raises BookItError confirmation_expired, or invalid_argument for any other text."""
    try:
        found = call.services.signing.verify(_PURPOSE, token, bound_to=_binding(call, arguments), now=call.now)
    except BadToken as bad:
        if bad.expired:
            raise BookItError(
                ErrorCode.CONFIRMATION_EXPIRED,
                "The confirmation has expired; this call did nothing.",
                "Call again without confirm_token, show the person the new preview, and ask once more.",
            ) from None
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            "The confirm_token does not belong to this call; nothing was done.",
            "Repeat the call of the preview just as it was, with its confirm_token added; for anything else, leave "
            "confirm_token out and show the person the new preview.",
        ) from None
    return Confirmation(found["shown"], found["keep"], found["name"])


def _binding(call: Call, arguments: ActionArguments) -> tuple[str, ...]:
    return call.caller.org_id, call.caller.actor, call.caller.scope, call.tool, request_digest(arguments)
