"""Meetings to move and to hand over, and every field of them that an action could write: read from the org itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from app.bookit.invites.sending import Invites
from app.local_org.demo_data.model import bookit, custom
from app.mail.mailer import SmtpMailer, SmtpServer
from app.org.caller import Caller
from tests.mcp.credit_world import (
    FIELDS,
    WEST,
    Rows,
    bare,
    category_id,
    custom_names,
    member_id,
    person,
    pool_id,
    query,
    stamp,
)
from tests.mcp.world import World
from tests.support.mail_server import MailServer, Received, mail_server

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
MEETING_FIELDS = custom_names(
    "Meeting_Id Status Calendar_Status Start End Timezone Meeting_Type Main_Host Original_Host Pool Pool_Member "
    "Meeting_Category Booking_Method Link Booked_By Booked_Date Prospect_Name Prospect_Email Company Event_Id "
    "Conference_Provider Conference_Link Log Canceled_Date Reschedule_Count Previous_Start Reassigned_From "
    "Reassigned_Date Is_No_Show Credit_Status Selection_Snapshot SMS_Consent"
)
ALL_FIELDS: Mapping[str, tuple[str, ...]] = {
    **FIELDS,
    bookit("Meeting"): (*MEETING_FIELDS, "OwnerId"),
    bookit("Attendee"): ("Name", *FIELDS[bookit("Attendee")]),
    "Event": (*FIELDS["Event"], "ShowAs", "IsPrivate"),
}
_numbers = count(1)


def everything(world: World) -> Rows:
    """All rows that an action could write, by object and id, fields by their names without prefix."""
    return {
        (object_name, row["Id"]): {bare(name): row[name] for name in fields}
        for object_name, fields in ALL_FIELDS.items()
        for row in query(world, f"SELECT Id, {', '.join(fields)} FROM {object_name}")
    }


def local(day: int, hour: int, minute: int = 0, zone: ZoneInfo = LOS_ANGELES) -> datetime:
    """A time of November 2026 (the 23rd, a Monday, is today) on the wall of a zone."""
    return datetime(2026, 11, day, hour, minute, tzinfo=zone).astimezone(UTC)


def type_id(world: World, name: str) -> str:
    return query(world, f"SELECT Id FROM {bookit('Meeting_Type')} WHERE LeanData__Display_Name__c = '{name}'")[0]["Id"]


def meeting_at(
    world: World,
    start: datetime,
    *,
    host: str = "rep1",
    kind: str = "Inbound Demo",
    minutes: int = 30,
    pool: str | None = WEST,
    status: str = "Scheduled",
    others: Iterable[tuple[str, str]] = (),
    event: bool = True,
    counted: bool = True,
    period: str = "2026-11-01",
) -> str:
    """The id of a new meeting with its host's row, a prospect and its event; counted once for its host, if it came
    through a pool. others: (role, handle) of colleagues on it."""
    system = world.running.org.as_system()
    user, end = person(world, host), start + timedelta(minutes=minutes)
    event_id = busy(world, host, start, minutes) if event else None
    member = member_id(world, pool, host) if pool else None
    values = custom(
        Meeting_Id=f"MOV-{next(_numbers):05d}",
        Status=status,
        Start=stamp(start),
        End=stamp(end),
        Timezone="America/Los_Angeles",
        Meeting_Type=type_id(world, kind),
        Main_Host=user,
        Original_Host=user,
        Pool=pool_id(world, pool) if pool else None,
        Pool_Member=member,
        Meeting_Category=category_id(world),
        Booking_Method="Forms",
        Booked_Date=stamp(world.clock() - timedelta(days=3)),
        Prospect_Name="Jordan Lee",
        Prospect_Email="jordan.lee@acmecorp.example",
        Company="Acme Corp",
        Event_Id=event_id,
        Conference_Provider="Zoom",
        Conference_Link="https://zoom.example/j/1",
        Canceled_Date=stamp(world.clock()) if status == "Canceled" else None,
        Is_No_Show=False,
        Reschedule_Count=0,
        SMS_Consent=False,
    )
    meeting = system.create(bookit("Meeting"), {"OwnerId": user, **values})
    people = [("Host", host), *others]
    for role, handle in people:
        on_it(world, meeting, role, f"Colleague {handle}", f"{handle}@demo.example", person(world, handle))
    on_it(world, meeting, "Prospect", "Jordan Lee", "jordan.lee@acmecorp.example", None)
    if pool and counted:
        entry = custom(
            Pool=pool_id(world, pool),
            Member=member,
            Meeting_Category=category_id(world),
            Period_Start=period,
            Kind="Scheduled",
            Entry_Key=f"sched|{meeting}|1",
            Delta=1,
            Reason="Booked",
            Meeting=meeting,
            Changed_By="BookIt",
        )
        system.create(bookit("Count_Entry"), entry)
    return meeting


def on_it(world: World, meeting: str, role: str, name: str, email: str, user: str | None) -> str:
    values = custom(Meeting=meeting, Email=email, User=user, Role=role, Response_Status="Accepted")
    return world.running.org.as_system().create(bookit("Attendee"), {"Name": name, **values})


def busy(world: World, handle: str, start: datetime, minutes: int = 30) -> str:
    """The id of a new appointment in somebody's calendar."""
    values = {
        "OwnerId": person(world, handle),
        "Subject": "Dentist",
        "StartDateTime": stamp(start),
        "EndDateTime": stamp(start + timedelta(minutes=minutes)),
        "ShowAs": "Busy",
        "IsPrivate": True,
    }
    return world.running.org.as_system().create("Event", values)


def one(world: World, object_name: str, record: str) -> dict[str, Any]:
    """A record, fields by their names without prefix."""
    fields = ALL_FIELDS[object_name]
    row = query(world, f"SELECT Id, {', '.join(fields)} FROM {object_name} WHERE Id = '{record}'")[0]
    return {bare(name): value for name, value in row.items()}


def the_meeting(world: World, record: str) -> dict[str, Any]:
    return one(world, bookit("Meeting"), record)


async def free_starts(world: World, caller: Caller, meeting: str, day: int, kind: str = "Inbound Demo") -> list[str]:
    """What preview_availability offers for moving a meeting on a day of November 2026, RFC 3339."""
    found = await world.ask(
        caller,
        "preview_availability",
        meeting_type=kind,
        reschedule_of=meeting,
        start=f"2026-11-{day}",
        end=f"2026-11-{day}",
    )
    [date] = found["days"]
    return [f"{date['date']}T{each[:5]}:00{each[5:]}" for each in date["starts"]]


@asynccontextmanager
async def with_invites(world: World) -> AsyncGenerator[MailServer]:
    """Invites are on inside, and go to a mail server of the test's own."""
    async with mail_server(MailServer()) as server:
        mailer = SmtpMailer(SmtpServer("127.0.0.1", server.port, "none", None, None, 5.0, "localhost"))
        before = world.services
        world.services = replace(before, invites=Invites(mailer, "bookit@company.example", "bookit.example"))
        yield server
        world.services = before


def told(received: Received) -> tuple[str, str, int, str]:
    """To whom a mail went, with what method, sequence and organizer."""
    (part,) = [part for part in received.message.walk() if part.get_content_type() == "text/calendar"]
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    calendar = Calendar.from_ical(payload)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.events
    return received.recipients[0], str(calendar["METHOD"]), event.sequence, str(event["ORGANIZER"]).lower()
