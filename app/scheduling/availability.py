"""When hosts can take a meeting of one type, and if never, why.

A pure function of what is known: `now` is an argument. Times are epoch seconds, lengths are seconds. The checks and
their order are those of Reason. Whole meetings are meant throughout: from its start to its end a meeting lies inside
the working hours, the booking window and the custom range, and outside everything that is blocked. Only the asked
range is about starts alone: the last meeting may end behind it.

The asked range also begins each free range that it cuts, so that any free time on the viewer's grid can be checked
again by asking for it alone, from its start to the second after.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from app.scheduling.busy import ALWAYS, Closed, widened
from app.scheduling.days_off import blocked_days
from app.scheduling.hosts import Host, HostAvailability
from app.scheduling.intervals import Interval, merged, subtracted
from app.scheduling.limits import full_days, full_weeks
from app.scheduling.local_days import LocalDays, local_date, local_days, midnight
from app.scheduling.reasons import Reason, first_to_close
from app.scheduling.rules import Rules, horizon
from app.scheduling.slots import Grid
from app.scheduling.working_hours import WorkingHours, open_intervals

Check = tuple[Reason, Sequence[Interval]]
"""A check, and the time that it closes."""


def hosts_availability(
    hosts: Iterable[Host],
    rules: Rules,
    *,
    start: int,
    end: int,
    now: int,
    viewer_zone: ZoneInfo,
    holidays: frozenset[date],
) -> list[HostAvailability]:
    """When each of the hosts can take a meeting that starts from start to end (excluded), in their order.

    Raises ValueError if end <= start.
    """
    preview = Preview(rules, start=start, end=end, now=now, viewer_zone=viewer_zone, holidays=holidays)
    return [preview.of(host) for host in hosts]


@dataclass(frozen=True, slots=True)
class Shared:
    """What all hosts of one zone with the same working hours have in common."""

    checks: list[Check]
    closed: Closed
    days: LocalDays


class Preview:
    """One question about availability, for any number of hosts: what they share is worked out once."""

    def __init__(
        self, rules: Rules, *, start: int, end: int, now: int, viewer_zone: ZoneInfo, holidays: frozenset[date]
    ) -> None:
        if end <= start:
            raise ValueError("A range ends after it starts.")
        self.rules = rules
        self.asked: Interval = (start, horizon(rules, end))
        self.now = now
        self.holidays = holidays
        self.grid = Grid.over(rules.duration, rules.slot_interval, viewer_zone, *self.asked)
        self._shared: dict[tuple[ZoneInfo, WorkingHours | None], Shared] = {}

    def of(self, host: Host) -> HostAvailability:
        """When this host can be booked, or the first check that leaves nothing."""
        bar = host.bar
        if bar is None and host.vacations and any(vacation.bars(self.now, host.zone) for vacation in host.vacations):
            bar = Reason.VACATION
        if bar is not None:
            return HostAvailability(host.host_id, [], [], bar)
        shared = self.shared_by(host)
        vacations = [vacation.blocked(host.zone) for vacation in host.vacations]
        in_full_days = full_days(host.hosted_starts, self.rules.max_per_day, shared.days)
        in_full_weeks = full_weeks(host.hosted_starts, self.rules.max_per_week, shared.days)
        free = shared.closed.free(host.busy, vacations + in_full_days + in_full_weeks, self.rules.duration)
        starts = self.grid.starts(free)
        if starts:
            return HostAvailability(host.host_id, free, starts, None)
        checks: list[Check] = [
            (Reason.VACATION, vacations),
            *shared.checks,
            (Reason.BUSY, widened(host.busy, before=self.rules.buffer_before, after=self.rules.buffer_after)),
            (Reason.DAILY_LIMIT, in_full_days),
            (Reason.WEEKLY_LIMIT, in_full_weeks),
        ]
        return HostAvailability(host.host_id, free, [], first_to_close(self.asked, checks, self.grid))

    def shared_by(self, host: Host) -> Shared:
        """The part that the host shares with others, worked out for the first of them."""
        hours = self._hours_of(host)
        shared = self._shared.get((host.zone, hours))
        if shared is None:
            days = local_days(host.zone, *self.asked, self.rules.week_start)
            checks = list(self._shared_checks(host.zone, hours))
            free = subtracted([self.asked], merged(interval for _, closed in checks for interval in closed))
            closed = Closed.beside(free, before=self.rules.buffer_before, after=self.rules.buffer_after)
            shared = self._shared[host.zone, hours] = Shared(checks, closed, days)
        return shared

    def _hours_of(self, host: Host) -> WorkingHours | None:
        own = self.rules.own_hours
        if own is None:
            return host.hours
        return own if isinstance(own, WorkingHours) else WorkingHours(host.zone, own)

    def _shared_checks(self, zone: ZoneInfo, hours: WorkingHours | None) -> Iterator[Check]:
        """The checks from holidays to the custom range, in order, for hosts in `zone`."""
        rules = self.rules
        yield Reason.HOLIDAY, blocked_days(self.holidays, zone)
        yield Reason.WORKING_HOURS, subtracted([self.asked], open_intervals(hours, *self.asked) if hours else [])
        yield Reason.MINIMUM_NOTICE, [(-ALWAYS, self.now + rules.minimum_notice)]
        if rules.booking_window_days is not None:
            last = local_date(self.now, zone) + timedelta(days=rules.booking_window_days)
            yield Reason.BOOKING_WINDOW, [(_end_of(last, zone), ALWAYS)]
        if rules.first_day is not None:
            yield Reason.CUSTOM_RANGE, [(-ALWAYS, midnight(rules.first_day, zone))]
        if rules.last_day is not None:
            yield Reason.CUSTOM_RANGE, [(_end_of(rules.last_day, zone), ALWAYS)]


def _end_of(day: date, zone: ZoneInfo) -> int:
    return midnight(day + timedelta(days=1), zone)
