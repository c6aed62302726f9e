"""Describe says what a real org says, in its keys, and to each user only what he may read."""

import re
from typing import Any

import pytest

from app.local_org.access import Access, access_of
from app.local_org.errors import ApiError
from app.local_org.schema.describe import describe_global, describe_object, summarize_object
from app.local_org.schema.model import Schema

_OBJECT_KEYS = re.findall(
    r"\w+",
    """
    actionOverrides activateable associateEntityType associateParentEntity childRelationships compactLayoutable
    createable custom customSetting deepCloneable defaultImplementation deletable deprecatedAndHidden extendedBy
    extendsInterfaces feedEnabled fields hasSubtypes implementedBy implementsInterfaces isInterface isSubtype keyPrefix
    label labelPlural layoutable listviewable lookupLayoutable mergeable mruEnabled name namedLayoutInfos
    networkScopeFieldName queryable recordTypeInfos replicateable retrieveable searchLayoutable searchable
    sobjectDescribeOption supportedScopes triggerable undeletable updateable urls
""",
)
_FIELD_KEYS = re.findall(
    r"\w+",
    """
    aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula cascadeDelete caseSensitive
    compoundFieldName controllerName createable custom defaultValue defaultValueFormula defaultedOnCreate
    dependentPicklist deprecatedAndHidden digits displayLocationInDecimal encrypted externalId extraTypeInfo filterable
    filteredLookupInfo formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup inlineHelpText
    label length mask maskType name nameField namePointing nillable permissionable picklistValues polymorphicForeignKey
    precision queryByDistance referenceTargetField referenceTo relationshipName relationshipOrder restrictedDelete
    restrictedPicklist scale searchPrefilterable soapType sortable type unique updateable writeRequiresMasterRead
""",
)
_MEETING = "LeanData__BookIt_Meeting__c"


@pytest.fixture
def admin(schema: Schema) -> Access:
    return access_of(schema, [schema.permission_set("System Administrator")])


@pytest.fixture
def rep(schema: Schema) -> Access:
    held = [schema.permission_set("Standard User"), schema.permission_set("LeanData_Dashboard_Access", "LeanData")]
    return access_of(schema, held)


def _fields(schema: Schema, name: str, access: Access) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in describe_object(schema, name, access)["fields"]}


def test_every_object_has_the_45_keys_and_every_field_the_57(schema: Schema, admin: Access) -> None:
    assert (len(_OBJECT_KEYS), len(_FIELD_KEYS)) == (45, 57)
    for name in schema.objects:
        body = describe_object(schema, name, admin)
        assert sorted(body) == sorted(_OBJECT_KEYS)
        assert all(sorted(field) == sorted(_FIELD_KEYS) for field in body["fields"])


def test_the_global_describe_has_28_keys_for_each_object_that_the_user_reads(schema: Schema, rep: Access) -> None:
    body = describe_global(schema, rep)
    assert (body["encoding"], body["maxBatchSize"]) == ("UTF-8", 200)
    assert {len(entry) for entry in body["sobjects"]} == {28}
    names = {entry["name"] for entry in body["sobjects"]}
    assert names == {name for name in schema.objects if rep.can(name, "read")}
    assert "PermissionSetAssignment" not in names
    assert "LeanData__BookIt_Count_Entry__c" not in names


def test_an_unreadable_object_is_described_as_one_that_does_not_exist(schema: Schema, rep: Access) -> None:
    for name in ("LeanData__BookIt_Count_Entry__c", "PermissionSetAssignment", "Nothing__c"):
        with pytest.raises(ApiError) as refused:
            describe_object(schema, name, rep)
        assert (refused.value.status, refused.value.code) == (404, "NOT_FOUND")
        assert refused.value.message == "The requested resource does not exist"


def test_an_unreadable_field_is_absent(schema: Schema, admin: Access, rep: Access) -> None:
    assert "LeanData__Selection_Snapshot__c" in _fields(schema, _MEETING, admin)
    assert "LeanData__Selection_Snapshot__c" not in _fields(schema, _MEETING, rep)


def test_the_name_is_found_in_any_casing_and_answered_in_the_orgs(schema: Schema, rep: Access) -> None:
    assert describe_object(schema, _MEETING.upper(), rep)["name"] == _MEETING


def test_flags_are_the_users_own(schema: Schema, admin: Access, rep: Access) -> None:
    for key in ("createable", "updateable", "deletable", "undeletable"):
        assert describe_object(schema, _MEETING, admin)[key] is True
        assert describe_object(schema, _MEETING, rep)[key] is False
    start = "LeanData__Start__c"
    assert _fields(schema, _MEETING, admin)[start]["updateable"] is True
    assert _fields(schema, _MEETING, rep)[start]["updateable"] is False


def test_types_are_told_as_salesforce_tells_them(schema: Schema, admin: Access) -> None:
    fields = _fields(schema, _MEETING, admin)
    assert (fields["Id"]["type"], fields["Id"]["soapType"], fields["Id"]["byteLength"]) == ("id", "tns:ID", 18)
    meeting_id = fields["LeanData__Meeting_Id__c"]
    assert (meeting_id["length"], meeting_id["byteLength"]) == (64, 192)
    assert meeting_id["externalId"]
    assert meeting_id["idLookup"]
    assert meeting_id["unique"]
    count = fields["LeanData__Reschedule_Count__c"]
    assert (count["type"], count["precision"], count["scale"], count["digits"]) == ("double", 18, 0, 0)
    assert count["defaultValueFormula"] == "0"
    consent = fields["LeanData__SMS_Consent__c"]
    assert (consent["nillable"], consent["defaultedOnCreate"], consent["defaultValue"]) == (False, True, False)
    snapshot = fields["LeanData__Selection_Snapshot__c"]
    assert (snapshot["type"], snapshot["length"]) == ("textarea", 131072)
    assert not any(snapshot[key] for key in ("filterable", "groupable", "sortable", "aggregatable"))
    assert fields["Name"]["autoNumber"]
    assert not fields["Name"]["createable"]


def test_lookups_say_where_they_lead_and_what_a_delete_does(schema: Schema, admin: Access) -> None:
    host = _fields(schema, _MEETING, admin)["LeanData__Main_Host__c"]
    assert (host["referenceTo"], host["relationshipName"]) == (["User"], "LeanData__Main_Host__r")
    assert host["restrictedDelete"]
    assert not host["cascadeDelete"]
    detail = _fields(schema, "LeanData__BookIt_Attendee__c", admin)["LeanData__Meeting__c"]
    assert detail["cascadeDelete"]
    assert detail["relationshipOrder"] == 0
    assert not detail["updateable"]
    assert detail["createable"]
    owner = _fields(schema, "Event", admin)["OwnerId"]
    assert (owner["referenceTo"], owner["polymorphicForeignKey"]) == (["Calendar", "User"], True)


def test_picklist_entries_have_five_keys_and_tell_the_label(schema: Schema, admin: Access) -> None:
    shown = _fields(schema, "Event", admin)["ShowAs"]["picklistValues"]
    assert shown[1] == {
        "active": True,
        "defaultValue": False,
        "label": "Out of Office",
        "validFor": None,
        "value": "OutOfOffice",
    }


def test_child_relationships_are_those_that_the_user_reads(schema: Schema, admin: Access, rep: Access) -> None:
    def children(access: Access) -> dict[str | None, dict[str, Any]]:
        body = describe_object(schema, _MEETING, access)
        return {child["relationshipName"]: child for child in body["childRelationships"]}

    assert children(rep)["LeanData__Attendees__r"] == {
        "cascadeDelete": True,
        "childSObject": "LeanData__BookIt_Attendee__c",
        "deprecatedAndHidden": False,
        "field": "LeanData__Meeting__c",
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": "LeanData__Attendees__r",
        "restrictedDelete": False,
    }
    assert "LeanData__Count_Entries__r" in children(admin)
    assert "LeanData__Count_Entries__r" not in children(rep)


def test_there_is_always_the_master_record_type(schema: Schema, rep: Access) -> None:
    (record_type,) = describe_object(schema, _MEETING, rep)["recordTypeInfos"]
    assert record_type["recordTypeId"] == "012000000000000AAA"
    assert record_type["master"]


def test_urls_lead_to_the_object(schema: Schema, rep: Access) -> None:
    assert summarize_object(schema, _MEETING, rep)["urls"] == {
        "describe": f"/services/data/v66.0/sobjects/{_MEETING}/describe",
        "rowTemplate": f"/services/data/v66.0/sobjects/{_MEETING}/{{ID}}",
        "sobject": f"/services/data/v66.0/sobjects/{_MEETING}",
    }
