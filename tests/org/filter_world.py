"""A local org that hides nothing: everybody in it has a system administrator's rights. What a rep does not see there,
our record filters hide.

Rows are random, and kept beside the org as plain Python, by logical names.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from app.org.caller import Caller, Scope
from app.org.gateway import Gateway
from app.org.record_filters import ORG_STATEMENTS
from app.org.schema_map import SchemaMap, load_schema_map
from app.org.statements import Statements
from soql.statements import StatementFile, load_statements, read_statement
from tests.mcp.world import FixedGrants, settings_for
from tests.support.local_org import PACKAGES, RunningLocalOrg, serving
from tests.support.movable_clock import MovableClock

REPS = 5
NAME = "random/statement"

Plain = dict[str, Any]
"""A row by logical names; a lookup is the id."""


@dataclass(repr=False, eq=False)
class FilterWorld:
    """The org, its rows by logical object, and a gateway whose one statement of a test's own can be changed."""

    running: RunningLocalOrg
    grants: FixedGrants
    gateway: Gateway
    schema_map: SchemaMap
    own_statements: dict[str, StatementFile]
    rows: dict[str, list[Plain]] = field(default_factory=dict[str, list[Plain]])

    @property
    def reps(self) -> list[str]:
        return [row["Id"] for row in self.rows["User"]]

    def by_id(self, object_name: str) -> dict[str, Plain]:
        return {row["Id"]: row for row in self.rows[object_name]}

    def use(self, text: str) -> None:
        """Make NAME the statement of this text, compiled as the server does at its start."""
        files = self.own_statements | {NAME: read_statement(NAME, text)}
        self.gateway.statements = Statements(files, self.schema_map)

    async def ask(self, user_id: str, scope: Scope) -> list[dict[str, Any]]:
        """The rows of NAME for a caller."""
        org_id = self.running.org.info.org_id
        caller = Caller(org_id, user_id, scope, name="", email="", username="", timezone="UTC", client_id="")
        return [dict(row) for row in (await self.gateway.as_caller(caller).fetch(NAME)).rows]


@contextmanager
def filter_world(seed: int) -> Generator[FilterWorld]:
    clock = MovableClock()
    org = LocalOrg(":memory:", compile_schema(PACKAGES), clock)
    try:
        schema_map = load_schema_map()
        rows = _Rows(org, schema_map, Random(seed), clock())
        with serving(org, clock=clock) as running:
            grants = FixedGrants(running, rows.rows["User"][0]["Id"])
            own = {name: file for name, file in load_statements().items() if name in ORG_STATEMENTS}
            gateway = Gateway(settings_for(running), own, schema_map, grants, clock)
            try:
                yield FilterWorld(running, grants, gateway, schema_map, own, rows.rows)
            finally:
                gateway.close()
    finally:
        org.close()


class _Rows:
    """Makes and loads them."""

    def __init__(self, org: LocalOrg, schema_map: SchemaMap, random: Random, now: datetime) -> None:
        self.rows: dict[str, list[Plain]] = {}
        self._org, self._map, self._random, self._now = org, schema_map, random, now
        self._users()
        self._setup()
        self._people()
        self._links()
        self._meetings()

    def _users(self) -> None:
        found: list[Plain] = self._org.as_system().query("SELECT Id, Name FROM Profile")["records"]
        profile = next(row["Id"] for row in found if row["Name"] == "System Administrator")
        for number in range(REPS):
            row = {
                "FirstName": f"rep{number}",
                "LastName": "tester",
                "Username": f"rep{number}@filters.example",
                "Email": f"rep{number}@filters.example",
                "IsActive": True,
                "TimeZoneSidKey": "America/Los_Angeles",
            }
            further = {
                "Alias": f"rep{number}",
                "ProfileId": profile,
                "LocaleSidKey": "en_US",
                "LanguageLocaleKey": "en_US",
                "EmailEncodingKey": "UTF-8",
            }
            (user_id,) = self._org.load("User", [row | further])
            self.rows.setdefault("User", []).append({"Id": user_id, "Name": f"rep{number} tester", **row})

    def _setup(self) -> None:
        for number in range(3):
            self._add("Team", Name=f"team {number}")
            self._add("Meeting_Category", Name=f"category {number}")
            pool = self._add("Pool", Grouping_Name=f"pool {number}", Distribution_Type="Count-Based")
            self._add("Pool_Member", Pool=pool, User_Owner=self._user(), Owner_Order=number)
            self._add(
                "Working_Hours",
                Name=f"hours {number}",
                Timezone="America/Los_Angeles",
                Use_User_Timezone=number == 0,
                Is_Default=number == 0,
                Blocks="{}",
            )
            self._add("BookIt_Holiday", Name=f"holiday {number}", Date=self._day())
        for number in range(4):
            self._add(
                "Meeting_Type",
                Internal_Name=f"type {number}",
                Display_Name=f"shown {number // 2}",
                Product=self._random.choice(("Forms", "Links")),
                Is_Active=self._random.random() < 0.7,
                Meeting_Category=self._one_of("Meeting_Category", None),
                Duration_Minutes=15 * (number + 1),
            )
        for _ in range(8):
            self._add("Team_Member", Team=self._one_of("Team"), User=self._user())

    def _people(self) -> None:
        for user in self._ids("User"):
            self._add(
                "User_Setting",
                User=user,
                User_Key=user,
                Product_Access_Forms=self._random.random() < 0.5,
                Access_Level=self._random.choice(("Admin", "User", None)),
                Calendar_Status=self._random.choice(("Connected", "Expired", "Not Connected")),
                Working_Hours=self._one_of("Working_Hours", None),
                Is_Paused=self._random.random() < 0.5,
                Paused_Until=self._random.choice((None, self._moment())),
            )
            for _ in range(self._random.randint(0, 4)):
                start = self._day()
                self._add("Vacation", User=user, Start=start, End=start + timedelta(days=3), Start_Buffer_Days=1)
            for number in range(self._random.randint(0, 3)):
                self._add(
                    "Conference_Connection",
                    User=user,
                    Provider=self._random.choice(("Zoom", "Webex")),
                    Status=self._random.choice(("Connected", "Expired")),
                    Link=f"https://conference.example/{user}/{number}",
                    Is_Default=number == 0,
                )

    def _links(self) -> None:
        for number in range(24):
            link = self._add(
                "Link",
                Link_Id=f"link-{number:02d}",
                URL=f"https://book.example/{number:02d}",
                Kind=self._random.choice(("Individual", "Group", "Pool", "Single-Use")),
                Owner=self._user(None),
                Main_Host=self._user(None),
                Pool=self._one_of("Pool", None),
                Team=self._one_of("Team", None),
                Parent_Link=self._one_of("Link", None) if number else None,
                Expires=self._random.choice((None, self._moment())),
                Is_Active=self._random.random() < 0.7,
                Single_Use_Status=self._random.choice((None, "Unused", "Used")),
            )
            for kind in self._random.sample(self._ids("Meeting_Type"), self._random.randint(0, 3)):
                self._add("Link_Meeting_Type", Link=link, Meeting_Type=kind)

    def _meetings(self) -> None:
        for number in range(20):
            host, *others = self._random.sample(self._ids("User"), 3)
            start = self._moment()
            meeting = self._add(
                "Meeting",
                Meeting_Id=f"m-{number:02d}",
                Status=self._random.choice(("Scheduled", "Rescheduled")),
                Start=start,
                End=start + timedelta(minutes=30),
                Meeting_Type=self._one_of("Meeting_Type"),
                Main_Host=host,
                Original_Host=self._user(None),
                Pool=self._one_of("Pool", None),
                Booking_Method=self._random.choice(("Links", "Forms")),
                Prospect_Email=f"prospect{number}@elsewhere.example",
            )
            on_it = [("Host", host), ("Prospect", None)]
            on_it += [("Additional Host", others[0])] * (self._random.random() < 0.4)
            on_it += [("Attendee", others[1])] * (self._random.random() < 0.4)
            for role, user in on_it:
                self._add(
                    "Attendee", Meeting=meeting, User=user, Role=role, Name=role, Email=f"{role.lower()[:4]}@x.example"
                )
            for kind in self._random.sample(("Booked", "Rescheduled", "Canceled"), self._random.randint(1, 2)):
                self._add("Meeting_Activity", Meeting=meeting, Kind=kind, Actor="somebody", Channel="UI")
        for number in range(16):
            status = self._random.choice(("Pending", "Approved", "Denied"))
            self._add(
                "Credit_Request",
                Meeting=self._one_of("Meeting"),
                Host=self._user(),
                Pool=self._one_of("Pool", None),
                Reason=self._random.choice(("No-Show", "Other")),
                Status=status,
                Is_Automatic=self._random.random() < 0.5,
                Requested_By=self._user(None),
                Decided_By=self._user(None),
                Decided_Date=None if status == "Pending" else self._moment(),
                Open_Key=f"key {number:02d}" if status == "Pending" else None,
            )

    def _add(self, object_name: str, **values: Any) -> str:
        mapped = self._map.object(object_name)
        (row_id,) = self._org.load(mapped.api, [{mapped.fields[name].api: each for name, each in values.items()}])
        self.rows.setdefault(object_name, []).append({"Id": row_id, **values})
        return row_id

    def _ids(self, object_name: str) -> list[str]:
        return [row["Id"] for row in self.rows[object_name]]

    def _one_of(self, object_name: str, *others: None) -> str | None:
        return self._random.choice([*self._ids(object_name), *others])

    def _user(self, *others: None) -> str | None:
        return self._one_of("User", *others)

    def _day(self) -> date:
        return self._now.date() + timedelta(days=self._random.randint(-20, 20))

    def _moment(self) -> datetime:
        return self._now.replace(microsecond=0) + timedelta(hours=self._random.randint(-300, 300))
