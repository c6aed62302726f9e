"""Record ids, checked before one enters a URL.

simple-salesforce joins an id to the address as it stands, so `../../limits` or `//evil.example` in its place would
send the token elsewhere (seen in simple-salesforce 1.12).
"""

from __future__ import annotations

import re

_FORM = re.compile(r"[A-Za-z0-9]{15}([A-Z0-5]{3})?", re.ASCII)
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
CASE_SENSITIVE_LENGTH = 15


class MalformedId(ValueError):
    """The text is no Salesforce record id. The message does not repeat it."""


def checksum(short: str) -> str:
    """The three characters that make a 15-character id an 18-character one.

    Each stands for five characters of the id: bit k is set where the k-th of them is an upper-case letter
    (Salesforce Help, 15 and 18 character ids).
    """
    chunks = (short[start : start + 5] for start in range(0, CASE_SENSITIVE_LENGTH, 5))
    return "".join(_SUFFIX[sum(1 << k for k, char in enumerate(chunk) if "A" <= char <= "Z")] for chunk in chunks)


def is_record_id(text: str) -> bool:
    """Whether the text is a 15-character id, or an 18-character one whose checksum is right."""
    if _FORM.fullmatch(text) is None:
        return False
    return len(text) == CASE_SENSITIVE_LENGTH or text[CASE_SENSITIVE_LENGTH:] == checksum(text[:CASE_SENSITIVE_LENGTH])


def as_record_id(text: str | None) -> str | None:
    """The id in its 18-character form; None for what is no record id."""
    return record_id(text) if text is not None and is_record_id(text) else None


def record_id(text: str) -> str:
    """The id in its 18-character form. Raises MalformedId."""
    if not is_record_id(text):
        raise MalformedId("not a Salesforce record id")
    short = text[:CASE_SENSITIVE_LENGTH]
    return short + checksum(short)
