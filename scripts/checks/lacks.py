"""What the local org answers with 501, read from its source: every `Unsupported("…")`, with `…` for what varies."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "app" / "local_org"
NAMES = frozenset({"Unsupported", "unsupported"})


def lacks(source: Path = SOURCE) -> list[tuple[str, str]]:
    """(what is refused, the file that refuses it, below `source`), by file and place."""
    found: list[tuple[str, str]] = []
    for path in sorted(source.rglob("*.py")):
        for what in _named(ast.parse(path.read_text(encoding="utf-8"))):
            entry = (what, path.relative_to(source).as_posix())
            if entry not in found:
                found.append(entry)
    return found


def _named(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NAMES and node.args:
            what = _template(node.args[0])
            if what.strip("…"):
                yield what


def _template(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)
        case _:
            return "…"
