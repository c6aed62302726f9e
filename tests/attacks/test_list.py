"""The attack list names tests that exist, and all of this folder's."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAMED = re.compile(r"`(tests/\S+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| (?!attack \||-)", re.MULTILINE)


def functions_of(path: Path) -> set[str]:
    """The test functions of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name for node in functions if node.name.startswith("test_")}


def listed() -> set[tuple[str, str]]:
    text = (HERE / "README.md").read_text(encoding="utf-8")
    for row in (line for line in text.splitlines() if ROW.match(line) and not line.startswith("|---")):
        assert NAMED.search(row), f"no test: {row}"
    return {(path, name) for path, name in NAMED.findall(text)}


def test_each_test_that_is_named_exists() -> None:
    assert [(path, name) for path, name in sorted(listed()) if name not in functions_of(ROOT / path)] == []


def test_each_test_of_this_folder_is_named() -> None:
    here = {
        (str(path.relative_to(ROOT)), name)
        for path in HERE.glob("test_*.py")
        if path != Path(__file__)
        for name in functions_of(path)
    }
    assert sorted(here - listed()) == []
