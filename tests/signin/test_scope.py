"""Admin or User, from the rows of assignments and group members."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.caller import Scope
from app.org.reader import Row
from app.org.schema_map import PermissionSetNames
from app.signin.scope import scope_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NAMES = PermissionSetNames("LeanData", "Full_Access", "Dashboard_Access")
OWN_PROFILE = {"Name": "X00ex00000018ozT", "NamespacePrefix": None}


def assignment(name: str, *, namespace: str | None = "LeanData", **changes: Any) -> Row:
    return {
        "IsActive": True,
        "ExpirationDate": None,
        "PermissionSet": {"Name": name, "NamespacePrefix": namespace},
        "PermissionSetGroup": None,
        **changes,
    }


def group_assignment(group: str, *, status: str = "Updated", **changes: Any) -> Row:
    return assignment(f"Aggregate_{group}", PermissionSetGroup={"Id": group, "Status": status}, **changes)


def member(group: str, name: str, namespace: str | None = "LeanData") -> Row:
    return {"PermissionSetGroup": {"Id": group}, "PermissionSet": {"Name": name, "NamespacePrefix": namespace}}


def scope(*assignments: Row, members: tuple[Row, ...] = ()) -> Scope | None:
    return scope_of(assignments, members, NAMES, NOW)


def test_full_access_is_admin() -> None:
    assert scope(assignment("Full_Access")) is Scope.ADMIN


def test_dashboard_access_is_user() -> None:
    assert scope(assignment("Dashboard_Access")) is Scope.USER


def test_both_sets_are_admin_in_either_order() -> None:
    assert scope(assignment("Full_Access"), assignment("Dashboard_Access")) is Scope.ADMIN
    assert scope(assignment("Dashboard_Access"), assignment("Full_Access")) is Scope.ADMIN


@pytest.mark.parametrize("name", ["BookIt_Manager", "Pool_Manager", "LeanData_View", "full_access"])
def test_no_other_set_grants_a_scope(name: str) -> None:
    assert scope(assignment(name)) is None


def test_a_set_of_the_same_name_from_elsewhere_grants_nothing() -> None:
    assert scope(assignment("Full_Access", namespace=None)) is None
    assert scope(assignment("Full_Access", namespace="Evil")) is None


def test_an_assignment_counts_until_the_instant_it_expires() -> None:
    assert scope(assignment("Dashboard_Access", ExpirationDate=NOW + timedelta(seconds=1))) is Scope.USER
    assert scope(assignment("Dashboard_Access", ExpirationDate=NOW)) is None


def test_an_inactive_assignment_does_not_count() -> None:
    assert scope(assignment("Full_Access", IsActive=False)) is None


def test_a_set_counts_through_a_group_that_contains_it() -> None:
    assert scope(group_assignment("G1"), members=(member("G1", "Dashboard_Access"),)) is Scope.USER
    assert scope(group_assignment("G1"), members=(member("G1", "Full_Access"),)) is Scope.ADMIN


def test_a_member_of_a_group_that_the_user_is_not_in_does_not_count() -> None:
    assert scope(group_assignment("G1"), members=(member("G2", "Full_Access"),)) is None


@pytest.mark.parametrize("status", ["Outdated", "Updating", "Failed"])
def test_a_group_that_is_not_up_to_date_does_not_count(status: str) -> None:
    assert scope(group_assignment("G1", status=status), members=(member("G1", "Full_Access"),)) is None


def test_an_expired_group_assignment_does_not_count() -> None:
    assert scope(group_assignment("G1", ExpirationDate=NOW), members=(member("G1", "Full_Access"),)) is None


def test_nothing_assigned_is_no_access() -> None:
    assert scope() is None
    assert scope(assignment(OWN_PROFILE["Name"] or "", namespace=None)) is None


@given(st.lists(st.sampled_from(["BookIt_Manager", "Pool_Manager", "LeanData_View", "Dashboard_Access"]), max_size=6))
def test_only_full_access_makes_an_admin(held: list[str]) -> None:
    expected = Scope.USER if "Dashboard_Access" in held else None
    assert scope(*(assignment(name) for name in held)) is expected
