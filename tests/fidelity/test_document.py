"""docs/FIDELITY.md says what the checks say, and every entry says all that it must."""

from pathlib import Path

import pytest

from scripts.checks import fidelity
from scripts.checks.model import Check, Unchecked
from scripts.checks.registry import AREAS, CHECKS, UNCHECKED

ROOT = Path(__file__).parents[2]
ENTRIES: tuple[Check | Unchecked, ...] = (*CHECKS, *UNCHECKED)


def test_the_document_is_the_one_that_the_checks_make() -> None:
    written = (ROOT / "docs" / "FIDELITY.md").read_text(encoding="utf-8")
    assert written == fidelity.document(), "scripts/check_org --document > docs/FIDELITY.md"


def test_ids_are_unique() -> None:
    ids = [entry.id for entry in ENTRIES]
    assert sorted(ids) == sorted(set(ids))


def test_every_area_of_the_folder_is_in_the_registry() -> None:
    files = {path.stem for path in (ROOT / "scripts" / "checks" / "areas").glob("*.py")} - {"__init__"}
    assert len(files) == len(AREAS)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_says_what_and_whence(entry: Check | Unchecked) -> None:
    assert entry.behaviour
    assert not entry.behaviour.endswith(".")
    assert entry.source
    if isinstance(entry, Unchecked):
        assert entry.because
        if entry.test is not None:
            file, _, name = entry.test.partition("::")
            assert f"def {name}(" in (ROOT / "tests" / "local_org" / file).read_text(encoding="utf-8")
