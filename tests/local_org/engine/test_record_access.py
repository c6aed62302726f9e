"""UserRecordAccess: who may do what with which record."""

from __future__ import annotations

import pytest

from app.local_org.errors import ApiError
from tests.support.small_org import SmallOrg

_WHERE = "FROM UserRecordAccess WHERE UserId = '{}' AND RecordId = '{}'"


def test_everybody_asks_about_everybody_but_only_of_rows_that_he_reads(small: SmallOrg) -> None:
    shop = small.acting("rep").create("Shop__c", {"Name": "S"})
    rep, other = small.people["rep"], small.people["other"]
    fields = "RecordId, HasReadAccess, HasEditAccess, HasDeleteAccess, HasTransferAccess, HasAllAccess, MaxAccessLevel"

    def asked(by: str, about: str) -> list[list[object]]:
        found = small.acting(by).query(f"SELECT {fields} {_WHERE.format(about, shop[:15])}")["records"]
        return [[row[name] for name in fields.split(", ")] for row in found]

    assert asked("rep", rep) == [[shop, True, True, True, True, True, "All"]]
    assert asked("rep", other) == [[shop, False, False, False, False, False, "None"]]
    assert asked("other", rep) == []
    small.assign("other", "Auditor")
    assert asked("rep", other) == [[shop, True, False, False, False, False, "Read"]]
    flagged = f"SELECT RecordId {_WHERE.format(other, shop)} AND HasEditAccess = true"
    assert small.acting("rep").query(flagged)["records"] == []


@pytest.mark.parametrize(
    ("soql", "found"),
    [
        ("SELECT RecordId FROM UserRecordAccess", "filter by a single UserId"),
        ("SELECT RecordId FROM UserRecordAccess WHERE UserId = '005xx0000000001'", "and by RecordId"),
        ("SELECT RecordId FROM UserRecordAccess WHERE UserId IN ('005xx0000000001', '005xx0000000002')", "single"),
        (f"SELECT UserId {_WHERE.format('005xx0000000001', 'a01xx0000000001')}", "select RecordId and access fields"),
        (
            f"SELECT HasReadAccess {_WHERE.format('005xx0000000001', 'a01xx0000000001')} AND HasReadAccess = true",
            "select RecordId only",
        ),
        (
            "SELECT RecordId FROM UserRecordAccess WHERE UserId = '005xx0000000001' AND RecordId IN ("
            + ", ".join(f"'a01xx0000000{number:03}'" for number in range(201))
            + ")",
            "at most 200",
        ),
        ("SELECT RecordId FROM UserRecordAccess WHERE UserId = 'x' OR RecordId = 'y'", "joined by AND"),
    ],
)
def test_another_form_of_question_is_refused(small: SmallOrg, soql: str, found: str) -> None:
    with pytest.raises(ApiError, match=f"MALFORMED_QUERY: .*{found}"):
        small.acting("rep").query(soql)
