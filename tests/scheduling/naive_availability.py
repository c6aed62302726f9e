"""Availability read minute by minute: the reference that the engine is compared with.

It walks every minute of the range, reads the clocks on the walls and asks each rule in turn. It shares no code with the
engine: hosts and rules are plain data here. Starts, ends and durations are whole minutes; busy time may be any second,
and takes each minute that it touches.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.scheduling.availability import Host, Rules
from app.scheduling.working_hours import WorkingHours

MINUTE = 60


@dataclass(frozen=True)
class Question:
    rules: Rules
    start: int
    end: int
    now: int
    viewer_zone: ZoneInfo
    holidays: frozenset[date]

    @property
    def minutes(self) -> range:
        """Every minute that a meeting could take."""
        return range(self.start, self.end - MINUTE + self.rules.duration, MINUTE)


@dataclass(frozen=True)
class Found:
    """The free minutes of one host, their starts, and the first check that left none, by its name."""

    free: frozenset[int]
    starts: list[int]
    reason: str | None


def wall_clock(instant: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None)


@lru_cache(maxsize=64)
def walls(minutes: range, zone: ZoneInfo) -> dict[int, datetime]:
    return {minute: wall_clock(minute, zone) for minute in minutes}


@lru_cache(maxsize=64)
def latest_walls(minutes: range, zone: ZoneInfo) -> dict[int, datetime]:
    """The latest time that the wall has shown by each minute. A clock that is set back shows nothing new for a while;
    one that jumps has reached all that it jumps over."""
    latest = datetime.min  # noqa: DTZ901
    found: dict[int, datetime] = {}
    for minute in range(minutes.start - 24 * 60 * MINUTE, minutes.stop, MINUTE):
        latest = max(latest, wall_clock(minute, zone))
        found[minute] = latest
    return found


def is_open(wall: datetime, hours: WorkingHours) -> bool:
    of_day = wall.hour * 60 + wall.minute
    return any(opens <= of_day < closes for opens, closes in hours.week[wall.weekday()])


def hours_of(host: Host, rules: Rules) -> WorkingHours | None:
    if rules.own_hours is None:
        return host.hours
    if isinstance(rules.own_hours, WorkingHours):
        return rules.own_hours
    return WorkingHours(host.zone, rules.own_hours)


def bar_of(host: Host, now: int) -> str | None:
    today = wall_clock(now, host.zone).date()
    on_vacation = any(
        v.first - timedelta(days=v.start_buffer_days) <= today <= v.last - timedelta(days=v.end_buffer_days)
        for v in host.vacations
    )
    bars = {
        "product_access": not host.product_access,
        "calendar_not_connected": host.calendar == "not_connected",
        "calendar_expired": host.calendar == "expired",
        "inactive": not host.active,
        "paused": host.paused,
        "vacation": on_vacation,
    }
    return next((name for name, holds in bars.items() if holds), None)


def taken_minutes(busy: Iterable[tuple[int, int]], rules: Rules) -> set[int]:
    taken: set[int] = set()
    for start, end in busy:
        if start < end:
            first = start - rules.buffer_after
            taken.update(range(first - first % MINUTE, end + rules.buffer_before, MINUTE))
    return taken


def week_of(day: date, rules: Rules) -> date:
    while day.weekday() != rules.week_start:
        day -= timedelta(days=1)
    return day


def checks(host: Host, asked: Question) -> list[tuple[str, Callable[[int], bool]]]:
    """The name of each check, and whether it closes a minute."""
    rules, minutes = asked.rules, asked.minutes
    wall = walls(minutes, host.zone)
    hours = hours_of(host, rules)
    latest = latest_walls(minutes, hours.zone) if hours else {}
    today = wall_clock(asked.now, host.zone).date()
    taken = taken_minutes(host.busy, rules)
    days_of_hosted = [wall_clock(start, host.zone).date() for start in host.hosted_starts]
    per_day = Counter(days_of_hosted)
    per_week = Counter(week_of(day, rules) for day in days_of_hosted)

    def over(count: int, limit: int | None) -> bool:
        return limit is not None and count >= limit

    def outside_custom_range(day: date) -> bool:
        return (rules.first_day is not None and day < rules.first_day) or (
            rules.last_day is not None and day > rules.last_day
        )

    window = rules.booking_window_days
    return [
        ("vacation", lambda m: any(v.first <= wall[m].date() <= v.last for v in host.vacations)),
        ("holiday", lambda m: wall[m].date() in asked.holidays),
        ("working_hours", lambda m: hours is None or not is_open(latest[m], hours)),
        ("minimum_notice", lambda m: m < asked.now + rules.minimum_notice),
        ("booking_window", lambda m: window is not None and (wall[m].date() - today).days > window),
        ("custom_range", lambda m: outside_custom_range(wall[m].date())),
        ("busy", lambda m: m in taken),
        ("daily_limit", lambda m: over(per_day[wall[m].date()], rules.max_per_day)),
        ("weekly_limit", lambda m: over(per_week[week_of(wall[m].date(), rules)], rules.max_per_week)),
    ]


def starts_in(free: frozenset[int], asked: Question) -> list[int]:
    rules = asked.rules
    interval = rules.slot_interval // MINUTE
    grid = next((size for size in (60, 30, 20, 15, 10, 5) if interval % size == 0), 1)
    viewer = walls(asked.minutes, asked.viewer_zone)
    found: list[int] = []
    first: int | None = None
    for minute in asked.minutes:
        if minute not in free:
            first = None
            continue
        if first is None and viewer[minute].minute % grid == 0:
            first = minute
        if first is None or (minute - first) % rules.slot_interval or minute >= asked.end:
            continue
        if all(taken in free for taken in range(minute, minute + rules.duration, MINUTE)):
            found.append(minute)
    return found


def availability(host: Host, asked: Question) -> Found:
    bar = bar_of(host, asked.now)
    if bar is not None:
        return Found(frozenset(), [], bar)
    free = frozenset(asked.minutes)
    starts = starts_in(free, asked)
    reason: str | None = None
    for name, closes in checks(host, asked):
        before, free = starts, frozenset(minute for minute in free if not closes(minute))
        starts = starts_in(free, asked)
        if before and not starts:
            reason = name
    return Found(free, starts, reason)


def is_free(start: int, found: Found, asked: Question) -> bool:
    return all(minute in found.free for minute in range(start, start + asked.rules.duration, MINUTE))


def dates_shown(asked: Question) -> list[date]:
    """Every date that the viewer's wall shows in the range."""
    return sorted({wall_clock(m, asked.viewer_zone).date() for m in range(asked.start, asked.end, MINUTE)})


def starts_by_date(starts: Sequence[int], asked: Question) -> list[tuple[date, list[int]]]:
    return [
        (day, [start for start in starts if wall_clock(start, asked.viewer_zone).date() == day])
        for day in dates_shown(asked)
    ]
