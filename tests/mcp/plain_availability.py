"""preview_availability read in plain Python from the org's rows: plain data for the minute-by-minute reference."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.scheduling.availability import Host, Rules
from app.scheduling.days_off import Vacation
from app.scheduling.working_hours import Week, WorkingHours
from tests.mcp.plain_reading import value
from tests.mcp.world import World
from tests.scheduling.naive_availability import Found, Question, availability

Row = Mapping[str, Any]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LIVE = {"Scheduled", "Rescheduled"}


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def week_of(stored: Mapping[str, Any]) -> Week:
    def minute(text: str) -> int:
        if text in ("24:00", "23:59"):
            return 1440
        return int(text[:2]) * 60 + int(text[3:])

    return tuple(tuple((minute(a), minute(b)) for a, b in sorted(stored.get(day, []))) for day in DAYS)


def type_of(world: World, name: str) -> Row:
    return next(row for row in world.of("Meeting_Type") if value(row, "Display_Name") == name)


def rules_of(kind: Row) -> Rules:
    own: WorkingHours | Week | None = None
    if value(kind, "Working_Hours_Source") == "Meeting Type":
        stored = json.loads(value(kind, "Working_Hours"))
        own = week_of(stored)
        if "timezone" in stored:
            own = WorkingHours(ZoneInfo(stored["timezone"]), own)
    return Rules(
        duration=value(kind, "Duration_Minutes") * 60,
        slot_interval=value(kind, "Slot_Interval_Minutes") * 60,
        buffer_before=(value(kind, "Buffer_Before_Minutes") or 0) * 60,
        buffer_after=(value(kind, "Buffer_After_Minutes") or 0) * 60,
        minimum_notice=(value(kind, "Minimum_Notice_Minutes") or 0) * 60,
        booking_window_days=value(kind, "Booking_Window_Days"),
        first_day=value(kind, "Custom_Range_Start"),
        last_day=value(kind, "Custom_Range_End"),
        max_per_day=value(kind, "Max_Per_Day"),
        max_per_week=value(kind, "Max_Per_Week"),
        own_hours=own,
    )


def host_of(world: World, user_id: str, kind: Row, moved: str | None = None) -> Host:
    """Everything that the org's rows say of one person; moved: the id of a meeting that does not count."""
    person = next(row for row in world.rows["User"] if row["Id"] == user_id)
    zone = ZoneInfo(person["TimeZoneSidKey"])
    setting = next((row for row in world.of("User_Setting") if value(row, "User") == user_id), None)
    hours_id = value(setting, "Working_Hours") if setting else None
    hours = next(
        row for row in world.of("Working_Hours") if (row["Id"] == hours_id if hours_id else value(row, "Is_Default"))
    )
    hours_zone = zone if value(hours, "Use_User_Timezone") else ZoneInfo(value(hours, "Timezone"))
    calendar = value(setting, "Calendar_Status") if setting else "Not Connected"
    until = value(setting, "Paused_Until") if setting else None
    return Host(
        host_id=user_id,
        zone=zone,
        product_access=bool(setting and value(setting, f"Product_Access_{value(kind, 'Product')}")),
        calendar={"Connected": "connected", "Expired": "expired"}.get(calendar, "not_connected"),  # pyright: ignore[reportArgumentType]
        active=person["IsActive"],
        paused=bool(setting and value(setting, "Is_Paused") and (until is None or until > world.clock())),
        hours=WorkingHours(hours_zone, week_of(json.loads(value(hours, "Blocks")))),
        vacations=tuple(
            Vacation(
                value(row, "Start"), value(row, "End"), value(row, "Start_Buffer_Days"), value(row, "End_Buffer_Days")
            )
            for row in world.of("Vacation")
            if value(row, "User") == user_id
        ),
        busy=busy_of(world, user_id, zone, moved),
        hosted_starts=[
            seconds(value(row, "Start"))
            for row in world.of("Meeting")
            if value(row, "Main_Host") == user_id
            and value(row, "Meeting_Type") == kind["Id"]
            and value(row, "Status") in LIVE
            and row["Id"] != moved
        ],
    )


def busy_of(world: World, user_id: str, zone: ZoneInfo, moved: str | None) -> list[tuple[int, int]]:
    kinds = {row["Id"]: row for row in world.of("Meeting_Type")}
    moved_event = next((value(row, "Event_Id") for row in world.of("Meeting") if row["Id"] == moved), None)
    taken: list[tuple[int, int]] = []
    for row in world.rows["Event"]:
        if row["OwnerId"] == user_id and row["ShowAs"] != "Free" and row["Id"] != moved_event:
            start, end = row["StartDateTime"], row["EndDateTime"]
            if row["IsAllDayEvent"]:
                start = datetime.combine(start.date(), time(), zone).astimezone(UTC)
                end = datetime.combine(end.date() + timedelta(days=1), time(), zone).astimezone(UTC)
            taken.append((seconds(start), seconds(end)))
    on_it = {
        value(row, "Meeting")
        for row in world.of("Attendee")
        if value(row, "User") == user_id and value(row, "Response_Status") != "Declined"
    }
    for row in world.of("Meeting"):
        mine = value(row, "Main_Host") == user_id or row["Id"] in on_it
        if mine and value(row, "Status") in LIVE and row["Id"] != moved:
            kind = kinds[value(row, "Meeting_Type")]
            before, after = ((value(kind, f"Buffer_{side}_Minutes") or 0) * 60 for side in ("Before", "After"))
            taken.append((seconds(value(row, "Start")) - before, seconds(value(row, "End")) + after))
    return taken


def question(world: World, kind: Row, start: datetime, end: datetime, zone: ZoneInfo) -> Question:
    holidays = frozenset(value(row, "Date") for row in world.of("Holiday"))
    first = max(seconds(start), seconds(world.clock()))
    return Question(rules_of(kind), first, seconds(end), seconds(world.clock()), zone, holidays)


def of_each(world: World, users: Sequence[str], kind: Row, asked: Question, moved: str | None = None) -> list[Found]:
    return [availability(host_of(world, user, kind, moved), asked) for user in users]
