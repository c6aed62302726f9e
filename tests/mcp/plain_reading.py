"""query_meetings read in plain Python from the org's rows: no SOQL, no statements, nothing of the tool's own code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.org.caller import Caller, Scope
from tests.mcp.world import LEAST, World

Row = Mapping[str, Any]

TIME_OF = {"start": "Start", "booked": "Booked_Date", "canceled": "Canceled_Date"}
OWN_ROLES = {"Host", "Additional Host", "Attendee"}


def value(row: Row, name: str) -> Any:
    return row.get(f"LeanData__{name}__c")


def snake(text: str) -> str:
    return text.lower().replace(" ", "_").replace("-", "_")


def people_on(world: World) -> dict[str, list[Row]]:
    on_it: dict[str, list[Row]] = {}
    for row in world.of("Attendee"):
        on_it.setdefault(value(row, "Meeting"), []).append(row)
    return on_it


def is_own(meeting: Row, attendees: Sequence[Row], user_id: str | None) -> bool:
    """Main host, additional host or attendee."""
    return value(meeting, "Main_Host") == user_id or any(
        value(each, "User") == user_id and value(each, "Role") in OWN_ROLES for each in attendees
    )


def holds(text: str | None, part: str) -> bool:
    return text is not None and part.casefold() in text.casefold()


def read(world: World, caller: Caller, asked: Mapping[str, Any]) -> list[Row]:
    """The meetings that a call must answer, in the order of their start and id."""
    on_it = people_on(world)
    zone = ZoneInfo(asked.get("timezone", caller.timezone))
    now = world.clock()
    today = now.astimezone(zone).date()

    def day(offset: int) -> datetime:
        return datetime.combine(today + timedelta(days=offset), datetime.min.time(), zone)

    first, last = {
        None: (day(-30), day(31)),
        "today": (day(0), day(1)),
        "tomorrow": (day(1), day(2)),
        "last_7_days": (day(-6), day(1)),
        "next_14_days": (day(0), day(14)),
        "upcoming": (now, day(365)),
        "this_week": (day(-today.weekday()), day(7 - today.weekday())),
    }[asked.get("period")]
    if "start" in asked:
        first = datetime.fromisoformat(asked["start"])
        last = datetime.fromisoformat(asked["end"])
    statuses = {{"cancelled": "canceled"}.get(each, each) for each in asked.get("status", [])}
    if asked.get("upcoming_only") and not statuses:
        statuses = {"scheduled", "rescheduled"}
    types = {value(row, "Display_Name"): row["Id"] for row in world.of("Meeting_Type")}
    pools = {value(row, "Grouping_Name"): row["Id"] for row in world.of("Pool")}

    def fits(row: Row) -> bool:
        attendees = on_it[row["Id"]]
        when = value(row, TIME_OF[asked.get("date_field", "start")])
        prospect = [value(row, "Prospect_Name"), value(row, "Prospect_Email"), value(row, "Company")]
        if caller.user_id != world.people[LEAST] or caller.scope is Scope.ADMIN:
            prospect.append(world.accounts.get(value(row, "Account")))
        conditions = (
            (caller.scope is Scope.ADMIN and not asked.get("mine")) or is_own(row, attendees, caller.user_id),
            when is not None and first <= when < last,
            not statuses or snake(value(row, "Status")) in statuses,
            not asked.get("booking_method") or snake(value(row, "Booking_Method")) in asked["booking_method"],
            not asked.get("upcoming_only") or value(row, "Start") >= now,
            "meeting_type" not in asked or value(row, "Meeting_Type") == types[asked["meeting_type"]],
            "pool" not in asked or value(row, "Pool") == pools[asked["pool"]],
            "host" not in asked or value(row, "Main_Host") == world.people[asked["host"].partition("@")[0]],
            "prospect" not in asked or any(holds(text, asked["prospect"]) for text in prospect),
            "participant" not in asked
            or any(
                value(each, "User") == caller.user_id
                if asked["participant"] == "me"
                else holds(each["Name"], asked["participant"]) or holds(value(each, "Email"), asked["participant"])
                for each in attendees
            ),
        )
        return all(conditions)

    found = [row for row in world.of("Meeting") if fits(row)]
    return sorted(found, key=lambda row: (value(row, "Start"), row["Id"]), reverse=asked.get("order") == "descending")


def count(world: World, caller: Caller, asked: Mapping[str, Any]) -> Counter[tuple[Any, ...]]:
    """How many of them there are by each combination of what group_by names."""
    zone = ZoneInfo(asked.get("timezone", caller.timezone))

    def key(row: Row, grouping: str) -> Any:
        local = value(row, TIME_OF[asked.get("date_field", "start")]).astimezone(zone).date()
        match grouping:
            case "day":
                return local.isoformat()
            case "week":
                return (local - timedelta(days=local.weekday())).isoformat()
            case "month":
                return f"{local:%Y-%m}"
            case "status":
                return snake(value(row, "Status"))
            case "booking_method":
                return snake(value(row, "Booking_Method"))
            case "cancellation_reason":
                return value(row, "Cancellation_Reason")
            case _:
                return value(row, {"host": "Main_Host", "pool": "Pool", "meeting_type": "Meeting_Type"}[grouping])

    return Counter(tuple(key(row, each) for each in asked["group_by"]) for row in read(world, caller, asked))
