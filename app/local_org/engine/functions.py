"""What SQLite lacks: a collation and a LIKE that fold all of Unicode, and the shift of an instant into a zone."""

import re
import sqlite3
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


def pattern_regex(pattern: str) -> str:
    """The regular expression of a pattern whose parts are joined by `pattern_text`."""
    pieces: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            pieces.append(re.escape(next(characters, "\\")))
        elif character == "%":
            pieces.append(".*")
        elif character == "_":
            pieces.append(".")
        else:
            pieces.append(re.escape(character))
    return "".join(pieces)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern_regex(folded(pattern)), re.DOTALL)


def like(text: str | None, pattern: str) -> int:
    """1 if the text matches the pattern (`%`, `_`, a backslash before a plain one), else 0; null matches nothing."""
    if text is None:
        return 0
    return 1 if _compiled(pattern).fullmatch(folded(text)) else 0


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
