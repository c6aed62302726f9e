"""Pages of a query and their locators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.local_org.errors import ApiError, Unsupported
from tests.support.small_org import SmallOrg


@pytest.fixture
def boards(small: SmallOrg) -> SmallOrg:
    small.org.load("Board__c", ({"Name": f"b{n:04}"} for n in range(450)))
    return small


def _first(small: SmallOrg, size: int = 200) -> dict[str, Any]:
    return small.acting("rep").query("SELECT Name FROM Board__c ORDER BY Name", batch_size=size)


def _locator(body: dict[str, Any]) -> str:
    url: str = body["nextRecordsUrl"]
    prefix = "/services/data/v66.0/query/"
    assert url.startswith(prefix + "01g")
    return url.removeprefix(prefix)


def test_a_long_answer_comes_in_pages(boards: SmallOrg) -> None:
    session = boards.acting("rep")
    body = _first(boards)
    assert list(body) == ["totalSize", "done", "nextRecordsUrl", "records"]
    names: list[str] = []
    sizes: list[int] = []
    while True:
        names += [record["Name"] for record in body["records"]]
        sizes.append(len(body["records"]))
        assert body["totalSize"] == 450
        if body["done"]:
            break
        body = session.query_more(_locator(body))
    assert sizes == [200, 200, 50]
    assert names == [f"b{n:04}" for n in range(450)]
    assert "nextRecordsUrl" not in body


def test_a_locator_counts_the_rows_before_it_and_can_be_asked_again(boards: SmallOrg) -> None:
    locator = _locator(_first(boards))
    assert locator.endswith("-200")
    session = boards.acting("rep")
    assert session.query_more(locator) == session.query_more(locator)


@pytest.mark.parametrize(("asked", "given"), [(1, 200), (300, 300), (5000, 450)])
def test_a_batch_has_200_to_2000_rows(boards: SmallOrg, asked: int, given: int) -> None:
    assert len(_first(boards, asked)["records"]) == given


def test_a_page_is_a_snapshot_of_rows(boards: SmallOrg) -> None:
    locator = _locator(_first(boards))
    boards.org.load("Board__c", [{"Name": "a first"}])
    assert boards.acting("rep").query_more(locator)["records"][0]["Name"] == "b0200"


def test_a_locator_is_its_users_and_lives_two_days(boards: SmallOrg) -> None:
    locator = _locator(_first(boards))
    rep, other = boards.acting("rep"), boards.acting("other")
    for session, wrong in ((other, locator), (rep, "01gxx0000000099AAA-200"), (rep, locator[:-4]), (rep, "x-y")):
        with pytest.raises(ApiError) as refused:
            session.query_more(wrong)
        assert (refused.value.code, refused.value.message) == ("INVALID_QUERY_LOCATOR", "invalid query locator")
    boards.clock.advance(timedelta(days=2) - timedelta(seconds=1))
    assert rep.query_more(locator)["totalSize"] == 450
    boards.clock.advance(timedelta(seconds=1))
    with pytest.raises(ApiError, match="invalid query locator"):
        rep.query_more(locator)


def test_limit_and_offset_bound_the_total(boards: SmallOrg) -> None:
    body = boards.acting("rep").query("SELECT Name FROM Board__c ORDER BY Name LIMIT 3 OFFSET 448")
    assert (body["totalSize"], [record["Name"] for record in body["records"]]) == (2, ["b0448", "b0449"])


def test_children_come_with_the_page_of_their_parent(small: SmallOrg) -> None:
    shops = small.org.load("Shop__c", ({"Name": f"s{n:03}", "OwnerId": small.people["rep"]} for n in range(201)))
    small.org.load("Visit__c", ({"Shop__c": shop} for shop in shops))
    session = small.acting("rep")
    body = session.query("SELECT Id, (SELECT Id FROM Visits__r) FROM Shop__c ORDER BY Name", batch_size=200)
    last = session.query_more(_locator(body))["records"]
    assert [record["Visits__r"]["totalSize"] for record in last] == [1]


def test_a_child_list_that_is_too_long_is_refused_by_name(small: SmallOrg) -> None:
    shop = small.org.load("Shop__c", [{"Name": "S", "OwnerId": small.people["rep"]}])[0]
    small.org.load("Visit__c", ({"Shop__c": shop} for _ in range(2001)))
    with pytest.raises(Unsupported, match="Visits__r has 2001"):
        small.acting("rep").query("SELECT Id, (SELECT Id FROM Visits__r) FROM Shop__c")
