"""What SQLite lacks: a collation and a LIKE that fold all of Unicode, and the shift of an instant into a zone."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

COLLATION = "FOLDED"
LIKE = "soql_like"
LOCAL = "local_ms"


def folded(text: str) -> str:
    """Text as SOQL compares it: without regard to case."""
    return text.lower()


def _compare(left: str, right: str) -> int:
    one, other = left.lower(), right.lower()
    return (one > other) - (one < other)


@dataclass(frozen=True, slots=True)
class _Run:
    """What stands between two `%`: text of one length, `_` for any character."""

    regex: re.Pattern[str]
    length: int


@lru_cache(maxsize=512)
def _runs(pattern: str) -> tuple[_Run, ...]:
    pieces: list[list[str]] = [[]]
    characters = iter(folded(pattern))
    for character in characters:
        if character == "%":
            pieces.append([])
        elif character == "_":
            pieces[-1].append(".")
        else:
            pieces[-1].append(re.escape(next(characters, "\\") if character == "\\" else character))
    return tuple(_Run(re.compile("".join(piece), re.DOTALL), len(piece)) for piece in pieces)


def like(text: str | None, pattern: str) -> int:
    """1 if the text matches the pattern (`%`, `_`, a backslash before a plain one), else 0; null matches nothing.

    Each run takes the first place that it fits, so a pattern of many `%` costs no more than reading the text.
    """
    if text is None:
        return 0
    held, (first, *others) = folded(text), _runs(pattern)
    if not others:
        return int(first.regex.fullmatch(held) is not None)
    *middle, last = others
    if first.regex.match(held) is None:
        return 0
    place = first.length
    for run in middle:
        found = run.regex.search(held, place)
        if found is None:
            return 0
        place = found.end()
    end = len(held) - last.length
    return int(end >= place and last.regex.match(held, end) is not None)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _local_ms(instant: int | None, zone_name: str) -> int | None:
    if instant is None:
        return None
    offset = datetime.fromtimestamp(instant // 1000, UTC).astimezone(zone(zone_name)).utcoffset()
    return instant + (0 if offset is None else int(offset.total_seconds()) * 1000)


def register(connection: sqlite3.Connection) -> None:
    """Teach a connection the collation and the functions; each connection needs it."""
    connection.create_collation(COLLATION, _compare)
    connection.create_function(LIKE, 2, like, deterministic=True)
    connection.create_function(LOCAL, 2, _local_ms, deterministic=True)
