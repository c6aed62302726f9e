"""Operations: a row per write that was done, in the write's own transaction, so that a lost answer can be had again.

Its key is the caller's own, else made of who asked for what. The same key with the same request answers what the first
one answered; with another request it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.bookit.errors import BookItError, ErrorCode
from app.org.reader import Ask, Row
from app.org.writes import Create

MAX_ANSWER = 100_000
"""Characters of a stored answer; the field holds a few more."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One write as its key knows it. actor: a user's id, or an e-mail address. request_hash: of what was asked."""

    key: str
    request_hash: str
    actor: str
    tool: str

    def ask(self) -> Ask:
        """Whether it was done already."""
        return Ask("operations/by_key", {"key": self.key})

    def row(self, answer: Mapping[str, Any]) -> Create:
        """What stands in the write's transaction. answer: JSON values."""
        text = json.dumps(answer, separators=(",", ":"))
        if len(text) > MAX_ANSWER:
            raise ValueError(f"the answer of {self.tool} is too long to be kept")
        return Create(
            "Operation",
            {
                "Operation_Key": self.key,
                "Request_Hash": self.request_hash,
                "Answer": text,
                "Actor": self.actor,
                "Tool": self.tool,
            },
        )

    def earlier_answer(self, rows: Sequence[Row]) -> Mapping[str, Any] | None:
        """The stored answer, None if it was not done yet. rows: of `ask`.

        Raises BookItError conflict where the key stands for another request.
        """
        if not rows:
            return None
        row = rows[0]
        if (row["Request_Hash"], row["Tool"]) != (self.request_hash, self.tool):
            raise BookItError(
                ErrorCode.CONFLICT,
                "This idempotency_key was used for another request before.",
                "Call again with a new idempotency_key, or repeat the first request just as it was.",
            )
        found: Mapping[str, Any] = json.loads(row["Answer"])
        return found
