"""What a user may not see does not exist for him."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.checks.areas.soql_refusals import caret, no_object
from scripts.checks.findings import Finding, OneOf
from scripts.checks.model import Area, Need, Sure
from scripts.checks.visit import Visit, refusal

AREA = Area("Permissions")

_LIMITED = (Need.LIMITED_USER,)
NOT_THERE = "The requested resource does not exist"


@AREA.check(
    "permissions.object",
    "An object that the user cannot read is refused in SOQL as one that does not exist: INVALID_TYPE",
    source="captured from real orgs",
    sure=Sure.FIX,
    needs=_LIMITED,
)
def hidden_object(visit: Visit) -> Iterator[Finding]:
    soql = "SELECT Id FROM Account"
    message = caret(soql, 16, no_object("Account"))
    yield refusal("Account", visit.query(soql, limited=True), 400, "INVALID_TYPE", message)


@AREA.check(
    "permissions.object_over_rest",
    "Its describe is 404 NOT_FOUND, and the global describe omits it",
    source="captured from real orgs",
    sure=Sure.FIX,
    needs=_LIMITED,
)
def hidden_describe(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("GET", "/sobjects/Account/describe", limited=True)
    yield refusal("describe", answer, 404, "NOT_FOUND", NOT_THERE)
    names = {entry["name"] for entry in visit.call("GET", "/sobjects", limited=True).body["sobjects"]}
    yield Finding("listed", (False, True), ("Account" in names, "User" in names))


@AREA.check(
    "permissions.setup_objects",
    "PermissionSetAssignment is INVALID_TYPE without View Setup, Assign Permission Sets or Manage Users",
    source="Object Reference, PermissionSetAssignment, Special Access Rules; public reports of INVALID_TYPE for "
    "PermissionSetGroup (OrgCheck #111) and FieldPermissions (jetstream #110)",
    sure=Sure.DOC,
    needs=_LIMITED,
)
def setup_objects(visit: Visit) -> Iterator[Finding]:
    soql = "SELECT Id FROM PermissionSetAssignment"
    answer = visit.query(soql, limited=True)
    yield Finding("code", (400, "INVALID_TYPE"), (answer.status, answer.body[0]["errorCode"]))


@AREA.check(
    "permissions.own_permissions",
    "Everybody may ask UserPermissionAccess for his own system permissions: one row",
    source="Object Reference, UserPermissionAccess",
    sure=Sure.DOC,
    needs=_LIMITED,
)
def own_permissions(visit: Visit) -> Iterator[Finding]:
    answer = visit.query("SELECT PermissionsViewAllData, PermissionsApiEnabled FROM UserPermissionAccess", limited=True)
    got = [(row["PermissionsViewAllData"], row["PermissionsApiEnabled"]) for row in answer.body["records"]]
    yield Finding("view all, API", [(False, True)], got)


@AREA.check(
    "permissions.hidden_row",
    "A row that is not shared with the user is absent from a query, and 404 for a read",
    source="captured from real orgs; events are private by default",
    sure=Sure.FIX,
    needs=_LIMITED,
)
def hidden_row(visit: Visit) -> Iterator[Finding]:
    event = visit.make("Event", Subject=visit.name(), StartDateTime="2031-05-06T07:00:00Z", DurationInMinutes=30)
    answer = visit.query(f"SELECT Id FROM Event WHERE Id = '{event}'", limited=True)
    yield Finding("query", (200, []), (answer.status, answer.body["records"]))
    answer = visit.call("GET", f"/sobjects/Event/{event}", limited=True)
    yield refusal("read", answer, 404, "NOT_FOUND", NOT_THERE)


@AREA.check(
    "permissions.no_write",
    "A write that the user's permissions do not allow is refused with 400, 403 or 404",
    source="captured from real orgs: 403 INSUFFICIENT_ACCESS_OR_READONLY, or 404 where he cannot even read",
    sure=Sure.FIX,
    needs=_LIMITED,
)
def no_write(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Account", json={"Name": visit.name()}, limited=True)
    yield Finding("create", OneOf((403, 404)), answer.status)
    me = visit.rows("SELECT Id FROM User WHERE IsActive = true LIMIT 1")[0]["Id"]
    answer = visit.call("PATCH", f"/sobjects/User/{me}", json={"Title": "x"}, limited=True)
    yield Finding("update of somebody", OneOf((400, 403, 404)), answer.status)


AREA.cannot_check(
    "permissions.field",
    "A field that no permission set opens is refused as one that does not exist, in SOQL, reads, writes and describe; "
    "View All Data does not open it",
    source="captured from real orgs",
    sure=Sure.FIX,
    because="it takes a user with an object and without one of its fields, which differs from org to org",
    test="engine/test_field_security.py::test_a_query_cannot_tell_it_from_one_that_is_not_there",
)
AREA.cannot_check(
    "permissions.at_once",
    "A permission that is taken away is gone at the next request",
    source="background knowledge",
    sure=Sure.BG,
    because="a check does not change anybody's permissions",
    test="engine/test_people.py::test_an_assignment_acts_at_once_and_so_does_its_end",
)
AREA.cannot_check(
    "permissions.insufficient",
    "A visible row that the user may not edit is 403 INSUFFICIENT_ACCESS_OR_READONLY; a lookup to a row that he may "
    "not see INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY; an object that takes no such write "
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    source="captured from real orgs",
    sure=Sure.FIX,
    because="it takes two users and sharing that differs from org to org",
    codes=(
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    ),
    test="engine/test_write_refusals.py::test_writing_needs_the_right_on_the_object",
)
