"""The running user: what his rows give him, and that a change of them acts at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.local_org.errors import ApiError
from tests.support.small_org import NOON, SmallOrg


def _sees_shops(small: SmallOrg, handle: str) -> bool:
    try:
        small.acting(handle).query("SELECT Id FROM Shop__c")
    except ApiError as error:
        if error.code != "INVALID_TYPE":
            raise
        return False
    return True


def test_an_assignment_acts_at_once_and_so_does_its_end(small: SmallOrg) -> None:
    session = small.acting("guest")
    assert not _sees_shops(small, "guest")
    assignment = small.assign("guest", "Shop_User")
    assert session.query("SELECT Id FROM Shop__c")["totalSize"] == 0
    small.acting("admin").delete("PermissionSetAssignment", assignment)
    assert not _sees_shops(small, "guest")


def test_an_assignment_ends_when_it_expires(small: SmallOrg) -> None:
    small.assign("guest", "Shop_User", ExpirationDate=NOON + timedelta(hours=1))
    assert _sees_shops(small, "guest")
    small.clock.advance(timedelta(hours=1))
    assert not _sees_shops(small, "guest")


def test_an_assignment_that_is_not_active_gives_nothing(small: SmallOrg) -> None:
    small.assign("guest", "Shop_User", IsActive=False)
    assert not _sees_shops(small, "guest")


def test_a_group_gives_its_members_through_its_aggregate_set(small: SmallOrg) -> None:
    group = small.id_of("PermissionSetGroup", "Everything")
    assigned = {"AssigneeId": small.people["guest"], "PermissionSetGroupId": group}
    small.acting("admin").create("PermissionSetAssignment", assigned)
    assert _sees_shops(small, "guest")
    soql = (
        "SELECT PermissionSet.Name, PermissionSet.Type, PermissionSetGroup.DeveloperName, PermissionSetGroup.Status"
        f" FROM PermissionSetAssignment WHERE AssigneeId = '{small.people['guest']}'"
    )
    record = small.acting("admin").query(soql)["records"][0]
    assert (record["PermissionSet"]["Name"], record["PermissionSet"]["Type"]) == ("Everything", "Group")
    assert (record["PermissionSetGroup"]["DeveloperName"], record["PermissionSetGroup"]["Status"]) == (
        "Everything",
        "Updated",
    )
    soql = "SELECT PermissionSet.NamespacePrefix, PermissionSet.Name FROM PermissionSetGroupComponent ORDER BY Id"
    members = [record["PermissionSet"] for record in small.acting("admin").query(soql)["records"]]
    assert [(member["NamespacePrefix"], member["Name"]) for member in members] == [
        ("ns", "Shop_User"),
        ("ns", "Auditor"),
    ]


def test_a_change_inside_a_transaction_counts_inside_it_and_goes_with_it(small: SmallOrg) -> None:
    def act() -> None:
        with small.org.transaction():
            small.assign("guest", "Shop_User")
            assert _sees_shops(small, "guest")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not _sees_shops(small, "guest")


def test_an_inactive_or_unknown_user_has_no_session(small: SmallOrg) -> None:
    session = small.acting("rep")
    small.acting("admin").update("User", small.people["rep"], {"IsActive": False})
    for dead in (session, small.org.acting("005xx0000000099"), small.org.acting("nobody")):
        with pytest.raises(ApiError) as refused:
            dead.query("SELECT Id FROM User")
        assert (refused.value.status, refused.value.code) == (401, "INVALID_SESSION_ID")


def test_a_profile_has_a_set_of_its_own(small: SmallOrg) -> None:
    soql = (
        "SELECT Name, Type, Profile.Name FROM PermissionSet"
        " WHERE IsOwnedByProfile = true AND PermissionsViewAllData = true"
    )
    record = small.acting("admin").query(soql)["records"][0]
    assert (record["Type"], record["Profile"]["Name"]) == ("Profile", "System Administrator")
    assert record["Name"].startswith("X00e")


def test_everybody_reads_his_own_system_permissions(small: SmallOrg) -> None:
    soql = "SELECT PermissionsViewSetup, PermissionsApiEnabled FROM UserPermissionAccess"
    for handle, sets_up in (("admin", True), ("guest", False)):
        body = small.acting(handle).query(soql)
        record = body["records"][0]
        assert body["totalSize"] == 1
        assert (record["PermissionsViewSetup"], record["PermissionsApiEnabled"]) == (sets_up, True)
    filtered = "SELECT PermissionsViewSetup FROM UserPermissionAccess WHERE PermissionsViewSetup = true"
    assert small.acting("guest").query(filtered)["records"] == []


def test_installed_packages_stand_in_the_tooling_api(small: SmallOrg) -> None:
    soql = (
        "SELECT Id, SubscriberPackage.NamespacePrefix, SubscriberPackageVersion.MajorVersion,"
        " SubscriberPackageVersion.MinorVersion FROM InstalledSubscriberPackage"
        " WHERE SubscriberPackage.NamespacePrefix = 'NS'"
    )
    record = small.acting("admin").tooling_query(soql)["records"][0]
    assert record["Id"].startswith("0A3")
    assert record["SubscriberPackage"]["NamespacePrefix"] == "ns"
    version = record["SubscriberPackageVersion"]
    assert (version["MajorVersion"], version["MinorVersion"]) == (8, 2)
    with pytest.raises(ApiError, match="INVALID_TYPE"):
        small.acting("rep").tooling_query(soql)


def test_the_org_knows_itself(small: SmallOrg) -> None:
    soql = "SELECT Id, Name, TimeZoneSidKey, IsSandbox FROM Organization"
    record = small.acting("guest").query(soql)["records"][0]
    assert record["Id"] == small.org.info.org_id == "00Dxx0000000001EAA"
    assert (record["TimeZoneSidKey"], record["IsSandbox"]) == ("America/Los_Angeles", False)
    soql = "SELECT NamespacePrefix, Status FROM PackageLicense"
    licence = small.acting("admin").query(soql)["records"][0]
    assert (licence["NamespacePrefix"], licence["Status"]) == ("ns", "Active")
