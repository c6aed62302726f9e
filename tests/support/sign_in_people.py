"""A small local org with one user for each case of sign-in, and nothing else in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from app.clock import Clock
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from app.local_org.schema.model import PermissionSet

PACKAGES = Path(__file__).parents[2] / "salesforce_package"
ADMIN_PROFILE, STANDARD, MINIMUM = "System Administrator", "Standard User", "Minimum Access - Salesforce"
FULL = "LeanData_Custom_Objects_Full_Access"
DASHBOARD = "LeanData_Dashboard_Access"
CONNECTION = "BookIt_MCP_Org_Connection"
SETUP_VIEWER = "Setup_Viewer"
"""A set of the customer's own, with View Setup and Configuration and nothing else."""
DATA_VIEWER = "Data_Viewer"
"""Another one, with View All Data and nothing else."""


@dataclass(frozen=True)
class Person:
    """handle: the username's part before `@demo.example`. expires: of each of his assignments, None for never."""

    handle: str
    sets: tuple[str, ...] = ()
    profile: str = STANDARD
    group: bool = False
    expires: timedelta | None = None
    active: bool = True
    zone: str = "America/New_York"


PEOPLE = (
    Person("admin", (FULL, CONNECTION), ADMIN_PROFILE),
    Person("second_admin", (FULL, CONNECTION), ADMIN_PROFILE),
    Person("blind_admin", (FULL,)),
    Person("seeing_admin", (FULL, SETUP_VIEWER)),
    Person("seeing_rep", (DASHBOARD, SETUP_VIEWER)),
    Person("seeing_nobody", (SETUP_VIEWER,)),
    Person("both", (FULL, DASHBOARD), zone="Europe/London"),
    Person("rep", (DASHBOARD,), zone="Asia/Kolkata"),
    Person("group", group=True),
    Person("minimum", (DASHBOARD,), MINIMUM),
    Person("minimum_group", (), MINIMUM, group=True),
    Person("minimum_none", (), MINIMUM),
    Person("expired", (DASHBOARD,), expires=timedelta(days=-1)),
    Person("nosets"),
    Person("poolmanager", ("Pool_Manager", "BookIt_Manager", "LeanData_View")),
    Person("inactive", (DASHBOARD,), active=False),
)


class SignInOrg:
    """The org, with what tests change in it."""

    def __init__(self, clock: Clock, people: Sequence[Person] = PEOPLE, bookit_version: int | None = 8) -> None:
        """bookit_version: the major version of the installed BookIt package; None: it is not installed."""
        schema = compile_schema(PACKAGES)
        packages = (
            replace(package, major=bookit_version or 0) if package.namespace == "LeanData" else package
            for package in schema.packages
            if bookit_version is not None or package.namespace != "LeanData"
        )
        own_sets = (
            PermissionSet(SETUP_VIEWER, None, "Setup viewer", system_permissions=frozenset({"ViewSetup"})),
            PermissionSet(DATA_VIEWER, None, "Data viewer", system_permissions=frozenset({"ViewAllData"})),
        )
        sets = (*schema.permission_sets, *own_sets)
        self.local = LocalOrg(":memory:", replace(schema, packages=tuple(packages), permission_sets=sets), clock)
        self._profiles = self._ids("Profile", "Name")
        self._sets = self._ids("PermissionSet", "Name")
        self._groups = self._ids("PermissionSetGroup", "DeveloperName")
        self.users = {person.handle: self._add(person, clock()) for person in people}

    @property
    def org_id(self) -> str:
        return self.local.info.org_id

    def assign(self, handle: str, permission_set: str) -> None:
        """Gives a user a permission set."""
        self._assign(self.users[handle], None, PermissionSetId=self._sets[permission_set])

    def take_all(self, handle: str) -> None:
        """Takes every permission set (but his profile's own) away from a user."""
        self._take(handle, "PermissionSet.IsOwnedByProfile = false")

    def take(self, handle: str, permission_set: str) -> None:
        """Takes one permission set away from a user."""
        self._take(handle, f"PermissionSetId = '{self._sets[permission_set]}'")

    def _take(self, handle: str, condition: str) -> None:
        system = self.local.as_system()
        soql = f"SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{self.users[handle]}' AND {condition}"
        for row in system.query(soql)["records"]:
            system.delete("PermissionSetAssignment", row["Id"])

    def deactivate(self, handle: str) -> None:
        """Makes a user inactive."""
        self.local.as_system().update("User", self.users[handle], {"IsActive": False})

    def _ids(self, object_name: str, name: str) -> Mapping[str, str]:
        rows = self.local.as_system().query(f"SELECT Id, {name} FROM {object_name}")["records"]
        return {row[name]: row["Id"] for row in rows}

    def _add(self, person: Person, now: datetime) -> str:
        address = f"{person.handle}@demo.example"
        row = {
            "Username": address,
            "Email": address,
            "FirstName": person.handle.title(),
            "LastName": "Tester",
            "Alias": person.handle[:8],
            "IsActive": person.active,
            "ProfileId": self._profiles[person.profile],
            "TimeZoneSidKey": person.zone,
            "LocaleSidKey": "en_US",
            "LanguageLocaleKey": "en_US",
            "EmailEncodingKey": "UTF-8",
        }
        user_id = self.local.load("User", [row])[0]
        expires = None if person.expires is None else now + person.expires
        for name in person.sets:
            self._assign(user_id, expires, PermissionSetId=self._sets[name])
        if person.group:
            self._assign(user_id, expires, PermissionSetGroupId=self._groups["LeanData_BookIt_Reps"])
        return user_id

    def _assign(self, user_id: str, expires: datetime | None, **what: str) -> None:
        self.local.load("PermissionSetAssignment", [{"AssigneeId": user_id, "ExpirationDate": expires, **what}])
