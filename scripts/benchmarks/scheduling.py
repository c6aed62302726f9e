"""What an availability preview costs beside the least that it could: every rule, against a bare subtraction.

The floor sorts each member's busy ranges, merges them and subtracts them from the open time, plain integers, and does
nothing else. The preview does all of that and the rest: working hours in several zones, holidays, vacations, buffers,
notice, booking window, limits, reasons, starts, and the pool's starts and free hosts day by day. Both take turns in one
process, on the same numbers; what is measured is the CPU time of the thread. Nothing is kept from round to round.

Then what each part of the preview costs by itself. Prints `ratio: N` (the preview's time / the floor's; below 2 is
wanted).
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from app.scheduling.availability import Preview, hosts_availability
from app.scheduling.days_off import Vacation
from app.scheduling.hosts import Host, HostAvailability
from app.scheduling.intervals import Interval
from app.scheduling.limits import full_days, full_weeks
from app.scheduling.local_days import local_days, midnight
from app.scheduling.rules import Rules
from app.scheduling.together import PoolDay, pooled
from app.scheduling.working_hours import Week, WorkingHours, open_intervals

WANTED: Final = 2.0
MINUTE: Final = 60
VIEWER: Final = ZoneInfo("America/New_York")
ZONES: Final = [ZoneInfo(f"America/{city}") for city in ("New_York", "Chicago", "Denver", "Los_Angeles")]
OFFICE: Final[Week] = (((540, 720), (780, 1020)),) * 5 + ((),) * 2
EARLY: Final[Week] = (((480, 750), (780, 990)),) * 4 + (((480, 720),), (), ())
FIRST: Final = date(2026, 10, 19)  # the clock changes on 1 November
HOLIDAYS: Final = frozenset({date(2026, 11, 11)})
RULES: Final = Rules(
    duration=30 * MINUTE,
    slot_interval=30 * MINUTE,
    buffer_before=5 * MINUTE,
    buffer_after=10 * MINUTE,
    minimum_notice=4 * 60 * MINUTE,
    booking_window_days=60,
    max_per_day=4,
    max_per_week=15,
)


@dataclass(frozen=True, slots=True)
class Workload:
    """A pool's members, and the range that they are asked about, from `start` to `end` in epoch seconds."""

    hosts: Sequence[Host]
    start: int
    end: int


def workload(members: int, busy: int, days: int, *, shuffled: bool, seed: int = 1) -> Workload:
    """Members with so many busy ranges each, anywhere in the range, a fifth of them meetings that count for limits.

    Of a hundred members, two cannot be booked at all, one is busy throughout, and ten have a vacation of a week.
    """
    chance = random.Random(seed)  # noqa: S311
    start, end = midnight(FIRST, VIEWER), midnight(FIRST + timedelta(days=days), VIEWER)
    hosts: list[Host] = []
    for number in range(members):
        ranges = sorted(
            (begins, begins + chance.choice((15, 30, 30, 45, 60)) * MINUTE)
            for begins in (start + chance.randrange((end - start) // 300) * 300 for _ in range(busy))
        )
        if number % 100 == 50:
            ranges[0] = (start, end + 86_400)
        if shuffled:
            chance.shuffle(ranges)
        away = FIRST + timedelta(days=chance.randrange(1, days + 1))
        zone = ZONES[number % len(ZONES)]
        hosts.append(
            Host(
                host_id=f"u{number}",
                zone=zone,
                product_access=number % 100 != 20,
                calendar="connected",
                active=True,
                paused=number % 100 == 30,
                hours=WorkingHours(zone, EARLY if number % 3 else OFFICE),
                vacations=(Vacation(away, away + timedelta(days=6)),) if number % 10 == 5 else (),
                busy=ranges,
                hosted_starts=[begins for begins, _ in ranges[:: 5 if busy >= 5 else 1]],
            )
        )
    return Workload(hosts, start, end)


def preview(work: Workload) -> tuple[list[HostAvailability], list[PoolDay]]:
    """The whole of it: every host, and the pool day by day."""
    local_days.cache_clear()
    found = hosts_availability(
        work.hosts,
        RULES,
        start=work.start,
        end=work.end,
        now=work.start,
        viewer_zone=VIEWER,
        holidays=HOLIDAYS,
    )
    return found, pooled(found, RULES, start=work.start, end=work.end).days(VIEWER)


def floor(pairs: Sequence[tuple[Sequence[Interval], Sequence[Interval]]]) -> list[list[Interval]]:
    """Open time less busy time, for each pair of the two."""
    return [subtracted(open_, busy) for open_, busy in pairs]


def subtracted(open_: Sequence[Interval], busy: Sequence[Interval]) -> list[Interval]:
    """Sort, merge, subtract, and no more."""
    merged: list[Interval] = []
    last_start, last_end = -1, -1
    for start, end in sorted(busy):
        if start > last_end:
            if last_end >= 0:
                merged.append((last_start, last_end))
            last_start, last_end = start, end
        elif end > last_end:
            last_end = end
    merged.append((last_start, last_end))
    free: list[Interval] = []
    index, count = 0, len(merged)
    for start, end in open_:
        while index < count and merged[index][1] <= start:
            index += 1
        cursor, ahead = start, index
        while ahead < count:
            taken_start, taken_end = merged[ahead]
            if taken_start >= end:
                break
            if taken_start > cursor:
                free.append((cursor, taken_start))
            cursor = taken_end
            ahead += 1
        if cursor < end:
            free.append((cursor, end))
    return free


def pairs_of(work: Workload) -> list[tuple[list[Interval], Sequence[Interval]]]:
    """The open and the busy ranges of each member; members who share a schedule share the open ones, made already."""
    opened = {host.hours: open_intervals(host.hours, work.start, work.end) for host in work.hosts if host.hours}
    return [(opened[host.hours], host.busy) for host in work.hosts if host.hours]


def milliseconds(*runs: Callable[[], object], rounds: int) -> list[float]:
    """Median CPU milliseconds of each; they take turns, and the first turn of each warms up."""
    times: list[list[float]] = [[] for _ in runs]
    for number in range(rounds + 1):
        for which in range(len(runs)) if number % 2 else reversed(range(len(runs))):
            gc.collect()
            started = time.thread_time_ns()
            runs[which]()
            if number:
                times[which].append((time.thread_time_ns() - started) / 1e6)
    return [median(each) for each in times]


def print_parts(work: Workload, rounds: int) -> None:
    """What the parts of a preview cost by themselves. What is left is the schedules, vacations, reasons and calls."""
    asked = Preview(RULES, start=work.start, end=work.end, now=work.start, viewer_zone=VIEWER, holidays=HOLIDAYS)
    shared = [(host, asked.shared_by(host)) for host in work.hosts]
    free = [known.closed.free(host.busy, (), RULES.duration) for host, known in shared]
    found = preview(work)[0]
    parts: dict[str, Callable[[], object]] = {
        "sort, merge, subtract, widen": lambda: [
            known.closed.free(host.busy, (), RULES.duration) for host, known in shared
        ],
        "starts": lambda: [asked.grid.starts(ranges) for ranges in free],
        "daily and weekly limits": lambda: [
            (full_days(host.hosted_starts, 4, known.days), full_weeks(host.hosted_starts, 15, known.days))
            for host, known in shared
        ],
        "pool, day by day": lambda: pooled(found, RULES, start=work.start, end=work.end).days(VIEWER),
        "whole preview": lambda: preview(work),
    }
    for name, cost in zip(parts, milliseconds(*parts.values(), rounds=rounds), strict=True):
        print(f"{name:>30}: {cost:7.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=500)
    parser.add_argument("--busy", type=int, default=200, help="busy ranges of each member")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args()
    ratios: list[float] = []
    for order in ("sorted", "shuffled"):
        work = workload(options.members, options.busy, options.days, shuffled=order == "shuffled")
        pairs = pairs_of(work)
        least, whole = milliseconds(lambda: floor(pairs), lambda: preview(work), rounds=options.rounds)  # noqa: B023
        ratios.append(whole / least)
        print(f"busy time {order:>8}: floor {least:7.2f} ms, preview {whole:7.2f} ms, ratio {whole / least:.2f}")
        if order == "sorted":
            print_parts(work, options.rounds)
    print(f"ratio: {max(ratios):.2f} (below {WANTED} is wanted)")
    sys.exit(max(ratios) >= WANTED)


if __name__ == "__main__":
    main()
