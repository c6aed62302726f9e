"""Where the files for a deployment are, and what they speak of."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scripts" / "deploy"
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file())

PREFIX = "BOOKIT_MCP_"


def settings_named_in(text: str) -> set[str]:
    """Fields of Settings, by the variables in a text."""
    return {name.lower() for name in re.findall(rf"{PREFIX}([A-Z_]+)", text)}


def heading(path: Path) -> str:
    """The comment at the top of a file, in one line."""
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return " ".join(lines)
