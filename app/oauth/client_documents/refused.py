"""A client whose metadata document cannot be used."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What is wrong, for the log and the metrics."""

    URL = "url"
    ADDRESS = "address"
    UNREACHABLE = "unreachable"
    ANSWER = "answer"
    CONTENT = "content"
    LIMIT = "limit"


class DocumentRefused(Exception):
    """The message is for the page that the person sees. It tells nothing of what an address answered beyond what the
    client's maker needs: who asks may be after our network."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
