"""A meeting as the generator thinks of it, and the rows that it becomes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.local_org.demo_data.cast import EVERYBODY, Person
from app.local_org.demo_data.model import DemoData, NewId, Row, bookit, custom
from app.local_org.demo_data.options import period_start
from app.local_org.demo_data.setup import Ids, MeetingType

BY_HANDLE = {person.handle: person for person in EVERYBODY}
LIVE = ("Scheduled", "Rescheduled")


@dataclass(frozen=True, slots=True)
class Prospect:
    name: str
    company: str

    @property
    def email(self) -> str:
        local = self.name.lower().replace(" ", ".").replace("'", "")
        return f"{local}@{self.company.lower().replace(' ', '')}.example"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """When, by whom (`Prospect`, `Host`, `Admin`) and why a meeting was called off."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Booking:
    """One meeting. start and booked are aware; pool is the pool's name when it was booked through one."""

    host: Person
    type: MeetingType
    prospect: Prospect
    start: datetime
    booked: datetime
    method: str
    status: str = "Scheduled"
    pool: str | None = None
    additional_hosts: tuple[Person, ...] = ()
    attendees: tuple[Person, ...] = ()
    guests: tuple[str, ...] = ()
    canceled: Cancellation | None = None
    no_show: bool = False

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.type.minutes)

    @property
    def people(self) -> tuple[Person, ...]:
        return (self.host, *self.additional_hosts, *self.attendees)


def add_booking(data: DemoData, new_id: NewId, ids: Ids, booking: Booking, number: int) -> Row:
    """The meeting's row, with its attendees, event and count entry. `number` makes BookIt's own meeting id."""
    host = data.people[booking.host.handle]
    meeting_id = new_id(bookit("Meeting"))
    live = booking.status in LIVE
    event_id = _add_event(data, new_id, booking, host) if live else None
    member = ids.members.get((booking.pool, booking.host.handle)) if booking.pool else None
    link = ids.links.get((booking.host.handle, booking.type.name)) if booking.method == "Links" else None
    data.add(
        bookit("Meeting"),
        {
            "Id": meeting_id,
            "OwnerId": host,
            **custom(
                Meeting_Id=f"BKT-{number:07d}",
                Status=booking.status,
                Calendar_Status="Synced" if live else None,
                Start=booking.start,
                End=booking.end,
                Timezone=booking.host.zone,
                Meeting_Type=ids.types[booking.type.name],
                Main_Host=host,
                Original_Host=host,
                Pool=ids.pools[booking.pool] if booking.pool else None,
                Pool_Member=member,
                Meeting_Category=ids.categories[booking.type.category],
                Booking_Method=booking.method,
                Link=link,
                Booked_By=host if booking.method in {"Handoff", "Chrome Extension"} else None,
                Booked_Date=booking.booked,
                Prospect_Name=booking.prospect.name,
                Prospect_Email=booking.prospect.email,
                Company=booking.prospect.company,
                Event_Id=event_id,
                Conference_Provider="Zoom",
                Conference_Link=f"https://zoom.example/j/{9_000_000_000 + number}",
                Form_Answers=json.dumps({"team_size": str(5 + number % 40)}),
                Canceled_Date=booking.canceled.at if booking.canceled else None,
                Canceled_By_Type=booking.canceled.by if booking.canceled else None,
                Cancellation_Reason=booking.canceled.reason if booking.canceled else None,
                Reschedule_Count=1 if booking.status == "Rescheduled" else 0,
                Previous_Start=booking.start - timedelta(days=1) if booking.status == "Rescheduled" else None,
                Is_No_Show=booking.no_show,
                Credit_Status=None,
                SMS_Consent=False,
            ),
        },
    )
    _add_attendees(data, new_id, booking, meeting_id)
    _add_activities(data, new_id, booking, meeting_id)
    if booking.pool:
        _add_count(data, new_id, ids, booking, meeting_id)
    return data.of(bookit("Meeting"))[-1]


def _add_event(data: DemoData, new_id: NewId, booking: Booking, host: str) -> str:
    return data.add(
        "Event",
        {
            "Id": new_id("Event"),
            "OwnerId": host,
            "Subject": f"{booking.type.name} with {booking.prospect.name}",
            "StartDateTime": booking.start,
            "EndDateTime": booking.end,
            "ShowAs": "Busy",
            "IsAllDayEvent": False,
            "IsPrivate": False,
        },
    )


def _add_attendees(data: DemoData, new_id: NewId, booking: Booking, meeting_id: str) -> None:
    # The main host has a row too: "own to read" is one semi-join over the attendees.
    people = [
        ("Host", booking.host),
        *(("Additional Host", person) for person in booking.additional_hosts),
        *(("Attendee", person) for person in booking.attendees),
    ]
    rows: list[tuple[str, str, str, str | None]] = [
        (role, person.name, f"{person.handle}@demo.example", data.people[person.handle]) for role, person in people
    ]
    rows.append(("Prospect", booking.prospect.name, booking.prospect.email, None))
    domain = booking.prospect.email.partition("@")[2]
    rows.extend(("Guest", guest, f"{guest.lower().replace(' ', '.')}@{domain}", None) for guest in booking.guests)
    for role, name, email, user in rows:
        values = custom(Meeting=meeting_id, Email=email, User=user, Role=role, Response_Status="Accepted")
        data.add(bookit("Attendee"), {"Id": new_id(bookit("Attendee")), "Name": name, **values})


def _add_activities(data: DemoData, new_id: NewId, booking: Booking, meeting_id: str) -> None:
    happened = [("Booked", booking.prospect.email, "Prospect")]
    if booking.method == "MCP":
        happened = [("Booked", data.people["admin"], "MCP")]
    if booking.status == "Rescheduled":
        happened.append(("Rescheduled", data.people[booking.host.handle], "UI"))
    if booking.canceled:
        by_prospect = booking.canceled.by == "Prospect"
        actor = booking.prospect.email if by_prospect else data.people[booking.host.handle]
        happened.append(("Canceled", actor, "Prospect" if by_prospect else "UI"))
    for kind, actor, channel in happened:
        values = custom(Meeting=meeting_id, Kind=kind, Actor=actor, Channel=channel)
        data.add(bookit("Meeting_Activity"), {"Id": new_id(bookit("Meeting_Activity")), **values})


def _add_count(data: DemoData, new_id: NewId, ids: Ids, booking: Booking, meeting_id: str) -> None:
    member = ids.members[booking.pool or "", booking.host.handle]
    values = custom(
        Pool=ids.pools[booking.pool or ""],
        Member=member,
        Meeting_Category=ids.categories[booking.type.category],
        Period_Start=period_start(booking.booked),
        Kind="Scheduled",
        Entry_Key=f"sched|{meeting_id}|1",
        Delta=1,
        Reason="Booked",
        Meeting=meeting_id,
        Changed_By="BookIt",
    )
    row = {"Id": new_id(bookit("Count_Entry")), "CreatedDate": booking.booked, **values}
    data.add(bookit("Count_Entry"), row)
