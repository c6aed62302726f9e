"""Months of ordinary meetings: random for a seed, in office hours, and never two live ones of a person at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.local_org.demo_data.booking import BY_HANDLE, LIVE, Booking, Cancellation, Prospect
from app.local_org.demo_data.cast import REPS, Person
from app.local_org.demo_data.setup import MEETING_TYPES, POOLS, MeetingType

DAYS_BACK = 70
DAYS_AHEAD = 21
HOURS = (9, 10, 11, 13, 14, 15, 16)
HOSTS = (*REPS, *(BY_HANDLE[handle] for handle in ("group", "minimum", "poolmanager2")))
STORY_DAYS = range(-2, 9)
"""The days around today, in rep1's zone, that belong to the story alone."""

METHODS = {
    "Forms": (("Forms", 60), ("Routing Link", 15), ("API", 10), ("MCP", 5), ("Handoff", 10)),
    "Handoff": (("Handoff", 75), ("Chrome Extension", 25)),
    "Links": (("Links", 80), ("Chrome Extension", 20)),
}
REASONS = {
    "Prospect": ("Schedule conflict", "No longer interested", "Chose another vendor"),
    "Host": ("Host unavailable", "Schedule conflict"),
    "Admin": ("Duplicate booking", "Disqualified"),
}
# fmt: off
FIRST_NAMES = (
    "Amara", "Ben", "Chloe", "Diego", "Elena", "Farid", "Grace", "Hugo", "Isla", "Jonas", "Keiko", "Leila",
    "Marco", "Nadia", "Oscar", "Petra", "Rafael", "Sofia", "Tomas", "Uma", "Viktor", "Wendy", "Xavier",
    "Yara", "Zane",
)
LAST_NAMES = (
    "Abbott", "Baker", "Castillo", "Dubois", "Eriksen", "Ferrari", "Gupta", "Hansen", "Ivanova", "Jensen",
    "Kowalski", "Lopez", "Murphy", "Nakamura", "Ortiz", "Park", "Quist", "Rossi", "Schmidt", "Turner",
    "Usman", "Varga", "Weber", "Yilmaz", "Zhang",
)
COMPANIES = (
    "Globex", "Initech", "Umbrella", "Hooli", "Vandelay", "Wonka", "Stark", "Wayne", "Tyrell", "Cyberdyne",
    "Aperture", "Monarch", "Northwind", "Contoso", "Fabrikam", "Tailspin", "Litware", "Proseware", "Adatum",
    "Trey",
)
# fmt: on

CELL = timedelta(minutes=30)


@dataclass(slots=True)
class Diary:
    """Which half hours of which person are taken by a live meeting."""

    _taken: defaultdict[str, set[datetime]] = field(default_factory=lambda: defaultdict[str, set[datetime]](set))

    def is_free(self, people: Iterable[Person], start: datetime, end: datetime) -> bool:
        cells = set(_cells(start, end))
        return all(cells.isdisjoint(self._taken[person.handle]) for person in people)

    def take(self, booking: Booking) -> None:
        """Note a booking; one that is not live takes no time."""
        if booking.status in LIVE:
            for person in booking.people:
                self._taken[person.handle].update(_cells(booking.start, booking.end))


def _cells(start: datetime, end: datetime) -> Iterator[datetime]:
    at = start.astimezone(UTC)
    at -= timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)
    while at < end:
        yield at
        at += CELL


def days_back(count: int) -> int:
    """How many days back `count` ordinary meetings reach."""
    per_day = len(HOSTS) * len(HOURS) // 2
    return max(DAYS_BACK, count * 7 // (5 * per_day) + DAYS_BACK)


def ordinary_bookings(now: datetime, rng: Random, diary: Diary, count: int) -> Iterator[Booking]:
    """`count` random bookings, spread evenly over ten weeks back; more than fit there reach further back."""
    most_back = days_back(count)
    made = 0
    while made < count:
        host = rng.choice(HOSTS)
        zone = ZoneInfo(host.zone)
        today = now.astimezone(zone).date()
        day = today + timedelta(days=rng.randint(-most_back, DAYS_AHEAD))
        if day.weekday() > 4 or (host.on_vacation and day >= today):
            continue
        start = datetime.combine(day, time(rng.choice(HOURS)), zone).astimezone(UTC)
        booking = _random_booking(now, rng, host, start)
        if _in_story(now, booking, day) or not diary.is_free(booking.people, booking.start, booking.end):
            continue
        diary.take(booking)
        made += 1
        yield booking


def _in_story(now: datetime, booking: Booking, day: date) -> bool:
    rep1 = BY_HANDLE["rep1"]
    offset = (day - now.astimezone(ZoneInfo(rep1.zone)).date()).days
    return rep1 in booking.people and offset in STORY_DAYS


def _type_for(host: Person, rng: Random) -> tuple[MeetingType, str | None]:
    """A meeting type that the host can have, and the pool that it came through, if any."""
    pools = [pool.name for pool in POOLS if host in pool.members]
    pooled = [(kind, pool) for kind in MEETING_TYPES for pool in kind.pools if pool in pools]
    if pooled and rng.random() < 0.65:
        return rng.choice(pooled)
    return rng.choice([kind for kind in MEETING_TYPES if not kind.pools]), None


def _random_booking(now: datetime, rng: Random, host: Person, start: datetime) -> Booking:
    kind, pool = _type_for(host, rng)
    past = start < now
    methods = METHODS[kind.product]
    draw = rng.random()
    status = "Canceled" if draw < (0.17 if past else 0.1) else "Rescheduled" if draw < 0.28 else "Scheduled"
    booked = min(start, now) - timedelta(minutes=rng.randint(60, 14 * 24 * 60))
    canceled = None
    if status == "Canceled":
        by = rng.choice(tuple(REASONS))
        at = booked + (min(start, now) - booked) * rng.random()
        canceled = Cancellation(at.replace(microsecond=0), by, rng.choice(REASONS[by]))
    others = [person for person in rng.sample(REPS, 3) if person is not host]
    return Booking(
        host=host,
        type=kind,
        prospect=Prospect(f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}", rng.choice(COMPANIES)),
        start=start,
        booked=booked.replace(microsecond=0),
        method=rng.choices([name for name, _ in methods], [weight for _, weight in methods])[0],
        status=status,
        pool=pool,
        additional_hosts=tuple(others[:1]) if rng.random() < 0.1 else (),
        attendees=tuple(others[1:2]) if rng.random() < 0.12 else (),
        guests=(f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}",) if rng.random() < 0.15 else (),
        canceled=canceled,
        no_show=past and status != "Canceled" and rng.random() < 0.07,
    )
