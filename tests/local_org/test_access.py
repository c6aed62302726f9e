"""Permissions of one user: unions, setup objects, and what the all-data permissions imply."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local_org.access import READ_WITH, Access, Action, access_of
from app.local_org.schema.compile import compile_schema
from app.local_org.schema.model import FieldPermission, ObjectPermission, PermissionSet

_SCHEMA = compile_schema(Path(__file__).parents[2] / "salesforce_package")
_MEETING = "LeanData__BookIt_Meeting__c"
_COMPANY = "LeanData__Company__c"
_START = "LeanData__Start__c"
_ACTIONS: tuple[Action, ...] = ("read", "create", "edit", "delete", "view_all", "modify_all")


def _system(*names: str) -> Access:
    return access_of(_SCHEMA, [PermissionSet("P", None, "P", system_permissions=frozenset(names))])


def _granting(permission: ObjectPermission, **fields: FieldPermission) -> PermissionSet:
    named = {f"{_MEETING}.{name}": access for name, access in fields.items()}
    return PermissionSet("P", None, "P", object_permissions={_MEETING: permission}, field_permissions=named)


def test_nobody_without_a_permission_set_reads_a_meeting() -> None:
    access = access_of(_SCHEMA, [])
    assert not any(access.can(_MEETING, action) for action in _ACTIONS)
    assert not access.can_read_field(_MEETING, "Id")


def test_permission_sets_add_up() -> None:
    reads = _granting(ObjectPermission(read=True), **{_COMPANY: FieldPermission(readable=True)})
    edits = _granting(ObjectPermission(read=True, edit=True), **{_COMPANY: FieldPermission(True, True)})
    assert not access_of(_SCHEMA, [reads]).can(_MEETING, "edit")
    both = access_of(_SCHEMA, [reads, edits])
    assert both.can(_MEETING, "edit")
    assert both.can_edit_field(_MEETING, _COMPANY)


def test_what_every_row_must_hold_is_readable_with_the_object() -> None:
    access = access_of(_SCHEMA, [_granting(ObjectPermission(read=True))])
    assert access.can_read_field(_MEETING, _START)
    assert access.can_read_field(_MEETING, "CreatedDate")
    assert not access.can_read_field(_MEETING, _COMPANY)


def test_a_field_that_the_org_sets_is_nobodys_to_edit() -> None:
    access = access_of(_SCHEMA, [_SCHEMA.permission_set("System Administrator")])
    assert access.can_edit_field(_MEETING, _START)
    assert access.can_edit_field("LeanData__BookIt_Attendee__c", "LeanData__Meeting__c")
    assert not access.can_edit_field(_MEETING, "CreatedDate")
    assert not access.can_edit_field(_MEETING, "Name")


def test_what_does_not_exist_cannot_be_read_by_anybody() -> None:
    access = _system("ViewAllData", "ModifyAllData")
    assert not access.can("LeanData__Nothing__c", "read")
    assert not access.can_read_field(_MEETING, "Nothing__c")


def test_view_all_data_reads_every_row_and_edits_none() -> None:
    access = _system("ViewAllData")
    assert access.can(_MEETING, "read")
    assert access.can(_MEETING, "view_all")
    assert access.can("Event", "view_all")
    assert not access.can(_MEETING, "edit")
    assert not access.can("Event", "modify_all")


def test_view_all_data_opens_no_closed_field() -> None:
    assert not _system("ViewAllData").can_read_field(_MEETING, _COMPANY)


def test_modify_all_data_does_everything_with_the_data() -> None:
    access = _system("ModifyAllData")
    assert all(access.can(_MEETING, action) for action in _ACTIONS)
    assert access.can("Event", "modify_all")


@pytest.mark.parametrize("name", READ_WITH)
def test_setup_objects_need_a_setup_permission(name: str) -> None:
    assert not _system("ApiEnabled", "ViewAllData", "ModifyAllData").can(name, "read")
    for permission in READ_WITH[name]:
        assert _system(permission).can(name, "read")


def test_a_plain_rep_reads_no_permission_set_assignment() -> None:
    held = [
        _SCHEMA.permission_set("Standard User"),
        _SCHEMA.permission_set("LeanData_Dashboard_Access", "LeanData"),
    ]
    access = access_of(_SCHEMA, held)
    assert not access.can("PermissionSetAssignment", "read")
    assert access.can("UserPermissionAccess", "read")
    assert access.can("User", "read")
    assert not access.can("User", "edit")


def test_everybody_reads_events_and_edits_them_with_a_permission() -> None:
    assert _system().can("Event", "read")
    assert not _system().can("Event", "create")
    assert _system("EditEvent").can("Event", "create")


_permissions = st.builds(ObjectPermission, *([st.booleans()] * 6))


@given(st.lists(_permissions, max_size=4), _permissions)
def test_one_more_permission_set_never_takes_anything_away(
    held: list[ObjectPermission], more: ObjectPermission
) -> None:
    before = access_of(_SCHEMA, [_granting(permission) for permission in held])
    after = access_of(_SCHEMA, [_granting(permission) for permission in (*held, more)])
    assert all(after.can(_MEETING, action) for action in _ACTIONS if before.can(_MEETING, action))
