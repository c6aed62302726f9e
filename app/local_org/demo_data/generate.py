"""The demo org's data, whole: people, set-up, story, ordinary meetings, credit requests, private appointments."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.local_org.demo_data.booking import add_booking
from app.local_org.demo_data.cast import AMEA, LEADERS, REPS, SDRS, WEST
from app.local_org.demo_data.customers import add_customers
from app.local_org.demo_data.graph import add_graphs
from app.local_org.demo_data.meetings import Diary, ordinary_bookings
from app.local_org.demo_data.model import DemoData, NewId, Row, bookit, custom
from app.local_org.demo_data.options import period_start
from app.local_org.demo_data.setup import add_leaders_settings, add_setup, add_users
from app.local_org.demo_data.story import story_bookings
from app.local_org.demo_data.time_off import add_time_off
from app.local_org.demo_data.turns import add_turns


def generate(now: datetime, new_id: NewId, *, seed: int, meetings: int) -> DemoData:
    """The same rows for the same arguments. `now` is aware; `meetings` counts the ordinary ones beside the story."""
    # Random, and deterministic on purpose: it is test data, no secret.
    rng = Random(seed)  # noqa: S311
    data = DemoData(now.astimezone(UTC).replace(microsecond=0))
    add_users(data, new_id)
    ids = add_setup(data, new_id, rng)
    diary = Diary()
    bookings = [*story_bookings(data.now)]
    for booking in bookings:
        diary.take(booking)
    bookings.extend(ordinary_bookings(data.now, rng, diary, meetings))
    bookings.sort(key=lambda booking: (booking.booked, booking.start))
    customers = add_customers(data, new_id, (booking.prospect for booking in bookings))
    for number, booking in enumerate(bookings, start=1):
        meeting = add_booking(data, new_id, ids, booking, number)
        meeting |= custom(
            Account=customers.accounts.get(booking.prospect.company),
            Contact=customers.contacts.get(booking.prospect.email),
            Lead=customers.leads.get(booking.prospect.email),
        )
    _add_credit_requests(data, new_id, rng)
    _add_appointments(data, new_id, rng, diary)
    add_leaders_settings(data, new_id, rng)
    _add_sitting_in(data, new_id)
    add_turns(data, new_id, ids)
    add_time_off(data, new_id, diary)
    add_graphs(data, new_id, ids)
    return data


def _add_sitting_in(data: DemoData, new_id: NewId) -> None:
    """Each manager sits in on the first live meeting that one of his people hosts."""
    for manager, team in ((LEADERS[1], WEST), (LEADERS[2], AMEA), (LEADERS[3], SDRS)):
        hosts = {data.people[person.handle] for person in team}
        meetings = (row for row in data.of(bookit("Meeting")) if row["LeanData__Status__c"] == "Scheduled")
        meeting = next((row for row in meetings if row["LeanData__Main_Host__c"] in hosts), None)
        if meeting is not None:
            values = custom(
                Meeting=meeting["Id"],
                Email=f"{manager.handle}@demo.example",
                User=data.people[manager.handle],
                Role="Attendee",
                Response_Status="Accepted",
            )
            data.add(bookit("Attendee"), {"Id": new_id(bookit("Attendee")), "Name": manager.name, **values})


def _add_credit_requests(data: DemoData, new_id: NewId, rng: Random) -> None:
    """About half of the no-shows that came through a pool have a request, in every status."""
    for meeting in data.of(bookit("Meeting")):
        if not meeting["LeanData__Is_No_Show__c"] or meeting["LeanData__Pool__c"] is None or rng.random() < 0.5:
            continue
        status = rng.choice(("Pending", "Approved", "Denied"))
        host = meeting["LeanData__Main_Host__c"]
        decided = None if status == "Pending" else meeting["LeanData__End__c"] + timedelta(hours=5)
        request_id = new_id(bookit("Credit_Request"))
        values = custom(
            Meeting=meeting["Id"],
            Host=host,
            Pool=meeting["LeanData__Pool__c"],
            Meeting_Category=meeting["LeanData__Meeting_Category__c"],
            Reason="No-Show",
            Comment="The prospect did not come.",
            Status=status,
            Is_Automatic=False,
            Requested_By=host,
            Decided_By=data.people["admin"] if decided else None,
            Decided_Date=decided,
            Open_Key=f"{meeting['Id']}|{host}" if status == "Pending" else None,
        )
        data.add(bookit("Credit_Request"), {"Id": request_id, "OwnerId": host, **values})
        meeting["LeanData__Credit_Status__c"] = status
        if status == "Approved":
            _add_credit(data, new_id, meeting, request_id, min(decided or data.now, data.now))


def _add_credit(data: DemoData, new_id: NewId, meeting: Row, request_id: str, approved: datetime) -> None:
    values = custom(
        Pool=meeting["LeanData__Pool__c"],
        Member=meeting["LeanData__Pool_Member__c"],
        Meeting_Category=meeting["LeanData__Meeting_Category__c"],
        Period_Start=period_start(approved),
        Kind="Credit",
        Entry_Key=f"credit|{request_id}",
        Delta=1,
        Reason="No-Show",
        Meeting=meeting["Id"],
        Changed_By="admin@demo.example",
    )
    row = {"Id": new_id(bookit("Count_Entry")), "CreatedDate": approved, **values}
    data.add(bookit("Count_Entry"), row)


def _add_appointments(data: DemoData, new_id: NewId, rng: Random, diary: Diary) -> None:
    """Events that are no meetings: private ones, free ones, a day away. They take time but never a live meeting's."""
    for person in REPS:
        zone = ZoneInfo(person.zone)
        today = data.now.astimezone(zone).date()
        for offset in rng.sample(range(1, 15), 4):
            start = datetime.combine(today + timedelta(days=offset), time(12), zone).astimezone(UTC)
            end = start + timedelta(minutes=30)
            if not diary.is_free((person,), start, end):
                continue
            private = rng.random() < 0.5
            data.add(
                "Event",
                {
                    "Id": new_id("Event"),
                    "OwnerId": data.people[person.handle],
                    "Subject": "Dentist" if private else "Focus time",
                    "StartDateTime": start,
                    "EndDateTime": end,
                    "ShowAs": rng.choice(("Busy", "Busy", "OutOfOffice", "Free")),
                    "IsAllDayEvent": False,
                    "IsPrivate": private,
                },
            )
