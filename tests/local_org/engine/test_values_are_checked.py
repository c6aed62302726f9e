"""Each type of field, each rule of the object: what a value must be, and what is refused in which words."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from app.local_org.errors import ApiError
from app.local_org.rest.bodies import error_array, save_errors
from app.local_org.schema.model import Field, FieldType, PicklistValue, Sharing, ValidationRule
from tests.support.small_org import SmallOrg, picklist, small_org, sobject

_OPEN_PICKLIST = Field(
    "Open__c", "Open", FieldType.PICKLIST, length=255, picklist=(PicklistValue("One", "One"),), custom=True
)
_RETIRED = Field(
    "Retired__c",
    "Retired",
    FieldType.PICKLIST,
    length=255,
    picklist=(PicklistValue("New", "New"), PicklistValue("Old", "Old", active=False)),
    restricted_picklist=True,
    custom=True,
)
_RULES = (
    ValidationRule("A_Rule", "Number__c < 0", "A number is not negative.", "Number__c"),
    ValidationRule("B_Rule", "AND(NOT(ISNEW()), ISCHANGED(Open__c), Number__c < 5)", "Too small to change."),
)


@pytest.fixture
def org() -> Generator[SmallOrg]:
    thing = sobject(
        "Thing__c",
        "a09",
        Sharing.READ_WRITE,
        Field("Number__c", "Number", FieldType.DOUBLE, precision=4, scale=1, custom=True),
        Field("Whole__c", "Whole", FieldType.DOUBLE, precision=3, scale=0, custom=True),
        Field("Phone__c", "Phone", FieldType.PHONE, length=40, custom=True),
        Field("Web__c", "Web", FieldType.URL, length=255, custom=True),
        Field("Mail__c", "Mail", FieldType.EMAIL, length=80, custom=True),
        Field("Any__c", "Any", FieldType.STRING, length=10, unique=True, custom=True),
        Field("Exact__c", "Exact", FieldType.STRING, length=10, unique=True, case_sensitive=True, custom=True),
        picklist("Many__c", "Many", "red", "green", kind=FieldType.MULTIPICKLIST),
        _OPEN_PICKLIST,
        _RETIRED,
        rules=_RULES,
    )
    made = small_org(more=(thing,))
    yield made
    made.org.close()


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("Number__c", 1.25, 1.3),
        ("Number__c", 999.94, 999.9),
        ("Whole__c", 2.5, 3.0),
        ("Phone__c", "call me", "call me"),
        ("Web__c", "no url", "no url"),
        ("Mail__c", "o'neill+x@mail.example", "o'neill+x@mail.example"),
        ("Many__c", "red;green", "red;green"),
        ("Open__c", "anything", "anything"),
        ("Retired__c", "New", "New"),
        ("Mail__c", "", None),
        ("Many__c", None, None),
    ],
)
def test_a_value_is_taken(org: SmallOrg, field: str, value: object, stored: object) -> None:
    rep = org.acting("rep")
    assert rep.get("Thing__c", rep.create("Thing__c", {field: value}))[field] == stored


@pytest.mark.parametrize(
    ("field", "value", "code", "message"),
    [
        (
            "Number__c",
            1000,
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Number: value outside of valid range on numeric field: 1000",
        ),
        (
            "Number__c",
            999.95,
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Number: value outside of valid range on numeric field: 999.95",
        ),
        ("Phone__c", "1" * 41, "STRING_TOO_LONG", f"Phone: data value too large: {'1' * 41} (max length=40)"),
        ("Mail__c", "a@b", "INVALID_EMAIL_ADDRESS", "Mail: invalid email address: a@b"),
        ("Mail__c", "a@b.c d", "INVALID_EMAIL_ADDRESS", "Mail: invalid email address: a@b.c d"),
        (
            "Retired__c",
            "Old",
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Retired: bad value for restricted picklist field: Old",
        ),
        (
            "Many__c",
            "red;blue",
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Many: bad value for restricted picklist field: blue",
        ),
        ("Open__c", "x" * 256, "STRING_TOO_LONG", f"Open: data value too large: {'x' * 256} (max length=255)"),
    ],
)
def test_a_value_is_refused(org: SmallOrg, field: str, value: object, code: str, message: str) -> None:
    rep = org.acting("rep")
    thing = rep.create("Thing__c", {})
    for act in (lambda: rep.create("Thing__c", {field: value}), lambda: rep.update("Thing__c", thing, {field: value})):
        with pytest.raises(ApiError) as refused:
            act()
        error = refused.value
        assert (error.status, error.code, error.message, error.fields) == (400, code, message, (field,))


def test_unique_is_without_case_unless_the_field_says_otherwise(org: SmallOrg) -> None:
    rep = org.acting("rep")
    first = rep.create("Thing__c", {"Any__c": "Straße", "Exact__c": "abc"})
    rep.create("Thing__c", {"Exact__c": "ABC"})
    message = f"duplicate value found: Any__c duplicates value on record with id: {first[:15]}"
    with pytest.raises(ApiError, match=f"DUPLICATE_VALUE: {message}"):
        rep.create("Thing__c", {"Any__c": "STRAßE"})
    with pytest.raises(ApiError, match="DUPLICATE_VALUE"):
        rep.create("Thing__c", {"Exact__c": "abc"})


def test_every_rule_that_is_broken_is_told(org: SmallOrg) -> None:
    rep = org.acting("rep")
    thing = rep.create("Thing__c", {"Open__c": "One", "Number__c": 1})
    with pytest.raises(ApiError) as refused:
        rep.update("Thing__c", thing, {"Number__c": -1, "Open__c": "Two"})
    code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    told: list[dict[str, Any]] = [
        {"message": "A number is not negative.", "errorCode": code, "fields": ["Number__c"]},
        {"message": "Too small to change.", "errorCode": code, "fields": []},
    ]
    assert error_array(refused.value) == told
    renamed = [{"statusCode": one["errorCode"], "message": one["message"], "fields": one["fields"]} for one in told]
    assert save_errors(refused.value) == renamed
    assert rep.get("Thing__c", thing)["Open__c"] == "One"


def test_deleted_rows_come_back_by_query_all_only_and_to_those_who_saw_them(org: SmallOrg) -> None:
    rep = org.acting("rep")
    shop = rep.create("Shop__c", {"Name": "S"})
    visit = rep.create("Visit__c", {"Shop__c": shop})
    rep.delete("Shop__c", shop)
    for name, record_id in (("Shop__c", shop), ("Visit__c", visit)):
        soql = f"SELECT Id, IsDeleted FROM {name}"
        assert rep.query(soql)["records"] == []
        rows = rep.query(soql, all_rows=True)["records"]
        assert [(row["Id"], row["IsDeleted"]) for row in rows] == [(record_id, True)]
        assert org.acting("other").query(soql, all_rows=True)["records"] == []
        with pytest.raises(ApiError) as refused:
            rep.update(name, record_id, {})
        assert (refused.value.status, refused.value.code) == (404, "ENTITY_IS_DELETED")
    with pytest.raises(ApiError, match="ENTITY_IS_DELETED"):
        rep.create("Lease__c", {"Name": "L", "Shop__c": shop})
