"""The differential property: query_meetings says what a plain-Python reading of the same rows says.

Through every argument, cursor and group_by, for random callers in both scopes.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import anyio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.org.caller import Caller, Scope
from tests.mcp import plain_reading
from tests.mcp.world import LEAST, World

TYPES = ("Inbound Demo", "Outbound Demo", "30-minute intro")
POOLS = ("Enterprise AMEA Pool", "Pool West - USA", "SDR Pool")
WORDS = (
    "jordan",
    "JORDAN LEE",
    "%",
    "_",
    "100%",
    "o'brien \\",
    "ünal",
    "Acme",
    "corp",
    '"',
    "elsewhere",
    "qart",
    "nobody",
)
GROUPINGS = ("status", "host", "meeting_type", "booking_method", "cancellation_reason")
METHODS = ("forms", "links", "handoff", "routing_link", "chrome_extension", "api", "mcp")


def some(*values: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


TIMES = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "period": st.sampled_from(["today", "tomorrow", "last_7_days", "next_14_days", "upcoming", "this_week"])
        },
    ),
    st.just({"start": "2026-10-20T04:00:00Z", "end": "2026-12-05T17:30:00Z"}),
    st.just({"start": "2026-11-24T05:00:00Z", "end": "2026-11-24T05:00:01Z"}),
)
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "status": some("scheduled", "rescheduled", "canceled", "cancelled"),
    "booking_method": some(*METHODS),
    "date_field": st.sampled_from(["start", "booked", "canceled"]),
    "upcoming_only": st.booleans(),
    "timezone": st.sampled_from(["America/New_York", "Asia/Kathmandu", "UTC"]),
    "meeting_type": st.sampled_from(TYPES),
    "participant": st.sampled_from((*WORDS, "me", "rep2@demo.example")),
    "prospect": st.sampled_from(WORDS),
}
ADMIN_ONLY: dict[str, st.SearchStrategy[Any]] = {
    "mine": st.booleans(),
    "host": st.sampled_from([f"{handle}@demo.example" for handle in ("rep1", "rep2", "rep3", "rep4", LEAST, "rep30")]),
    "pool": st.sampled_from(POOLS),
}


@st.composite
def conditions(draw: st.DrawFn) -> tuple[Scope, str, dict[str, Any]]:
    """A scope, a person's handle, and arguments that say which meetings."""
    scope = draw(st.sampled_from(Scope))
    handle = draw(st.sampled_from(["admin"] if scope is Scope.ADMIN else ["rep1", "rep2", "rep3", LEAST, "rep9"]))
    optional = OPTIONAL | ADMIN_ONLY if scope is Scope.ADMIN else OPTIONAL
    chosen = draw(st.lists(st.sampled_from(sorted(optional)), max_size=3, unique=True))
    return scope, handle, draw(TIMES) | {name: draw(optional[name]) for name in chosen}


async def all_pages(world: World, caller: Caller, asked: dict[str, Any], sizes: list[int]) -> tuple[list[str], int]:
    """Every meeting_id through the cursors, the pages of the given sizes in turn; and the total, the same on each."""
    found: list[str] = []
    totals: set[int] = set()
    cursor: dict[str, str] = {}
    while True:
        size = sizes[len(totals) % len(sizes)]
        page = await world.ask(caller, "query_meetings", **asked, **cursor, limit=size)
        found += [each["meeting_id"] for each in page["items"]]
        totals.add(page["total"])
        assert page["has_more"] == (page["next_cursor"] is not None)
        if not page["has_more"]:
            assert len(totals) == 1
            return found, totals.pop()
        assert len(page["items"]) == size
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.requirement("read.meetings.admin", "read.meetings.user", "read.meetings.filters")
@given(asked=conditions(), order=st.sampled_from([None, "ascending", "descending"]), size=st.integers(7, 100))
@example((Scope.ADMIN, "admin", {"start": "2026-11-24T05:00:00Z", "end": "2026-11-24T05:00:01Z"}), None, 7)
@example((Scope.USER, LEAST, {"prospect": "qart"}), "descending", 100)
@example((Scope.USER, "rep1", {"prospect": "qart"}), None, 10)
def test_pages_hold_every_meeting_once_in_order(
    a_world: World, asked: tuple[Scope, str, dict[str, Any]], order: str | None, size: int
) -> None:
    scope, handle, arguments = asked
    caller = a_world.caller(handle, scope)
    arguments = arguments | ({"order": order} if order else {})
    expected = [row["Id"] for row in plain_reading.read(a_world, caller, arguments)]
    found, total = anyio.run(all_pages, a_world, caller, arguments, [size])
    assert found == expected
    assert total == len(expected)


@given(
    asked=conditions(),
    plain=st.lists(st.sampled_from((*GROUPINGS, "pool")), max_size=2, unique=True),
    calendar=st.sampled_from([None, "day", "week", "month"]),
    data=st.data(),
)
@example((Scope.ADMIN, "admin", {}), ["meeting_type"], "month", None)
def test_groups_count_every_meeting_once(
    a_world: World,
    asked: tuple[Scope, str, dict[str, Any]],
    plain: list[str],
    calendar: str | None,
    data: st.DataObject | None,
) -> None:
    scope, handle, arguments = asked
    exposed = [each for each in plain if each != "pool" or scope is Scope.ADMIN]
    groupings = [*exposed, *([calendar] if calendar else [])] or ["status"]
    if data is not None:
        groupings = data.draw(st.permutations(groupings))
    caller = a_world.caller(handle, scope)
    arguments = arguments | {"group_by": groupings}

    async def ask() -> dict[str, Any]:
        return await a_world.ask(caller, "query_meetings", **arguments)

    answer = anyio.run(ask)
    found = Counter(
        {tuple(plain_key(group["key"][each]) for each in groupings): group["count"] for group in answer["groups"]}
    )
    assert len(found) == len(answer["groups"])
    assert found == plain_reading.count(a_world, caller, arguments)
    assert answer["total"] == found.total()


def plain_key(key: str | dict[str, str] | None) -> str | None:
    """A reference by its id."""
    if not isinstance(key, dict):
        return key
    return next(key[name] for name in ("user_id", "pool_id", "meeting_type_id") if name in key)
