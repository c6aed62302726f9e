"""The meetings that the guide's example questions are about, so that each has an answer on any day of any year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.local_org.demo_data.booking import BY_HANDLE, Booking, Cancellation, Prospect
from app.local_org.demo_data.cast import AMEA, Person
from app.local_org.demo_data.setup import ENTERPRISE_AMEA, INBOUND_DEMO, INTRO, MEETING_TYPES, POOL_WEST

ADMIN = BY_HANDLE["admin"]
REP = BY_HANDLE["rep1"]
TYPES = {kind.name: kind for kind in MEETING_TYPES}
JORDAN_LEE = Prospect("Jordan Lee", "Brightwater")
ACME = Prospect("Wile Coyote", "Acme Corp")


def story_bookings(now: datetime) -> Iterator[Booking]:
    """Bookings that do not overlap for any host."""
    yield from _reps_days(now)
    yield from _canceled_last_week(now)
    yield _booked_just_now(now)


def _reps_days(now: datetime) -> Iterator[Booking]:
    zone = ZoneInfo(REP.zone)
    today = now.astimezone(zone).date()
    week_ago = now - timedelta(days=7)

    def at(day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), zone).astimezone(UTC)

    yield Booking(REP, TYPES[INBOUND_DEMO], ACME, at(today - timedelta(days=1), 11), week_ago, "Forms", pool=POOL_WEST)
    tomorrow = today + timedelta(days=1)
    yield Booking(
        REP,
        TYPES[INTRO],
        Prospect("Noa Levi", "Silverline"),
        at(tomorrow, 14),
        week_ago,
        "Links",
        guests=("Omar Aziz",),
    )
    # A meeting still to come this week, even late on Sunday; and the one with Jordan Lee, even late on Friday.
    soon = _still_today(now, zone)
    if today.weekday() == 4:
        yield Booking(REP, TYPES[INBOUND_DEMO], JORDAN_LEE, soon, week_ago, "Forms", pool=POOL_WEST)
    else:
        friday = today + timedelta(days=(4 - today.weekday()) % 7)
        yield Booking(REP, TYPES[INBOUND_DEMO], JORDAN_LEE, at(friday, 11), week_ago, "Forms", pool=POOL_WEST)
        yield Booking(REP, TYPES[INTRO], Prospect("Mina Sato", "Lighthouse"), soon, week_ago, "Links")
    yield Booking(
        REP,
        TYPES[INBOUND_DEMO],
        Prospect("Theo Blanc", "Fernwood"),
        at(today + timedelta(days=7), 10),
        week_ago,
        "Routing Link",
        pool=POOL_WEST,
        additional_hosts=(BY_HANDLE["rep8"],),
    )


def _still_today(now: datetime, zone: ZoneInfo) -> datetime:
    """The next half hour that is at least half an hour away; late at night the day's last minute, or half of that."""
    wanted = now + timedelta(minutes=30)
    wanted += timedelta(minutes=-wanted.minute % 30)
    wanted = wanted.replace(second=0, microsecond=0)
    today = now.astimezone(zone).date()
    if wanted.astimezone(zone).date() == today:
        return wanted
    midnight = datetime.combine(today + timedelta(days=1), time(), zone).astimezone(UTC)
    last_minute = midnight - timedelta(minutes=1)
    return last_minute if now < last_minute else (now + (midnight - now) / 2).replace(microsecond=0)


def _canceled_last_week(now: datetime) -> Iterator[Booking]:
    # An admin asks, so last week is that of his zone; midweek at noon UTC is in the same week of every other.
    today = now.astimezone(ZoneInfo(ADMIN.zone)).date()
    monday = today - timedelta(days=today.weekday() + 7)
    cases: tuple[tuple[Person, int, str, str], ...] = (
        (AMEA[0], 1, "Prospect", "Schedule conflict"),
        (AMEA[2], 2, "Host", "Host unavailable"),
        (AMEA[4], 3, "Prospect", "No longer interested"),
    )
    for host, weekday, by, reason in cases:
        start = datetime.combine(monday + timedelta(days=weekday), time(12), UTC)
        yield Booking(
            host=host,
            type=TYPES[INBOUND_DEMO],
            prospect=Prospect(f"Ruth {host.last}son", "Kestrel"),
            start=start,
            booked=start - timedelta(days=4),
            method="Forms",
            status="Canceled",
            pool=ENTERPRISE_AMEA,
            canceled=Cancellation(start - timedelta(hours=20), by, reason),
        )


def _booked_just_now(now: datetime) -> Booking:
    """So that "this month" has a booking on the first of a month too."""
    start = (now + timedelta(days=2)).replace(hour=6, minute=0, second=0, microsecond=0)
    booked = now.replace(microsecond=0) - timedelta(seconds=30)
    return Booking(
        AMEA[1],
        TYPES[INBOUND_DEMO],
        Prospect("Ines Duarte", "Harborview"),
        start,
        booked,
        "Forms",
        pool=ENTERPRISE_AMEA,
    )
