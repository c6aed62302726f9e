"""SOQL that is answered: the exact bodies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.small_org import SmallOrg

_ROOT = "/services/data/v66.0/sobjects"


def _attributes(kind: str, record_id: str, shown: str | None = None) -> dict[str, str]:
    return {"type": shown or kind, "url": f"{_ROOT}/{kind}/{record_id}"}


@pytest.fixture
def shop(small: SmallOrg) -> str:
    return small.acting("rep").create(
        "Shop__c",
        {
            "Name": "Corner",
            "Code__c": "C1",
            "Kind__c": "Small",
            "Tags__c": "red;blue",
            "Floors__c": 3,
            "Opened__c": "2026-11-23",
            "Seen__c": "2026-11-23T21:00:30.987+05:45",
            "Opens__c": "08:30:00.000Z",
            "Active__c": True,
        },
    )


def test_a_record_shows_the_selected_fields_in_describes_casing(small: SmallOrg, shop: str) -> None:
    soql = "SELECT id, name, FLOORS__C, opened__c, seen__c, opens__c, active__c, tags__c, mail__c FROM SHOP__C"
    body = small.acting("rep").query(soql)
    assert body == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": _attributes("Shop__c", shop),
                "Id": shop,
                "Name": "Corner",
                "Floors__c": 3,
                "Opened__c": "2026-11-23",
                "Seen__c": "2026-11-23T15:15:30.000+0000",
                "Opens__c": "08:30:00.000Z",
                "Active__c": True,
                "Tags__c": "red;blue",
                "Mail__c": None,
            }
        ],
    }
    assert next(iter(body["records"][0])) == "attributes"
    assert [type(body["records"][0][name]) for name in ("Floors__c", "Active__c")] == [int, bool]


def test_a_number_field_answers_a_float(small: SmallOrg) -> None:
    admin = small.acting("admin")
    admin.create("Shop__c", {"Name": "S", "Size__c": 3})
    size = admin.query("SELECT Size__c FROM Shop__c")["records"][0]["Size__c"]
    assert (size, type(size)) == (3.0, float)


def test_parents_are_nested_and_null_when_empty(small: SmallOrg, shop: str) -> None:
    rep = small.acting("rep")
    branch = rep.create("Shop__c", {"Name": "Branch", "Parent__c": shop[:15], "Manager__c": small.people["other"]})
    soql = "SELECT parent__r.name, Parent__r.Owner.Name, Manager__r.Email FROM Shop__c ORDER BY Name"
    found = rep.query(soql)["records"]
    assert found == [
        {
            "attributes": _attributes("Shop__c", branch),
            "Parent__r": {
                "attributes": _attributes("Shop__c", shop),
                "Name": "Corner",
                "Owner": {"attributes": _attributes("User", small.people["rep"], "Name"), "Name": "Rep Shopper"},
            },
            "Manager__r": {
                "attributes": _attributes("User", small.people["other"]),
                "Email": "other@shops.example",
            },
        },
        {"attributes": _attributes("Shop__c", shop), "Parent__r": None, "Manager__r": None},
    ]


def test_children_are_lists_and_null_when_there_are_none(small: SmallOrg, shop: str) -> None:
    rep = small.acting("rep")
    visits = [rep.create("Visit__c", {"Shop__c": shop, "Guest__c": guest}) for guest in ("Ben", "Ann", "Cleo")]
    soql = (
        "SELECT Name, (SELECT Name, Guest__c, Shop__r.Name FROM visits__r WHERE Guest__c != 'Cleo' ORDER BY Guest__c),"
        " Id, (SELECT Id FROM Leases__r) FROM Shop__c"
    )
    record = rep.query(soql)["records"][0]
    assert list(record) == ["attributes", "Name", "Visits__r", "Id", "Leases__r"]
    assert record["Leases__r"] is None
    parent = {"attributes": _attributes("Shop__c", shop), "Name": "Corner"}
    assert record["Visits__r"] == {
        "totalSize": 2,
        "done": True,
        "records": [
            {
                "attributes": _attributes("Visit__c", visits[1]),
                "Name": "V-0002",
                "Guest__c": "Ann",
                "Shop__r": parent,
            },
            {
                "attributes": _attributes("Visit__c", visits[0]),
                "Name": "V-0001",
                "Guest__c": "Ben",
                "Shop__r": parent,
            },
        ],
    }


def test_a_child_limit_holds_for_each_parent(small: SmallOrg) -> None:
    rep = small.acting("rep")
    for name in ("A", "B"):
        shop_id = rep.create("Shop__c", {"Name": name})
        for guest in "xyz":
            rep.create("Visit__c", {"Shop__c": shop_id, "Guest__c": guest})
    soql = "SELECT Name, (SELECT Guest__c FROM Visits__r ORDER BY Guest__c DESC LIMIT 2) FROM Shop__c ORDER BY Name"
    found = rep.query(soql)["records"]
    guests = [[visit["Guest__c"] for visit in record["Visits__r"]["records"]] for record in found]
    assert guests == [["z", "y"], ["z", "y"]]


def test_children_of_children_are_nested(small: SmallOrg, shop: str) -> None:
    rep = small.acting("rep")
    branch = rep.create("Shop__c", {"Name": "Branch", "Parent__c": shop})
    rep.create("Visit__c", {"Shop__c": branch, "Guest__c": "Ann"})
    soql = (
        "SELECT Name, (SELECT Name, (SELECT Guest__c FROM Visits__r) FROM Branches__r) FROM Shop__c WHERE Code__c='c1'"
    )
    branches = rep.query(soql)["records"][0]["Branches__r"]["records"]
    assert branches[0]["Visits__r"]["records"][0]["Guest__c"] == "Ann"


def test_count_without_a_field_answers_the_total_alone(small: SmallOrg, shop: str) -> None:
    assert small.acting("rep").query("SELECT COUNT() FROM Shop__c") == {"totalSize": 1, "done": True, "records": []}
    assert small.acting("rep").query("SELECT COUNT() FROM Shop__c WHERE Id = null")["totalSize"] == 0
    assert shop


def test_aggregates_have_aliases_or_numbered_names(small: SmallOrg) -> None:
    admin = small.acting("admin")
    for floors, size in ((1, 1.5), (2, None), (2, 2.5)):
        admin.create("Shop__c", {"Name": "S", "Floors__c": floors, "Size__c": size})
    soql = (
        "SELECT Floors__c, COUNT(Id), SUM(Size__c) total, AVG(Floors__c), MAX(Floors__c), COUNT_DISTINCT(Name),"
        " COUNT(Size__c) FROM Shop__c GROUP BY Floors__c ORDER BY Floors__c DESC"
    )
    kind = {"attributes": {"type": "AggregateResult"}}
    assert admin.query(soql)["records"] == [
        {**kind, "Floors__c": 2, "expr0": 2, "total": 2.5, "expr1": 2.0, "expr2": 2, "expr3": 1, "expr4": 1},
        {**kind, "Floors__c": 1, "expr0": 1, "total": 1.5, "expr1": 1.0, "expr2": 1, "expr3": 1, "expr4": 1},
    ]


def test_having_keeps_groups(small: SmallOrg) -> None:
    rep = small.acting("rep")
    for name in ("a", "a", "b"):
        rep.create("Shop__c", {"Name": name})
    soql = "SELECT Name, COUNT(Id) n FROM Shop__c GROUP BY Name HAVING COUNT(Id) > 1 AND Name LIKE 'A%'"
    assert [record["n"] for record in rep.query(soql)["records"]] == [2]


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("CALENDAR_YEAR(Seen__c)", 2026),
        ("CALENDAR_QUARTER(Seen__c)", 1),
        ("CALENDAR_MONTH(Seen__c)", 1),
        ("FISCAL_YEAR(Seen__c)", 2026),
        ("DAY_IN_MONTH(Seen__c)", 31),
        ("DAY_IN_WEEK(Seen__c)", 7),
        ("DAY_IN_YEAR(Seen__c)", 31),
        ("WEEK_IN_YEAR(Seen__c)", 5),
        ("WEEK_IN_MONTH(Seen__c)", 5),
        ("HOUR_IN_DAY(Seen__c)", 20),
        ("DAY_ONLY(Seen__c)", "2026-01-31"),
        ("HOUR_IN_DAY(convertTimezone(Seen__c))", 1),
        ("DAY_ONLY(convertTimezone(Seen__c))", "2026-02-01"),
        ("CALENDAR_MONTH(convertTimezone(Seen__c))", 2),
        ("DAY_IN_WEEK(Opened__c)", 1),
    ],
)
def test_date_functions_count_in_utc_or_in_the_users_zone(small: SmallOrg, function: str, value: Any) -> None:
    rep = small.acting("rep")
    rep.create("Shop__c", {"Name": "S", "Seen__c": "2026-01-31T20:00:00Z", "Opened__c": "2026-02-01"})
    found = rep.query(f"SELECT {function} part FROM Shop__c GROUP BY {function}")
    assert found["records"] == [{"attributes": {"type": "AggregateResult"}, "part": value}]
    literal = f"'{value}'" if isinstance(value, str) and not function.startswith("DAY_ONLY") else value
    assert rep.query(f"SELECT COUNT() FROM Shop__c WHERE {function} = {literal}")["totalSize"] == 1


@pytest.mark.parametrize(
    ("condition", "kathmandu", "berlin"),
    [
        ("Seen__c = TODAY", ["25th 18:00"], ["25th 18:00", "25th 19:00"]),
        ("Seen__c > TODAY", ["25th 19:00"], []),
        ("Seen__c >= TOMORROW", ["25th 19:00"], []),
        ("Seen__c < TODAY", ["22nd noon"], ["22nd noon"]),
        ("Seen__c <= TODAY", ["22nd noon", "25th 18:00"], ["22nd noon", "25th 18:00", "25th 19:00"]),
        ("Seen__c = THIS_WEEK", ["22nd noon", "25th 18:00", "25th 19:00"], ["25th 18:00", "25th 19:00"]),
        ("Seen__c != TODAY", ["22nd noon", "25th 19:00", "never"], ["22nd noon", "never"]),
        ("Seen__c IN (YESTERDAY, TODAY)", ["25th 18:00"], ["25th 18:00", "25th 19:00"]),
    ],
)
def test_date_literals_are_the_users(small: SmallOrg, condition: str, kathmandu: list[str], berlin: list[str]) -> None:
    for handle in ("rep", "other"):
        small.org.load(
            "Shop__c",
            [
                {"Name": "22nd noon", "Seen__c": "2026-11-22T12:00:00Z", "OwnerId": small.people[handle]},
                {"Name": "25th 18:00", "Seen__c": "2026-11-25T18:00:00Z", "OwnerId": small.people[handle]},
                {"Name": "25th 19:00", "Seen__c": "2026-11-25T19:00:00Z", "OwnerId": small.people[handle]},
                {"Name": "never", "OwnerId": small.people[handle]},
            ],
        )
    for handle, expected in (("rep", kathmandu), ("other", berlin)):
        found = small.acting(handle).query(f"SELECT Name FROM Shop__c WHERE {condition} ORDER BY Name")
        assert [record["Name"] for record in found["records"]] == expected


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("Floors__c", ["none", "one", "two"]),
        ("Floors__c DESC", ["none", "two", "one"]),
        ("Floors__c NULLS LAST", ["one", "two", "none"]),
        ("Floors__c DESC NULLS LAST", ["two", "one", "none"]),
        ("Owner.Name, Floors__c DESC NULLS LAST LIMIT 1 OFFSET 1", ["one"]),
    ],
)
def test_nulls_come_first_unless_the_statement_says_otherwise(small: SmallOrg, order: str, names: list[str]) -> None:
    rep = small.acting("rep")
    for name, floors in (("two", 2), ("none", None), ("one", 1)):
        rep.create("Shop__c", {"Name": name, "Floors__c": floors})
    found = rep.query(f"SELECT Name FROM Shop__c ORDER BY {order}")
    assert [record["Name"] for record in found["records"]] == names


@pytest.mark.parametrize("length", [15, 18])
def test_an_id_of_either_length_finds_its_row(small: SmallOrg, shop: str, length: int) -> None:
    found = small.acting("rep").query(
        f"SELECT Id FROM Shop__c s WHERE s.Id IN ('{shop[:length]}') AND Shop__c.Name != ''"
    )
    assert [record["Id"] for record in found["records"]] == [shop]


def test_deleted_rows_are_found_by_query_all_only(small: SmallOrg, shop: str) -> None:
    rep = small.acting("rep")
    rep.delete("Shop__c", shop)
    assert rep.query("SELECT COUNT() FROM Shop__c")["totalSize"] == 0
    found = rep.query("SELECT Id, IsDeleted FROM Shop__c WHERE IsDeleted = true", all_rows=True)["records"]
    assert [(record["Id"], record["IsDeleted"]) for record in found] == [(shop, True)]


def test_an_anti_join_ignores_children_without_a_parent(small: SmallOrg, shop: str) -> None:
    rep = small.acting("rep")
    rep.create("Lease__c", {"Name": "loose"})
    rep.create("Lease__c", {"Name": "bound", "Shop__c": shop})
    free = rep.create("Shop__c", {"Name": "Free"})
    found = rep.query("SELECT Id FROM Shop__c WHERE Id NOT IN (SELECT Shop__c FROM Lease__c)")
    assert [record["Id"] for record in found["records"]] == [free]


def test_a_chain_of_thousands_of_terms_is_answered(small: SmallOrg, shop: str) -> None:
    chain = " OR ".join(f"Floors__c = {n}" for n in range(3000))
    found = small.acting("rep").query(f"SELECT Id FROM Shop__c WHERE {chain}")
    assert [record["Id"] for record in found["records"]] == [shop]
    listed = ", ".join(f"'{shop}'" for _ in range(4000))
    assert small.acting("rep").query(f"SELECT Id FROM Shop__c WHERE Id IN ({listed})")["totalSize"] == 1


def test_deleted_assignments_are_gone_for_good(small: SmallOrg) -> None:
    admin = small.acting("admin")
    admin.delete("PermissionSetAssignment", small.assign("guest", "Auditor"))
    soql = f"SELECT COUNT() FROM PermissionSetAssignment WHERE AssigneeId = '{small.people['guest']}'"
    assert admin.query(soql, all_rows=True)["totalSize"] == 0
