"""Text that people outside the org typed: prospects, guests, whoever filled in a form. Data, never instruction."""

from typing import Final

MAX_TYPED: Final = 300
"""Characters of any one such text that an answer holds. It stands in fields of its own, never in an answer's prose."""


def typed(text: str | None, most: int = MAX_TYPED) -> str | None:
    """The text as an answer holds it: at most `most` characters, and without control characters."""
    if text is None or (len(text) <= most and text.isprintable()):
        return text
    clean = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"
