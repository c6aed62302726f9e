"""Text that somebody typed, as a mail or a calendar holds it: one bounded line, and nothing that either would obey."""

import unicodedata
from typing import Final

LONGEST_NAME: Final = 100
LONGEST_LINE: Final = 200
LONGEST_URL: Final = 1_000

_CONTROLS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, halves of surrogate pairs (no UTF-8 holds them), line and paragraph separators."""

_DIRECTIONS: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of what follows, and so can make an address read as another."""


def plain(text: str, most: int = LONGEST_LINE) -> str:
    """The text on one line of at most `most` characters; line breaks and control characters become one space.

    A backslash becomes a slash: the escapes of RFC 5545 begin with it, and icalendar 7.3 reads one at the end of a name
    as part of what follows, so that the address is lost.
    """
    spaced = ("/" if char == "\\" else " " if _is_control(char) else char for char in text[: 20 * most])
    line = " ".join("".join(spaced).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def header_text(text: str) -> str:
    """The text as a header holds it, to be called last. `=?` begins an encoded word (RFC 2047), which Python's email
    package decodes when a header is *set*: a line break inside would begin a header of its own."""
    return plain(text).replace("=?", "= ?")


def _is_control(char: str) -> bool:
    return char in _DIRECTIONS or unicodedata.category(char) in _CONTROLS
