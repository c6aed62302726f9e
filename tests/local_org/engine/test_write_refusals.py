"""Writes that are refused: the exact statuses, codes, texts and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.local_org.errors import ApiError
from tests.support.small_org import SmallOrg

_SECURITY = (
    "Please check the security settings of this field and verify that it is read/write for your profile or permission"
    " set."
)
_MISSING_FIELD = "or request may be missing a required field at [line:1, column:2]"
_NOWHERE = "001xx0000000099AAA"


def _bad(kind: str, token: str, value: str) -> str:
    return f"Cannot deserialize instance of {kind} from {token} value {value} {_MISSING_FIELD}"


@pytest.mark.parametrize(
    ("values", "code", "message", "fields"),
    [
        ({}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ("Name",)),
        ({"Name": ""}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ("Name",)),
        (
            {"Name": "x" * 81},
            "STRING_TOO_LONG",
            f"Shop Name: data value too large: {'x' * 81} (max length=80)",
            ("Name",),
        ),
        (
            {"Name": "S", "Kind__c": "Huge"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Shop Kind: bad value for restricted picklist field: Huge",
            ("Kind__c",),
        ),
        (
            {"Name": "S", "Tags__c": "red;pink"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Tags: bad value for restricted picklist field: pink",
            ("Tags__c",),
        ),
        (
            {"Name": "S", "Mail__c": "nobody"},
            "INVALID_EMAIL_ADDRESS",
            "Mail: invalid email address: nobody",
            ("Mail__c",),
        ),
        ({"Name": "S", "Foo": 1}, "INVALID_FIELD", "No such column 'Foo' on sobject of type Shop__c", None),
        (
            {"Name": "S", "Secret__c": "x"},
            "INVALID_FIELD",
            "No such column 'Secret__c' on sobject of type Shop__c",
            None,
        ),
        (
            {"Name": "S", "Size__c": 1, "CreatedDate": "2026-01-01T00:00:00Z"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: Size__c, CreatedDate. {_SECURITY}",
            ("Size__c", "CreatedDate"),
        ),
        ({"Name": 3}, "JSON_PARSER_ERROR", _bad("string", "VALUE_NUMBER_INT", "3"), None),
        ({"Name": "S", "Floors__c": "3"}, "JSON_PARSER_ERROR", _bad("int", "VALUE_STRING", "3"), None),
        ({"Name": "S", "Floors__c": 1.5}, "JSON_PARSER_ERROR", _bad("int", "VALUE_NUMBER_FLOAT", "1.5"), None),
        ({"Name": "S", "Active__c": "yes"}, "JSON_PARSER_ERROR", _bad("boolean", "VALUE_STRING", "yes"), None),
        ({"Name": "S", "Opened__c": "1.2.2026"}, "JSON_PARSER_ERROR", _bad("date", "VALUE_STRING", "1.2.2026"), None),
        (
            {"Name": "S", "Opened__c": "2026-02-30"},
            "JSON_PARSER_ERROR",
            _bad("date", "VALUE_STRING", "2026-02-30"),
            None,
        ),
        (
            {"Name": "S", "Seen__c": "2026-02-01T10:00:00"},
            "JSON_PARSER_ERROR",
            _bad("datetime", "VALUE_STRING", "2026-02-01T10:00:00"),
            None,
        ),
        ({"Name": "S", "Opens__c": "25:00"}, "JSON_PARSER_ERROR", _bad("time", "VALUE_STRING", "25:00"), None),
        (
            {"Name": "S", "Floors__c": 10000},
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Floors: value outside of valid range on numeric field: 10000",
            ("Floors__c",),
        ),
        ({"Name": "half \ud800"}, "JSON_PARSER_ERROR", _bad("string", "VALUE_STRING", "half \ud800"), None),
        ({"Name": "S", "Parent__c": "abc"}, "MALFORMED_ID", "malformed id abc", ("Parent__c",)),
        (
            {"Name": "S", "Parent__c": _NOWHERE},
            "MALFORMED_ID",
            f"Parent: id value of incorrect type: {_NOWHERE}",
            ("Parent__c",),
        ),
        (
            {"Name": "S", "Parent__c": "a01xx0000000099"},
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id",
            (),
        ),
        (
            {"Name": "S", "Kind__c": "Large"},
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "A large shop has a size.",
            ("Size__c",),
        ),
        (
            {"Name": "S", "Active__c": None},
            "INVALID_TYPE_ON_FIELD_IN_RECORD",
            "Active: value not of required type: ",
            ("Active__c",),
        ),
        (
            {"Name": "S", "Id": "a01xx0000000001"},
            "INVALID_FIELD",
            "The Id field should not be specified in the sobject data.",
            None,
        ),
    ],
)
def test_a_create_is_refused(
    small: SmallOrg, values: Mapping[str, Any], code: str, message: str, fields: tuple[str, ...] | None
) -> None:
    with pytest.raises(ApiError) as refused:
        small.acting("rep").create("Shop__c", values)
    error = refused.value
    assert (error.status, error.code, error.message, error.fields) == (400, code, message, fields)
    assert small.acting("rep").query("SELECT COUNT() FROM Shop__c")["totalSize"] == 0


def test_a_duplicate_names_the_other_record_by_its_short_id(small: SmallOrg) -> None:
    rep = small.acting("rep")
    first = rep.create("Shop__c", {"Name": "S", "Code__c": "abc"})
    for act in (
        lambda: rep.create("Shop__c", {"Name": "S", "Code__c": "ABC"}),
        lambda: rep.update("Shop__c", rep.create("Shop__c", {"Name": "T"}), {"Code__c": "Abc"}),
    ):
        with pytest.raises(ApiError) as refused:
            act()
        expected = f"duplicate value found: Code__c duplicates value on record with id: {first[:15]}"
        assert (refused.value.status, refused.value.code, refused.value.message) == (400, "DUPLICATE_VALUE", expected)


def test_a_record_may_keep_its_own_unique_value(small: SmallOrg) -> None:
    rep = small.acting("rep")
    shop = rep.create("Shop__c", {"Name": "S", "Code__c": "abc"})
    rep.update("Shop__c", shop, {"Code__c": "ABC"})
    assert rep.get("Shop__c", shop, ["Code__c"])["Code__c"] == "ABC"


def test_an_update_is_checked_as_a_create_is(small: SmallOrg) -> None:
    rep = small.acting("rep")
    shop = rep.create("Shop__c", {"Name": "S", "Floors__c": 4})
    for values, code in (
        ({"Name": None}, "REQUIRED_FIELD_MISSING"),
        ({"Kind__c": "Large"}, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        ({"Floors__c": 3}, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        ({"CreatedById": small.people["other"]}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    ):
        with pytest.raises(ApiError) as refused:
            rep.update("Shop__c", shop, values)
        assert refused.value.code == code
    visit = rep.create("Visit__c", {"Shop__c": shop})
    with pytest.raises(ApiError, match="INVALID_FIELD_FOR_INSERT_UPDATE"):
        rep.update("Visit__c", visit, {"Shop__c": shop})


@pytest.mark.parametrize(
    ("record_id", "status", "code", "message"),
    [
        ("a01xx0000000099", 404, "NOT_FOUND", "The requested resource does not exist"),
        ("001xx0000000001", 404, "NOT_FOUND", "The requested resource does not exist"),
        ("abc", 400, "MALFORMED_ID", "malformed id abc"),
    ],
)
def test_an_id_without_a_record_is_refused(
    small: SmallOrg, record_id: str, status: int, code: str, message: str
) -> None:
    rep = small.acting("rep")
    for act in (
        lambda: rep.get("Shop__c", record_id),
        lambda: rep.update("Shop__c", record_id, {"Name": "x"}),
        lambda: rep.delete("Shop__c", record_id),
    ):
        with pytest.raises(ApiError) as refused:
            act()
        assert (refused.value.status, refused.value.code, refused.value.message) == (status, code, message)


def test_a_second_delete_finds_the_record_deleted(small: SmallOrg) -> None:
    rep = small.acting("rep")
    shop = rep.create("Shop__c", {"Name": "S"})
    rep.delete("Shop__c", shop)
    with pytest.raises(ApiError) as refused:
        rep.delete("Shop__c", shop)
    error = refused.value
    assert (error.status, error.code, error.message, error.fields) == (
        404,
        "ENTITY_IS_DELETED",
        "entity is deleted",
        (),
    )
    with pytest.raises(ApiError, match="ENTITY_IS_DELETED"):
        rep.create("Visit__c", {"Shop__c": shop})


def test_an_external_id_that_is_none_is_refused(small: SmallOrg) -> None:
    with pytest.raises(ApiError) as refused:
        small.acting("rep").upsert("Shop__c", "Name", "x", {})
    expected = "Provided external ID field does not exist or is not accessible: Name"
    assert (refused.value.status, refused.value.code, refused.value.message) == (404, "NOT_FOUND", expected)
    with pytest.raises(ApiError, match="The Code__c field should not be specified in the sobject data"):
        small.acting("rep").upsert("Shop__c", "Code__c", "x", {"Name": "S", "code__c": "y"})


def test_an_object_without_permission_does_not_exist(small: SmallOrg) -> None:
    guest = small.acting("guest")
    with pytest.raises(ApiError) as refused:
        guest.create("Shop__c", {"Name": "S"})
    assert (refused.value.status, refused.value.code) == (404, "NOT_FOUND")


def test_an_object_that_nobody_writes_is_refused(small: SmallOrg) -> None:
    with pytest.raises(ApiError) as refused:
        small.acting("admin").create("Profile", {"Name": "Mine"})
    expected = "entity type cannot be inserted: Profile"
    assert (refused.value.code, refused.value.message) == ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", expected)


def test_writing_needs_the_right_on_the_object(small: SmallOrg) -> None:
    small.assign("guest", "Auditor")
    with pytest.raises(ApiError) as refused:
        small.acting("guest").create("Shop__c", {"Name": "S"})
    assert (refused.value.status, refused.value.code) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")


@pytest.mark.parametrize("size", [1000, -1000, 999.999, 1e308])
def test_a_number_with_too_many_digits_is_refused(small: SmallOrg, size: float) -> None:
    with pytest.raises(ApiError, match="NUMBER_OUTSIDE_VALID_RANGE"):
        small.acting("admin").create("Shop__c", {"Name": "S", "Size__c": size})
