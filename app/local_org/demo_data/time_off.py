"""Days on which people are away as a whole: the org's holidays, and events of one day and of several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.local_org.demo_data.cast import SDRS, UNPOOLED, Person
from app.local_org.demo_data.meetings import Diary
from app.local_org.demo_data.model import DemoData, NewId, bookit, custom
from app.local_org.demo_data.options import org_day

COMPANY_DAY_IN = 17
"""Days from today to the company's own holiday."""

SEARCHED = range(3, 40)
"""How many days ahead a free day is looked for."""

AWAY: tuple[tuple[Sequence[Person], int, str, str], ...] = (
    ((SDRS[0], SDRS[1], SDRS[6], UNPOOLED[0]), 1, "Offsite", "Busy"),
    ((SDRS[2], SDRS[8], UNPOOLED[3]), 1, "Day off", "OutOfOffice"),
    ((SDRS[3], UNPOOLED[2], UNPOOLED[4]), 3, "Conference", "OutOfOffice"),
    ((UNPOOLED[1], UNPOOLED[5]), 2, "Training", "Busy"),
)
"""Who may be away (the first who has the time), for how many days, for what, and how it shows."""


def add_time_off(data: DemoData, new_id: NewId, diary: Diary) -> None:
    """Holidays, and all-day events that touch no live meeting. After all else: it takes nobody's time from others."""
    today, admin = org_day(data.now), data.people["admin"]
    for name, day in (
        ("New Year's Day", date(today.year + 1, 1, 1)),
        ("Company day", today + timedelta(days=COMPANY_DAY_IN)),
    ):
        row = {"Id": new_id(bookit("Holiday")), "OwnerId": admin, "Name": name, **custom(Date=day)}
        data.add(bookit("Holiday"), row)
    for people, days, subject, shown in AWAY:
        found = next(
            (
                (person, first)
                for person in people
                for first in _days_ahead(data.now, person)
                if _is_free(diary, person, first, days)
            ),
            None,
        )
        if found is not None:
            _add_all_day(data, new_id, *found, days, subject, shown)


def _days_ahead(now: datetime, person: Person) -> list[date]:
    today = now.astimezone(ZoneInfo(person.zone)).date()
    return [day for offset in SEARCHED if (day := today + timedelta(days=offset)).weekday() < 3]


def _is_free(diary: Diary, person: Person, first: date, days: int) -> bool:
    zone = ZoneInfo(person.zone)
    start, end = (datetime.combine(day, time(), zone) for day in (first, first + timedelta(days=days)))
    return diary.is_free((person,), start.astimezone(UTC), end.astimezone(UTC))


def _add_all_day(
    data: DemoData, new_id: NewId, person: Person, first: date, days: int, subject: str, shown: str
) -> None:
    """An all-day event stands at midnight UTC of its first day, and ends at that of its last (engine.events)."""
    start = datetime.combine(first, time(), UTC)
    data.add(
        "Event",
        {
            "Id": new_id("Event"),
            "OwnerId": data.people[person.handle],
            "Subject": subject,
            "StartDateTime": start,
            "EndDateTime": start + timedelta(days=days - 1),
            "ShowAs": shown,
            "IsAllDayEvent": True,
            "IsPrivate": False,
        },
    )
