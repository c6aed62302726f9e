"""What an action reads and claims that takes a host's time: the same rules as a preview's, read in fewer calls.

Who the hosts are is known before anything is read about them, so their time can be asked for beside their settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.bookit.actions.claims import Claimed, day_period, time_claims, week_period
from app.bookit.availability.preview import PeopleRows
from app.bookit.availability.reading import first_day
from app.bookit.meeting_types.records import MeetingType
from app.org.reader import Ask, Row
from app.scheduling.intervals import Interval
from app.scheduling.local_days import seconds_of
from app.scheduling.weekdays import Weekday, first_of_week

_ANY_ZONE = timedelta(days=1)
"""More than any zone is away from UTC."""


def taken_by(meeting_type: MeetingType, start: datetime, end: datetime) -> Interval:
    """A meeting with its type's buffers, in epoch seconds."""
    before, after = meeting_type.buffer_before_minutes * 60, meeting_type.buffer_after_minutes * 60
    return seconds_of(start) - before, seconds_of(end) + after


def claims_of_hosts(
    hosts: Iterable[tuple[str, ZoneInfo]], meeting_type: MeetingType, time: Interval, week_start: Weekday
) -> tuple[Claimed, ...]:
    """What a meeting claims at its time: for each host (id and zone) his days, and his weeks if the type has a weekly
    limit."""
    weeks = week_start if meeting_type.max_per_week is not None else None
    return tuple(claimed for host_id, zone in hosts for claimed in time_claims(host_id, zone, time, week_start=weeks))


def claims_in_any_zone(
    host_ids: Sequence[str], meeting_type: MeetingType, time: Interval, week_start: Weekday
) -> tuple[Claimed, ...]:
    """Every claim that `claims_of_hosts` may need, wherever the hosts are: so the last ones can be read before their
    zones are known."""
    first, last = ((datetime.fromtimestamp(edge, UTC)) for edge in (time[0], time[1] - 1))
    day, end = (first - _ANY_ZONE).date(), (last + _ANY_ZONE).date()
    days = [day + timedelta(days=number) for number in range((end - day).days + 1)]
    periods = [day_period(each) for each in days]
    if meeting_type.max_per_week is not None:
        periods += dict.fromkeys(week_period(first_of_week(each, week_start)) for each in days)
    return tuple(Claimed(host_id, period) for host_id in host_ids for period in periods)


def hosts_ask(user_ids: Sequence[str], now: datetime) -> Ask:
    """The hosts with their settings and vacations, all in one statement."""
    return Ask("actions/hosts", {"users": list(user_ids), "first_day": first_day(now)})


def new_host_ask(user_id: str, now: datetime) -> Ask:
    """The same of who is to take a meeting over, with his conferencing connections."""
    return Ask("actions/new_host", {"user": user_id, "first_day": first_day(now)})


def people_rows(
    hosts: Sequence[Row],
    holidays: Sequence[Row],
    default_hours: Sequence[Row],
    *,
    members: Sequence[Row] | None = None,
) -> PeopleRows:
    """What is known of hosts, from rows of `hosts_ask` or `new_host_ask`. members: their rows of availability/members,
    where they host for a pool."""
    return PeopleRows(
        who=hosts if members is None else members,
        settings=[row for host in hosts for row in host["Settings"]],
        vacations=[row for host in hosts for row in host["Vacations"]],
        holidays=holidays,
        default_hours=default_hours,
    )


def as_it_stands(meeting_type: MeetingType, start: datetime, end: datetime) -> tuple[MeetingType, datetime]:
    """The meeting type and start by which a meeting that keeps its time is checked for another host.

    It has a time already: so notice, booking window, custom range and the grid of starts, which are about finding one,
    do not bind it again (our own choice). It is as long as it is, in whole minutes.
    """
    minute = start.replace(second=0, microsecond=0)
    kept = replace(
        meeting_type,
        duration_minutes=-((end - minute) // -timedelta(minutes=1)),
        slot_interval_minutes=1,
        minimum_notice_minutes=0,
        booking_window_days=None,
        custom_range_start=None,
        custom_range_end=None,
    )
    return kept, minute
