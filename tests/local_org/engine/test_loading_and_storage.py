"""Bulk loading, files that are opened again, and threads that share an org."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.local_org.engine.ids import minted
from app.local_org.errors import ApiError
from app.local_org.org import LocalOrg
from app.local_org.schema.model import Field, FieldType, Sharing
from tests.support.small_org import SmallOrg, small_org, small_schema, sobject


def test_loaded_rows_may_bring_their_id_and_their_past(small: SmallOrg) -> None:
    given = minted("a01", 500)
    row = {
        "Id": given,
        "Name": "Old",
        "OwnerId": small.people["rep"],
        "CreatedById": small.people["other"],
        "CreatedDate": "2026-01-01T00:00:00Z",
    }
    loaded = small.org.load("Shop__c", [row, {"Name": "New", "Parent__c": given}])
    assert loaded == [given, minted("a01", 501)]
    record = small.acting("admin").query("SELECT CreatedDate, SystemModstamp, CreatedBy.Name FROM Shop__c")["records"][
        0
    ]
    assert record["CreatedDate"] == record["SystemModstamp"] == "2026-01-01T00:00:00.000+0000"
    assert record["CreatedBy"]["Name"] == "Other Shopper"
    assert small.acting("rep").create("Shop__c", {"Name": "Next"}) == minted("a01", 502)


def test_a_reserved_id_is_given_once(small: SmallOrg) -> None:
    reserved = small.org.new_id("Shop__c")
    assert small.acting("rep").create("Shop__c", {"Name": "S"}) != reserved
    assert small.org.load("Shop__c", [{"Id": reserved, "Name": "S"}]) == [reserved]


@pytest.mark.parametrize(
    ("row", "code", "text"),
    [
        ({}, "REQUIRED_FIELD_MISSING", "Shop__c row 2: Required fields are missing: [Name]"),
        ({"Name": "S", "Kind__c": "Huge"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Shop__c row 2: "),
        ({"Name": "S", "Kind__c": "Large"}, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "row 2: A large shop has a size."),
        ({"Name": "S", "Foo": 1}, "INVALID_FIELD", "Shop__c row 2: No such column 'Foo'"),
        ({"Name": "S", "Code__c": "ONE"}, "DUPLICATE_VALUE", "duplicate value found: Code__c"),
        ({"Name": "S", "Code__c": "Stored"}, "DUPLICATE_VALUE", "duplicate value found: Code__c"),
        ({"Name": "S", "Parent__c": minted("a01", 77)}, "INVALID_CROSS_REFERENCE_KEY", "Parent__c"),
        ({"Name": "S", "Parent__c": minted("a02", 1)}, "MALFORMED_ID", "id value of incorrect type"),
        ({"Name": "S", "Id": minted("a02", 1)}, "MALFORMED_ID", "id value of incorrect type"),
    ],
)
def test_one_bad_row_keeps_all_of_them_out(small: SmallOrg, row: dict[str, Any], code: str, text: str) -> None:
    small.org.load("Shop__c", [{"Name": "Stored", "Code__c": "stored"}])
    with pytest.raises(ApiError) as refused:
        small.org.load("Shop__c", [{"Name": "Fine", "Code__c": "one"}, row])
    assert refused.value.code == code
    assert text in refused.value.message
    assert small.acting("admin").query("SELECT COUNT() FROM Shop__c")["totalSize"] == 1


def test_a_file_is_opened_again_with_all_that_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "org.db"
    first = small_org(path)
    assert first.org.is_new
    shop = first.acting("rep").create("Shop__c", {"Name": "Kept"})
    first.org.close()
    again = LocalOrg(path, small_schema(), first.clock)
    assert not again.is_new
    assert again.acting(first.people["rep"]).get("Shop__c", shop, ["Name"])["Name"] == "Kept"
    assert again.as_system().query("SELECT COUNT() FROM Organization")["totalSize"] == 1
    again.close()


def test_a_file_of_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "org.db"
    first = small_org(path)
    first.org.close()
    more = sobject("More__c", "a09", Sharing.READ, Field("Name", "Name", FieldType.STRING, length=80))
    with pytest.raises(ValueError, match="another schema"):
        LocalOrg(path, small_schema(more), first.clock)


def test_threads_share_the_org_and_lose_no_write(small: SmallOrg) -> None:
    def work(number: int) -> int:
        rep = small.acting("rep" if number % 2 else "other")
        with small.org.transaction():
            rep.create("Lease__c", {"Name": f"L{number}"})
            seen: int = rep.query("SELECT COUNT() FROM Lease__c")["totalSize"]
        rep.query("SELECT Name, Owner.Name FROM Lease__c WHERE Name LIKE 'l%'")
        return seen

    with ThreadPoolExecutor(8) as pool:
        seen = sorted(pool.map(work, range(40)))
    assert seen == list(range(1, 41))


def test_racing_inserts_of_one_key_leave_one_row(small: SmallOrg) -> None:
    def work(_: int) -> str:
        try:
            small.acting("rep").create("Shop__c", {"Name": "S", "Code__c": "key"})
        except ApiError as error:
            return error.code
        return "created"

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(work, range(16))) == {"created": 1, "DUPLICATE_VALUE": 15}
