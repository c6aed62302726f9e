"""Create, get, update, upsert and delete: what stands afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.local_org.errors import ApiError, SeveralRecords
from app.local_org.schema.model import Field, FieldType, Sharing
from tests.support.small_org import NOON, SmallOrg, small_org, sobject

_NOON = "2026-11-25T12:00:00.000+0000"


def _shop(small: SmallOrg, **more: Any) -> str:
    return small.acting("rep").create("Shop__c", {"Name": "Corner", **more})


def test_a_new_record_has_its_defaults_its_owner_and_its_stamps(small: SmallOrg) -> None:
    rep = small.people["rep"]
    shop = _shop(small, Mail__c="", Parent__c=None)
    record = small.acting("rep").get("Shop__c", shop)
    assert list(record)[:2] == ["attributes", "Id"]
    assert record == {
        "attributes": {"type": "Shop__c", "url": f"/services/data/v66.0/sobjects/Shop__c/{shop}"},
        "Id": shop,
        "IsDeleted": False,
        "CreatedDate": _NOON,
        "CreatedById": rep,
        "LastModifiedDate": _NOON,
        "LastModifiedById": rep,
        "SystemModstamp": _NOON,
        "OwnerId": rep,
        "Name": "Corner",
        "Code__c": None,
        "Kind__c": None,
        "Tags__c": None,
        "Size__c": None,
        "Floors__c": 1,
        "Opened__c": None,
        "Seen__c": None,
        "Opens__c": None,
        "Active__c": False,
        "Note__c": None,
        "Mail__c": None,
        "Manager__c": None,
        "Parent__c": None,
    }
    assert len(shop) == 18


def test_get_gives_the_asked_fields_and_the_id(small: SmallOrg) -> None:
    shop = _shop(small)
    record = small.acting("rep").get("shop__c", shop[:15], ["name", "FLOORS__c"])
    assert list(record) == ["attributes", "Id", "Name", "Floors__c"]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00.000+0000"),
        ("2026-11-23T10:00:00.999Z", "2026-11-23T10:00:00.000+0000"),
        ("2026-11-23T10:00:00.000+0000", "2026-11-23T10:00:00.000+0000"),
        ("2026-11-23T10:00:00-08:00", "2026-11-23T18:00:00.000+0000"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000+0000"),
    ],
)
def test_a_datetime_comes_back_as_the_same_instant_in_utc(small: SmallOrg, value: str, stored: str) -> None:
    shop = _shop(small, Seen__c=value)
    assert small.acting("rep").get("Shop__c", shop, ["Seen__c"])["Seen__c"] == stored


def test_a_number_is_rounded_to_its_scale(small: SmallOrg) -> None:
    admin = small.acting("admin")
    shop = admin.create("Shop__c", {"Name": "S", "Size__c": 2.675})
    assert admin.get("Shop__c", shop, ["Size__c"])["Size__c"] == 2.68


def test_auto_numbers_count_on(small: SmallOrg) -> None:
    rep, shop = small.acting("rep"), _shop(small)
    visits = [rep.create("Visit__c", {"Shop__c": shop}) for _ in range(2)]
    assert [rep.get("Visit__c", visit, ["Name"])["Name"] for visit in visits] == ["V-0001", "V-0002"]


def test_an_update_changes_what_is_given_and_the_stamps(small: SmallOrg) -> None:
    shop = _shop(small, Code__c="C1", Kind__c="Small")
    small.clock.advance(timedelta(minutes=1))
    small.acting("admin").update("Shop__c", shop, {"kind__c": None, "Name": "Corner 2"})
    record = small.acting("rep").get("Shop__c", shop)
    assert (record["Name"], record["Code__c"], record["Kind__c"]) == ("Corner 2", "C1", None)
    assert record["LastModifiedById"] == small.people["admin"]
    assert record["LastModifiedDate"] == "2026-11-25T12:01:00.000+0000"
    assert record["CreatedDate"] == _NOON


@pytest.mark.parametrize(("since", "passes"), [(NOON, True), (NOON - timedelta(seconds=1), False)])
def test_an_update_meets_the_precondition_at_one_second(small: SmallOrg, since: datetime, passes: bool) -> None:
    shop = _shop(small)
    if passes:
        small.acting("rep").update("Shop__c", shop, {"Floors__c": 2}, since)
        return
    with pytest.raises(ApiError) as refused:
        small.acting("rep").update("Shop__c", shop, {"Floors__c": 2}, since)
    assert (refused.value.status, refused.value.code) == (412, "PRECONDITION_FAILED")
    assert small.acting("rep").get("Shop__c", shop, ["Floors__c"])["Floors__c"] == 1


def test_an_upsert_creates_then_updates_whatever_the_case_of_the_key(small: SmallOrg) -> None:
    rep = small.acting("rep")
    shop, created = rep.upsert("Shop__c", "Code__c", "key", {"Name": "One"})
    assert created
    assert rep.upsert("Shop__c", "code__c", "KEY", {"Name": "Two"}) == (shop, False)
    assert rep.get("Shop__c", shop, ["Name", "Code__c"])["Name"] == "Two"


def test_a_parent_can_be_named_by_its_external_id(small: SmallOrg) -> None:
    rep = small.acting("rep")
    parent = rep.upsert("Shop__c", "Code__c", "hq", {"Name": "HQ"})[0]
    branch = rep.create("Shop__c", {"Name": "Branch", "Parent__r": {"Code__c": "HQ"}})
    assert rep.get("Shop__c", branch, ["Parent__c"])["Parent__c"] == parent
    with pytest.raises(ApiError) as refused:
        rep.create("Shop__c", {"Name": "Branch", "Parent__r": {"Code__c": "x"}})
    expected = "Foreign key external ID: x not found for field Code__c in entity Shop__c"
    assert (refused.value.code, refused.value.message) == ("INVALID_FIELD", expected)


def test_deleting_clears_lookups_and_takes_details_along(small: SmallOrg) -> None:
    rep, shop = small.acting("rep"), _shop(small)
    branch = _shop(small, Parent__c=shop)
    visit = rep.create("Visit__c", {"Shop__c": shop})
    rep.delete("Shop__c", shop)
    assert rep.get("Shop__c", branch, ["Parent__c"])["Parent__c"] is None
    for object_name, record_id in (("Shop__c", shop), ("Visit__c", visit)):
        with pytest.raises(ApiError) as refused:
            rep.get(object_name, record_id)
        assert (refused.value.status, refused.value.code) == (404, "ENTITY_IS_DELETED")


def test_a_restricting_lookup_keeps_the_record_and_all_that_hangs_on_it(small: SmallOrg) -> None:
    rep, shop = small.acting("rep"), _shop(small)
    visit = rep.create("Visit__c", {"Shop__c": shop})
    lease = rep.create("Lease__c", {"Name": "L", "Shop__c": shop})
    with pytest.raises(ApiError) as refused:
        rep.delete("Shop__c", shop)
    assert refused.value.code == "DELETE_FAILED"
    assert lease[:15] in refused.value.message
    assert rep.get("Visit__c", visit)["IsDeleted"] is False


def test_a_deleted_records_unique_value_is_free_again(small: SmallOrg) -> None:
    rep, shop = small.acting("rep"), _shop(small, Code__c="C1")
    rep.delete("Shop__c", shop)
    assert _shop(small, Code__c="c1") != shop


def test_an_exception_takes_a_whole_transaction_back(small: SmallOrg) -> None:
    rep = small.acting("rep")

    def fail() -> None:
        with small.org.transaction():
            rep.create("Shop__c", {"Name": "gone"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with small.org.transaction():
        kept = rep.create("Shop__c", {"Name": "kept"})
        with pytest.raises(ZeroDivisionError):
            fail()
        assert rep.query("SELECT COUNT() FROM Shop__c")["totalSize"] == 1
    assert [record["Id"] for record in rep.query("SELECT Id FROM Shop__c")["records"]] == [kept]


def test_a_persons_name_is_made_of_its_parts(small: SmallOrg) -> None:
    admin = small.acting("admin")
    contact = admin.create("Contact", {"FirstName": "Jordan", "LastName": "Lee"})
    assert admin.get("Contact", contact, ["Name"])["Name"] == "Jordan Lee"
    admin.update("Contact", contact, {"FirstName": None})
    assert admin.get("Contact", contact, ["Name"])["Name"] == "Lee"


def test_the_clock_of_the_org_is_the_one_it_was_given(small: SmallOrg) -> None:
    small.clock.now = datetime(2030, 1, 1, tzinfo=UTC)
    shop = _shop(small)
    assert small.acting("rep").get("Shop__c", shop, ["CreatedDate"])["CreatedDate"].startswith("2030-01-01")


def test_an_external_id_that_is_not_unique_may_name_several() -> None:
    key = Field("Key__c", "Key", FieldType.STRING, length=10, external_id=True, custom=True)
    small = small_org(more=(sobject("Part__c", "a09", Sharing.READ_WRITE, key),))
    parts = small.org.load("Part__c", [{"Key__c": "k"}, {"Key__c": "K"}])
    with pytest.raises(ApiError) as refused:
        small.acting("rep").upsert("Part__c", "Key__c", "k", {})
    assert refused.value.status == 300
    assert isinstance(refused.value, SeveralRecords)
    assert refused.value.ids == tuple(parts)
    small.org.close()


def test_describe_shows_what_the_user_reads(small: SmallOrg) -> None:
    names = [field["name"] for field in small.acting("rep").describe("shop__c")["fields"]]
    assert "Size__c" in names
    assert "Secret__c" not in names
    objects = {found["name"] for found in small.acting("guest").describe_global()["sobjects"]}
    assert "User" in objects
    assert "Shop__c" not in objects
    with pytest.raises(ApiError) as refused:
        small.acting("guest").describe("Shop__c")
    assert (refused.value.status, refused.value.code) == (404, "NOT_FOUND")
