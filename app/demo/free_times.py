"""When people of the demo org are free, read in plain Python from its rows, half hour by half hour, minute by minute.

Nothing of the server's engine is used here, so that the two can be held against each other. It knows what the demo data
has: meeting types whose slots begin every half hour, and hours that no change of the clock touches.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.demo.reading import Reading, field

Row = Mapping[str, Any]

STEP = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LIVE = {"Scheduled", "Rescheduled"}


@dataclass(frozen=True, slots=True)
class FreeTimes:
    """starts: by day of the asker's calendar (every day of the range), each start's local `HH:MM`. hosts_free: how many
    can start something that day. without: the names of the hosts who can start nothing in the whole range."""

    starts: dict[str, list[str]]
    hosts_free: dict[str, int]
    without: set[str]


def free_times_of_pool(
    reading: Reading, pool: str, meeting_type: str, first: date, last: date, zone: ZoneInfo
) -> FreeTimes:
    """When any member of a pool can start a meeting of the type, on the days first … last, from now on."""
    pool_id = reading.id_of("Pool", "Grouping_Name", pool)
    members = [row for row in reading.rows["LeanData__BookIt_Pool_Member__c"] if field(row, "Pool") == pool_id]
    rotating = {field(row, "User_Owner") for row in members if field(row, "Is_Available_For_Routing")}
    users = [field(row, "User_Owner") for row in members]
    return free_times(reading, users, meeting_type, first, last, zone, rotating=rotating)


def free_times(
    reading: Reading,
    users: list[str],
    meeting_type: str,
    first: date,
    last: date,
    zone: ZoneInfo,
    *,
    rotating: set[str] | None = None,
) -> FreeTimes:
    """When any of these users can; rotating: those whom a pool gives turns, None for all."""
    kind = next(row for row in reading.rows[_object("Meeting_Type")] if field(row, "Display_Name") == meeting_type)
    people = {row["Id"]: row for row in reading.rows["User"]}
    starts: dict[str, set[datetime]] = {
        user: _starts(reading, people[user], kind, first, last, zone) if rotating is None or user in rotating else set()
        for user in users
    }
    by_day: dict[str, list[str]] = {}
    hosts_free: dict[str, int] = {}
    for number in range((last - first).days + 1):
        day = first + number * DAY
        of_day = {user: {s for s in found if s.astimezone(zone).date() == day} for user, found in starts.items()}
        every = sorted(set[datetime]().union(*of_day.values()))
        by_day[day.isoformat()] = [f"{start.astimezone(zone):%H:%M}" for start in every]
        hosts_free[day.isoformat()] = sum(bool(found) for found in of_day.values())
    names = {user: f"{people[user]['FirstName']} {people[user]['LastName']}" for user in users}
    return FreeTimes(by_day, hosts_free, {names[user] for user, found in starts.items() if not found})


def _starts(reading: Reading, person: Row, kind: Row, first: date, last: date, zone: ZoneInfo) -> set[datetime]:
    setting = next((row for row in reading.rows[_object("User_Setting")] if field(row, "User") == person["Id"]), None)
    own_zone = ZoneInfo(person["TimeZoneSidKey"])
    if setting is None or not _can_ever(reading, person, setting, kind, own_zone):
        return set()
    hours = next(row for row in reading.rows[_object("Working_Hours")] if row["Id"] == field(setting, "Working_Hours"))
    week = json.loads(field(hours, "Blocks"))
    closed = _closed_days(reading, person)
    taken = _taken(reading, person, kind, own_zone)
    full_days, full_weeks = _full(reading, person, kind, own_zone)
    found: set[datetime] = set()
    instant = datetime.combine(first, time(), zone).astimezone(UTC)
    end = datetime.combine(last + DAY, time(), zone).astimezone(UTC)
    while instant < end:
        minutes = [instant + n * MINUTE for n in range(int(field(kind, "Duration_Minutes")))]
        local = [minute.astimezone(own_zone) for minute in minutes]
        latest_day = reading.now.astimezone(own_zone).date() + int(field(kind, "Booking_Window_Days")) * DAY
        if (
            instant >= reading.now + int(field(kind, "Minimum_Notice_Minutes")) * MINUTE
            and all(minute.date() not in closed and _within(week, minute) for minute in local)
            and all(minute.date() <= latest_day for minute in local)
            and not any(start < minutes[-1] + MINUTE and end > instant for start, end in taken)
            and not any(minute.date() in full_days or minute.isocalendar()[:2] in full_weeks for minute in local)
        ):
            found.add(instant)
        instant += STEP
    return found


def _can_ever(reading: Reading, person: Row, setting: Row, kind: Row, zone: ZoneInfo) -> bool:
    today = reading.now.astimezone(zone).date()
    about_to_leave = any(
        field(row, "Start") - int(field(row, "Start_Buffer_Days")) * DAY
        <= today
        <= field(row, "End") - int(field(row, "End_Buffer_Days")) * DAY
        for row in reading.rows.get(_object("Vacation"), ())
        if field(row, "User") == person["Id"]
    )
    return (
        field(setting, f"Product_Access_{field(kind, 'Product')}")
        and field(setting, "Calendar_Status") == "Connected"
        and person["IsActive"]
        and not (field(setting, "Is_Paused") and (field(setting, "Paused_Until") or reading.now + DAY) > reading.now)
        and not about_to_leave
    )


def _closed_days(reading: Reading, person: Row) -> set[date]:
    closed: set[date] = {field(row, "Date") for row in reading.rows.get(_object("Holiday"), ())}
    for row in reading.rows.get(_object("Vacation"), ()):
        if field(row, "User") == person["Id"]:
            length = (field(row, "End") - field(row, "Start")).days
            closed |= {field(row, "Start") + n * DAY for n in range(length + 1)}
    return closed


def _taken(reading: Reading, person: Row, kind: Row, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    before, after = (int(field(kind, f"Buffer_{side}_Minutes")) * MINUTE for side in ("Before", "After"))
    found: list[tuple[datetime, datetime]] = []
    for row in reading.rows["Event"]:
        if row["OwnerId"] == person["Id"] and row["ShowAs"] != "Free":
            start, end = row["StartDateTime"], row["EndDateTime"]
            if row["IsAllDayEvent"]:
                start = datetime.combine(start.date(), time(), zone).astimezone(UTC)
                end = datetime.combine(end.date() + DAY, time(), zone).astimezone(UTC)
            found.append((start - after, end + before))
    types = {row["Id"]: row for row in reading.rows[_object("Meeting_Type")]}
    on_it = {
        field(row, "Meeting")
        for row in reading.rows[_object("Attendee")]
        if field(row, "User") == person["Id"] and field(row, "Response_Status") != "Declined"
    }
    for row in reading.meetings:
        mine = field(row, "Main_Host") == person["Id"] or row["Id"] in on_it
        if mine and field(row, "Status") in LIVE:
            own = types[field(row, "Meeting_Type")]
            own_before, own_after = (int(field(own, f"Buffer_{side}_Minutes")) * MINUTE for side in ("Before", "After"))
            found.append((field(row, "Start") - own_before - after, field(row, "End") + own_after + before))
    return found


def _full(reading: Reading, person: Row, kind: Row, zone: ZoneInfo) -> tuple[set[date], set[tuple[int, int]]]:
    counted = [
        field(row, "Start").astimezone(zone)
        for row in reading.meetings
        if field(row, "Main_Host") == person["Id"]
        and field(row, "Meeting_Type") == kind["Id"]
        and field(row, "Status") in LIVE
    ]
    days = [start.date() for start in counted]
    weeks = [start.isocalendar()[:2] for start in counted]
    per_day, per_week = field(kind, "Max_Per_Day"), field(kind, "Max_Per_Week")
    return (
        {day for day in days if per_day is not None and days.count(day) >= per_day},
        {week for week in weeks if per_week is not None and weeks.count(week) >= per_week},
    )


def _within(week: Mapping[str, list[list[str]]], local: datetime) -> bool:
    wall = f"{local:%H:%M}"
    return any(start <= wall < end for start, end in week.get(WEEKDAYS[local.weekday()], []))


def _object(name: str) -> str:
    return f"LeanData__BookIt_{name}__c"
