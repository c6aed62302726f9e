from __future__ import annotations

from pathlib import Path

import pytest

from soql.ast import FieldPath, Position
from soql.errors import StatementError
from soql.printer import to_text
from soql.rules import check
from soql.statements import load_statements, read_statement

FILES = Path(__file__).parent / "statement_files"


def test_the_files_of_a_folder_are_loaded_by_their_paths() -> None:
    assert sorted(load_statements(FILES)) == ["count", "meetings/soonest"]


def test_a_header_says_purpose_scopes_and_forms() -> None:
    soonest = load_statements(FILES)["meetings/soonest"]
    assert soonest.purpose == "Meetings of one host from a moment on, soonest first."
    assert soonest.scopes == {"admin", "user"}
    assert (soonest.descending, dict(soonest.groups)) == (True, {})
    assert to_text(soonest.select) == (
        "SELECT Id, Start, Main_Host.Name FROM Meeting WHERE Start >= :start AND Main_Host = :host? "
        "ORDER BY Start, Id NULLS LAST LIMIT :limit"
    )


def test_a_reversed_statement_turns_each_order_round() -> None:
    soonest = load_statements(FILES)["meetings/soonest"]
    assert to_text(soonest.reversed()).endswith("ORDER BY Start DESC, Id DESC NULLS FIRST LIMIT :limit")


def test_only_a_statement_that_says_so_is_reversed() -> None:
    with pytest.raises(StatementError, match="count: not marked `also: descending`"):
        load_statements(FILES)["count"].reversed()


def test_groups_are_selected_and_grouped_in_front() -> None:
    count = load_statements(FILES)["count"]
    assert count.groups["host"] == (FieldPath(("Main_Host", "Id")), FieldPath(("Main_Host", "Name")))
    assert to_text(count.grouped(["host", "status"])) == (
        "SELECT Main_Host.Id Main_Host_Id, Main_Host.Name Main_Host_Name, Status, COUNT(Id) total FROM Meeting "
        "WHERE Status IN :statuses? GROUP BY Main_Host.Id, Main_Host.Name, Status"
    )
    assert count.grouped([]) == count.select
    assert count.grouped(["status", "status"]) == count.grouped(["status"])
    with pytest.raises(KeyError):
        count.grouped(["pool"])


def test_the_servers_own_statements_load_and_keep_soqls_rules() -> None:
    for file in load_statements().values():
        check(file.select)


REFUSED: list[tuple[str, str]] = [
    ("SELECT Id FROM A", "the first line says what"),
    ("-- scopes: user\nSELECT Id FROM A", "the first line says what"),
    ("-- Why.\nSELECT Id FROM A", "no `-- scopes:` line"),
    ("-- Why.\n-- scope: user\nSELECT Id FROM A", "spelled `-- scopes:`"),
    ("-- Why.\n-- scopes:\nSELECT Id FROM A", "unknown scope ''"),
    ("-- Why.\n-- scopes: user, root\nSELECT Id FROM A", "unknown scope 'root'"),
    ("-- Why.\n-- scopes: user\n-- scopes: admin\nSELECT Id FROM A", "two `-- scopes:` lines"),
    ("-- Why.\n-- scopes: user\n-- alsoo: descending\nSELECT Id FROM A", "after the purpose"),
    ("-- Why.\n-- scopes: user\n-- also: ascending\nSELECT Id FROM A ORDER BY Id", "knows `descending` only"),
    ("-- Why.\n-- scopes: user\n-- also: descending\nSELECT Id FROM A", "needs an ORDER BY"),
    ("-- Why.\n-- scopes: user\n-- group by: a = A\nSELECT Id FROM A", "needs an aggregate"),
    ("-- Why.\n-- scopes: user\n-- group by: a = A; a = B\nSELECT COUNT(Id) n FROM A", "there twice"),
    ("-- Why.\n-- scopes: user\n-- group by: a = A'\nSELECT COUNT(Id) n FROM A", "reads `name = Path"),
    ("-- Why.\n-- scopes: user\n-- group by: A\nSELECT COUNT(Id) n FROM A", "reads `name = Path"),
    ("-- Why.\n-- scopes: user\n-- group by: a = A\nSELECT COUNT() FROM A", "must be alone"),
    ("-- Why.\n-- scopes: user\n-- group by: a = A.B\nSELECT COUNT(Id) A_b FROM A", "duplicate alias"),
    ("-- Why.\n-- scopes: user\n", "expected SELECT"),
    ("-- Why.\n-- scopes: user\nSELECT Id FROM A WHERE B = 1 OR Id IN (SELECT A FROM C)", "allowed at the top level"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_wrong_file_is_refused_by_its_name(text: str, message: str) -> None:
    with pytest.raises(StatementError, match="meetings/odd: ") as refused:
        read_statement("meetings/odd", text)
    assert message in refused.value.message


def test_the_position_of_an_error_is_that_of_the_file() -> None:
    with pytest.raises(StatementError, match="row 4, column 6: found A") as refused:
        read_statement("odd", "-- Why.\n-- scopes: user\nSELECT Id, Name\nFORM A\n")
    assert refused.value.position == Position(4, 6)
