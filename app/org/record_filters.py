"""Who may read what: the one place to review. What does not stand here cannot be queried.

A filter is SOQL in logical names, AND terms only; `:me` is the caller's user id, bound by the gateway. It is added at
the top level of every statement on that object at start, so no tool writes one, and none can leave it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StatementScope(StrEnum):
    """What a statement is compiled for: the two scopes of callers, and the org connection's own work."""

    ADMIN = "admin"
    USER = "user"
    ORG = "org"


ALL_ROWS = ""
"""No filter: whoever has the scope sees every row that Salesforce itself lets him see."""

Fields = frozenset[str]
PERSON: Fields = frozenset({"Id", "Name", "Email"})
"""How a user that a record points to is shown to somebody who could not look him up."""
MEETING_TYPE: Fields = frozenset({"Id", "Internal_Name", "Display_Name", "Product", "Duration_Minutes", "Is_Active"})
NAME: Fields = frozenset({"Id", "Name"})
POOL: Fields = frozenset({"Id", "Grouping_Name"})
LINK: Fields = frozenset({"Id", "Link_Id", "URL", "Kind", "Is_Active"})


@dataclass(frozen=True, slots=True)
class ScopeRules:
    """One scope's rules, by logical names.

    objects: the filter of each object that may stand in FROM. parents: for each object, which fields may be read over
    which of its parent paths, in every clause (the id of a direct parent is the lookup itself, and needs no entry).
    children: which child relationships a subquery may select from. semi_joins: `Meeting.Id IN Attendee.Meeting` allows
    `Id IN (SELECT Meeting FROM Attendee …)`, which tells about rows of the outer object alone. hidden: fields that the
    scope may not name in any clause.
    """

    objects: Mapping[str, str]
    parents: Mapping[str, Mapping[str, Fields]] = field(default_factory=dict[str, Mapping[str, Fields]])
    children: frozenset[str] = frozenset()
    semi_joins: frozenset[str] = frozenset()
    hidden: Mapping[str, Fields] = field(default_factory=dict[str, Fields])


_CHILDREN_OF_A_PERSON: frozenset[str] = frozenset(
    {"User.Settings", "User.Vacations", "User.Conference_Connections", "User.Links"}
)
"""They follow the person: in User scope that is the caller alone."""

_OWN_MEETING = "Meeting IN (SELECT Meeting FROM Attendee WHERE User = :me)"

USER = ScopeRules(
    objects={
        # Main host, additional host or attendee: the host has an attendee row too.
        "Meeting": "Id IN (SELECT Meeting FROM Attendee WHERE User = :me)",
        "Meeting_Activity": _OWN_MEETING,
        "Organization": ALL_ROWS,
        "Meeting_Type": ALL_ROWS,
        "Meeting_Category": ALL_ROWS,
        "Working_Hours": ALL_ROWS,
        "BookIt_Holiday": ALL_ROWS,
        "User": "Id = :me",
        "User_Setting": "User = :me",
        "Vacation": "User = :me",
        "Conference_Connection": "User = :me",
        "Link": "Owner = :me",
        "Link_Meeting_Type": "Link IN (SELECT Id FROM Link WHERE Owner = :me)",
        "Credit_Request": "Host = :me",
    },
    parents={
        "Meeting": {
            "Main_Host": PERSON,
            "Original_Host": PERSON,
            "Reassigned_From": PERSON,
            "Meeting_Type": MEETING_TYPE,
            "Meeting_Category": NAME,
            "Account": NAME,
            "Contact": NAME,
            "Lead": NAME,
        },
        "Attendee": {"User": PERSON},
        "Meeting_Type": {"Meeting_Category": NAME},
        "User_Setting": {
            "User": PERSON,
            "Working_Hours": frozenset({"Id", "Name", "Timezone", "Use_User_Timezone", "Blocks"}),
        },
        "Link": {"Owner": PERSON, "Main_Host": PERSON, "Team": NAME, "Parent_Link": LINK},
        "Link_Meeting_Type": {"Meeting_Type": MEETING_TYPE, "Link": LINK},
        "Credit_Request": {"Host": PERSON, "Requested_By": PERSON, "Decided_By": PERSON},
    },
    children=frozenset({"Meeting.Attendees", "Meeting.Activities", "Link.Meeting_Types", *_CHILDREN_OF_A_PERSON}),
    semi_joins=frozenset({"Meeting.Id IN Attendee.Meeting", "Link.Id IN Link_Meeting_Type.Link"}),
    # Pools, and why a rep was chosen, are the Admin scope's alone (guide, Read Capabilities).
    hidden={
        "Meeting": frozenset({"Pool", "Pool_Member", "Selection_Snapshot", "Log"}),
        "Credit_Request": frozenset({"Pool"}),
        "Link": frozenset({"Pool"}),
    },
)

_USER_FIELDS: Fields = PERSON | {"Username", "IsActive", "TimeZoneSidKey"}

ADMIN = ScopeRules(
    objects=dict.fromkeys(
        (
            "Organization",
            "Meeting",
            "Meeting_Activity",
            "Attendee",
            "Meeting_Type",
            "Meeting_Category",
            "Pool",
            "Pool_Member",
            "Pool_Manager",
            "Count_Entry",
            "Credit_Request",
            "Link",
            "Link_Meeting_Type",
            "Team",
            "Team_Member",
            "User",
            "User_Setting",
            "Vacation",
            "Conference_Connection",
            "Working_Hours",
            "BookIt_Holiday",
            "Graph",
            "Routing_Log",
        ),
        ALL_ROWS,
    ),
    parents={
        "Meeting": {
            "Main_Host": _USER_FIELDS,
            "Original_Host": _USER_FIELDS,
            "Booked_By": _USER_FIELDS,
            "Reassigned_From": _USER_FIELDS,
            "Meeting_Type": MEETING_TYPE,
            "Meeting_Category": NAME,
            "Pool": POOL,
            "Link": LINK,
            "Account": NAME,
            "Contact": NAME | {"Email"},
            "Lead": NAME | {"Email", "Company"},
        },
        "Meeting_Activity": {"Meeting": frozenset({"Id", "Meeting_Id"})},
        "Attendee": {
            "User": _USER_FIELDS,
            "Meeting": frozenset({"Id", "Meeting_Id", "Start", "Status"}),
        },
        "Meeting_Type": {"Meeting_Category": NAME},
        "Pool_Member": {"Pool": POOL | {"Is_Weighted"}, "User_Owner": _USER_FIELDS},
        "Pool_Manager": {"Pool": POOL, "User": _USER_FIELDS},
        "Pool": {"CreatedBy": PERSON, "LastModifiedBy": PERSON},
        "Count_Entry": {
            "Pool": POOL,
            "Member": frozenset({"Id", "Owner_Order", "User_Owner"}),
            "Member.User_Owner": _USER_FIELDS,
            "Meeting_Category": NAME,
            "Meeting": frozenset({"Id", "Meeting_Id"}),
        },
        "Credit_Request": {
            "Meeting": frozenset(
                {"Id", "Meeting_Id", "Start", "Main_Host", "Meeting_Type", "Prospect_Name", "Prospect_Email", "Company"}
            ),
            "Meeting.Meeting_Type": MEETING_TYPE,
            "Host": _USER_FIELDS,
            "Pool": POOL,
            "Meeting_Category": NAME,
            "Requested_By": PERSON,
            "Decided_By": PERSON,
        },
        "Link": {"Owner": _USER_FIELDS, "Main_Host": _USER_FIELDS, "Pool": POOL, "Team": NAME, "Parent_Link": LINK},
        "Link_Meeting_Type": {"Meeting_Type": MEETING_TYPE, "Link": LINK},
        "Team_Member": {"Team": NAME, "User": _USER_FIELDS},
        "User_Setting": {
            "User": _USER_FIELDS,
            "Working_Hours": frozenset({"Id", "Name", "Timezone", "Use_User_Timezone", "Blocks"}),
        },
        "Vacation": {"User": _USER_FIELDS},
        "Conference_Connection": {"User": _USER_FIELDS},
    },
    children=frozenset(
        {
            "Meeting.Attendees",
            "Meeting.Activities",
            "Meeting.Credit_Requests",
            "Pool.Members",
            "Pool.Managers",
            "Link.Meeting_Types",
            "Team.Members",
            *_CHILDREN_OF_A_PERSON,
        }
    ),
    semi_joins=frozenset(
        {
            "Meeting.Id IN Attendee.Meeting",
            "Link.Id IN Link_Meeting_Type.Link",
            "User.Id IN Pool_Member.User_Owner",
            "User.Id IN User_Setting.User",
            "Pool.Id IN Pool_Member.Pool",
            "Team_Member.Team IN Link.Team",
        }
    ),
)

ORG_STATEMENTS: frozenset[str] = frozenset(
    {
        "signin/user",
        "signin/organization",
        "signin/permission_sets",
        "signin/group_members",
        "org/running_user_permissions",
        "org/licence",
        "org/installed_packages",
        "actions/meeting",
        "actions/event",
        "actions/hosts",
        "actions/new_host",
        "actions/busy",
        "actions/booked",
        "availability/members",
        "availability/people",
        "availability/connections",
        "availability/settings",
        "availability/vacations",
        "availability/holidays",
        "availability/default_hours",
        "availability/events",
        "availability/hosted",
        "availability/attended",
        "counts/pool",
        "counts/members",
        "counts/sums",
        "claims/last",
        "consistency/booked_ahead",
        "consistency/claims",
        "consistency/credit_requests",
        "consistency/entries",
        "consistency/entry_keys",
        "consistency/events",
        "consistency/known_meetings",
        "consistency/meetings",
        "consistency/operations",
        "credits/request",
        "credits/memberships",
        "credits/of_meeting",
        "operations/by_key",
        "routing/graph",
        "routing/leads_by_email",
        "routing/contacts_by_email",
        "routing/accounts_by_website",
    }
)
"""All that may run as the org connection or while a sign-in runs. Each is reviewed by its file; no filter is added,
so its rows never reach a caller as such."""

RULES: Mapping[StatementScope, ScopeRules] = {StatementScope.ADMIN: ADMIN, StatementScope.USER: USER}
