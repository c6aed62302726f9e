"""Default deny: what a scope's rules do not list, no statement of that scope can ask."""

from __future__ import annotations

import pytest

from app.org.errors import StatementRefused
from app.org.record_filters import ADMIN, ALL_ROWS, USER, ScopeRules
from app.org.schema_map import SchemaMap
from app.org.statement_access import check_access
from soql.parser import parse

RULES = ScopeRules(
    objects={"Meeting": "Id IN (SELECT Meeting FROM Attendee WHERE User = :me)", "Meeting_Type": ALL_ROWS},
    parents={"Meeting": {"Main_Host": frozenset({"Name"})}, "Attendee": {"User": frozenset({"Name"})}},
    children=frozenset({"Meeting.Attendees"}),
    semi_joins=frozenset({"Meeting.Id IN Attendee.Meeting"}),
)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Id, Start FROM Meeting WHERE Status = 'x' ORDER BY Start",
        "SELECT Main_Host.Name FROM Meeting WHERE Main_Host.Name = 'x' ORDER BY Main_Host.Name",
        "SELECT Pool.Id FROM Meeting WHERE Pool.Id = 'x'",
        "SELECT Id, (SELECT Email, User.Name FROM Attendees) FROM Meeting",
        "SELECT Id FROM Meeting WHERE Id IN (SELECT Meeting FROM Attendee WHERE User.Name = 'x')",
        "SELECT COUNT(Id) n FROM Meeting GROUP BY Main_Host.Name",
    ],
)
def test_what_is_listed_may_be_asked(schema_map: SchemaMap, text: str) -> None:
    check_access(parse(text), RULES, schema_map)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SELECT Id FROM Pool", "object Pool"),
        ("SELECT Id FROM Attendee", "object Attendee"),
        ("SELECT Id FROM Nothing", "object Nothing"),
        ("SELECT Pool.Grouping_Name FROM Meeting", "Meeting.Pool.Grouping_Name"),
        ("SELECT Main_Host.Email FROM Meeting", "Meeting.Main_Host.Email"),
        ("SELECT Main_Host.ManagerId FROM Meeting", "Meeting.Main_Host.ManagerId"),
        ("SELECT Main_Host.Manager.Id FROM Meeting", "Meeting.Main_Host.Manager.Id"),
        ("SELECT Main_Host.Manager.Name FROM Meeting", "Meeting.Main_Host.Manager.Name"),
        ("SELECT Id FROM Meeting WHERE Pool.Grouping_Name = 'x'", "Meeting.Pool.Grouping_Name"),
        ("SELECT Id FROM Meeting WHERE NOT (Status = 'x' AND Pool.Grouping_Name = 'y')", "Meeting.Pool.Grouping_Name"),
        ("SELECT Id FROM Meeting WHERE Pool.Grouping_Name IN ('x')", "Meeting.Pool.Grouping_Name"),
        ("SELECT Id FROM Meeting ORDER BY Pool.Grouping_Name", "Meeting.Pool.Grouping_Name"),
        ("SELECT COUNT(Id) n FROM Meeting GROUP BY Pool.Grouping_Name", "Meeting.Pool.Grouping_Name"),
        ("SELECT MAX(Pool.Grouping_Name) m FROM Meeting", "Meeting.Pool.Grouping_Name"),
        (
            "SELECT Status, COUNT(Id) n FROM Meeting GROUP BY Status HAVING MAX(Pool.Grouping_Name) > 'a'",
            "Meeting.Pool.Grouping_Name",
        ),
        ("SELECT Id, (SELECT Kind FROM Activities) FROM Meeting", "Meeting.Activities"),
        ("SELECT Id, (SELECT User.Email FROM Attendees) FROM Meeting", "Attendee.User.Email"),
        ("SELECT Id, (SELECT Id FROM Attendees WHERE User.Email = 'x') FROM Meeting", "Attendee.User.Email"),
        ("SELECT Id, (SELECT Id FROM Nothing) FROM Meeting", "Nothing"),
        ("SELECT Id FROM Meeting WHERE Pool IN (SELECT Pool FROM Pool_Member)", "Meeting.Pool IN Pool_Member.Pool"),
        ("SELECT Id FROM Meeting WHERE Id NOT IN (SELECT Meeting FROM Credit_Request)", "Credit_Request.Meeting"),
        (
            "SELECT Id FROM Meeting WHERE Main_Host IN (SELECT User FROM Attendee)",
            "Meeting.Main_Host IN Attendee.User",
        ),
        (
            "SELECT Id FROM Meeting WHERE Id IN (SELECT Meeting FROM Attendee WHERE User.Email = 'x')",
            "Attendee.User.Email",
        ),
        ("SELECT Id, Begin FROM Meeting", "'Begin'"),
        ("SELECT Id, Nobody.Name FROM Meeting", "'Nobody'"),
    ],
)
def test_what_is_not_listed_is_refused_by_name(schema_map: SchemaMap, text: str, named: str) -> None:
    with pytest.raises(StatementRefused) as refused:
        check_access(parse(text), RULES, schema_map)
    assert named in str(refused.value)


@pytest.mark.parametrize("name", ["Pool", "Pool_Member", "Pool_Manager", "Count_Entry", "Graph", "Routing_Log", "Team"])
def test_what_the_guide_does_not_expose_to_users_cannot_be_asked_in_user_scope(name: str) -> None:
    assert name not in USER.objects
    assert not any(name in text for text in USER.children | USER.semi_joins)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Pool FROM Meeting",
        "SELECT Pool.Id FROM Meeting",
        "SELECT Id FROM Meeting WHERE Pool = 'x'",
        "SELECT Id FROM Meeting WHERE Pool_Member.User_Owner = 'x'",
        "SELECT COUNT(Id) n FROM Meeting GROUP BY Pool",
        "SELECT Selection_Snapshot FROM Meeting",
        "SELECT Pool FROM Link",
    ],
)
def test_no_pool_can_be_named_in_user_scope(schema_map: SchemaMap, text: str) -> None:
    with pytest.raises(StatementRefused, match="hidden"):
        check_access(parse(text), USER, schema_map)


@pytest.mark.parametrize("name", ["Claim", "Operation", "Event", "PermissionSetAssignment", "PackageLicense"])
def test_what_only_the_org_connection_reads_is_in_no_callers_scope(name: str) -> None:
    assert name not in USER.objects
    assert name not in ADMIN.objects


@pytest.mark.parametrize("rules", [ADMIN, USER])
def test_every_entry_of_the_rules_is_a_name_of_the_map(schema_map: SchemaMap, rules: ScopeRules) -> None:
    for name, parents in rules.parents.items():
        for way, fields in parents.items():
            owner = schema_map.object(name)
            for part in way.split("."):
                owner = schema_map.object(owner.parents[part].to or "")
            assert fields <= set(owner.fields)
    for name, fields in rules.hidden.items():
        assert fields <= set(schema_map.object(name).fields)
    for text in rules.children:
        name, child = text.split(".")
        assert child in schema_map.object(name).children
    for text in rules.semi_joins:
        left, _, right = text.partition(" IN ")
        assert schema_map.field(*left.split(".")).type in {"id", "reference"}
        assert schema_map.field(*right.split(".")).type == "reference"


def test_admins_have_no_row_filter_and_users_have_one_wherever_rows_belong_to_somebody() -> None:
    assert set(ADMIN.objects.values()) == {ALL_ROWS}
    open_to_users = {name for name, text in USER.objects.items() if text == ALL_ROWS}
    assert open_to_users == {"Organization", "Meeting_Type", "Meeting_Category", "Working_Hours", "BookIt_Holiday"}
    assert all(":me" in text for name, text in USER.objects.items() if name not in open_to_users)
    assert not any("?" in text for text in USER.objects.values())
