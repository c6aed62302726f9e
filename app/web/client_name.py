"""What an MCP client calls itself, made fit to be shown."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 80
UNNAMED = "An application without a name"


def shown_name(name: str | None) -> str:
    """A client's own name for itself, as one short line: it is untrusted text. Escaping is the template's work."""
    printable = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in name or "")
    line = " ".join(printable.split())
    if len(line) > LONGEST_NAME:
        line = line[: LONGEST_NAME - 1] + "…"
    return line or UNNAMED
