"""What availability reads: statements about hosts, and about the time that they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from app.bookit.availability.target import Target
from app.bookit.picklists import LIVE, status_value
from app.org.reader import Ask, Row
from app.scheduling.rules import Rules, reach

_MARGIN: Final = timedelta(days=2)
"""How far outside of the range something may lie and still take time in it: an all-day event, which stands at midnight
UTC (up to 14 hours from its owner's own) of its first and last day; a meeting with buffers of its own, of a day."""
_ON_IT: Final = ("Additional Host", "Attendee")
"""Who is on a meeting that another hosts; the main host's own row says nothing that the meeting does not."""
_A_DAY: Final = timedelta(days=1)


def who_ask(target: Target) -> Ask:
    """The hosts themselves."""
    if target.pool_id is not None:
        return Ask("availability/members", {"pool": target.pool_id})
    return Ask("availability/people", {"users": list(target.user_ids)})


def settings_asks(target: Target, now: datetime) -> tuple[Ask, Ask]:
    """Their settings, and their vacations that are not over."""
    whose: Mapping[str, str | list[str]]
    whose = {"pool": target.pool_id} if target.pool_id is not None else {"users": list(target.user_ids)}
    return (
        Ask("availability/settings", whose),
        Ask("availability/vacations", {**whose, "first_day": first_day(now)}),
    )


def org_asks(now: datetime, end: datetime) -> tuple[Ask, Ask]:
    """The org's holidays up to the end of the range, and its default hours."""
    last = (end + _A_DAY).date()
    return (
        Ask("availability/holidays", {"first_day": first_day(now), "last_day": last}),
        Ask("availability/default_hours"),
    )


def time_asks(hosts: Sequence[str], rules: Rules, start: int, end: int) -> tuple[Ask, Ask, Ask]:
    """Events, hosted and attended meetings, as far as starts from start to end (epoch seconds) can depend on them."""
    span = reach(rules, start, end)
    first, last = _instant(span.busy[0]) - _MARGIN, _instant(span.busy[1]) + _MARGIN
    counted_first, counted_last = (_instant(edge) for edge in span.hosted)
    live = [status_value(status) for status in LIVE]
    busy = {"hosts": list(hosts), "busy_from": first, "busy_before": last}
    hosted = {**busy, "busy_from": min(first, counted_first), "busy_before": max(last, counted_last)}
    return (
        Ask("availability/events", busy),
        Ask("availability/hosted", {**hosted, "live": live}),
        Ask("availability/attended", {**busy, "roles": list(_ON_IT), "live": live}),
    )


def in_order(rows: Sequence[Row], target: Target) -> Sequence[Row]:
    """The rows of `who_ask`: of a pool in member order, of people as the target names them, the main host first."""
    if target.pool_id is not None:
        return rows
    return sorted(rows, key=lambda row: target.user_ids.index(row["Id"]))


def first_day(now: datetime) -> date:
    """The first day of anybody's calendar that still matters: it is yesterday somewhere."""
    return (now - _A_DAY).date()


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
