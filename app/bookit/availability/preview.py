"""The preview itself: what the rules need, read in two round trips, and what the engine makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypedDict, cast

from app.bookit.availability.hosts import KnownHost, known_hosts
from app.bookit.availability.moved import Moved
from app.bookit.availability.reading import in_order, org_asks, settings_asks, time_asks, who_ask
from app.bookit.availability.reasons import ReasonCode, in_words
from app.bookit.availability.taken import taken
from app.bookit.availability.target import Target
from app.bookit.availability.turns import in_turn, turn_asks
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meeting_types.records import MeetingType
from app.bookit.picklists import Product
from app.bookit.stored_hours import stored_hours_or_week
from app.org.reader import Reader, Row
from app.scheduling.availability import hosts_availability
from app.scheduling.errors import HoursError
from app.scheduling.hosts import HostAvailability
from app.scheduling.local_days import seconds_of
from app.scheduling.periods import TimeRange
from app.scheduling.reasons import Reason
from app.scheduling.rules import Rules
from app.scheduling.together import days, group_availability, pooled
from app.scheduling.weekdays import Weekday
from app.scheduling.working_hours import Week, WorkingHours

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. when: starts from its start to its end, both in the future. turns: also in which order a pool's
    members would be chosen at each start. org_zone: an IANA name."""

    meeting_type: MeetingType
    target: Target
    moved: Moved | None
    when: TimeRange
    org_zone: str
    week_start: Weekday
    turns: bool


@dataclass(frozen=True, slots=True)
class HostPreview:
    """reason: why there is nothing at all, None if there is something; detail: the same in a sentence."""

    user_id: str
    name: str
    reason: ReasonCode | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class DayPreview:
    """One day of the viewer's calendar. starts: epoch seconds, sorted. turns: user ids of whoever is free, by start."""

    date: date
    starts: Sequence[int]
    hosts_free: int
    turns: Mapping[int, Sequence[str]] | None


@dataclass(frozen=True, slots=True)
class Preview:
    duration_minutes: int
    days: tuple[DayPreview, ...]
    hosts: tuple[HostPreview, ...]


@dataclass(frozen=True, slots=True)
class PeopleRows:
    """What is known of the hosts whatever the time: rows of availability/members or people, settings, vacations,
    holidays and default_hours."""

    who: Sequence[Row]
    settings: Sequence[Row]
    vacations: Sequence[Row]
    holidays: Sequence[Row]
    default_hours: Sequence[Row]


@dataclass(frozen=True, slots=True)
class TimeRows:
    """What takes their time: rows of availability/events, hosted and attended."""

    events: Sequence[Row]
    hosted: Sequence[Row]
    attended: Sequence[Row]


async def preview(reader: Reader, asked: Asked, now: datetime) -> Preview:
    """When the target can be booked. reader: the org connection's, whose rows stay here: private appointments are among
    them, and what leaves is free time alone. Two calls to Salesforce. Raises OrgError."""
    found = await reader.fetch_all(
        who_ask(asked.target), *settings_asks(asked.target, now), *org_asks(now, asked.when.end)
    )
    people = PeopleRows(*(each.rows for each in found))
    known = known_by(asked, people, now)
    rules = _rules_or_none(asked)
    if rules is None or _nobody_can(asked, known):
        return preview_from(asked, people, TimeRows((), (), ()), now)
    category = asked.meeting_type.category
    category_id = category.id if category else None
    ordered = asked.turns and asked.target.pool_id is not None
    counted = turn_asks(people.who, category_id, asked.org_zone, now) if ordered else ()
    hosts = [host.user_id for host in known]
    events, hosted, attended, *sums = await reader.fetch_all(*time_asks(hosts, rules, **span(asked.when)), *counted)
    times = TimeRows(events.rows, hosted.rows, attended.rows)
    if not ordered:
        return preview_from(asked, people, times, now)
    each_alone = availability_of(asked, rules, known, people, times, now)
    return _of_any(asked, rules, known, in_turn(each_alone, people.who, sums, category_id))


def preview_from(asked: Asked, people: PeopleRows, times: TimeRows, now: datetime) -> Preview:
    """The same from what was read already, without the order of turns. times: not used where `people` leave nothing."""
    known = known_by(asked, people, now)
    try:
        rules = rules_of(asked.meeting_type, asked.week_start)
    except HoursError as problem:
        hosts = tuple(
            _barred(host, "working_hours", f"The meeting type's hours cannot be read: {problem}") for host in known
        )
        return _without_times(asked, hosts)
    if _nobody_can(asked, known):
        return _without_times(asked, tuple(_host(asked, host, None) for host in known))
    found = availability_of(asked, rules, known, people, times, now)
    if asked.target.together:
        return _of_group(asked, rules, known, found)
    return _of_any(asked, rules, known, found)


def known_by(asked: Asked, people: PeopleRows, now: datetime) -> tuple[KnownHost, ...]:
    """The hosts: of a pool in member order, of people as the target names them."""
    product = cast("Product", asked.meeting_type.product)
    rows = in_order(people.who, asked.target)
    return known_hosts(rows, people.settings, people.vacations, people.default_hours, product=product, now=now)


def availability_of(
    asked: Asked, rules: Rules, known: Sequence[KnownHost], people: PeopleRows, times: TimeRows, now: datetime
) -> list[HostAvailability]:
    """When each of the hosts is free who is not barred from the start."""
    time = taken(
        times.events,
        times.hosted,
        times.attended,
        {host.user_id: host.zone for host in known},
        meeting_type_id=asked.meeting_type.id,
        moved=asked.moved,
    )
    return hosts_availability(
        [host.as_host(time.busy[host.user_id], time.starts[host.user_id]) for host in known if host.barred is None],
        rules,
        **span(asked.when),
        now=seconds_of(now),
        viewer_zone=asked.when.zone,
        holidays=frozenset(row["Date"] for row in people.holidays),
    )


def host_preview(asked: Asked, host: KnownHost, found: HostAvailability | None) -> HostPreview:
    """Why a host has nothing at all, if he has nothing. found: None for one who is barred."""
    return _host(asked, host, _reason(found))


def _nobody_can(asked: Asked, known: Sequence[KnownHost]) -> bool:
    return not known or (asked.target.together and any(host.barred for host in known))


def _rules_or_none(asked: Asked) -> Rules | None:
    try:
        return rules_of(asked.meeting_type, asked.week_start)
    except HoursError:
        return None


def rules_of(meeting_type: MeetingType, week_start: Weekday) -> Rules:
    """The engine's rules of a meeting type.

    Raises HoursError where its own weekly hours cannot be read, BookItError for lengths that make no sense.
    """
    hours = stored_hours_or_week(meeting_type.hours_stored) if meeting_type.has_own_hours else None
    try:
        return _rules(meeting_type, hours, week_start)
    except ValueError as problem:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            f"The meeting type {meeting_type.name} cannot be booked as it is set up: {problem}",
            "An admin can put the meeting type right in BookIt; take another one until then.",
        ) from None


def _rules(meeting_type: MeetingType, hours: WorkingHours | Week | None, week_start: Weekday) -> Rules:
    return Rules(
        duration=meeting_type.duration_minutes * _MINUTE,
        slot_interval=meeting_type.slot_interval_minutes * _MINUTE,
        buffer_before=meeting_type.buffer_before_minutes * _MINUTE,
        buffer_after=meeting_type.buffer_after_minutes * _MINUTE,
        minimum_notice=meeting_type.minimum_notice_minutes * _MINUTE,
        booking_window_days=meeting_type.booking_window_days,
        first_day=meeting_type.custom_range_start,
        last_day=meeting_type.custom_range_end,
        max_per_day=meeting_type.max_per_day,
        max_per_week=meeting_type.max_per_week,
        own_hours=hours,
        week_start=week_start,
    )


def _of_any(asked: Asked, rules: Rules, known: Sequence[KnownHost], found: Sequence[HostAvailability]) -> Preview:
    pool = pooled(found, rules, **span(asked.when))
    turns = pool.hosts_by_start() if asked.turns else None
    days_of_pool = tuple(
        DayPreview(
            each.day,
            each.starts,
            each.hosts_free,
            {start: turns[start] for start in each.starts} if turns is not None else None,
        )
        for each in pool.days(asked.when.zone)
    )
    bookable = {host.host_id: host for host in found}
    hosts = tuple(_host(asked, host, _reason(bookable.get(host.user_id))) for host in known)
    return Preview(asked.meeting_type.duration_minutes, days_of_pool, hosts)


def _of_group(asked: Asked, rules: Rules, known: Sequence[KnownHost], found: Sequence[HostAvailability]) -> Preview:
    group = group_availability(found, rules, **span(asked.when), viewer_zone=asked.when.zone)
    everybody = list(asked.target.user_ids)
    found_days = tuple(
        DayPreview(
            day,
            starts,
            len(everybody) if starts else 0,
            dict.fromkeys(starts, everybody) if asked.turns else None,
        )
        for day, starts in days(group.starts, asked.when.zone, **span(asked.when))
    )
    alone = {host.host_id: host for host in found}
    hosts = tuple(
        _host(asked, host, group.reasons[host.user_id] or (None if group.starts else _reason(alone[host.user_id])))
        for host in known
    )
    return Preview(asked.meeting_type.duration_minutes, found_days, hosts)


def _without_times(asked: Asked, hosts: tuple[HostPreview, ...]) -> Preview:
    none = tuple(
        DayPreview(day, (), 0, {} if asked.turns else None) for day, _ in days((), asked.when.zone, **span(asked.when))
    )
    return Preview(asked.meeting_type.duration_minutes, none, hosts)


def _reason(host: HostAvailability | None) -> Reason | Literal["no_start_in_range"] | None:
    """None for a host who has a start, and for one whom no rule was asked about."""
    if host is None or host.starts:
        return None
    return host.reason or "no_start_in_range"


def _host(asked: Asked, host: KnownHost, reason: Reason | Literal["no_start_in_range"] | None) -> HostPreview:
    if host.barred is not None:
        return _barred(host, *host.barred)
    if reason is None:
        return HostPreview(host.user_id, host.name, None, None)
    if not isinstance(reason, Reason):
        return _barred(host, reason, "The range is so short that no meeting of this type begins in it.")
    words = in_words(reason, host, asked.meeting_type, asked.when.zone)
    return _barred(host, cast("ReasonCode", reason.value), words)


def _barred(host: KnownHost, reason: ReasonCode, detail: str) -> HostPreview:
    return HostPreview(host.user_id, host.name, reason, detail)


class Span(TypedDict):
    """Starts from start to end (excluded), in epoch seconds."""

    start: int
    end: int


def span(when: TimeRange) -> Span:
    return {"start": seconds_of(when.start), "end": seconds_of(when.end)}
