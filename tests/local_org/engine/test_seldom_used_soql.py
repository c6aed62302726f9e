"""SOQL that few statements use, answered: the exact bodies, and the refusals of a real org."""

from __future__ import annotations

from typing import Any

import pytest

from app.local_org.engine import labels
from app.local_org.engine.sql import Params
from app.local_org.errors import ApiError
from app.local_org.schema.fields import owner, text_name
from app.local_org.schema.model import Field, FieldType, PicklistValue, Sharing
from tests.support.small_org import SHOP, SmallOrg, lookup, small_org, sobject

_ROOT = "/services/data/v66.0/sobjects"


def _attributes(kind: str, record_id: str, shown: str | None = None) -> dict[str, str]:
    return {"type": shown or kind, "url": f"{_ROOT}/{kind}/{record_id}"}


def _names(small: SmallOrg, soql: str, who: str = "rep", **more: Any) -> list[str]:
    return [record["Name"] for record in small.acting(who).query(soql, **more)["records"]]


@pytest.fixture
def group(small: SmallOrg) -> str:
    return small.org.load("Group", [{"Name": "Night", "DeveloperName": "Night", "Type": "Queue"}])[0]


@pytest.fixture
def shops(small: SmallOrg, group: str) -> dict[str, str]:
    """One shop of the rep's, one of the other's, one of the queue's, each under the one before it."""
    rows: list[dict[str, Any]] = []
    for name, owned_by in (("A", small.people["rep"]), ("B", small.people["other"]), ("C", group)):
        above = rows[-1]["Id"] if rows else None
        rows.append({"Id": small.org.new_id("Shop__c"), "Name": name, "OwnerId": owned_by, "Parent__c": above})
    small.org.load("Shop__c", rows)
    return {row["Name"]: row["Id"] for row in rows}


def test_typeof_gives_each_owner_the_fields_of_its_type(small: SmallOrg, shops: dict[str, str], group: str) -> None:
    soql = (
        "SELECT Name, TYPEOF Owner WHEN User THEN Email, Profile.Name WHEN group THEN DeveloperName END FROM Shop__c "
        "WHERE Name IN ('A', 'C') ORDER BY Name"
    )
    rep = small.people["rep"]
    profile = small.org.as_system().query("SELECT ProfileId FROM User WHERE Email = 'rep@shops.example'")
    profile_id = profile["records"][0]["ProfileId"]
    assert small.acting("admin").query(soql)["records"] == [
        {
            "attributes": _attributes("Shop__c", shops["A"]),
            "Name": "A",
            "Owner": {
                "attributes": _attributes("User", rep),
                "Email": "rep@shops.example",
                "Profile": {
                    "attributes": _attributes("Profile", profile_id),
                    "Name": "Minimum Access - Salesforce",
                },
            },
        },
        {
            "attributes": _attributes("Shop__c", shops["C"]),
            "Name": "C",
            "Owner": {"attributes": _attributes("Group", group), "DeveloperName": "Night"},
        },
    ]


def test_typeof_without_a_branch_for_the_type_takes_else_or_is_null(
    small: SmallOrg, shops: dict[str, str], group: str
) -> None:
    admin = small.acting("admin")
    soql = "SELECT TYPEOF Owner WHEN User THEN Email {} END FROM Shop__c WHERE Name = 'C'"
    (without,) = admin.query(soql.format(""))["records"]
    assert without["Owner"] is None
    (with_else,) = admin.query(soql.format("ELSE Name"))["records"]
    assert with_else["Owner"] == {"attributes": _attributes("Group", group, "Name"), "Name": "Night"}
    above = (
        "SELECT Parent__r.Name, TYPEOF Parent__r.Owner WHEN User THEN Alias ELSE Id END FROM Shop__c WHERE Name = 'B'"
    )
    (nested,) = admin.query(above)["records"]
    assert nested["Parent__r"]["Name"] == "A"
    assert nested["Parent__r"]["Owner"]["attributes"] == _attributes("User", small.people["rep"])
    assert shops


def test_a_path_goes_through_an_owner_to_his_profile(small: SmallOrg, shops: dict[str, str]) -> None:
    soql = "SELECT Name, Owner.Profile.Name FROM Shop__c WHERE Owner.Profile.Name LIKE 'Minimum%' ORDER BY Name"
    found = small.acting("admin").query(soql)["records"]
    assert [record["Owner"]["Profile"]["Name"] for record in found] == ["Minimum Access - Salesforce"] * 2
    assert shops


def test_a_queue_says_that_it_is_one(small: SmallOrg, shops: dict[str, str]) -> None:
    soql = "SELECT Name, Owner.Type FROM Shop__c WHERE Owner.Type = 'queue'"
    (record,) = small.acting("admin").query(soql)["records"]
    assert (record["Name"], record["Owner"]["Type"]) == ("C", "Queue")
    assert small.acting("admin").query(soql.replace("'queue'", "'User'"))["totalSize"] == len(shops) - 1


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        ("SELECT TYPEOF Parent__r WHEN Shop__c THEN Name END FROM Shop__c", "MALFORMED_QUERY", "needs a polymorphic"),
        ("SELECT TYPEOF Owner WHEN Shop__c THEN Name END FROM Shop__c", "INVALID_TYPE", "'Shop__c' is not supported"),
        ("SELECT TYPEOF Owner WHEN User THEN Nope END FROM Shop__c", "INVALID_FIELD", "No such column 'Nope'"),
        (
            "SELECT TYPEOF Owner WHEN User THEN Id WHEN user THEN Id END FROM Shop__c",
            "MALFORMED_QUERY",
            "duplicate type",
        ),
        ("SELECT TYPEOF Nope WHEN User THEN Id END FROM Shop__c", "INVALID_FIELD", "understand relationship 'Nope'"),
        (
            "SELECT Owner.TimeZoneSidKey FROM Shop__c",
            "INVALID_FIELD",
            "No such column 'TimeZoneSidKey' on entity 'Name'",
        ),
        ("SELECT Owner.Manager.Name FROM Shop__c", "INVALID_FIELD", "understand relationship 'Manager'"),
        ("SELECT FIELDS(ALL) FROM Shop__c", "MALFORMED_QUERY", "must have a LIMIT of at most 200"),
        ("SELECT Id, FIELDS(ALL) FROM Shop__c LIMIT 1", "MALFORMED_QUERY", "duplicate field selected: Id"),
        ("SELECT toLabel(Floors__c) FROM Shop__c", "MALFORMED_QUERY", "of type int does not support toLabel()"),
        ("SELECT Kind__c, toLabel(Kind__c) FROM Shop__c", "MALFORMED_QUERY", "duplicate field selected: Kind__c"),
        ("SELECT Id FROM Shop__c USING SCOPE nearby", "MALFORMED_QUERY", "invalid filter scope: nearby"),
        ("SELECT Id FROM Visit__c USING SCOPE mine", "MALFORMED_QUERY", "not supported for Visit__c"),
        ("SELECT Id FROM Shop__c ALL ROWS", "MALFORMED_QUERY", "ALL ROWS not allowed in this context"),
        ("SELECT Id FROM Shop__c FOR UPDATE", "MALFORMED_QUERY", "FOR UPDATE not allowed in this context"),
        ("SELECT Id FROM Shop__c WITH SECURITY_ENFORCED", "MALFORMED_QUERY", "SECURITY_ENFORCED not allowed"),
        ("SELECT Id FROM Shop__c WITH USER_MODE", "MALFORMED_QUERY", "WITH USER_MODE not allowed in this context"),
        ("SELECT a.Name FROM Shop__c s, s.Nope__r a", "INVALID_FIELD", "understand relationship 'Nope__r'"),
        ("SELECT COUNT(Active__c) FROM Shop__c", "MALFORMED_QUERY", "does not support aggregate operator COUNT"),
        ("SELECT MIN(Opens__c) FROM Shop__c", "MALFORMED_QUERY", "does not support aggregate operator MIN"),
        ("SELECT COUNT_DISTINCT(Tags__c) FROM Shop__c", "MALFORMED_QUERY", "operator COUNT_DISTINCT"),
        ("SELECT COUNT(Note__c) FROM Shop__c", "MALFORMED_QUERY", "does not support aggregate operator COUNT"),
        (
            "SELECT Id, (SELECT Id FROM Visits__r), (SELECT Name FROM Visits__r) FROM Shop__c",
            "MALFORMED_QUERY",
            "duplicate relationship selected: Visits__r",
        ),
    ],
)
def test_a_real_orgs_refusals(small: SmallOrg, soql: str, code: str, words: str) -> None:
    with pytest.raises(ApiError) as refused:
        small.acting("rep").query(soql)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert words in refused.value.message


def test_fields_are_those_that_the_caller_may_read(small: SmallOrg, shops: dict[str, str]) -> None:
    (every,) = small.acting("rep").query("SELECT FIELDS(ALL) FROM Shop__c WHERE Name = 'A' LIMIT 200")["records"]
    (standard,) = small.acting("rep").query("SELECT FIELDS(STANDARD) FROM Shop__c WHERE Name = 'A'")["records"]
    (custom,) = small.acting("rep").query("SELECT FIELDS(CUSTOM), Id FROM Shop__c WHERE Name = 'A' LIMIT 1")["records"]
    assert list(every) == ["attributes", *(name for name in SHOP.fields if name != "Secret__c")]
    assert {"Id", "Name", "OwnerId", "SystemModstamp"} <= set(standard)
    assert not [name for name in standard if name.endswith("__c") and SHOP.fields[name].custom]
    assert "Floors__c" in custom
    assert every["Id"] == standard["Id"] == custom["Id"] == shops["A"]


def test_a_scope_narrows_to_ones_own_rows(small: SmallOrg, shops: dict[str, str]) -> None:
    soql = "SELECT Name FROM Shop__c USING SCOPE {} ORDER BY Name"
    assert _names(small, soql.format("everything"), "admin") == sorted(shops)
    assert _names(small, soql.format("mine"), "admin") == []
    small.assign("rep", "Auditor")
    assert _names(small, soql.format("Everything")) == sorted(shops)
    assert _names(small, soql.format("MINE")) == ["A"]


def test_from_may_name_a_parent(small: SmallOrg, shops: dict[str, str]) -> None:
    soql = "SELECT s.Name, p.Name, g.Id FROM Shop__c s, s.Parent__r p, p.Parent__r g WHERE p.Name = 'B' ORDER BY g.Name"
    (record,) = small.acting("admin").query(soql)["records"]
    assert (record["Name"], record["Parent__r"]["Name"]) == ("C", "B")
    assert record["Parent__r"]["Parent__r"]["Id"] == shops["A"]
    children = "SELECT Name, (SELECT Shop__c.Name FROM s.Branches__r) FROM Shop__c s WHERE Name = 'A'"
    (parent,) = small.acting("admin").query(children)["records"]
    assert [branch["Name"] for branch in parent["Branches__r"]["records"]] == ["B"]


def test_all_rows_and_for_view_are_taken_where_they_change_nothing(small: SmallOrg, shops: dict[str, str]) -> None:
    small.acting("rep").delete("Shop__c", shops["A"])
    assert _names(small, "SELECT Name FROM Shop__c ALL ROWS", all_rows=True) == ["A"]
    assert _names(small, "SELECT Name FROM Shop__c ORDER BY Name FOR VIEW FOR REFERENCE", "admin") == ["B", "C"]


def test_a_childs_offset_needs_a_single_parent(small: SmallOrg, shops: dict[str, str]) -> None:
    rep = small.acting("rep")
    for guest in ("Ann", "Ben", "Cleo"):
        rep.create("Visit__c", {"Shop__c": shops["A"], "Guest__c": guest})
    soql = (
        "SELECT Id, (SELECT Guest__c FROM Visits__r ORDER BY Guest__c LIMIT 1 OFFSET 1) FROM Shop__c WHERE Name = 'A'"
    )
    with pytest.raises(ApiError, match="unless its parent has LIMIT 1"):
        rep.query(soql)
    (record,) = rep.query(f"{soql} LIMIT 1")["records"]
    assert [visit["Guest__c"] for visit in record["Visits__r"]["records"]] == ["Ben"]


def test_an_activitys_parents_are_polymorphic(small: SmallOrg) -> None:
    admin = small.acting("admin")
    account = admin.create("Account", {"Name": "Acme"})
    admin.create(
        "Event",
        {
            "Subject": "Call",
            "WhatId": account,
            "StartDateTime": "2026-11-25T12:00:00Z",
            "EndDateTime": "2026-11-25T12:30:00Z",
            "OwnerId": small.people["admin"],
        },
    )
    soql = "SELECT What.Type, TYPEOF Owner WHEN User THEN Email END FROM Event WHERE What.Type = 'Account'"
    (event,) = admin.query(soql)["records"]
    assert event["What"] == {"attributes": _attributes("Account", account, "Name"), "Type": "Account"}
    assert event["Owner"]["Email"] == "admin@shops.example"
    (event,) = admin.query("SELECT TYPEOF What WHEN Account THEN Name END FROM Event")["records"]
    assert event["What"] == {"attributes": _attributes("Account", account), "Name": "Acme"}


def test_a_polymorphic_parent_counts_once_for_each_of_its_objects(small: SmallOrg) -> None:
    people = ("CreatedBy", "LastModifiedBy", "Manager__r")
    paths = [f"{'Parent__r.' * depth}{who}" for depth in range(5) for who in ("Owner", *people)]
    paths += [
        f"{path}.{up}" for path in paths for up in ("Profile", "Manager") if "Owner" not in path and path.count(".") < 4
    ]
    listed = ", ".join(f"{path}.Name" for path in paths)
    # 48 relationships, five of them to two objects.
    assert small.acting("rep").query(f"SELECT {listed} FROM Shop__c")["totalSize"] == 0
    more = ", ".join(f"{who}.UserRole.Name" for who in people)
    with pytest.raises(ApiError, match="at most 55 child-to-parent relationships"):
        small.acting("rep").query(f"SELECT {listed}, {more} FROM Shop__c")


def test_rolled_up_groups_have_subtotals(small: SmallOrg) -> None:
    rep = small.acting("rep")
    for kind, floors in (("Small", 1), ("Small", 2), ("Small", 2), (None, 2)):
        rep.create("Shop__c", {"Name": "S", "Kind__c": kind, "Floors__c": floors})
    soql = (
        "SELECT Kind__c k, Floors__c, GROUPING(Kind__c) gk, GROUPING(Floors__c), COUNT(Id) n FROM Shop__c"
        " GROUP BY ROLLUP(Kind__c, Floors__c) ORDER BY GROUPING(Kind__c), Kind__c, GROUPING(Floors__c), Floors__c"
    )
    found = rep.query(soql)
    rows = [tuple(record.values())[1:] for record in found["records"]]
    assert rows == [
        (None, 2, 0, 0, 1),
        (None, None, 0, 1, 1),
        ("Small", 1, 0, 0, 1),
        ("Small", 2, 0, 0, 2),
        ("Small", None, 0, 1, 3),
        (None, None, 1, 1, 4),
    ]
    assert list(found["records"][0]) == ["attributes", "k", "Floors__c", "gk", "expr0", "n"]
    cube = soql.replace("ROLLUP", "CUBE").replace(" ORDER", " HAVING GROUPING(Kind__c) = 1 AND COUNT(Id) > 1 ORDER")
    assert [tuple(record.values())[1:] for record in rep.query(cube)["records"]] == [
        (None, 2, 1, 0, 3),
        (None, None, 1, 1, 4),
    ]
    assert rep.query("SELECT Kind__c FROM Shop__c GROUP BY CUBE(Kind__c) LIMIT 2")["totalSize"] == 2


def test_groups_are_ordered_by_an_alias(small: SmallOrg) -> None:
    rep = small.acting("rep")
    for name in ("a", "b", "b"):
        rep.create("Shop__c", {"Name": name})
    soql = "SELECT Name shown, COUNT(Id) n FROM Shop__c GROUP BY Name ORDER BY N DESC, shown"
    assert [record["shown"] for record in rep.query(soql)["records"]] == ["b", "a"]


def test_the_least_text_is_so_without_regard_to_case(small: SmallOrg) -> None:
    rep = small.acting("rep")
    for name in ("b", "C", "A"):
        rep.create("Shop__c", {"Name": name, "Kind__c": "Small"})
    soql = "SELECT MIN(Name) a, MAX(Name) z FROM Shop__c GROUP BY Kind__c HAVING MAX(Name) = 'c'"
    assert [(record["a"], record["z"]) for record in rep.query(soql)["records"]] == [("A", "C")]


def _labelled(name: str, kind: FieldType, **labels_of: str) -> Field:
    entries = tuple(PicklistValue(value, label) for value, label in labels_of.items())
    return Field(name, name, kind, length=255, picklist=entries, restricted_picklist=True, custom=True)


BADGE = sobject(
    "Badge__c",
    "a09",
    Sharing.READ_WRITE,
    owner("Group", "User"),
    text_name("Badge Name"),
    _labelled("Kind__c", FieldType.PICKLIST, Small="Kleín", Large="Groß", Plain="Plain"),
    _labelled("Tags__c", FieldType.MULTIPICKLIST, red="rot", blue="blue"),
    lookup("Parent__c", "Badge__c", "Badges__r"),
)


def test_labels_are_shown_and_compared() -> None:
    small = small_org(more=(BADGE,))
    rep = small.acting("rep")
    above = rep.create("Badge__c", {"Name": "S", "Kind__c": "Small", "Tags__c": "red;blue"})
    rep.create("Badge__c", {"Name": "T", "Parent__c": above})
    listed = "Kind__c, toLabel(Kind__c) shown, toLabel(Tags__c), toLabel(Parent__r.Kind__c)"
    first, second = rep.query(f"SELECT {listed} FROM Badge__c ORDER BY Name")["records"]
    assert (first["Kind__c"], first["shown"], first["Tags__c"]) == ("Small", "Kleín", "rot;blue")
    assert (second["Kind__c"], second["shown"], second["Parent__r"]["Kind__c"]) == (None, None, "Kleín")
    for condition, names in {
        "toLabel(Kind__c) = 'KLEÍN'": ["S"],
        "toLabel(Kind__c) IN ('Small', 'Groß')": [],
        "toLabel(Kind__c) != 'Groß'": ["S", "T"],
        "Kind__c = 'Kleín'": [],
        "Kind__c LIKE 'kle%'": ["S"],
        "Kind__c LIKE 'small'": [],
    }.items():
        assert _names(small, f"SELECT Name FROM Badge__c WHERE {condition} ORDER BY Name") == names
    small.org.close()


def test_a_picklist_without_labels_of_its_own_is_read_as_it_stands() -> None:
    assert labels.sql(SHOP.fields["Kind__c"], "t0.x", Params()) == "t0.x"
