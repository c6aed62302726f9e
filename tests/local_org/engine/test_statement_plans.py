"""However large the org, each statement of soql/queries/ finds its rows through an index.

The org is small; the planner is shown the statistics of one that is five thousand times as large.
"""

import sqlite3
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from app.local_org.demo_data.chapters import COPIED, load_chapters
from app.local_org.demo_data.options import DemoOptions
from app.local_org.org import LocalOrg
from app.local_org.schema.model import Schema
from app.org.record_filters import StatementScope
from scripts.benchmarks.org_statements import CALLERS, NOW, Case, Known, cases, statements

TIMES = 5000
FEW = 5
"""Rows of one key that stay as few in a large org: the attendees of a meeting."""
SMALL = 200
"""Rows of a table that the planner may as well read whole, where there are no more."""

OTHER_CALLERS = {StatementScope.ADMIN: "both", StatementScope.USER: "rep9", StatementScope.ORG: "admin"}
"""Who has the same scope, but other rights in Salesforce."""


def _pretend_to_be_large(path: Path) -> None:
    database = sqlite3.connect(path)
    for table, index, stat in database.execute("SELECT tbl, idx, stat FROM sqlite_stat1").fetchall():
        if table in COPIED:
            rows, *of_one_key = map(int, stat.split())
            numbers = [rows * TIMES, *(number * (TIMES if number > FEW else 1) for number in of_one_key)]
            told = (" ".join(map(str, numbers)), table, index)
            database.execute("UPDATE sqlite_stat1 SET stat = ? WHERE tbl = ? AND idx = ?", told)
    database.commit()
    database.close()


@pytest.fixture(scope="module", params=["small", "large"])
def org(
    request: pytest.FixtureRequest, compiled_schema: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalOrg]:
    path = tmp_path_factory.mktemp("org") / "org.db"
    loaded = LocalOrg(path, compiled_schema, lambda: NOW)
    load_chapters(loaded, DemoOptions(NOW, 7, 300))
    loaded.close()
    if request.param == "large":
        _pretend_to_be_large(path)
    opened = LocalOrg(path, compiled_schema, lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def large_tables(org: LocalOrg, request: pytest.FixtureRequest) -> list[str]:
    """Those that the planner takes for large."""
    pretended = request.node.callspec.params["org"] == "large"
    return [table for table in COPIED if pretended or _count(org, table) > SMALL]


def _count(org: LocalOrg, table: str) -> int:
    return org.as_system().query(f"SELECT COUNT() FROM {table}")["totalSize"]


def _cases(org: LocalOrg) -> list[Case]:
    return [case for case in cases(Known.of(org)) if not case.tooling]


def _user(org: LocalOrg, handle: str) -> str:
    found = org.as_system().query(f"SELECT Id FROM User WHERE Username = '{handle}@demo.example'")
    return found["records"][0]["Id"]


@pytest.mark.parametrize("callers", [CALLERS, OTHER_CALLERS], ids=["usual callers", "other callers"])
def test_no_statement_reads_a_large_table_whole(
    org: LocalOrg, large_tables: list[str], callers: dict[StatementScope, str]
) -> None:
    assert large_tables
    sessions = {scope: org.acting(_user(org, handle)) for scope, handle in callers.items()}
    for case in _cases(org):
        steps = sessions[case.scope].explain(case.soql)
        for table in large_tables:
            for step in steps:
                assert step.startswith(f"SEARCH {table} USING") or table not in step.split(), (case, steps)


def test_a_page_of_meetings_is_read_in_the_order_of_the_index(org: LocalOrg) -> None:
    for case in _cases(org):
        if case.form == "meetings/search admin" and case.given in ("start", "start, host", "start, mine"):
            steps = org.acting(_user(org, CALLERS[case.scope])).explain(case.soql)
            own = takewhile(lambda step: not step.startswith("CO-ROUTINE"), steps)  # those of the attendees follow
            assert not any("TEMP B-TREE" in step for step in own), (case, steps)


def test_every_statement_in_every_form_has_a_case(org: LocalOrg) -> None:
    covered = {case.form for case in cases(Known.of(org))}
    assert {statement.name for statement in statements()} == {form.split()[0] for form in covered}
    assert len(covered) == len(list(statements()))


def test_cases_have_answers_worth_measuring(org: LocalOrg) -> None:
    answered = {
        (case.form, case.given)
        for case in _cases(org)
        if org.acting(_user(org, CALLERS[case.scope])).query(case.soql)["totalSize"]
    }
    plain = ("meetings/search admin", "meetings/search_own user")
    for form in plain:
        for given in ("start", "booked", "canceled", "id", "meeting_id", "start, meeting_type", "start, participant"):
            assert (form, given) in answered
