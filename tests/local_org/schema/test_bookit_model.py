"""The compiled schema holds the domain's model, no more and no less."""

import re

import pytest

from app.local_org.schema.model import DeleteRule, Field, FieldType, Schema, Sharing
from tests.local_org.schema.bookit_model import CHILDREN, LEANDATA, OURS, PICKLISTS

_STANDARD = {
    *("Id", "OwnerId", "IsDeleted", "Name", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"),
    "SystemModstamp",
}


def _expected(fields: str, prefix: str) -> dict[str, str]:
    listed = (field.split() for field in re.split(r",\s*", fields.strip()) if field)
    return {f"{prefix}{name}__c": kind for name, kind in listed}


_OBJECTS = {
    **{f"LeanData__{name}__c": _expected(fields, "LeanData__") for name, fields in LEANDATA.items()},
    **{f"{name}__c": _expected(fields, "") for name, fields in OURS.items()},
}


def _spelled(field: Field) -> str:
    """The field in the form of the hand-written list."""
    if field.type is FieldType.REFERENCE:
        name = field.reference_to[0].removeprefix("LeanData__").removesuffix("__c")
        kind = f"{'>>' if field.master_detail else '>'}{name}"
    else:
        kind = "int" if field.type is FieldType.DOUBLE and field.scale == 0 else field.type.value
    return f"{kind}{'!' if field.required else ''}{'=' if field.unique else ''}"


@pytest.mark.parametrize("name", _OBJECTS)
def test_an_object_has_the_domains_fields_with_their_types_and_no_others(schema: Schema, name: str) -> None:
    fields = schema.objects[name].fields
    assert {field.name: _spelled(field) for field in fields.values() if field.custom} == _OBJECTS[name]


def test_there_is_no_custom_object_that_the_domain_does_not_know(schema: Schema) -> None:
    assert {name for name, sobject in schema.objects.items() if sobject.custom} == set(_OBJECTS)


def test_custom_objects_have_the_standard_fields_and_details_have_no_owner(schema: Schema) -> None:
    for sobject in schema.objects.values():
        if sobject.custom:
            is_detail = any(field.master_detail for field in sobject.fields.values())
            assert set(sobject.fields) & _STANDARD == _STANDARD - ({"OwnerId"} if is_detail else set[str]())
            assert (sobject.sharing is Sharing.CONTROLLED_BY_PARENT) == is_detail


@pytest.mark.parametrize("path", PICKLISTS)
def test_picklists_are_restricted_to_the_domains_values(schema: Schema, path: str) -> None:
    object_name, _, field_name = path.partition(".")
    field = schema.objects[f"LeanData__{object_name}__c"].fields[f"LeanData__{field_name}__c"]
    assert [value.value for value in field.picklist] == PICKLISTS[path]
    assert field.restricted_picklist


@pytest.mark.parametrize("parent", CHILDREN)
def test_children_go_by_the_names_that_subqueries_use(schema: Schema, parent: str) -> None:
    names = {child.name for child in schema.objects[f"LeanData__{parent}__c"].child_relationships}
    assert names == {f"LeanData__{name}__r" for name in CHILDREN[parent]}


def test_pool_type_category_and_link_are_plain_lookups_on_what_is_written_often(schema: Schema) -> None:
    for name in ("Meeting", "Count_Entry", "Credit_Request"):
        fields = schema.objects[f"LeanData__BookIt_{name}__c"].fields.values()
        assert not any(field.master_detail for field in fields)


def test_a_required_lookup_keeps_its_parent_from_being_deleted(schema: Schema) -> None:
    for sobject in schema.objects.values():
        for field in sobject.fields.values():
            if field.custom and field.type is FieldType.REFERENCE and field.required and not field.master_detail:
                assert field.delete_rule is DeleteRule.RESTRICT


def test_keys_that_claim_something_are_unique_external_ids_that_heed_case(schema: Schema) -> None:
    keys = {
        "BookIt_MCP_Claim__c": "Claim_Key__c",
        "BookIt_MCP_Operation__c": "Operation_Key__c",
        "LeanData__BookIt_Count_Entry__c": "LeanData__Entry_Key__c",
        "LeanData__BookIt_Credit_Request__c": "LeanData__Open_Key__c",
        "LeanData__BookIt_Meeting__c": "LeanData__Meeting_Id__c",
    }
    for object_name, field_name in keys.items():
        field = schema.objects[object_name].fields[field_name]
        assert field.unique
        assert field.external_id
        assert field.case_sensitive


def test_an_internal_name_is_unique_whatever_its_case_and_a_display_name_is_not(schema: Schema) -> None:
    fields = schema.objects["LeanData__BookIt_Meeting_Type__c"].fields
    assert fields["LeanData__Internal_Name__c"].unique
    assert not fields["LeanData__Internal_Name__c"].case_sensitive
    assert not fields["LeanData__Display_Name__c"].unique


def test_rules_of_salesforce_speak_of_qualified_names(schema: Schema) -> None:
    meeting = {rule.name: rule for rule in schema.objects["LeanData__BookIt_Meeting__c"].validation_rules}
    assert meeting["End_After_Start"].formula == "LeanData__End__c <= LeanData__Start__c"
    assert meeting["End_After_Start"].error_field == "LeanData__End__c"
    consent = meeting["SMS_Consent_Not_Through_MCP"].formula
    assert consent == 'AND(LeanData__SMS_Consent__c, ISPICKVAL(LeanData__Booking_Method__c, "MCP"))'
    member = schema.objects["LeanData__BookIt_Pool_Member__c"].validation_rules
    assert [rule.name for rule in member] == ["Weight_Not_Negative"]


def test_every_name_in_a_rule_is_a_field_of_its_object(schema: Schema) -> None:
    for sobject in schema.objects.values():
        for rule in sobject.validation_rules:
            names = {found[0] for found in re.finditer(r"\w+__c\b", rule.formula)}
            assert names
            assert rule.error_field is None or rule.error_field in names
            assert names <= set(sobject.fields)


def test_key_prefixes_are_unique_and_tell_custom_from_standard(schema: Schema) -> None:
    prefixes = [sobject.key_prefix for sobject in schema.objects.values()]
    assert len(set(prefixes)) == len(prefixes)
    assert all(len(prefix) == 3 for prefix in prefixes)
    assert all(sobject.key_prefix.startswith("a") == sobject.custom for sobject in schema.objects.values())
