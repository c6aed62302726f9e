"""view_counts read in plain Python from the org's rows: no SOQL, no statements, nothing of the tool or the engine."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cmp_to_key
from typing import Any
from zoneinfo import ZoneInfo

from tests.mcp.plain_reading import value
from tests.mcp.world import World

Row = Mapping[str, Any]

ORG_ZONE = ZoneInfo("America/Los_Angeles")
HISTORY_KINDS = {
    "calibration": {"Calibration", "Auto-Calibration"},
    "credits": {"Credit", "Credit-Consumed"},
}


def pool_named(world: World, name: str) -> Row:
    return next(row for row in world.of("Pool") if value(row, "Grouping_Name") == name)


def members_of(world: World, pool: Row) -> list[Row]:
    return [row for row in world.of("Pool_Member") if value(row, "Pool") == pool["Id"]]


def begins(pool: Row, day: date) -> bool:
    """Whether a count period of the pool begins on a day, by the words of the rule."""
    period, anchor = value(pool, "Reset_Period"), value(pool, "Reset_Date")
    if period == "Weekly":
        return day.weekday() == anchor.weekday()
    step = {"Monthly": 1, "Quarterly": 3, "Yearly": 12}[period]
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    return months % step == 0 and day.day == min(anchor.day, monthrange(day.year, day.month)[1])


def period(world: World, pool: Row) -> tuple[date, date | None]:
    if value(pool, "Reset_Period") in (None, "Never"):
        return date(1970, 1, 1), None
    first = world.clock().astimezone(ORG_ZONE).date()
    after = first + timedelta(days=1)
    while not begins(pool, first):
        first -= timedelta(days=1)
    while not begins(pool, after):
        after += timedelta(days=1)
    return first, after


@dataclass
class Plain:
    """One member in one category, counted entry by entry."""

    member: Row
    weight: int
    scheduled: int = 0
    calibration: int = 0
    credits: int = 0
    unconsumed: int = 0
    last: datetime | None = None
    out: str | None = None

    @property
    def net(self) -> int:
        return self.calibration + self.scheduled - self.credits

    @property
    def place(self) -> tuple[bool, int, str]:
        order = value(self.member, "Owner_Order")
        return order is None, order or 0, self.member["Id"]


def counted(world: World, pool: Row, category_id: str | None) -> list[Plain]:
    """Every member, in member order."""
    first, _ = period(world, pool)
    found = {row["Id"]: _uncounted(world, pool, row) for row in members_of(world, pool)}
    for entry in world.of("Count_Entry"):
        started = value(entry, "Period_Start")
        if value(entry, "Pool") != pool["Id"] or value(entry, "Meeting_Category") != category_id or started is None:
            continue
        who = found.get(value(entry, "Member"))
        if who is None:
            continue
        kind, delta, is_now = value(entry, "Kind"), value(entry, "Delta"), started >= first
        if kind == "Scheduled" and (who.last is None or entry["CreatedDate"] > who.last):
            who.last = entry["CreatedDate"]
        if kind in ("Scheduled", "Unscheduled") and is_now:
            who.scheduled += delta
        if kind in ("Calibration", "Auto-Calibration") and is_now:
            who.calibration += delta
        if kind == "Credit":
            who.credits += delta
            who.unconsumed += delta
        if kind == "Credit-Consumed":
            who.credits -= 0 if is_now else delta
            who.unconsumed -= delta
    return sorted(found.values(), key=lambda each: each.place)


def _uncounted(world: World, pool: Row, member: Row) -> Plain:
    user = next(row for row in world.rows["User"] if row["Id"] == value(member, "User_Owner"))
    weight = value(member, "Weighting_Value")
    made = Plain(member, weight if value(pool, "Is_Weighted") and weight is not None else 1)
    paused = value(member, "Paused_Until")
    if not user["IsActive"]:
        made.out = "inactive_user"
    elif not value(member, "Is_Available_For_Routing"):
        made.out = "not_available_for_routing"
    elif paused is not None and paused > world.clock():
        made.out = "paused"
    elif made.weight == 0:
        made.out = "weight_zero"
    return made


def turns(pool: Row, members: Sequence[Plain]) -> list[Plain]:
    """Those in rotation, the next one first."""
    if value(pool, "Distribution_Type") == "Order-Based":
        instants = [each.last for each in members if each.last is not None]
        at = max((number for number, each in enumerate(members) if instants and each.last == max(instants)), default=-1)
        around = [*members[at + 1 :], *members[: at + 1]]
        return [each for each in around if each.out is None]

    def compared(one: Plain, other: Plain) -> int:
        for left, right in (
            ((2 * one.net + 1) * other.weight, (2 * other.net + 1) * one.weight),
            (-one.weight, -other.weight),
            (one.last.timestamp() if one.last else -1.0, other.last.timestamp() if other.last else -1.0),
            (one.place, other.place),
        ):
            if left != right:
                return -1 if left < right else 1  # pyright: ignore[reportOperatorIssue]
        return 0

    return sorted((each for each in members if each.out is None), key=cmp_to_key(compared))


def categories(world: World, pool: Row) -> list[str | None]:
    """Those that anything was counted in, by name; what has none comes last."""
    counting = {"Scheduled", "Unscheduled", "Calibration", "Auto-Calibration", "Credit", "Credit-Consumed"}
    carried = {"Scheduled", "Credit", "Credit-Consumed"}
    first, _ = period(world, pool)
    found = {
        value(entry, "Meeting_Category")
        for entry in world.of("Count_Entry")
        if value(entry, "Pool") == pool["Id"]
        and (started := value(entry, "Period_Start")) is not None
        and value(entry, "Kind") in (counting if started >= first else carried)
    }
    names = {row["Id"]: row["Name"] for row in world.of("Meeting_Category")}
    return [*sorted((each for each in found if each), key=lambda each: names[each]), *([None] if None in found else [])]


def history(world: World, zone: ZoneInfo, asked: Mapping[str, Any]) -> list[Row]:
    """The entries of a history, newest first."""
    today = world.clock().astimezone(zone).date()

    def day(offset: int) -> datetime:
        return datetime.combine(today + timedelta(days=offset), datetime.min.time(), zone)

    span = {"today": (day(0), day(1)), "last_14_days": (day(-13), day(1)), None: None}[asked.get("period")]
    of = "calibration" if asked["history"] is True else asked["history"]
    pool = pool_named(world, asked["pool"])
    of_member = {row["Id"]: value(row, "User_Owner") for row in members_of(world, pool)}
    category = next((r["Id"] for r in world.of("Meeting_Category") if r["Name"] == asked.get("meeting_category")), None)

    def fits(entry: Row) -> bool:
        return (
            value(entry, "Pool") == pool["Id"]
            and (of == "all" or value(entry, "Kind") in HISTORY_KINDS[of])
            and (category is None or value(entry, "Meeting_Category") == category)
            and (
                "member" not in asked
                or of_member.get(value(entry, "Member")) == world.people[asked["member"].partition("@")[0]]
            )
            and (span is None or span[0] <= entry["CreatedDate"] < span[1])
        )

    found = [entry for entry in world.of("Count_Entry") if fits(entry)]
    return sorted(found, key=lambda entry: (entry["CreatedDate"], entry["Id"]), reverse=True)
