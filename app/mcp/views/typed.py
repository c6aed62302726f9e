"""Text that people outside the org typed: prospects, guests, whoever filled in a form. Data, never instruction."""

from typing import Final

MAX_TYPED: Final = 300
"""Characters of any one such text that an answer holds. It stands in fields of its own, never in an answer's prose."""


def typed(text: str | None) -> str | None:
    """The text as an answer holds it: at most MAX_TYPED characters, and without control characters."""
    if text is None or (len(text) <= MAX_TYPED and text.isprintable()):
        return text
    clean = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    return clean if len(clean) <= MAX_TYPED else f"{clean[: MAX_TYPED - 1]}…"
