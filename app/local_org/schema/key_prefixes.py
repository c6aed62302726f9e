"""Key prefixes: the first three characters of an id, which tell its object."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterable

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


class KeyPrefixes:
    """Hands out the prefixes of custom objects: `a` and two characters drawn from the object's name.

    So a prefix stays the same when other objects come and go. Two names that draw the same characters are told apart
    in the order of the names, which is why they are all given at once. DECIDED: a real org numbers them as they come.
    """

    def __init__(self, custom_objects: Iterable[str]) -> None:
        self._of: dict[str, str] = {}
        taken: set[str] = set()
        for name in sorted(custom_objects):
            drawn = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
            while (prefix := _prefix(drawn)) in taken:
                drawn += 1
            taken.add(prefix)
            self._of[name] = prefix

    def of_custom(self, name: str) -> str:
        return self._of[name]


def _prefix(drawn: int) -> str:
    high, low = divmod(drawn % len(_DIGITS) ** 2, len(_DIGITS))
    return f"a{_DIGITS[high]}{_DIGITS[low]}"
