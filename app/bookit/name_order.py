"""Pages of a list that Salesforce sorts by a text and then by id: where one ended, and how the next goes on.

How an org orders letters (case, accents) only Salesforce knows. So the next page begins with the last text itself, and
whoever was shown under a text that might be taken for the same is left out of it.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: the text of its last record, and the ids that were shown under it or one like it."""

    text: str
    seen: tuple[str, ...]


def position_behind(shown: Sequence[tuple[str, str]], before: Position | None) -> Position:
    """Behind the records of a page, each its text and id, that itself began behind `before`."""
    last = shown[-1][0]
    same = _folded(last)
    earlier = before.seen if before is not None and _folded(before.text) == same else ()
    return Position(last, (*earlier, *(record_id for text, record_id in shown if _folded(text) == same)))


def _folded(text: str) -> str:
    """Without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
