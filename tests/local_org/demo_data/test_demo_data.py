"""The demo org is what its documentation says: who is in it, what happened in it, and that it repeats itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.demo.reading import field
from app.local_org.demo_data import load
from app.local_org.demo_data.cast import EVERYBODY
from app.local_org.demo_data.model import DemoData, bookit
from app.local_org.demo_data.options import DEFAULT_MEETINGS, DemoOptions
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from app.local_org.schema.model import Schema
from tests.local_org.demo_data.demos import Demos
from tests.local_org.demo_data.instants import INSTANTS
from tests.support.local_org import PACKAGES

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def whole(compiled_schema: Schema) -> DemoData:
    return load.demo_data(compiled_schema, DemoOptions(NOW))


@pytest.fixture(scope="module")
def org(compiled_schema: Schema) -> Any:
    made = LocalOrg(":memory:", compiled_schema, lambda: NOW)
    load.load(made, load.demo_data(compiled_schema, DemoOptions(NOW, meetings=50)))
    yield made
    made.close()


def test_the_same_options_give_the_same_rows_and_another_seed_gives_others(compiled_schema: Schema) -> None:
    once, again = (load.demo_data(compiled_schema, DemoOptions(NOW, meetings=60)) for _ in range(2))
    assert once == again
    other = load.demo_data(compiled_schema, DemoOptions(NOW, seed=8, meetings=60))
    assert other.of("User") == once.of("User")
    assert other.of(bookit("Meeting")) != once.of(bookit("Meeting"))


def test_it_is_relative_to_its_instant_and_grows_with_the_option(compiled_schema: Schema) -> None:
    few = load.demo_data(compiled_schema, DemoOptions(NOW, meetings=10))
    many = load.demo_data(compiled_schema, DemoOptions(NOW, meetings=300))
    assert len(many.of(bookit("Meeting"))) - len(few.of(bookit("Meeting"))) == 290
    later = load.demo_data(compiled_schema, DemoOptions(NOW + timedelta(days=400), meetings=10))
    assert min(field(row, "Start") for row in later.of(bookit("Meeting"))) > NOW + timedelta(days=300)


def test_everybody_is_there(whole: DemoData) -> None:
    usernames = [row["Username"] for row in whole.of("User")]
    assert len(usernames) == len(set(usernames)) == len(EVERYBODY) == 45
    assert {f"rep{number}@demo.example" for number in range(1, 31)} <= set(usernames)
    assert len({row["TimeZoneSidKey"] for row in whole.of("User")}) >= 8
    assert [row["Username"] for row in whole.of("User") if not row["IsActive"]] == ["inactive@demo.example"]


def test_the_special_cases_hold_the_sets_that_make_them_special(org: LocalOrg) -> None:
    held: defaultdict[str, set[str]] = defaultdict(set)
    expired: set[str] = set()
    soql = (
        "SELECT Assignee.Username, PermissionSet.Name, PermissionSetGroup.DeveloperName, ExpirationDate "
        "FROM PermissionSetAssignment WHERE PermissionSet.IsOwnedByProfile = false"
    )
    for row in org.as_system().query(soql)["records"]:
        handle = row["Assignee"]["Username"].partition("@")[0]
        group = row["PermissionSetGroup"]
        held[handle].add(f"group {group['DeveloperName']}" if group is not None else row["PermissionSet"]["Name"])
        if row["ExpirationDate"] is not None and datetime.fromisoformat(row["ExpirationDate"]) < NOW:
            expired.add(handle)
    full, dashboard = "LeanData_Custom_Objects_Full_Access", "LeanData_Dashboard_Access"
    assert held["admin"] == {full, "BookIt_MCP_Org_Connection"}
    assert held["both"] == {full, dashboard}
    assert held["rep1"] == held["inactive"] == {dashboard}
    assert held["group"] == {"group LeanData_BookIt_Reps"}
    assert held["nosets"] == set()
    assert held["poolmanager1"] == {"Pool_Manager"}
    assert held["poolmanager2"] == {"Pool_Manager", dashboard}
    assert held["bookitmanager"] == {"BookIt_Manager"}
    assert dashboard in held["minimum"]
    assert expired == {"expired"}
    minimum = org.as_system().query("SELECT Profile.Name FROM User WHERE Username = 'minimum@demo.example'")
    assert minimum["records"][0]["Profile"]["Name"] == "Minimum Access - Salesforce"


def test_pools_types_and_troubles_of_the_guide_are_there(whole: DemoData) -> None:
    assert {field(row, "Grouping_Name") for row in whole.of(bookit("Pool"))} == {
        "Enterprise AMEA Pool",
        "Pool West - USA",
        "SDR Pool",
    }
    assert {"Inbound Demo", "Outbound Demo", "30-minute intro"} <= {
        field(row, "Display_Name") for row in whole.of(bookit("Meeting_Type"))
    }
    calendars = Counter(field(row, "Calendar_Status") for row in whole.of(bookit("User_Setting")))
    assert set(calendars) == {"Connected", "Expired", "Not Connected"}
    assert any(field(row, "Is_Paused") for row in whole.of(bookit("User_Setting")))
    assert whole.of(bookit("Vacation"))
    assert any(row["IsPrivate"] for row in whole.of("Event"))


def test_every_status_and_method_of_the_package_happened_within_three_months(
    whole: DemoData, compiled_schema: Schema
) -> None:
    meetings = whole.of(bookit("Meeting"))
    fields = compiled_schema.objects[bookit("Meeting")].fields
    for name in ("Status", "Booking_Method"):
        values = {entry.value for entry in fields[f"LeanData__{name}__c"].picklist}
        assert {field(row, name) for row in meetings} == values
    assert {field(row, "Canceled_By_Type") for row in meetings} == {None, "Prospect", "Host", "Admin"}
    assert any(field(row, "Is_No_Show") for row in meetings)
    starts = [field(row, "Start") for row in meetings]
    assert NOW - timedelta(days=100) < min(starts) < NOW - timedelta(days=60)
    assert NOW + timedelta(days=14) < max(starts) < NOW + timedelta(days=30)
    assert len(meetings) > DEFAULT_MEETINGS


def test_prospects_are_contacts_of_accounts_or_leads_never_both(whole: DemoData) -> None:
    accounts = {row["Id"]: row["Name"] for row in whole.of("Account")}
    contacts = {row["Id"]: row for row in whole.of("Contact")}
    leads = {row["Id"]: row for row in whole.of("Lead")}
    kinds: Counter[str] = Counter()
    for row in whole.of(bookit("Meeting")):
        contact, lead, account = field(row, "Contact"), field(row, "Lead"), field(row, "Account")
        assert (contact is None) != (lead is None)
        person = contacts[contact] if contact is not None else leads[lead]
        assert person["Email"] == field(row, "Prospect_Email")
        assert account == person.get("AccountId")
        assert account is None or accounts[account].split()[0] == field(row, "Company").split()[0]
        kinds["contact" if contact is not None else "lead"] += 1
    assert min(kinds.values()) > 100
    assert "Acme Corporation" in accounts.values()


@given(now=INSTANTS, seed=st.integers(0, 99))
@settings(max_examples=8)
def test_no_two_live_meetings_of_a_person_overlap(demos: Demos, now: datetime, seed: int) -> None:
    data = demos.at(now, seed, 400)
    meetings = {row["Id"]: row for row in data.of(bookit("Meeting")) if field(row, "Status") != "Canceled"}
    times: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in data.of(bookit("Attendee")):
        meeting = meetings.get(field(row, "Meeting"))
        if meeting is not None and field(row, "User") is not None:
            times[field(row, "User")].append((field(meeting, "Start"), field(meeting, "End")))
    assert times
    for taken in times.values():
        taken.sort()
        assert all(ends <= starts for (_, ends), (starts, _) in pairwise(taken))


def test_every_meeting_has_its_host_among_its_attendees(whole: DemoData) -> None:
    hosts = {
        (field(row, "Meeting"), field(row, "User"))
        for row in whole.of(bookit("Attendee"))
        if field(row, "Role") == "Host"
    }
    assert hosts == {(row["Id"], field(row, "Main_Host")) for row in whole.of(bookit("Meeting"))}


def test_what_happened_is_in_order(whole: DemoData) -> None:
    for row in whole.of(bookit("Meeting")):
        booked, start, canceled = (field(row, name) for name in ("Booked_Date", "Start", "Canceled_Date"))
        assert booked <= start
        assert booked <= NOW
        assert (canceled is not None) == (field(row, "Status") == "Canceled")
        assert canceled is None or booked <= canceled <= min(start, NOW)
        assert not field(row, "Is_No_Show") or start < NOW


def test_it_loads_into_an_org_of_bookit_7() -> None:
    schema = compile_schema(PACKAGES, bookit_version=7)
    org = LocalOrg(":memory:", schema, lambda: NOW)
    try:
        load.load(org, load.demo_data(schema, DemoOptions(NOW, meetings=50)))
        assert org.as_system().query(f"SELECT COUNT() FROM {bookit('Meeting')}")["totalSize"] > 50
    finally:
        org.close()


def test_managers_stand_between_the_vp_and_the_reps(org: LocalOrg, whole: DemoData) -> None:
    soql = "SELECT Username, UserRole.Name, UserRole.ParentRoleId FROM User WHERE UserRoleId != null"
    rows = {row["Username"].partition("@")[0]: row["UserRole"] for row in org.as_system().query(soql)["records"]}
    assert rows["vp"]["ParentRoleId"] is None
    assert rows["rep1"]["Name"] == "West Rep"
    assert "admin" not in rows
    assert "minimum" not in rows

    def private(handle: str) -> int:
        counted = "SELECT COUNT() FROM Event WHERE OwnerId = '{}'".format(whole.people["rep1"])
        total: int = org.acting(whole.people[handle]).query(counted)["totalSize"]
        return total

    assert private("rep1") >= private("managerwest") == private("vp") > 0
    assert private("manageramea") == private("rep2") == 0
