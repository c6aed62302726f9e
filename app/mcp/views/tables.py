"""Rows of text in columns, for the short text that goes with a structured answer."""

from collections.abc import Sequence
from typing import Final

MAX_ROWS: Final = 25


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as what they hold; past MAX_ROWS a line says how many more the structured answer has."""
    shown = [head, *rows[:MAX_ROWS]]
    widths = [max(len(row[at]) for row in shown) for at in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown]
    if len(rows) > MAX_ROWS:
        lines.append(f"… and {len(rows) - MAX_ROWS} more in the structured answer")
    return "\n".join(lines)
