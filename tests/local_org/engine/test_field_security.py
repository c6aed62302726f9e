"""A field that one cannot read does not exist: on every path, with the words of one that truly does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.local_org.errors import ApiError
from app.local_org.schema.model import Field, FieldType, Sharing
from tests.support.small_org import SmallOrg, lookup, small_org, sobject

_HIDDEN = ("Secret__c", "Absent__c")
"""One that the rep cannot read, and one that nobody has."""


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT {} FROM Shop__c",
        "SELECT Id FROM Shop__c WHERE {} = 'x'",
        "SELECT Id FROM Shop__c WHERE Name = 'x' AND (Kind__c = null OR (NOT {} LIKE 'x%'))",
        "SELECT Id FROM Shop__c WHERE {} IN ('x')",
        "SELECT Id FROM Shop__c ORDER BY {}",
        "SELECT {} FROM Shop__c GROUP BY {}",
        "SELECT COUNT(Id) FROM Shop__c GROUP BY Kind__c HAVING MAX({}) = 'x'",
        "SELECT COUNT({}) FROM Shop__c",
        "SELECT MIN({}) FROM Shop__c",
        "SELECT Parent__r.{} FROM Shop__c",
        "SELECT Id FROM Visit__c WHERE Shop__r.{} = 'x'",
        "SELECT Id FROM Visit__c ORDER BY Shop__r.Parent__r.{}",
        "SELECT Id, (SELECT {} FROM Branches__r) FROM Shop__c",
        "SELECT Id, (SELECT Id FROM Branches__r WHERE {} = 'x') FROM Shop__c",
        "SELECT Id FROM Visit__c WHERE Shop__c IN (SELECT Id FROM Shop__c WHERE {} = 'x')",
    ],
)
def test_a_query_cannot_tell_it_from_one_that_is_not_there(small: SmallOrg, soql: str) -> None:
    told: list[tuple[int, str, str]] = []
    for name in _HIDDEN:
        with pytest.raises(ApiError) as refused:
            small.acting("rep").query(soql.replace("{}", name))
        error = refused.value
        told.append((error.status, error.code, error.message.replace(name, "F").replace("^", "").replace(" ", "")))
    assert told[0] == told[1]
    assert told[0][:2] == (400, "INVALID_FIELD")


def test_a_write_a_get_and_describe_cannot_either(small: SmallOrg) -> None:
    rep = small.acting("rep")
    shop = rep.create("Shop__c", {"Name": "S"})
    for name in _HIDDEN:
        for act in (
            lambda n=name: rep.create("Shop__c", {"Name": "S", n: "x"}),
            lambda n=name: rep.update("Shop__c", shop, {n: "x"}),
            lambda n=name: rep.get("Shop__c", shop, [n]),
        ):
            with pytest.raises(ApiError) as refused:
                act()
            error = refused.value
            expected = f"No such column '{name}' on sobject of type Shop__c"
            assert (error.status, error.code, error.message) == (400, "INVALID_FIELD", expected)
    assert "Secret__c" not in rep.get("Shop__c", shop)
    assert "Secret__c" not in {field["name"] for field in rep.describe("Shop__c")["fields"]}


def test_a_field_that_is_read_and_not_edited_says_so(small: SmallOrg) -> None:
    rep = small.acting("rep")
    shop = rep.create("Shop__c", {"Name": "S"})
    assert rep.get("Shop__c", shop, ["Size__c"])["Size__c"] is None
    with pytest.raises(ApiError, match="INVALID_FIELD_FOR_INSERT_UPDATE: Unable to create/update fields: Size__c"):
        rep.update("Shop__c", shop, {"Size__c": 1})


def test_a_hidden_key_upserts_nothing_and_names_no_parent() -> None:
    key = Field(
        "Key__c", "Key", FieldType.STRING, length=10, external_id=True, unique=True, permissionable=True, custom=True
    )
    shelf = sobject("Shelf__c", "a09", Sharing.READ_WRITE, key)
    book = sobject("Book__c", "a08", Sharing.READ_WRITE, lookup("Shelf__c", "Shelf__c", "Books__r"))
    vault = replace(shelf, name="Vault__c", key_prefix="a07")
    small = small_org(more=(shelf, book, vault))
    admin, rep = small.acting("admin"), small.acting("rep")
    admin.create("Shelf__c", {"Key__c": "k"})
    with pytest.raises(ApiError) as refused:
        rep.upsert("Shelf__c", "Key__c", "k", {})
    message = "Provided external ID field does not exist or is not accessible: Key__c"
    assert (refused.value.status, refused.value.code, refused.value.message) == (404, "NOT_FOUND", message)
    with pytest.raises(ApiError, match="INVALID_FIELD"):
        rep.create("Book__c", {"Shelf__r": {"Key__c": "k"}})
    assert admin.get("Book__c", admin.create("Book__c", {"Shelf__r": {"Key__c": "k"}}))["Shelf__c"] is not None
    small.org.close()


def test_an_unreadable_object_is_an_unknown_one(small: SmallOrg) -> None:
    guest = small.acting("guest")
    for soql, code in (
        ("SELECT Id FROM Shop__c", "INVALID_TYPE"),
        ("SELECT COUNT() FROM Shop__c", "INVALID_TYPE"),
        ("SELECT Id, (SELECT Id FROM Managed_Shops__r) FROM User", "INVALID_TYPE"),
        ("SELECT Id FROM User WHERE Id IN (SELECT Manager__c FROM Shop__c)", "INVALID_TYPE"),
    ):
        with pytest.raises(ApiError) as refused:
            guest.query(soql)
        assert refused.value.code == code
    for act in (
        lambda: guest.get("Shop__c", "a01xx0000000001"),
        lambda: guest.create("Shop__c", {"Name": "S"}),
        lambda: guest.update("Shop__c", "a01xx0000000001", {}),
        lambda: guest.delete("Shop__c", "a01xx0000000001"),
        lambda: guest.upsert("Shop__c", "Code__c", "x", {}),
        lambda: guest.describe("Shop__c"),
    ):
        with pytest.raises(ApiError) as refused:
            act()
        expected = (404, "NOT_FOUND", "The requested resource does not exist")
        assert (refused.value.status, refused.value.code, refused.value.message) == expected
