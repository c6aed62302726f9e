"""The differential property: preview_availability says what a minute-by-minute reading of the org's rows says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.caller import Scope
from tests.mcp.odd_availability import GROUP_LINK, PEOPLE, TYPES
from tests.mcp.plain_availability import of_each, question, seconds, type_of
from tests.mcp.plain_reading import value
from tests.mcp.world import World
from tests.scheduling.naive_availability import Found, Question, is_free, starts_by_date, starts_in

POOLS = ("Enterprise AMEA Pool", "Pool West - USA", "SDR Pool")
ZONES = ("America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")
KINDS = (
    "Inbound Demo",
    "Outbound Demo",
    "Technical Deep Dive",
    *(n for n in TYPES if n not in ("Retired", "Broken hours")),
)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def members(world: World, pool: str) -> list[str]:
    pool_id = next(row["Id"] for row in world.of("Pool") if value(row, "Grouping_Name") == pool)
    rows = [row for row in world.of("Pool_Member") if value(row, "Pool") == pool_id]
    return [value(row, "User_Owner") for row in sorted(rows, key=lambda row: value(row, "Owner_Order"))]


def in_rotation(world: World, pool: str) -> set[str]:
    pool_id = next(row["Id"] for row in world.of("Pool") if value(row, "Grouping_Name") == pool)
    rows = [row for row in world.of("Pool_Member") if value(row, "Pool") == pool_id]
    return {value(row, "User_Owner") for row in rows if value(row, "Is_Available_For_Routing")}


def ask(world: World, handle: str, scope: Scope, **arguments: Any) -> dict[str, Any]:
    async def asking() -> dict[str, Any]:
        return await world.ask(world.caller(handle, scope), "preview_availability", **arguments)

    return anyio.run(asking)


def shown(start: int, zone: ZoneInfo) -> str:
    local = datetime.fromtimestamp(start, zone)
    return f"{local:%H:%M}{local.isoformat()[-6:]}"


def starts_of(answer: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(day["date"], day["starts"]) for day in answer["days"]]


def expected_days(starts: list[int], asked: Question) -> list[tuple[str, list[str]]]:
    return [
        (day.isoformat(), [shown(start, asked.viewer_zone) for start in of_day])
        for day, of_day in starts_by_date(starts, asked)
    ]


ranges = st.tuples(
    st.sampled_from(KINDS),
    st.sampled_from(ZONES).map(ZoneInfo),
    st.integers(0, 10 * 24 * 4),
    st.integers(1, 5 * 24 * 4),
)


def bounds(first: int, length: int) -> tuple[datetime, datetime]:
    start = MONDAY + timedelta(minutes=15 * first)
    return start, start + timedelta(minutes=15 * length)


@pytest.mark.requirement("read.availability.user", "read.availability.rules")
@given(asked=ranges, handle=st.sampled_from([person.handle for person in PEOPLE]))
def test_a_user_sees_just_when_he_is_free(
    busy_world: World, asked: tuple[str, ZoneInfo, int, int], handle: str
) -> None:
    name, zone, first, length = asked
    start, end = bounds(first, length)
    if end <= busy_world.clock():
        return
    kind = type_of(busy_world, name)
    asking = question(busy_world, kind, start, end, zone)
    answer = ask(
        busy_world, handle, Scope.USER, meeting_type=name, timezone=zone.key,
        start=f"{start:%Y-%m-%dT%H:%M:%SZ}", end=f"{end:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip
    (found,) = of_each(busy_world, [busy_world.people[handle]], kind, asking)
    assert starts_of(answer) == expected_days(found.starts, asking)
    assert [host["reason"] for host in answer["hosts"]] == [
        None if found.starts else found.reason or "no_start_in_range"
    ]


@pytest.mark.requirement("read.availability.admin", "read.availability.rules")
@given(asked=ranges, pool=st.sampled_from(POOLS))
def test_a_pool_is_free_when_any_of_its_members_is(
    busy_world: World, asked: tuple[str, ZoneInfo, int, int], pool: str
) -> None:
    name, zone, first, length = asked
    start, end = bounds(first, length)
    if end <= busy_world.clock():
        return
    kind = type_of(busy_world, name)
    asking = question(busy_world, kind, start, end, zone)
    answer = ask(
        busy_world, "admin", Scope.ADMIN, meeting_type=name, pool=pool, timezone=zone.key, detail=True,
        start=f"{start:%Y-%m-%dT%H:%M:%SZ}", end=f"{end:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip
    users = members(busy_world, pool)
    rotating = in_rotation(busy_world, pool)
    found = dict(zip(users, of_each(busy_world, users, kind, asking), strict=True))
    turning = {user: each for user, each in found.items() if user in rotating}
    union = sorted({start for each in turning.values() for start in each.starts})
    assert starts_of(answer) == expected_days(union, asking)
    reasons = {host["user_id"]: host["reason"] for host in answer["hosts"]}
    assert list(reasons) == users
    for user, each in found.items():
        if user not in rotating:
            assert reasons[user] == "not_in_rotation"
        else:
            assert reasons[user] == (None if each.starts else each.reason or "no_start_in_range")
    free_at = {
        (day.isoformat(), shown(start, zone)): {user for user, each in turning.items() if free(start, each, asking)}
        for day, of_day in starts_by_date(union, asking)
        for start in of_day
    }
    told = {(day["date"], slot["start"]): set(slot["hosts"]) for day in answer["days"] for slot in day["slots"]}
    assert told == free_at


def free(start: int, found: Found, asked: Question) -> bool:
    return found.reason is None and bool(found.free) and is_free(start, found, asked)


@given(asked=ranges)
def test_a_group_link_is_free_when_all_its_hosts_are(busy_world: World, asked: tuple[str, ZoneInfo, int, int]) -> None:
    name, zone, first, length = asked
    start, end = bounds(first, length)
    if end <= busy_world.clock():
        return
    kind = type_of(busy_world, name)
    asking = question(busy_world, kind, start, end, zone)
    answer = ask(
        busy_world, "admin", Scope.ADMIN, meeting_type=name, link=GROUP_LINK, timezone=zone.key,
        start=f"{start:%Y-%m-%dT%H:%M:%SZ}", end=f"{end:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip
    team = next(row["Id"] for row in busy_world.of("Team") if row["Name"] == "West")
    hosts = {value(row, "User") for row in busy_world.of("Team_Member") if value(row, "Team") == team}
    found = of_each(busy_world, sorted(hosts), kind, asking)
    common = frozenset[int].intersection(*(each.free for each in found))
    assert starts_of(answer) == expected_days(starts_in(common, asking), asking)
    assert {host["user_id"] for host in answer["hosts"]} == hosts


@given(number=st.integers(0, 10_000), zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_a_meeting_may_move_to_where_it_stands_itself(busy_world: World, number: int, zone: ZoneInfo) -> None:
    kinds = {row["Id"]: row for row in busy_world.of("Meeting_Type")}
    movable = [
        row
        for row in busy_world.of("Meeting")
        if value(row, "Status") in {"Scheduled", "Rescheduled"}
        and busy_world.clock() < value(row, "Start") < busy_world.clock() + timedelta(days=12)
        and value(kinds[value(row, "Meeting_Type")], "Display_Name") in KINDS
    ]
    meeting = movable[number % len(movable)]
    kind = kinds[value(meeting, "Meeting_Type")]
    start = value(meeting, "Start") - timedelta(days=1)
    end = start + timedelta(days=2)
    asking = question(busy_world, kind, start, end, zone)
    answer = ask(
        busy_world, "admin", Scope.ADMIN, meeting_type=kind["Id"], reschedule_of=meeting["Id"], timezone=zone.key,
        start=f"{start:%Y-%m-%dT%H:%M:%SZ}", end=f"{end:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip
    additional = [
        value(row, "User")
        for row in busy_world.of("Attendee")
        if value(row, "Meeting") == meeting["Id"] and value(row, "Role") == "Additional Host"
    ]
    hosts = list(dict.fromkeys([value(meeting, "Main_Host"), *additional]))
    found = of_each(busy_world, hosts, kind, asking, moved=meeting["Id"])
    common = frozenset[int].intersection(*(each.free for each in found))
    assert starts_of(answer) == expected_days(starts_in(common, asking), asking)
    assert [host["user_id"] for host in answer["hosts"]] == hosts


def test_the_world_has_something_of_everything(busy_world: World) -> None:
    kind = type_of(busy_world, "Inbound Demo")
    reasons: set[str | None] = set()
    for name in KINDS:
        kind = type_of(busy_world, name)
        for day in range(0, 12, 2):
            start, end = bounds(day * 96, 96)
            asking = question(busy_world, kind, start, end, ZoneInfo("UTC"))
            if end > busy_world.clock():
                users = [busy_world.people[person.handle] for person in PEOPLE]
                reasons |= {each.reason for each in of_each(busy_world, users, kind, asking)}
    assert {
        None, "product_access", "calendar_not_connected", "calendar_expired", "paused", "vacation", "working_hours",
        "busy", "custom_range", "booking_window", "minimum_notice", "daily_limit", "weekly_limit",
    } <= reasons  # fmt: skip
    assert seconds(MONDAY) < seconds(busy_world.clock())
