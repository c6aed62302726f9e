"""What holds for every file of scripts/deploy: it says what of it was run, and speaks of settings that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import Settings
from tests.deploy.deploy_files import FILES, FOLDER, ROOT, heading, settings_named_in

HEADED = [path for path in FILES if path.suffix != ".dockerignore"]


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER))


@pytest.mark.parametrize("path", HEADED, ids=name)
def test_it_says_what_of_it_was_run(path: Path) -> None:
    said = heading(path).lower()
    assert any(words in said for words in ("run by", "run as", "was run", "not run", "as upstream.conf"))
    for mentioned in ROOT.glob("tests/deploy/test_*.py"):
        said = said.replace(f"tests/deploy/{mentioned.name}", "")
    assert "tests/deploy/test" not in said, "it names a test that there is not"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_variable_in_it_is_a_setting(path: Path) -> None:
    assert settings_named_in(path.read_text(encoding="utf-8")) <= set(Settings.model_fields)
