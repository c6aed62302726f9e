"""Which rows a user sees and edits; most of it takes several users, so it is tested and not checked."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.checks.findings import Finding
from scripts.checks.model import Area, Need, Sure
from scripts.checks.visit import Visit

AREA = Area("Sharing")

_HELP = "Salesforce Help, Organization-Wide Sharing Defaults"
_ACCESS = "Object Reference, UserRecordAccess"


@AREA.check(
    "sharing.record_access",
    "UserRecordAccess tells what a user may do with a row: the owner everything, MaxAccessLevel All",
    source=_ACCESS,
    sure=Sure.DOC,
)
def record_access(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    owner = visit.rows(f"SELECT OwnerId FROM Account WHERE Id = '{record_id}'")[0]["OwnerId"]
    row = visit.rows(
        "SELECT RecordId, HasReadAccess, HasEditAccess, HasDeleteAccess, HasTransferAccess, HasAllAccess, "
        f"MaxAccessLevel FROM UserRecordAccess WHERE UserId = '{owner}' AND RecordId = '{record_id}'"
    )[0]
    expected = [record_id, True, True, True, True, True, "All"]
    yield Finding("one's own account", expected, [value for name, value in row.items() if name != "attributes"])


@AREA.check(
    "sharing.record_access_form",
    "UserRecordAccess wants a user and at most 200 records: else it is refused with 400",
    source=_ACCESS,
    sure=Sure.DOC,
)
def record_access_form(visit: Visit) -> Iterator[Finding]:
    yield Finding("no user", 400, visit.query("SELECT RecordId FROM UserRecordAccess").status)


@AREA.check(
    "sharing.hidden_record_access",
    "UserRecordAccess leaves out the rows that the running user cannot read",
    source=_ACCESS,
    sure=Sure.DOC,
    needs=(Need.LIMITED_USER,),
)
def hidden_record_access(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    owner = visit.rows(f"SELECT OwnerId FROM Account WHERE Id = '{record_id}'")[0]["OwnerId"]
    soql = f"SELECT RecordId FROM UserRecordAccess WHERE UserId = '{owner}' AND RecordId = '{record_id}'"
    answer = visit.query(soql, limited=True)
    yield Finding("rows", (200, []), (answer.status, answer.body["records"]))


_TWO_USERS = "it takes several users, roles and rules, which a check does not make"

AREA.cannot_check(
    "sharing.defaults",
    "Private rows are their owner's, Public Read rows are read by all, Public Read/Write rows edited by all; only who "
    "has all of a row deletes it or gives it away",
    source=_HELP,
    sure=Sure.DOC,
    because=_TWO_USERS,
    test="engine/test_sharing.py::test_a_private_row_is_its_owners_and_the_admins",
)
AREA.cannot_check(
    "sharing.hierarchy",
    "What is an owner's is also of those above him in the role hierarchy, and a queue's rows are its members'",
    source="Salesforce Help, Role Hierarchy and Queues",
    sure=Sure.DOC,
    because=_TWO_USERS,
    test="engine/test_ownership_and_roles.py::test_a_manager_has_what_his_people_own_and_they_have_not_his",
)
AREA.cannot_check(
    "sharing.rules",
    "Sharing rules, by owner or by criteria, open rows to read or to edit, never to delete",
    source="Salesforce Help, Sharing Rules; Metadata API Developer Guide, SharingRules",
    sure=Sure.DOC,
    because=_TWO_USERS,
    test="engine/test_sharing_agrees_with_python.py::test_everybody_has_of_every_row_what_the_rules_say",
)
AREA.cannot_check(
    "sharing.detail",
    "A detail follows its master, a junction both of them: who edits the master edits and deletes the detail",
    source="Salesforce Help, Master-Detail Relationships",
    sure=Sure.DOC,
    because=_TWO_USERS,
    test="engine/test_sharing.py::test_a_detail_follows_its_master",
)
AREA.cannot_check(
    "sharing.events",
    "An event is its owner's and those above him; who reads the record that it is about reads it too; a private one is "
    "its owner's alone, but for View All Data",
    source="Salesforce Help, Sharing Defaults for Activities; Object Reference, Event; that a private one is absent "
    "from a query is background knowledge",
    sure=Sure.DOC,
    because=_TWO_USERS,
    test="engine/test_event_sharing.py::test_an_event_is_its_owners_and_his_managers",
)
AREA.cannot_check(
    "sharing.view_all",
    "View All and Modify All, of an object or of all data, go past sharing, and not past field security",
    source="Salesforce Help, View All and Modify All Permissions",
    sure=Sure.DOC,
    because=_TWO_USERS,
    test="engine/test_sharing.py::test_view_all_of_the_object_shows_every_row_but_edits_none",
)
