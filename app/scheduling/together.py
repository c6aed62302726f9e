"""Several hosts at once: all of them in one meeting (a group), or any one of them (a pool); and starts day by day."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.scheduling.hosts import HostAvailability
from app.scheduling.intervals import Interval, intersected
from app.scheduling.local_days import local_date, local_days
from app.scheduling.reasons import Reason
from app.scheduling.rules import Rules, horizon
from app.scheduling.slots import Grid


@dataclass(frozen=True, slots=True)
class GroupAvailability:
    """When all hosts can meet: the free ranges that they share, and the starts in those, sorted.

    reasons: by host, in the order given; None where there are starts. Where there are none, each host has the reason
    why they themselves have none; if all have some, it is NO_COMMON_TIME for all.
    """

    free: list[Interval]
    starts: list[int]
    reasons: dict[str, Reason | None]


def group_availability(
    hosts: Sequence[HostAvailability], rules: Rules, *, start: int, end: int, viewer_zone: ZoneInfo
) -> GroupAvailability:
    """All hosts together; each was asked about this range. Raises ValueError if there is no host."""
    if not hosts:
        raise ValueError("A group has a host.")
    free = reduce(intersected, (host.free for host in hosts))
    starts = Grid.over(rules.duration, rules.slot_interval, viewer_zone, start, horizon(rules, end)).starts(free)
    common = None if starts or not all(host.starts for host in hosts) else Reason.NO_COMMON_TIME
    return GroupAvailability(free, starts, {host.host_id: host.reason or common for host in hosts})


@dataclass(frozen=True, slots=True)
class PoolDay:
    """One local day of a pool: the starts at which any host is free, and how many hosts are free at one of them."""

    day: date
    starts: list[int]
    hosts_free: int


@dataclass(frozen=True, slots=True)
class PoolAvailability:
    """When any host can meet, from start to end (excluded).

    hosts: as given, in round-robin order where hosts_by_start shall have it. starts: the union of theirs, sorted.

    A host is free at a start wherever the whole meeting lies in one of their free ranges: also at starts that are not
    of their own series. in_step: there are none such, as all starts lie whole slot intervals apart.
    """

    hosts: Sequence[HostAvailability]
    rules: Rules
    start: int
    end: int
    starts: list[int]
    in_step: bool

    def days(self, zone: ZoneInfo) -> list[PoolDay]:
        """Each local day of `zone` that the range touches, empty ones included."""
        midnights = _midnights(zone, self.start, self.end)
        counts = [0] * (len(midnights) - 1)
        for host in self.hosts:
            starts, index = self._starts_of(host), 0
            while index < len(starts):
                day = bisect_right(midnights, starts[index])
                counts[day - 1] += 1
                index = bisect_left(starts, midnights[day], index)
        by_day = days(self.starts, zone, self.start, self.end)
        return [PoolDay(day, starts, count) for (day, starts), count in zip(by_day, counts, strict=True)]

    def hosts_by_start(self) -> dict[int, list[str]]:
        """The ids of the hosts who are free at each start, in the order of `hosts`."""
        found: dict[int, list[str]] = {start: [] for start in self.starts}
        for host in self.hosts:
            for start in self._starts_of(host):
                found[start].append(host.host_id)
        return found

    def _starts_of(self, host: HostAvailability) -> list[int]:
        """Those of the pool's starts at which the host is free."""
        if self.in_step:
            return host.starts
        found: list[int] = []
        for start, end in host.free:
            first = bisect_left(self.starts, start)
            found += self.starts[first : bisect_right(self.starts, end - self.rules.duration)]
        return found


def pooled(hosts: Sequence[HostAvailability], rules: Rules, *, start: int, end: int) -> PoolAvailability:
    """Any of the hosts; each was asked about this range."""
    starts = sorted(set[int]().union(*(host.starts for host in hosts)))
    in_step = len({instant % rules.slot_interval for instant in starts}) <= 1
    return PoolAvailability(hosts, rules, start, end, starts, in_step)


def days(starts: Sequence[int], zone: ZoneInfo, start: int, end: int) -> list[tuple[date, list[int]]]:
    """The starts (sorted) on each local day of `zone` that the range touches, empty days included."""
    first = local_date(start, zone)
    cuts = [bisect_left(starts, midnight) for midnight in _midnights(zone, start, end)]
    return [
        (first + timedelta(days=number), list(starts[cut:next_cut]))
        for number, (cut, next_cut) in enumerate(pairwise(cuts))
    ]


def _midnights(zone: ZoneInfo, start: int, end: int) -> tuple[int, ...]:
    """Where each local day begins that the range touches, and where the last one ends."""
    table = local_days(zone, start, end)
    first = (local_date(start, zone) - table.first).days
    last = (local_date(end - 1, zone) - table.first).days
    return table.midnights[first : last + 2]
