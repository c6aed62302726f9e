"""No behaviour without an entry: every code, refusal and resource of the local org is asked for, or says why not."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from app.local_org.errors import ApiError
from app.local_org.oauth import refusals
from app.local_org.oauth.refusals import Refusal
from app.local_org.rest.api import resources
from scripts.checks.org import Asked, Org
from scripts.checks.registry import CHECKS, UNCHECKED
from scripts.checks.runner import run

ROOT = Path(__file__).parents[2]
SOURCES = ("app/local_org", "soql")
CODE = re.compile(r"[A-Z]{3,}(?:_[A-Z]+)+")
RAISES = frozenset({"ApiError", "SoqlRuleError", "refuse", "_refuse", "refusal", "_refused"})


@pytest.fixture(scope="module")
def asked(org: Org) -> list[Asked]:
    """Every request of all checks, with its answer."""
    for check in CHECKS:
        run(check, org)
    return org.asked


def _codes(tree: ast.AST) -> Iterator[str]:
    """The error codes that a file's calls of RAISES name, and those that its exceptions have."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            arguments = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if name in RAISES:
                yield from (text for text in arguments if CODE.fullmatch(text))
        elif (
            isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == "code" for target in node.targets)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.value.value


def test_every_error_code_is_asked_for_or_explained(asked: list[Asked]) -> None:
    raised = {
        code
        for source in SOURCES
        for path in (ROOT / source).rglob("*.py")
        for code in _codes(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert "INVALID_FIELD" in raised
    answered = "".join(json.dumps(one.answer.body) for one in asked)
    explained = {code for entry in UNCHECKED for code in entry.codes}
    assert sorted(code for code in raised if f'"{code}"' not in answered and code not in explained) == []


def test_every_code_that_an_entry_explains_exists() -> None:
    source = "".join(path.read_text(encoding="utf-8") for one in SOURCES for path in (ROOT / one).rglob("*.py"))
    assert [code for entry in UNCHECKED for code in entry.codes if f'"{code}"' not in source] == []


def test_every_oauth_refusal_is_asked_for_or_explained(asked: list[Asked]) -> None:
    answered = unquote("".join(json.dumps(one.answer.body) for one in asked))
    told = "".join(entry.behaviour for entry in (*CHECKS, *UNCHECKED))
    known = [value for value in vars(refusals).values() if isinstance(value, Refusal)]
    assert known
    missing = [one for one in known if one.description not in answered and one.description not in told]
    assert [one for one in missing if one.error not in told] == []


def test_every_resource_and_method_is_asked_for(asked: list[Asked]) -> None:
    table = resources()
    met: set[tuple[tuple[str, ...], str]] = set()
    for one in asked:
        path = urlsplit(one.path).path
        try:
            resource, _ = table.find(tuple(unquote(part) for part in path.strip("/").split("/") if part))
        except ApiError:
            continue
        met.add((resource.pattern, one.method))
    every = {
        (resource.pattern, name)
        for resource in table.table
        for name, method in resource.methods.items()
        if not method.handler.__module__.endswith(".unanswered")
    }
    assert sorted(every - met) == []
