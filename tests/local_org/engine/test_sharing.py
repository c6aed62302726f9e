"""Sharing: who sees and edits which rows."""

from __future__ import annotations

import pytest

from app.local_org.errors import ApiError
from app.local_org.schema.model import DeleteRule, Sharing
from tests.support.small_org import SmallOrg, lookup, small_org, sobject


def _count(small: SmallOrg, handle: str, object_name: str = "Shop__c") -> int:
    total: int = small.acting(handle).query(f"SELECT COUNT() FROM {object_name}")["totalSize"]
    return total


@pytest.fixture
def shop(small: SmallOrg) -> str:
    return small.acting("rep").create("Shop__c", {"Name": "Mine"})


def test_a_private_row_is_its_owners_and_the_admins(small: SmallOrg, shop: str) -> None:
    assert [_count(small, handle) for handle in ("rep", "other", "admin")] == [1, 0, 1]
    with pytest.raises(ApiError) as refused:
        small.acting("other").get("Shop__c", shop)
    assert (refused.value.status, refused.value.code) == (404, "NOT_FOUND")


def test_an_unshared_row_cannot_be_changed_or_pointed_at(small: SmallOrg, shop: str) -> None:
    other = small.acting("other")
    for act in (lambda: other.update("Shop__c", shop, {"Name": "x"}), lambda: other.delete("Shop__c", shop)):
        with pytest.raises(ApiError) as refused:
            act()
        expected = ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
        assert (refused.value.status, refused.value.code, refused.value.message) == (403, *expected)
    for object_name, name in (("Lease__c", {"Name": "L"}), ("Visit__c", {})):
        with pytest.raises(ApiError) as refused:
            other.create(object_name, {**name, "Shop__c": shop})
        expected = f"insufficient access rights on cross-reference id: {shop[:15]}"
        assert (refused.value.code, refused.value.message) == (
            "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            expected,
        )


def test_view_all_of_the_object_shows_every_row_but_edits_none(small: SmallOrg, shop: str) -> None:
    small.assign("other", "Auditor")
    assert _count(small, "other") == 1
    with pytest.raises(ApiError, match="INSUFFICIENT_ACCESS_OR_READONLY"):
        small.acting("other").update("Shop__c", shop, {"Name": "x"})


def test_a_detail_follows_its_master(small: SmallOrg, shop: str) -> None:
    small.acting("rep").create("Visit__c", {"Shop__c": shop})
    assert [_count(small, handle, "Visit__c") for handle in ("rep", "other", "admin")] == [1, 0, 1]


def test_a_hidden_parent_is_null_and_its_fields_match_nothing(small: SmallOrg, shop: str) -> None:
    lease = small.acting("rep").create("Lease__c", {"Name": "L", "Shop__c": shop})
    other = small.acting("other")
    record = other.query("SELECT Id, Shop__c, Shop__r.Name FROM Lease__c")["records"][0]
    assert (record["Id"], record["Shop__c"], record["Shop__r"]) == (lease, shop, None)
    assert other.query("SELECT COUNT() FROM Lease__c WHERE Shop__r.Name = 'Mine'")["totalSize"] == 0
    hidden = "SELECT COUNT() FROM Lease__c WHERE Shop__c IN (SELECT Id FROM Shop__c)"
    assert other.query(hidden)["totalSize"] == 0


def test_children_that_are_hidden_are_left_out(small: SmallOrg) -> None:
    board = small.acting("admin")
    shop = board.create("Shop__c", {"Name": "Admin's", "Manager__c": small.people["rep"]})
    soql = "SELECT Id, (SELECT Id FROM Managed_Shops__r) FROM User WHERE Username = 'rep@shops.example'"
    assert small.acting("other").query(soql)["records"][0]["Managed_Shops__r"] is None
    assert small.acting("admin").query(soql)["records"][0]["Managed_Shops__r"]["records"][0]["Id"] == shop


def test_a_read_only_row_is_seen_by_all_and_edited_by_its_owner(small: SmallOrg) -> None:
    board = small.acting("rep").create("Board__c", {"Name": "B"})
    assert _count(small, "other", "Board__c") == 1
    with pytest.raises(ApiError, match="INSUFFICIENT_ACCESS_OR_READONLY"):
        small.acting("other").update("Board__c", board, {"Name": "x"})
    small.acting("rep").update("Board__c", board, {"Name": "x"})
    small.acting("admin").update("Board__c", board, {"Name": "y"})


def test_a_read_write_row_is_everybodys(small: SmallOrg) -> None:
    lease = small.acting("rep").create("Lease__c", {"Name": "L"})
    small.acting("other").update("Lease__c", lease, {"Name": "x"})
    assert small.acting("rep").get("Lease__c", lease, ["Name"])["Name"] == "x"


def test_an_event_is_its_owners_and_an_invitee_owns_his_child(small: SmallOrg) -> None:
    times = {"StartDateTime": "2026-11-25T10:00:00Z", "DurationInMinutes": 30, "Subject": "Call"}
    rep, other = small.people["rep"], small.people["other"]
    small.org.load(
        "Event",
        [
            {**times, "OwnerId": rep, "IsGroupEvent": True, "GroupEventType": "1"},
            {**times, "OwnerId": other, "IsGroupEvent": True, "GroupEventType": "1", "IsChild": True},
            {**times, "OwnerId": rep, "IsPrivate": True},
        ],
    )
    assert [_count(small, handle, "Event") for handle in ("rep", "other", "admin", "guest")] == [2, 1, 3, 0]


def test_a_junction_follows_both_its_masters() -> None:
    junction = sobject(
        "Pair__c",
        "a09",
        Sharing.CONTROLLED_BY_PARENT,
        lookup("One__c", "Shop__c", "Pairs_One__r", DeleteRule.CASCADE, required=True),
        lookup("Two__c", "Shop__c", "Pairs_Two__r", DeleteRule.CASCADE, required=True),
    )
    small = small_org(more=(junction,))
    mine, yours = (small.acting(handle).create("Shop__c", {"Name": "S"}) for handle in ("rep", "other"))
    small.org.load("Pair__c", [{"One__c": mine, "Two__c": mine}, {"One__c": mine, "Two__c": yours}])
    assert [_count(small, handle, "Pair__c") for handle in ("rep", "other", "admin")] == [1, 0, 2]
    with pytest.raises(ApiError, match="INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"):
        small.acting("rep").create("Pair__c", {"One__c": mine, "Two__c": yours})
    small.org.close()
