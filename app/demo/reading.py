"""The demo data read in plain Python, without our server: what the answers to the example questions must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by object API name, as they were loaded into the org."""


def field(row: Mapping[str, Any], name: str) -> Any:
    """A LeanData field by its name without prefix."""
    return row[f"LeanData__{name}__c"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The org's rows, and the instant at which they are read."""

    rows: Rows
    now: datetime

    @property
    def meetings(self) -> Sequence[Mapping[str, Any]]:
        return self.rows["LeanData__BookIt_Meeting__c"]

    def user(self, username: str) -> Mapping[str, Any]:
        return next(row for row in self.rows["User"] if row["Username"] == username)

    def id_of(self, object_name: str, name_field: str, name: str) -> str:
        rows = self.rows[f"LeanData__BookIt_{object_name}__c"]
        found: str = next(row["Id"] for row in rows if field(row, name_field) == name)
        return found

    def own(self, username: str) -> list[Mapping[str, Any]]:
        """The meetings that a person hosts, co-hosts or attends."""
        user = self.user(username)["Id"]
        on_it = {
            field(row, "Meeting")
            for row in self.rows["LeanData__BookIt_Attendee__c"]
            if field(row, "User") == user and field(row, "Role") in {"Host", "Additional Host", "Attendee"}
        }
        return [row for row in self.meetings if field(row, "Main_Host") == user or row["Id"] in on_it]

    def zone(self, username: str) -> ZoneInfo:
        return ZoneInfo(self.user(username)["TimeZoneSidKey"])


def local_day(reading: Reading, zone: ZoneInfo, offset: int = 0) -> date:
    return reading.now.astimezone(zone).date() + timedelta(days=offset)


def between(
    meetings: Iterable[Mapping[str, Any]], name: str, zone: ZoneInfo, first: date, last: date
) -> list[Mapping[str, Any]]:
    """Meetings whose instant in `name` falls on the local days first … last, both included."""
    start = datetime.combine(first, time(), zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    return [row for row in meetings if field(row, name) is not None and start <= field(row, name) < end]


def canceled_last_week(reading: Reading, username: str, pool: str) -> set[str]:
    """Salesforce ids of the pool's meetings of last week, Monday to Sunday in the asker's zone, that were canceled."""
    zone = reading.zone(username)
    today = local_day(reading, zone)
    monday = today - timedelta(days=today.weekday() + 7)
    pool_id = reading.id_of("Pool", "Grouping_Name", pool)
    week = between(reading.meetings, "Start", zone, monday, monday + timedelta(days=6))
    return {row["Id"] for row in week if field(row, "Pool") == pool_id and field(row, "Status") == "Canceled"}


def booked_by_month(reading: Reading, username: str, meeting_type: str, first: date, last: date) -> Counter[str]:
    """How many meetings of the type were booked in each local month (`2026-11`) of the days first … last."""
    zone = reading.zone(username)
    type_id = reading.id_of("Meeting_Type", "Display_Name", meeting_type)
    of_type = [row for row in reading.meetings if field(row, "Meeting_Type") == type_id]
    booked = between(of_type, "Booked_Date", zone, first, last)
    return Counter(field(row, "Booked_Date").astimezone(zone).strftime("%Y-%m") for row in booked)


def coming_up_this_week(reading: Reading, username: str) -> set[str]:
    """Salesforce ids of the person's meetings from now to Sunday night in his zone, canceled ones left out."""
    zone = reading.zone(username)
    today = local_day(reading, zone)
    week = between(reading.own(username), "Start", zone, today, today + timedelta(days=6 - today.weekday()))
    return {row["Id"] for row in week if field(row, "Start") >= reading.now and field(row, "Status") != "Canceled"}


def conference_link_at(reading: Reading, username: str, day_offset: int, at: time) -> str:
    """The conference link of the person's one live meeting at that local time of that day."""
    zone = reading.zone(username)
    start = datetime.combine(local_day(reading, zone, day_offset), at, zone)
    found = [m for m in reading.own(username) if field(m, "Start") == start and field(m, "Status") != "Canceled"]
    if len(found) != 1:
        raise LookupError(f"{len(found)} meetings start at {start.isoformat()}")
    link: str = field(found[0], "Conference_Link")
    return link


def members_without_calendar(reading: Reading, pool: str) -> set[str]:
    """Names of the pool's members whose calendar is not connected; whoever has no settings has connected none."""
    pool_id = reading.id_of("Pool", "Grouping_Name", pool)
    connected = {
        field(row, "User")
        for row in reading.rows["LeanData__BookIt_User_Setting__c"]
        if field(row, "Calendar_Status") != "Not Connected"
    }
    members = [
        field(row, "User_Owner")
        for row in reading.rows["LeanData__BookIt_Pool_Member__c"]
        if field(row, "Pool") == pool_id
    ]
    people = {row["Id"]: f"{row['FirstName']} {row['LastName']}" for row in reading.rows["User"]}
    return {people[user] for user in members if user not in connected}


def own_links(reading: Reading, username: str, meeting_type: str) -> set[str]:
    """URLs of the person's own active links for a meeting type."""
    user, type_id = reading.user(username)["Id"], reading.id_of("Meeting_Type", "Display_Name", meeting_type)
    offering = {
        field(row, "Link")
        for row in reading.rows["LeanData__BookIt_Link_Meeting_Type__c"]
        if field(row, "Meeting_Type") == type_id
    }
    return {
        field(row, "URL")
        for row in reading.rows["LeanData__BookIt_Link__c"]
        if field(row, "Owner") == user and field(row, "Is_Active") and row["Id"] in offering
    }


def meeting_with(reading: Reading, username: str, prospect: str, day: date) -> str:
    """The id of the person's one live meeting of that local day with a prospect of that name or company."""
    zone = reading.zone(username)
    of_day = between(reading.own(username), "Start", zone, day, day)
    found = [
        row
        for row in of_day
        if prospect in (field(row, "Prospect_Name"), field(row, "Company")) and field(row, "Status") != "Canceled"
    ]
    if len(found) != 1:
        raise LookupError(f"{len(found)} meetings are with {prospect} on {day}")
    meeting_id: str = found[0]["Id"]
    return meeting_id
