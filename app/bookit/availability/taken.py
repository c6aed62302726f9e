"""What takes hosts' time: their calendars' events and their live meetings, as the engine counts it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.bookit.availability.moved import Moved
from app.org.reader import Row
from app.scheduling.intervals import Interval
from app.scheduling.zones import start_of_day

_MINUTE = 60


@dataclass(slots=True)
class Taken:
    """By user id. busy: epoch seconds, each meeting with its own type's buffers around it. starts: of the live meetings
    of the asked type that he hosts, for its limits."""

    busy: defaultdict[str, list[Interval]] = field(default_factory=lambda: defaultdict[str, list[Interval]](list))
    starts: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict[str, list[int]](list))


def taken(
    events: Iterable[Row],
    hosted: Iterable[Row],
    attended: Iterable[Row],
    zones: Mapping[str, ZoneInfo],
    *,
    meeting_type_id: str,
    moved: Moved | None,
) -> Taken:
    """Rows of availability/events, hosted and attended. zones: each host's own.

    A meeting and its event stand both here; their union is what is taken. The meeting that is moved, and its event,
    take no time and count for no limit.
    """
    found = Taken()
    own_event, own_meeting = (moved.event_id, moved.meeting_id) if moved is not None else (None, None)
    for row in events:
        if row["Id"] != own_event:
            host = row["Owner"]["Id"]
            found.busy[host].append(_event_interval(row, zones[host]))
    for row in hosted:
        if row["Id"] != own_meeting:
            host = row["Main_Host"]["Id"]
            found.busy[host].append(_with_buffers(row["Start"], row["End"], row["Meeting_Type"]))
            if row["Meeting_Type"]["Id"] == meeting_type_id:
                found.starts[host].append(int(row["Start"].timestamp()))
    for row in attended:
        meeting = row["Meeting"]
        if meeting["Id"] != own_meeting:
            found.busy[row["User"]["Id"]].append(
                _with_buffers(meeting["Start"], meeting["End"], meeting["Meeting_Type"])
            )
    return found


def _event_interval(row: Row, zone: ZoneInfo) -> Interval:
    start, end = row["StartDateTime"], row["EndDateTime"]
    if row["IsAllDayEvent"]:
        # Midnight UTC of the first and of the last day stand for those days, wherever the person is (Object Reference,
        # Event): they are days of his own calendar, never shifted by a zone.
        start = start_of_day(start.date(), zone)
        end = start_of_day(end.date() + timedelta(days=1), zone)
    return int(start.timestamp()), _ceiling(end)


def _with_buffers(start: datetime, end: datetime, meeting_type: Row) -> Interval:
    before = (meeting_type["Buffer_Before_Minutes"] or 0) * _MINUTE
    after = (meeting_type["Buffer_After_Minutes"] or 0) * _MINUTE
    return int(start.timestamp()) - before, _ceiling(end) + after


def _ceiling(instant: datetime) -> int:
    seconds = int(instant.timestamp())
    return seconds + 1 if instant.microsecond else seconds
