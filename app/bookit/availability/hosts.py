"""Hosts as the org knows them, from the statements availability/members, people, settings and vacations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from app.bookit.picklists import CalendarStatus, Product, calendar_status
from app.bookit.pools.members import OUT_IN_WORDS, member_from
from app.bookit.stored_hours import stored_hours
from app.org.reader import Row
from app.scheduling.days_off import Vacation
from app.scheduling.errors import HoursError, TimeError
from app.scheduling.hosts import Host
from app.scheduling.intervals import Interval
from app.scheduling.working_hours import WorkingHours
from app.scheduling.zones import zone_named

_ACCESS_FIELD: Final[Mapping[Product, str]] = {
    "forms": "Product_Access_Forms",
    "links": "Product_Access_Links",
    "handoff": "Product_Access_Handoff",
}


@dataclass(frozen=True, slots=True)
class KnownHost:
    """One person whose time is asked for; all but his busy time.

    set_up: whether BookIt has settings of his at all. hours: None where there are none, or where hours_problem says why
    they cannot be read. barred: why no rule needs to be asked, as a reason of the answer and in words: the pool gives
    him no turn, or a vacation of his makes no sense.
    """

    user_id: str
    name: str
    email: str | None
    member_id: str | None
    zone: ZoneInfo
    active: bool
    set_up: bool
    product_access: bool
    calendar: CalendarStatus
    paused: bool
    paused_until: datetime | None
    hours: WorkingHours | None
    hours_problem: str | None
    vacations: tuple[Vacation, ...]
    barred: tuple[Literal["not_in_rotation", "vacation"], str] | None

    def as_host(self, busy: Sequence[Interval], hosted_starts: Sequence[int]) -> Host:
        """The engine's host, with the times that are taken."""
        return Host(
            host_id=self.user_id,
            zone=self.zone,
            product_access=self.product_access,
            calendar=self.calendar,
            active=self.active,
            paused=self.paused,
            hours=self.hours,
            vacations=self.vacations,
            busy=busy,
            hosted_starts=hosted_starts,
        )


def known_hosts(
    who: Iterable[Row],
    settings: Iterable[Row],
    vacations: Iterable[Row],
    default_hours: Sequence[Row],
    *,
    product: Product,
    now: datetime,
) -> tuple[KnownHost, ...]:
    """Hosts in the order of `who`: rows of availability/members or availability/people.

    Whoever has no settings is not set up in BookIt, so no product is open to him. Without working hours of his own the
    org's default set stands.
    """
    settings_of = {row["User"]["Id"]: row for row in settings}
    away = _Away()
    for row in vacations:
        away.add(row)
    default = default_hours[0] if default_hours else None
    found: list[KnownHost] = []
    for row in who:
        person = row.get("User_Owner", row)
        own = settings_of.get(person["Id"])
        zone = zone_named(person["TimeZoneSidKey"])
        hours, problem = _hours((own["Working_Hours"] if own else None) or default, zone)
        found.append(
            KnownHost(
                user_id=person["Id"],
                name=person["Name"],
                email=person["Email"],
                member_id=row["Id"] if "User_Owner" in row else None,
                zone=zone,
                active=person["IsActive"],
                set_up=own is not None,
                product_access=bool(own and own[_ACCESS_FIELD[product]]),
                calendar=calendar_status(own["Calendar_Status"]) if own else "not_connected",
                paused=bool(own) and is_paused(own["Is_Paused"], own["Paused_Until"], now),
                paused_until=own["Paused_Until"] if own else None,
                hours=hours,
                hours_problem=problem,
                vacations=tuple(away.vacations[person["Id"]]),
                barred=_out_of_rotation(row, now) or away.problems.get(person["Id"]),
            )
        )
    return tuple(found)


def is_paused(flag: bool, until: datetime | None, now: datetime) -> bool:
    """Paused, and not past the end of the pause; without an end it lasts until somebody lifts it (our own choice)."""
    return flag and (until is None or now < until)


class _Away:
    """Vacations by user id. problems: of whoever has one that ends before it begins, or a buffer below zero."""

    def __init__(self) -> None:
        self.vacations: defaultdict[str, list[Vacation]] = defaultdict(list)
        self.problems: dict[str, tuple[Literal["vacation"], str]] = {}

    def add(self, row: Row) -> None:
        user, first, last = row["User"]["Id"], row["Start"], row["End"]
        buffers = row["Start_Buffer_Days"] or 0, row["End_Buffer_Days"] or 0
        try:
            self.vacations[user].append(Vacation(first, last, *buffers))
        except ValueError:
            self.problems[user] = ("vacation", f"A vacation in BookIt makes no sense: {first} to {last}.")


def _out_of_rotation(row: Row, now: datetime) -> tuple[Literal["not_in_rotation"], str] | None:
    if "User_Owner" not in row:
        return None
    why = member_from(row).out_because(now, weighted=row["Pool"]["Is_Weighted"])
    # Who is no active user is out of every rotation, and the engine says so.
    return None if why in (None, "inactive_user") else ("not_in_rotation", f"In this pool: {OUT_IN_WORDS[why]}.")


def _hours(row: Row | None, zone: ZoneInfo) -> tuple[WorkingHours | None, str | None]:
    if row is None:
        return None, "No working hours are set."
    try:
        return stored_hours(
            row["Blocks"], zone if row["Use_User_Timezone"] else zone_named(row["Timezone"] or "")
        ), None
    except (HoursError, TimeError) as problem:
        return None, f"The working hours cannot be read: {problem}"
