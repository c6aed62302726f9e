"""Meetings, credit requests and counts as a walk knows them, and what time and periods are, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.mcp.walk_setup import ZONES, Kind, Pool

ORG_ZONE = ZoneInfo("America/Los_Angeles")
OFFICE = ((time(9), time(12)), (time(13), time(17)))
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
STORED = {"no_show": "No-Show", "unqualified": "Unqualified", "other": "Other"}
DECIDED = {"approve": "Approved", "deny": "Denied"}


@dataclass
class Request:
    """A credit request. id: Salesforce's, known once it was made."""

    id: str
    meeting: Meeting
    host: str
    reason: str
    status: str
    automatic: bool


@dataclass
class Meeting:
    """host, original: handles; counted: the count period that it was counted in, if it came through a pool."""

    id: str
    kind: Kind
    pool: Pool | None
    host: str
    original: str
    start: datetime
    counted: date | None
    status: str = "Scheduled"
    no_show: bool = False
    credit_status: str | None = None
    moves: int = 0
    previous: datetime | None = None
    from_host: str | None = None
    requests: list[Request] = field(default_factory=list[Request])

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.kind.minutes)

    @property
    def live(self) -> bool:
        return self.status != "Canceled"

    def standing(self, host: str) -> Request | None:
        return next((each for each in self.requests if each.host == host and each.status != "Denied"), None)


@dataclass(frozen=True)
class Entry:
    """A row of the ledger."""

    pool: str
    member: str
    category: str
    period: date
    kind: str
    delta: int
    at: datetime


@dataclass(frozen=True)
class Standing:
    member: str
    weight: int
    order: int
    scheduled: int
    calibration: int
    credits: int
    unconsumed: int
    last: datetime

    @property
    def net(self) -> int:
        return self.calibration + self.scheduled - self.credits

    @property
    def turn(self) -> tuple[Any, ...]:
        return Fraction(2 * self.net + 1, 2 * self.weight), -self.weight, self.last, self.order


def period_of(pool: Pool, now: datetime) -> date:
    """The first day of the count period, by the org's calendar."""
    today = now.astimezone(ORG_ZONE).date()
    if pool.resets == "Never":
        return date(1970, 1, 1)
    if pool.resets == "Monthly":
        return today.replace(day=1)
    return next(day for day in (today - timedelta(days=back) for back in range(7)) if day.weekday() == 2)


def one_credit_less(standing: Standing) -> Standing:
    return replace(standing, credits=standing.credits - 1)


def at_work(handle: str, start: datetime, end: datetime) -> bool:
    zone = ZoneInfo(ZONES[handle])
    first, last = start.astimezone(zone), end.astimezone(zone)
    return (
        first.weekday() < 5
        and first.date() == last.date()
        and any(opens <= first.time() and last.time() <= shuts for opens, shuts in OFFICE)
    )


def too_near(other: Meeting, kind: Kind, start: datetime, end: datetime) -> bool:
    """Whether the time between the two is less than the buffers of both."""
    before = timedelta(minutes=other.kind.before + kind.after)
    after = timedelta(minutes=other.kind.after + kind.before)
    return start < other.end + after and end > other.start - before


def day_of(instant: datetime, handle: str) -> date:
    return instant.astimezone(ZoneInfo(ZONES[handle])).date()


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
