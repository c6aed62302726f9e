"""Owners, roles, groups and frozen users: what a write of them must meet, and what it does at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.local_org.errors import ApiError, Unsupported
from app.local_org.schema.model import Audience, AudienceKind, Sharing, SharingRule
from tests.support.small_org import BOARD, SmallOrg, small_org


def _refusal(act: Callable[[], Any]) -> tuple[int, str, str, tuple[str, ...] | None]:
    with pytest.raises(ApiError) as refused:
        act()
    error = refused.value
    return error.status, error.code, error.message, error.fields


def lead(small: SmallOrg, above: str, below: str) -> None:
    """Give the two people roles, one over the other."""
    admin = small.acting("admin")
    boss = admin.create("UserRole", {"Name": f"Over {below}"})
    role = admin.create("UserRole", {"Name": f"Of {below}", "ParentRoleId": boss})
    admin.update("User", small.people[above], {"UserRoleId": boss})
    admin.update("User", small.people[below], {"UserRoleId": role})


def test_a_manager_has_what_his_people_own_and_they_have_not_his(small: SmallOrg) -> None:
    mine, his = (small.acting(handle).create("Shop__c", {"Name": handle}) for handle in ("rep", "other"))
    lead(small, "other", "rep")
    other = small.acting("other")
    assert {row["Id"] for row in other.query("SELECT Id FROM Shop__c")["records"]} == {mine, his}
    other.update("Shop__c", mine, {"Name": "changed"})
    other.delete("Shop__c", mine)
    assert small.acting("rep").query("SELECT Id FROM Shop__c")["records"] == []


def test_a_lost_role_is_lost_in_the_session_that_is_open(small: SmallOrg) -> None:
    small.acting("rep").create("Shop__c", {"Name": "S"})
    session = small.acting("other")
    lead(small, "other", "rep")
    assert session.query("SELECT COUNT() FROM Shop__c")["totalSize"] == 1
    small.acting("admin").update("User", small.people["other"], {"UserRoleId": None})
    assert session.query("SELECT COUNT() FROM Shop__c")["totalSize"] == 0


def test_a_right_that_is_lost_between_two_pages_is_lost_for_the_second(small: SmallOrg) -> None:
    assigned = small.assign("other", "Auditor")
    small.org.load("Shop__c", [{"Name": "S", "OwnerId": small.people["rep"]} for _ in range(250)])
    other, rep = small.acting("other"), small.acting("rep")
    pages = [session.query("SELECT Id FROM Shop__c", batch_size=200) for session in (other, rep)]
    small.acting("admin").delete("PermissionSetAssignment", assigned)
    seconds = [
        session.query_more(page["nextRecordsUrl"].rpartition("/")[2])
        for session, page in zip((other, rep), pages, strict=True)
    ]
    assert [len(page["records"]) for page in seconds] == [0, 50]
    soql = f"SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{small.people['rep']}'"
    held = small.acting("admin").query(soql)["records"][0]["Id"]
    small.acting("admin").delete("PermissionSetAssignment", held)
    with pytest.raises(ApiError, match="INVALID_TYPE"):
        rep.query_more(pages[1]["nextRecordsUrl"].rpartition("/")[2])


def test_a_frozen_user_has_no_session_until_he_is_thawed(small: SmallOrg) -> None:
    session, admin = small.acting("rep"), small.acting("admin")
    login = admin.query(f"SELECT Id FROM UserLogin WHERE UserId = '{small.people['rep']}'")["records"][0]["Id"]
    admin.update("UserLogin", login, {"IsFrozen": True})
    expected = (401, "INVALID_SESSION_ID", "Session expired or invalid", None)
    assert _refusal(lambda: session.query("SELECT Id FROM Shop__c")) == expected
    admin.update("UserLogin", login, {"IsFrozen": False})
    session.query("SELECT Id FROM Shop__c")


def test_an_owner_is_active_and_reads_the_object(small: SmallOrg) -> None:
    rep, admin = small.acting("rep"), small.acting("admin")
    shop = rep.create("Shop__c", {"Name": "S"})
    assert _refusal(lambda: rep.update("Shop__c", shop, {"OwnerId": small.people["guest"]}))[1] == (
        "TRANSFER_REQUIRES_READ"
    )
    admin.update("User", small.people["other"], {"IsActive": False})
    message = f"operation performed with inactive user [{small.people['other'][:15]}] as owner of shop"
    expected = (400, "INACTIVE_OWNER_OR_USER", message, ())
    assert _refusal(lambda: rep.update("Shop__c", shop, {"OwnerId": small.people["other"]})) == expected
    assert _refusal(lambda: rep.create("Shop__c", {"Name": "T", "OwnerId": small.people["other"]})) == expected


def test_only_a_queue_among_groups_owns_rows_and_its_members_have_them(small: SmallOrg) -> None:
    admin, rep = small.acting("admin"), small.acting("rep")
    shop = rep.create("Shop__c", {"Name": "S"})
    group = admin.create("Group", {"Name": "Everyone"})
    expected = (400, "INVALID_CROSS_REFERENCE_KEY", "Queue not associated with this SObject type", ("OwnerId",))
    assert _refusal(lambda: rep.update("Shop__c", shop, {"OwnerId": group})) == expected
    queue = admin.create("Group", {"Name": "Inbox", "Type": "Queue"})
    admin.create("GroupMember", {"GroupId": queue, "UserOrGroupId": small.people["other"]})
    rep.update("Shop__c", shop, {"OwnerId": queue})
    assert rep.query("SELECT Id FROM Shop__c")["records"] == []
    small.acting("other").update("Shop__c", shop, {"OwnerId": small.people["other"]})


def test_a_read_write_row_is_given_away_and_deleted_by_its_owner_alone(small: SmallOrg) -> None:
    lease = small.acting("rep").create("Lease__c", {"Name": "L"})
    other = small.acting("other")
    other.update("Lease__c", lease, {"Name": "x"})
    expected = (403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", ())
    assert _refusal(lambda: other.update("Lease__c", lease, {"OwnerId": small.people["other"]})) == expected
    assert _refusal(lambda: other.delete("Lease__c", lease)) == expected


def test_roles_and_groups_make_no_rings(small: SmallOrg) -> None:
    admin = small.acting("admin")
    top = admin.create("UserRole", {"Name": "VP of Sales"})
    assert admin.get("UserRole", top, ["DeveloperName"])["DeveloperName"] == "VP_of_Sales"
    below = admin.create("UserRole", {"Name": "Rep", "ParentRoleId": top})
    for parent in (top, below):
        assert _refusal(lambda p=parent: admin.update("UserRole", top, {"ParentRoleId": p}))[1] == "CIRCULAR_DEPENDENCY"
    one, two = (admin.create("Group", {"Name": name}) for name in ("One", "Two"))
    admin.create("GroupMember", {"GroupId": one, "UserOrGroupId": two})
    ring = {"GroupId": two, "UserOrGroupId": one}
    assert _refusal(lambda: admin.create("GroupMember", ring))[1] == "CIRCULAR_DEPENDENCY"
    assert _refusal(lambda: admin.delete("UserRole", top))[1] == "DELETE_FAILED"


def test_what_is_not_modelled_is_refused_by_name(small: SmallOrg) -> None:
    admin = small.acting("admin")
    for act, found in (
        (lambda: admin.query("SELECT Id FROM Shop__Share"), "manual sharing: the rows of Shop__Share"),
        (lambda: admin.create("EventShare", {}), "manual sharing: the rows of EventShare"),
        (lambda: admin.create("Group", {"Name": "G", "Type": "Role"}), "a group of type Role"),
    ):
        with pytest.raises(Unsupported, match=found):
            act()
    with pytest.raises(ApiError, match="INVALID_TYPE"):
        admin.query("SELECT Id FROM Visit__Share")


def test_a_rule_with_a_role_that_no_row_has_is_loud() -> None:
    rule = SharingRule("R", edit=False, shared_to=Audience(AudienceKind.ROLE, "Nobody"))
    private = replace(BOARD, name="Ruled__c", key_prefix="a09", sharing=Sharing.PRIVATE, sharing_rules=(rule,))
    small = small_org(more=(private,))
    with pytest.raises(Unsupported, match="the role Nobody, which no UserRole row has"):
        small.acting("rep").query("SELECT Id FROM Ruled__c")
    small.org.close()
