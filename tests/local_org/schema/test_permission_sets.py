"""What the packaged permission sets give, and what they keep."""

import pytest

from app.local_org.access import Access, access_of, members_of
from app.local_org.schema.catalogue.system_permissions import (
    CRM_RECORDS,
    MINIMUM_ACCESS,
    PROFILES,
    STANDARD_USER,
    SYSTEM_ADMINISTRATOR,
)
from app.local_org.schema.model import Schema

_LABELS = {
    "LeanData_Custom_Objects_Full_Access": "LeanData Custom Objects Full Access",
    "LeanData_Dashboard_Access": "LeanData Dashboard Access",
    "LeanData_View": "LeanData View",
    "BookIt_Manager": "BookIt Manager",
    "Pool_Manager": "Pool Manager",
}

_REPS_READ = (
    *("Meeting", "Attendee", "Meeting_Activity", "Meeting_Type", "Meeting_Category", "Link", "Link_Meeting_Type"),
    *("User_Setting", "Working_Hours", "Vacation", "Holiday", "Conference_Connection", "Credit_Request"),
)
_CLOSED_TO_REPS = (
    "LeanData__BookIt_Count_Entry__c",
    "LeanData__BookIt_Pool_Member__c",
    "LeanData__BookIt_Pool_Manager__c",
    "LeanData__BookIt_Graph__c",
    "LeanData__Log__c",
    "BookIt_MCP_Claim__c",
    "BookIt_MCP_Operation__c",
)


def _with(schema: Schema, profile: str, *leandata_sets: str) -> Access:
    held = [schema.permission_set(profile), *(schema.permission_set(name, "LeanData") for name in leandata_sets)]
    return access_of(schema, held)


@pytest.fixture
def rep(schema: Schema) -> Access:
    return _with(schema, STANDARD_USER, "LeanData_Dashboard_Access")


def test_the_five_sets_exist_by_api_name_and_label(schema: Schema) -> None:
    found = {held.name: held.label for held in schema.permission_sets if held.namespace == "LeanData"}
    assert found == _LABELS


def test_the_group_gives_dashboard_access(schema: Schema) -> None:
    (group,) = schema.permission_set_groups
    assert [(held.namespace, held.name) for held in members_of(schema, group)] == [
        ("LeanData", "LeanData_Dashboard_Access")
    ]


def test_full_access_is_every_object_and_field_of_bookit(schema: Schema) -> None:
    access = _with(schema, MINIMUM_ACCESS, "LeanData_Custom_Objects_Full_Access")
    for sobject in schema.objects.values():
        if sobject.name.startswith("LeanData__"):
            assert access.can(sobject.name, "modify_all")
            assert access.can(sobject.name, "create")
            assert all(access.can_read_field(sobject.name, name) for name in sobject.fields)
            assert all(
                access.can_edit_field(sobject.name, field.name)
                for field in sobject.fields.values()
                if field.custom and field.createable
            )
    assert not access.can("BookIt_MCP_Operation__c", "read")


@pytest.mark.parametrize("name", _REPS_READ)
def test_a_rep_reads_what_user_scope_needs_and_changes_none_of_it(rep: Access, name: str) -> None:
    api_name = f"LeanData__BookIt_{name}__c"
    assert rep.can(api_name, "read")
    for action in ("create", "edit", "delete", "view_all", "modify_all"):
        assert not rep.can(api_name, action)


@pytest.mark.parametrize("name", _CLOSED_TO_REPS)
def test_a_rep_does_not_see_counts_members_logs_or_our_own_objects(rep: Access, name: str) -> None:
    assert not rep.can(name, "read")


def test_a_rep_sees_a_pools_name_but_neither_its_settings_nor_how_a_host_was_chosen(rep: Access) -> None:
    assert rep.can_read_field("LeanData__BookIt_Pool__c", "LeanData__Grouping_Name__c")
    assert not rep.can_read_field("LeanData__BookIt_Pool__c", "LeanData__Reset_Date__c")
    assert rep.can_read_field("LeanData__BookIt_Meeting__c", "LeanData__Prospect_Email__c")
    assert not rep.can_read_field("LeanData__BookIt_Meeting__c", "LeanData__Selection_Snapshot__c")


def test_view_reads_everything_and_changes_nothing(schema: Schema) -> None:
    access = _with(schema, MINIMUM_ACCESS, "LeanData_View")
    for name in schema.objects:
        if name.startswith("LeanData__"):
            assert access.can(name, "read")
            assert not access.can(name, "edit")


def test_a_pool_manager_adds_to_the_ledger_and_changes_no_row_of_it(schema: Schema) -> None:
    access = _with(schema, STANDARD_USER, "Pool_Manager")
    assert access.can("LeanData__BookIt_Count_Entry__c", "create")
    assert not access.can("LeanData__BookIt_Count_Entry__c", "edit")
    assert access.can("LeanData__BookIt_Pool_Member__c", "edit")
    assert not access.can("LeanData__BookIt_Meeting__c", "edit")


def test_the_org_connections_set_is_ours_and_opens_our_objects_alone(schema: Schema) -> None:
    held = schema.permission_set("BookIt_MCP_Org_Connection")
    access = access_of(schema, [schema.permission_set(MINIMUM_ACCESS), held])
    assert access.can("BookIt_MCP_Claim__c", "create")
    assert access.can("BookIt_MCP_Operation__c", "view_all")
    assert not access.can("LeanData__BookIt_Meeting__c", "read")
    assert access.system == {"ApiEnabled"}


def test_the_profiles_are_there_and_only_the_administrators_opens_custom_objects(schema: Schema) -> None:
    for profile in PROFILES:
        access = access_of(schema, [schema.permission_set(profile)])
        is_admin = profile == SYSTEM_ADMINISTRATOR
        assert access.can("LeanData__BookIt_Meeting__c", "read") == is_admin
        assert access.can_read_field("LeanData__BookIt_Meeting__c", "LeanData__Selection_Snapshot__c") == is_admin


def test_minimum_access_reads_no_account_until_the_customers_own_set_is_added(schema: Schema) -> None:
    minimum = schema.permission_set(MINIMUM_ACCESS)
    assert not access_of(schema, [minimum]).can("Account", "read")
    assert access_of(schema, [minimum, schema.permission_set(CRM_RECORDS)]).can("Account", "read")


def test_a_permission_set_that_does_not_exist_is_a_key_error(schema: Schema) -> None:
    with pytest.raises(KeyError):
        schema.permission_set("LeanData_View")
