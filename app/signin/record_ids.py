"""Salesforce record ids in their one form: 18 characters. Source: salesforce.md 4, 15→18 id."""

import re

_ID = re.compile(r"[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def to_18(record_id: str) -> str:
    """The 18-character form of an id with 15 or 18 characters. Raises ValueError for anything else."""
    if not _ID.fullmatch(record_id):
        raise ValueError("not a Salesforce record id")
    short = record_id[:15]
    suffix = "".join(
        _SUFFIX[sum(1 << bit for bit, letter in enumerate(short[start : start + 5]) if "A" <= letter <= "Z")]
        for start in (0, 5, 10)
    )
    if len(record_id) == 18 and record_id[15:].upper() != suffix:
        raise ValueError("not a Salesforce record id: its check characters are wrong")
    return short + suffix
