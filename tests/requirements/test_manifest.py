"""The manifest and the tests agree, in both directions."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.requirements.manifest import REQUIREMENTS

TESTS = Path(__file__).parents[1]


def _ids_named(path: Path) -> Iterator[str]:
    """The ids in every `…mark.requirement("a", "b")` of a test file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "requirement"
            and isinstance(node.func.value, ast.Attribute)
            and node.func.value.attr == "mark"
        ):
            for argument in node.args:
                assert isinstance(argument, ast.Constant), f"{path.name}: a requirement id must be a plain string"
                assert isinstance(argument.value, str), f"{path.name}: a requirement id must be a plain string"
                yield argument.value


def _named() -> dict[str, set[str]]:
    named: defaultdict[str, set[str]] = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        for requirement in _ids_named(path):
            named[requirement].add(path.name)
    return named


def test_ids_are_unique() -> None:
    ids = [requirement.id for requirement in REQUIREMENTS]
    assert sorted(ids) == sorted(set(ids))


def test_every_requirement_is_proved_or_says_what_it_waits_for() -> None:
    named = _named()
    assert [r.id for r in REQUIREMENTS if r.deferred is None and r.id not in named] == []


def test_nothing_is_deferred_that_a_test_proves() -> None:
    named = _named()
    assert [r.id for r in REQUIREMENTS if r.deferred is not None and r.id in named] == []


def test_every_id_that_a_test_names_is_in_the_manifest() -> None:
    known = {requirement.id for requirement in REQUIREMENTS}
    assert {name: files for name, files in _named().items() if name not in known} == {}
