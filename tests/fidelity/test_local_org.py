"""The local org is as the checks expect a real org to be."""

import pytest

from scripts.checks.findings import shown
from scripts.checks.model import Check
from scripts.checks.org import Org
from scripts.checks.registry import CHECKS
from scripts.checks.runner import run
from scripts.checks.visit import MARK, Visit


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_local_org_does_what_a_real_org_does(org: Org, check: Check) -> None:
    outcome = run(check, org)
    assert outcome.not_run is None
    assert outcome.findings, "the check looked at nothing"
    assert [f"{f.what}: expected {shown(f.expected)}, got {shown(f.got)}" for f in outcome.differences] == []
    assert outcome.left == ()


def test_the_checks_leave_no_row_behind(org: Org) -> None:
    visit = Visit(org)
    for check in CHECKS[:3]:
        run(check, org)
    for object_name, field in (
        ("Account", "Name"),
        ("Contact", "LastName"),
        ("Lead", "LastName"),
        ("Event", "Subject"),
    ):
        rows = visit.rows(f"SELECT {field} FROM {object_name} WHERE {field} LIKE '{MARK}%'")
        assert rows == [], object_name
