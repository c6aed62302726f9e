"""What the actions must do to meetings, time and counts, in plain Python: nothing of the tools or of the engine."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.mcp.walk_meetings import (
    DECIDED,
    NEVER,
    STORED,
    Entry,
    Meeting,
    Request,
    Standing,
    at_work,
    day_of,
    monday,
    one_credit_less,
    period_of,
    too_near,
)
from tests.mcp.walk_setup import BEFORE, NOTICE, Kind, Pool


class Model:
    """Everything that was done so far."""

    def __init__(self) -> None:
        self.meetings: list[Meeting] = []
        self.requests: list[Request] = []
        self.ledger = [Entry(*entry, NEVER) for entry in BEFORE]
        self.offers_used: set[str] = set()

    # Time

    def is_free(
        self,
        handle: str,
        kind: Kind,
        start: datetime,
        now: datetime,
        *,
        but: Meeting | None = None,
        notice: bool = True,
    ) -> bool:
        """Whether somebody can begin a meeting then. but: one that does not count."""
        end = start + timedelta(minutes=kind.minutes)
        return (
            (not notice or start >= now + NOTICE)
            and at_work(handle, start, end)
            and not any(too_near(other, kind, start, end) for other in self._hosted(handle, but))
            and not self._is_full(handle, kind, start, but)
        )

    def starts(self, handle: str, kind: Kind, day: date, zone: ZoneInfo, now: datetime, **of: Any) -> list[datetime]:
        """Every start of a day of that zone."""
        first = datetime.combine(day, time(0), zone).astimezone(UTC)
        after = datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)
        grid = (first + timedelta(minutes=30 * number) for number in range(50))
        return [at for at in grid if at < after and self.is_free(handle, kind, at, now, **of)]

    def _hosted(self, handle: str, but: Meeting | None) -> list[Meeting]:
        return [each for each in self.meetings if each.live and each.host == handle and each is not but]

    def _is_full(self, handle: str, kind: Kind, start: datetime, but: Meeting | None) -> bool:
        same = [day_of(each.start, handle) for each in self._hosted(handle, but) if each.kind == kind]
        day = day_of(start, handle)
        in_week = [each for each in same if monday(each) == monday(day)]
        return (kind.max_per_day is not None and same.count(day) >= kind.max_per_day) or (
            kind.max_per_week is not None and len(in_week) >= kind.max_per_week
        )

    # Turns

    def standing(self, pool: Pool, member: str, category: str, now: datetime) -> Standing:
        first = period_of(pool, now)
        own = [each for each in self.ledger if (each.pool, each.member, each.category) == (pool.name, member, category)]

        def total(*kinds: str, since: date = date.min, before: date = date.max) -> int:
            return sum(each.delta for each in own if each.kind in kinds and since <= each.period < before)

        return Standing(
            member=member,
            weight=pool.members[member] if pool.weighted else 1,
            order=list(pool.members).index(member),
            scheduled=total("Scheduled", "Unscheduled", since=first),
            calibration=total("Calibration", since=first),
            credits=total("Credit") - total("Credit-Consumed", before=first),
            unconsumed=total("Credit") - total("Credit-Consumed"),
            last=max((each.at for each in own if each.kind == "Scheduled"), default=NEVER),
        )

    def turns(self, pool: Pool, category: str, now: datetime) -> list[Standing]:
        """All members, the next one first."""
        found = [self.standing(pool, member, category, now) for member in pool.members]
        if pool.distribution == "Count-Based":
            return sorted(found, key=lambda each: each.turn)
        latest = max(each.last for each in found)
        last = max((each.order for each in found if each.last == latest), default=-1) if latest > NEVER else -1
        return [*found[last + 1 :], *found[: last + 1]]

    def free_in_turn(self, pool: Pool, kind: Kind, start: datetime, now: datetime) -> list[Standing]:
        return [each for each in self.turns(pool, kind.category, now) if self.is_free(each.member, kind, start, now)]

    # Deeds

    def book(
        self, meeting_id: str, offer: str, kind: Kind, pool: Pool | None, host: str, start: datetime, now: datetime
    ) -> Meeting:
        period = period_of(pool, now) if pool else None
        meeting = Meeting(meeting_id, kind, pool, host, host, start, period)
        if pool is not None and period is not None:
            free = self.free_in_turn(pool, kind, start, now)
            chosen, others = free[0], free[1:]
            needed = (
                pool.distribution == "Count-Based"
                and chosen.member == host
                and chosen.unconsumed > 0
                and chosen.credits > 0
                and any(each.turn < one_credit_less(chosen).turn for each in others)
            )
            self._note(pool, host, kind, period, "Scheduled", 1, now)
            if needed:
                self._note(pool, host, kind, period, "Credit-Consumed", 1, now)
        self.offers_used.add(offer)
        self.meetings.append(meeting)
        return meeting

    def cancel(self, meeting: Meeting, now: datetime) -> None:
        meeting.status = "Canceled"
        if meeting.pool and meeting.pool.credit_on_cancel and not meeting.standing(meeting.host):
            self._credit(meeting, "Other", now, request_id="")

    def reschedule(self, meeting: Meeting, start: datetime) -> None:
        meeting.previous, meeting.start, meeting.status = meeting.start, start, "Rescheduled"
        meeting.moves += 1

    def reassign(self, meeting: Meeting, host: str, now: datetime) -> None:
        assert meeting.pool is not None
        assert meeting.counted is not None
        self._note(meeting.pool, meeting.host, meeting.kind, meeting.counted, "Unscheduled", -1, now)
        self._note(meeting.pool, host, meeting.kind, meeting.counted, "Scheduled", 1, now)
        meeting.from_host, meeting.host = meeting.host, host

    def is_automatic(self, meeting: Meeting, reason: str) -> bool:
        denied = any(each.host == meeting.host for each in meeting.requests)
        return reason == "no_show" and meeting.pool is not None and meeting.pool.credit_on_no_show and not denied

    def ask_for_credit(self, meeting: Meeting, reason: str, request_id: str, now: datetime) -> None:
        if self.is_automatic(meeting, reason):
            self._credit(meeting, STORED[reason], now, request_id)
            return
        request = Request(request_id, meeting, meeting.host, STORED[reason], "Pending", automatic=False)
        self._keep(request)

    def review(self, request: Request, decision: str, now: datetime) -> None:
        request.status = DECIDED[decision]
        request.meeting.credit_status = request.status
        if decision == "approve":
            self._count_credit(request, now)

    def _credit(self, meeting: Meeting, reason: str, now: datetime, request_id: str) -> None:
        request = Request(request_id, meeting, meeting.host, reason, "Approved", automatic=True)
        self._keep(request)
        self._count_credit(request, now)

    def _keep(self, request: Request) -> None:
        self.requests.append(request)
        request.meeting.requests.append(request)
        request.meeting.credit_status = request.status

    def _count_credit(self, request: Request, now: datetime) -> None:
        meeting = request.meeting
        assert meeting.pool is not None
        self._note(meeting.pool, request.host, meeting.kind, period_of(meeting.pool, now), "Credit", 1, now)
        meeting.no_show |= request.reason == "No-Show"

    def _note(self, pool: Pool, host: str, kind: Kind, period: date, what: str, delta: int, now: datetime) -> None:
        self.ledger.append(Entry(pool.name, host, kind.category, period, what, delta, now))

    # Sums

    def sums(self) -> Counter[tuple[str, str, str, date, str]]:
        found: Counter[tuple[str, str, str, date, str]] = Counter()
        for each in self.ledger:
            found[each.pool, each.member, each.category, each.period, each.kind] += each.delta
        return found
