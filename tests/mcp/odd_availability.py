"""What decides when people of a world can be booked, full of corners: odd slot grids, buffers, hours of a type's own,
limits, vacations with buffers, days away, private appointments, meetings that others host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.local_org.demo_data.cast import AMEA, SDRS, WEST
from app.local_org.demo_data.model import DemoData, NewId, bookit, custom

SECRET_SUBJECT = "Oncologist, do not tell"
SPLIT = json.dumps({"monday": [["08:00", "12:00"], ["22:30", "24:00"]], "tuesday": [["00:00", "23:59"]]})
KATHMANDU = json.dumps({"timezone": "Asia/Kathmandu", "thursday": [["09:00", "17:00"]], "friday": [["09:00", "17:00"]]})

TYPES: Mapping[str, Mapping[str, Any]] = {
    "Every 45": {"Duration_Minutes": 45, "Slot_Interval_Minutes": 45, "Buffer_After_Minutes": 15},
    "Every 25": {"Duration_Minutes": 20, "Slot_Interval_Minutes": 25, "Buffer_Before_Minutes": 10},
    "Own hours": {"Working_Hours_Source": "Meeting Type", "Working_Hours": SPLIT, "Minimum_Notice_Minutes": 1440},
    "In Kathmandu": {"Working_Hours_Source": "Meeting Type", "Working_Hours": KATHMANDU, "Slot_Interval_Minutes": 60},
    "Two a day": {"Max_Per_Day": 2, "Booking_Window_Days": 9},
    "Three a week": {"Max_Per_Week": 3, "Product": "Handoff", "Custom_Range_End": 6},
    "From Thursday": {"Custom_Range_Start": 3, "Duration_Minutes": 90, "Slot_Interval_Minutes": 90},
    "Broken hours": {"Working_Hours_Source": "Meeting Type", "Working_Hours": "nine to five"},
    "Retired": {"Is_Active": False},
}
"""Beside the demo's. Custom ranges are days from today."""

PEOPLE = (*WEST, *AMEA[:3], *SDRS[:4])
NIGHTS = "Nights"
GROUP_LINK = "group-of-west"


def add_odd_availability(data: DemoData, new_id: NewId) -> None:
    """Rows beside those of the demo; the same on every call."""
    rng = Random(11)
    owner = data.people["admin"]
    for name, values in TYPES.items():
        _add_type(data, new_id, owner, name, values)
    nights = _add(
        data,
        new_id,
        "Working_Hours",
        owner,
        Name=NIGHTS,
        Use_User_Timezone=False,
        Timezone="Australia/Lord_Howe",
        Is_Default=False,
        Blocks=json.dumps({day: [["20:00", "24:00"], ["00:00", "02:30"]] for day in ("monday", "wednesday", "friday")}),
    )
    by_user = {row["LeanData__User__c"]: row for row in data.of(bookit("User_Setting"))}
    by_user[data.people["rep3"]]["LeanData__Working_Hours__c"] = nights
    by_user[data.people["rep9"]]["LeanData__Working_Hours__c"] = None
    data.rows[bookit("User_Setting")].remove(by_user[data.people["rep18"]])
    for person in PEOPLE:
        _add_days(data, new_id, data.people[person.handle], ZoneInfo(person.zone), rng)
    _add_meetings(data, new_id, rng)
    teams = {bookit(name): data.rows.pop(bookit(name)) for name in ("Team", "Team_Member")}
    data.rows = teams | data.rows  # links point to teams now, so those come first
    team = next(row["Id"] for row in data.of(bookit("Team")) if row["Name"] == "West")
    link = _add(
        data,
        new_id,
        "Link",
        owner,
        Link_Id=GROUP_LINK,
        URL=f"https://bookit.example/{GROUP_LINK}",
        Kind="Group",
        Owner=data.people["rep1"],
        Main_Host=data.people["rep1"],
        Team=team,
        Is_Active=True,
    )
    for row in data.of(bookit("Meeting_Type")):
        values = custom(Link=link, Meeting_Type=row["Id"])
        data.add(bookit("Link_Meeting_Type"), {"Id": new_id(bookit("Link_Meeting_Type")), **values})


def _add(data: DemoData, new_id: NewId, name: str, owner: str, Name: str | None = None, **fields: object) -> str:
    row = {"Id": new_id(bookit(name)), "OwnerId": owner, **custom(**fields)}
    return data.add(bookit(name), row | ({"Name": Name} if Name is not None else {}))


def _add_type(data: DemoData, new_id: NewId, owner: str, name: str, values: Mapping[str, Any]) -> None:
    today = data.now.date()
    dates = {
        key: today + timedelta(days=value) if key.startswith("Custom_Range") else value for key, value in values.items()
    }
    plain = {
        "Internal_Name": name.lower().replace(" ", "_"),
        "Display_Name": name,
        "Product": "Forms",
        "Ownership": "Organization",
        "Is_Locked": False,
        "Is_Active": True,
        "Duration_Minutes": 30,
        "Slot_Interval_Minutes": 30,
        "Minimum_Notice_Minutes": 0,
        "Working_Hours_Source": "Host",
    }
    values = custom(**(plain | dates))
    data.add(bookit("Meeting_Type"), {"Id": new_id(bookit("Meeting_Type")), "OwnerId": owner, **values})


def _add_days(data: DemoData, new_id: NewId, user: str, zone: ZoneInfo, rng: Random) -> None:
    today = data.now.astimezone(zone).date()
    if rng.random() < 0.4:
        first = today + timedelta(days=rng.randint(-2, 8))
        values = custom(
            User=user,
            Start=first,
            End=first + timedelta(days=rng.randint(0, 3)),
            Start_Buffer_Days=rng.randint(0, 2),
            End_Buffer_Days=rng.randint(0, 2),
        )
        data.add(bookit("Vacation"), {"Id": new_id(bookit("Vacation")), "OwnerId": user, **values})
    for _ in range(6):
        day = today + timedelta(days=rng.randint(-1, 12))
        if rng.random() < 0.3:
            _add_all_day(data, new_id, user, day, rng)
        else:
            start = datetime.combine(day, time(rng.randint(0, 23), rng.choice((0, 5, 30))), zone).astimezone(UTC)
            _add_event(data, new_id, user, start, start + timedelta(minutes=rng.choice((15, 50, 240))), rng)


def _add_all_day(data: DemoData, new_id: NewId, user: str, day: date, rng: Random) -> None:
    start = datetime.combine(day, time(), UTC)
    _add_event(data, new_id, user, start, start + timedelta(days=rng.randint(0, 2)), rng, all_day=True)


def _add_event(
    data: DemoData, new_id: NewId, user: str, start: datetime, end: datetime, rng: Random, *, all_day: bool = False
) -> None:
    data.add(
        "Event",
        {
            "Id": new_id("Event"),
            "OwnerId": user,
            "Subject": SECRET_SUBJECT,
            "StartDateTime": start,
            "EndDateTime": end,
            "ShowAs": rng.choice(("Busy", "OutOfOffice", "Free")),
            "IsAllDayEvent": all_day,
            "IsPrivate": rng.random() < 0.7,
        },
    )


def _add_meetings(data: DemoData, new_id: NewId, rng: Random) -> None:
    """Meetings of the types above, some with an event of their own, some with colleagues who have declined or not."""
    types = [row for row in data.of(bookit("Meeting_Type")) if row["LeanData__Display_Name__c"] in TYPES]
    people = [data.people[person.handle] for person in PEOPLE]
    for _ in range(160):
        start = data.now.replace(minute=0, second=0) + timedelta(
            days=rng.randint(-2, 12), hours=rng.randint(0, 23), minutes=rng.choice((0, 15, 30))
        )
        host, colleague = rng.sample(people, 2)
        status = rng.choice(("Scheduled", "Rescheduled", "Canceled"))
        _add_meeting(data, new_id, rng, rng.choice(types), start, host, colleague, status)
    limited = [row for row in types if row["LeanData__Display_Name__c"] in ("Two a day", "Three a week")]
    for day in range(1, 9):
        for handle in ("rep1", "rep8", "rep16"):
            for hour in (3, 5):
                start = data.now.replace(hour=hour, minute=0, second=0) + timedelta(days=day)
                host = data.people[handle]
                _add_meeting(data, new_id, rng, limited[day % 2], start, host, data.people["rep2"], "Scheduled")


def _add_meeting(
    data: DemoData,
    new_id: NewId,
    rng: Random,
    kind: Mapping[str, Any],
    start: datetime,
    host: str,
    colleague: str,
    status: str,
) -> None:
    end = start + timedelta(minutes=kind["LeanData__Duration_Minutes__c"])
    event = None
    if rng.random() < 0.5:
        _add_event(data, new_id, host, start, end, rng)
        event = data.of("Event")[-1]["Id"]
    meeting = _add(
        data,
        new_id,
        "Meeting",
        host,
        Meeting_Id=f"ODD-{len(data.of(bookit('Meeting'))):04d}",
        Status=status,
        Start=start,
        End=end,
        Meeting_Type=kind["Id"],
        Main_Host=host,
        Original_Host=host,
        Booking_Method="API",
        Booked_Date=min(start, data.now) - timedelta(days=3),
        Canceled_Date=data.now - timedelta(days=1) if status == "Canceled" else None,
        Event_Id=event,
        Reschedule_Count=0,
        Is_No_Show=False,
        SMS_Consent=False,
    )
    on_it = [(host, "Host", "Accepted")]
    if rng.random() < 0.5:
        role = rng.choice(("Additional Host", "Attendee"))
        on_it.append((colleague, role, rng.choice(("Accepted", "Declined", "No Response"))))
    for user, role, response in on_it:
        values = custom(
            Meeting=meeting, Email=f"{user}@demo.example".lower(), User=user, Role=role, Response_Status=response
        )
        data.add(bookit("Attendee"), {"Id": new_id(bookit("Attendee")), "Name": role, **values})
