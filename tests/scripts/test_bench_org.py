"""`scripts/bench org` compares the same answers and says what each statement costs; no time is asserted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local_org.org import LocalOrg
from scripts.benchmarks.org import Cost, DifferentAnswer, costs, opened, print_costs
from scripts.benchmarks.org_statements import Known, UnknownBind, cases, statements

SMALL, LARGE = 40, 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("orgs")


@pytest.fixture(scope="module")
def orgs(folder: Path) -> Iterator[tuple[LocalOrg, LocalOrg]]:
    small, large = opened(folder, SMALL, SMALL), opened(folder, LARGE, SMALL)
    yield small, large
    small.close()
    large.close()


def test_every_statement_is_measured_on_both_orgs_for_the_same_answer(orgs: tuple[LocalOrg, LocalOrg]) -> None:
    found = costs(*orgs, rounds=1)
    assert len({cost.case.form for cost in found}) == len(list(statements()))
    assert all(cost.small > 0 and cost.large > 0 for cost in found)


def test_orgs_with_different_answers_are_not_compared(orgs: tuple[LocalOrg, LocalOrg], tmp_path: Path) -> None:
    other = opened(tmp_path, SMALL // 2, SMALL // 2)
    with pytest.raises(DifferentAnswer, match=r"^(actions|availability|counts|meetings)/"):
        costs(orgs[0], other, rounds=1)
    other.close()


def test_a_kept_file_is_used_again_and_an_unfinished_one_is_not(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = opened(folder, SMALL, SMALL)
    assert not again.is_new
    again.close()
    broken = opened(tmp_path, 10, 10)
    with pytest.raises(KeyboardInterrupt), broken.bulk_loading():
        raise KeyboardInterrupt
    broken.close()
    capsys.readouterr()
    remade = opened(tmp_path, 10, 10)
    assert "Loading it anew." in capsys.readouterr().out
    assert remade.is_new
    remade.close()


def test_the_table_has_a_line_per_form_and_gives_the_highest_ratio(
    orgs: tuple[LocalOrg, LocalOrg], capsys: pytest.CaptureFixture[str]
) -> None:
    some = [case for case in cases(Known.of(orgs[0])) if case.form == "meetings/count admin"][:3]
    highest = print_costs([Cost(case, 1.0, 1.0 + number) for number, case in enumerate(some)])
    lines = capsys.readouterr().out.splitlines()
    assert highest == 2.0
    assert some[0].form in lines[1]
    assert "3.00" in lines[1]
    assert lines[-1].startswith("highest ratio: 2.00")


def test_a_bind_that_nobody_knows_a_value_of_is_named(orgs: tuple[LocalOrg, LocalOrg]) -> None:
    with pytest.raises(UnknownBind, match=":no_such_bind"):
        Known.of(orgs[0]).value("no_such_bind")
