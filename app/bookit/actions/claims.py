"""Claims: rows with a unique key that let exactly one of two racing actions win, across processes and crashes.

A claim is `host | period | n`, with n one more than the last. A period is a day or a week of the host's calendar that a
meeting touches, or a meeting itself, so that two actions on one meeting exclude each other too. Whoever acts reads the
last n first, then all else, and writes his claims in the action's own transaction: a duplicate means that somebody
acted in between, and that everything has to be read and checked again. Claims are never deleted by an action.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.org.reader import Ask, Row
from app.org.writes import Create
from app.scheduling.intervals import Interval
from app.scheduling.local_days import local_date
from app.scheduling.weekdays import Weekday, first_of_week

OFFER: Final = "offer "
"""How the period begins that an offer's claim stands for: an offer books once."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What an action takes: one period of one host."""

    host_id: str
    period: str


def day_period(day: date) -> str:
    return day.isoformat()


def week_period(first: date) -> str:
    return f"week {first.isoformat()}"


def meeting_period(meeting_id: str) -> str:
    return f"meeting {meeting_id}"


def time_claims(host_id: str, zone: ZoneInfo, time: Interval, *, week_start: Weekday | None) -> tuple[Claimed, ...]:
    """One for each local day that `time` (a meeting with its buffers, epoch seconds) touches; with `week_start` one for
    each of its weeks too, for a type with a weekly limit."""
    first, last = local_date(time[0], zone), local_date(time[1] - 1, zone)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    periods = [day_period(day) for day in days]
    if week_start is not None:
        periods += dict.fromkeys(week_period(first_of_week(day, week_start)) for day in days)
    return tuple(Claimed(host_id, period) for period in periods)


def claims_ask(claims: Iterable[Claimed]) -> Ask:
    """Reads the last number of each, and of what else these hosts have claimed in these periods."""
    wanted = list(claims)
    hosts = list(dict.fromkeys(each.host_id for each in wanted))
    return Ask("claims/last", {"hosts": hosts, "periods": list(dict.fromkeys(each.period for each in wanted))})


def claim_writes(claims: Iterable[Claimed], last: Iterable[Row], meeting: str) -> tuple[Create, ...]:
    """The rows to write. last: the rows of `claims_ask`. meeting: BookIt's own id of it."""
    taken: Mapping[tuple[str, str], int] = {(row["Host"]["Id"], row["Period"]): row["highest"] or 0 for row in last}
    return tuple(_row(each, taken.get((each.host_id, each.period), 0) + 1, meeting) for each in dict.fromkeys(claims))


def _row(claimed: Claimed, number: int, meeting: str) -> Create:
    return Create(
        "Claim",
        {
            "Claim_Key": f"{claimed.host_id}|{claimed.period}|{number}",
            "Host": claimed.host_id,
            "Period": claimed.period,
            "Number": number,
            "Meeting": meeting,
        },
    )
