"""What a look-up or an action refuses, in the words of the tool contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ErrorCode(StrEnum):
    """The tool contract's codes that BookIt's rules give; app.org.errors has those that an org gives."""

    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"
    INVALID_ARGUMENT = "invalid_argument"
    INVALID_TIME = "invalid_time"
    SLOT_TAKEN = "slot_taken"
    NOT_AVAILABLE = "not_available"
    CONFIRMATION_EXPIRED = "confirmation_expired"
    CONFLICT = "conflict"
    ALREADY_DONE = "already_done"
    FAILED = "failed"
    RATE_LIMITED = "rate_limited"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several records that a name may mean."""

    id: str
    name: str
    detail: str | None = None


class BookItError(Exception):
    """A refusal that tells the model what to do next: what is wrong (message) and what to try (hint).

    beside: JSON values that stand beside the error in the answer, such as a new preview.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        hint: str,
        *,
        candidates: Sequence[Candidate] = (),
        beside: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.candidates = tuple(candidates)
        self.beside = dict(beside or {})
