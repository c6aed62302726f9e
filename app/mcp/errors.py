"""Whatever a call raises, as an error that a model can act on. No stack trace, SOQL, token or Salesforce URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from app.bookit.errors import BookItError, Candidate, ErrorCode
from app.org.errors import ConnectionLost, OrgError, OrgErrorCode
from app.org.failures import SCHEMA_REFUSALS
from app.scheduling.errors import TimeError

log = structlog.stdlib.get_logger(__name__)

INTERNAL: Final = OrgErrorCode.INTERNAL

_HINTS: Final[dict[OrgErrorCode, str]] = {
    OrgErrorCode.NOT_FOUND: "Check the id, or search for the record by its name.",
    OrgErrorCode.CONFLICT: "The record was changed meanwhile. Look it up again, then decide anew.",
    OrgErrorCode.FAILED: "Ask for less. If it keeps failing, report it to LeanData Support with the request_id.",
    OrgErrorCode.SALESFORCE_UNAVAILABLE: "Wait a minute, then try once more.",
    OrgErrorCode.SALESFORCE_LIMIT: "Try again later, and ask for less.",
    OrgErrorCode.RECONNECT_REQUIRED: "Ask the person to disconnect and connect BookIt MCP again in this client.",
    OrgErrorCode.INTERNAL: "Report it to LeanData Support with the request_id.",
}


_SCHEMA_HINT: Final = (
    "whoami says what is off and why. A Salesforce admin can give the permission back; until then leave out "
    "the argument that needs it."
)


_CONNECTION_HINT: Final = (
    "Tell the person: a BookIt admin has to bind the connection anew on the integration page. Until then this cannot "
    "work; connecting this client again does not help."
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error answer: what is wrong (message), what to do next (hint), the records that were perhaps meant, and what
    else stands beside the error."""

    code: str
    message: str
    hint: str
    request_id: str
    candidates: tuple[Candidate, ...] = ()
    beside: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def structured(self) -> dict[str, Any]:
        """`{"error": {…}}`, the shape of every tool's errors."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "hint": self.hint}
        if self.candidates:
            error["candidates"] = [
                {"id": each.id, "name": each.name, **({"detail": each.detail} if each.detail else {})}
                for each in self.candidates
            ]
        return {"error": {**error, "request_id": self.request_id}, **self.beside}

    def text(self) -> str:
        """The same for a person. Names of candidates are data, and stand in the structured part alone."""
        lines = [f"{self.message} {self.hint}".strip()]
        if self.candidates:
            ids = ", ".join(each.id for each in self.candidates)
            lines.append(f"Candidates (named in the structured answer): {ids}")
        return "\n".join([*lines, f"[{self.code}, request {self.request_id}]"])


def failure_of(error: Exception, request_id: str) -> Failure:
    """The answer to an exception. What is no refusal of ours is logged in full, and answered as internal."""
    match error:
        case BookItError():
            return Failure(error.code.value, error.message, error.hint, request_id, error.candidates, error.beside)
        case TimeError():
            return Failure(ErrorCode.INVALID_TIME.value, error.message, error.hint, request_id)
        case OrgError():
            log.warning("org_error", code=error.code, salesforce_code=error.salesforce_code)
            return Failure(error.code.value, error.message, _hint(error), request_id)
        case _:
            log.error("call_failed", exc_info=error)
            return Failure(INTERNAL.value, "Something went wrong on our side.", _HINTS[INTERNAL], request_id)


def _hint(error: OrgError) -> str:
    if isinstance(error, ConnectionLost):
        return _CONNECTION_HINT
    return _SCHEMA_HINT if error.salesforce_code in SCHEMA_REFUSALS else _HINTS[error.code]
