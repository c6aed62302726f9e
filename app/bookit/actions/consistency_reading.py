"""Reads what the actions wrote, for app.bookit.actions.consistency: by pieces of a window, as the org connection."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from app.bookit.actions.consistency import (
    BOOKING_TOOL,
    Written,
    WrittenClaim,
    WrittenCredit,
    WrittenEntry,
    WrittenEvent,
    WrittenMeeting,
    WrittenOperation,
)
from app.bookit.picklists import LIVE, credit_status, entry_kind_value, meeting_status
from app.org.ids import as_record_id
from app.org.reader import MAX_ASKS, Ask, Reader, Row
from app.scheduling.ledger import EntryKind
from app.scheduling.zones import zone_named
from soql.binding import BindValue

PIECE: Final = timedelta(days=7)
"""Of the window: what one statement reads. A longer answer is followed page by page."""
CHUNK: Final = 200
"""Ids in one statement: far below the 100,000 characters that SOQL takes."""
_CLOCKS: Final = timedelta(hours=1)
"""More than the clocks of a server and of Salesforce are apart."""
_TURNS: Final[tuple[EntryKind, ...]] = ("scheduled", "unscheduled")
_ABOUT_MEETINGS: Final[tuple[EntryKind, ...]] = (*_TURNS, "credit")
_HOST: Final = "Host"
_ADDITIONAL_HOST: Final = "Additional Host"

_Binds = Mapping[str, BindValue]


async def read_written(reader: Reader, now: datetime, days: int) -> Written:
    """What concerns meetings that start within `days` of now, past or coming, or were booked within the past ones; and
    what was written within those about any meeting. Five statements to a call.

    Raises OrgError.
    """
    since, until = now - timedelta(days=days), now + timedelta(days=days)
    before = now + _CLOCKS
    meetings = await _meetings(reader, since, until)
    claims = await _claims(reader, since - _CLOCKS, before)
    operations = await _operations(reader, since - _CLOCKS, before)
    entries = await _entries(reader, since, before)
    credits = await _credits(reader, since)
    named = {claim.meeting_id for claim in claims} | {each.booked for each in operations if each.booked is not None}
    known = {meeting.meeting_id for meeting in meetings}
    known |= await _values(reader, "known_meetings", "Meeting_Id", "meeting_ids", named - known)
    keys = {entry.key for entry in entries}
    wanted = {key for request in credits if request.status == "approved" for key in request.keys}
    keys |= await _values(reader, "entry_keys", "Entry_Key", "keys", wanted - keys)
    return Written(
        meetings=meetings,
        events=await _events(reader, meetings),
        claims=claims,
        operations=operations,
        entries=entries,
        credits=credits,
        known=frozenset(known),
        keys=frozenset(keys),
        complete_from=since,
    )


async def _meetings(reader: Reader, since: datetime, until: datetime) -> tuple[WrittenMeeting, ...]:
    always: _Binds = {"kinds": [entry_kind_value(kind) for kind in _TURNS], "roles": [_HOST, _ADDITIONAL_HOST]}
    binds: list[_Binds] = [
        {"start_from": first, "start_before": last, **always} for first, last in _pieces(since, until, PIECE)
    ]
    ahead: list[_Binds] = [{"after": until, "booked_since": since, **always}]
    near = [_meeting(row) async for row in _rows(reader, "meetings", binds)]
    return (*near, *[_meeting(row) async for row in _rows(reader, "booked_ahead", ahead)])


async def _claims(reader: Reader, since: datetime, before: datetime) -> tuple[WrittenClaim, ...]:
    rows = _rows(reader, "claims", _made(since, before, PIECE))
    return tuple([WrittenClaim(row["Id"], row["Host"]["Id"], row["Period"], row["Meeting"]) async for row in rows])


async def _operations(reader: Reader, since: datetime, before: datetime) -> tuple[WrittenOperation, ...]:
    rows = _rows(reader, "operations", _made(since, before, timedelta(days=1)))  # their answers are long
    return tuple([_operation(row) async for row in rows])


async def _entries(reader: Reader, since: datetime, before: datetime) -> tuple[WrittenEntry, ...]:
    kinds = [entry_kind_value(kind) for kind in _ABOUT_MEETINGS]
    rows = _rows(reader, "entries", ({**made, "kinds": kinds} for made in _made(since, before, PIECE)))
    return tuple(
        [WrittenEntry(row["Id"], row["Kind"], row["Entry_Key"] or "", _id(row["Meeting"])) async for row in rows]
    )


async def _credits(reader: Reader, since: datetime) -> tuple[WrittenCredit, ...]:
    rows = (await reader.fetch("consistency/credit_requests", {"touched_from": since})).rows
    return tuple(
        WrittenCredit(
            row["Id"],
            credit_status(row["Status"]),
            _id(row["Meeting"]),
            _id(row["Host"]),
            counts=row["Pool"] is not None,
        )
        for row in rows
    )


async def _events(reader: Reader, meetings: Iterable[WrittenMeeting]) -> Mapping[str, WrittenEvent]:
    ids = {each.event_id for each in meetings if each.event_id is not None}
    rows = _rows(reader, "events", ({"events": chunk} for chunk in _chunks(ids)))
    return {
        row["Id"]: WrittenEvent(row["Id"], row["Owner"]["Id"], row["StartDateTime"], row["EndDateTime"])
        async for row in rows
    }


async def _values(reader: Reader, name: str, field: str, bind: str, values: Iterable[str]) -> set[str]:
    """Those of the values that some row has in that field."""
    return {row[field] async for row in _rows(reader, name, ({bind: chunk} for chunk in _chunks(values)))}


async def _rows(reader: Reader, name: str, binds: Iterable[_Binds]) -> AsyncGenerator[Row]:
    """The rows of one statement with each of these binds in turn."""
    asks = [Ask(f"consistency/{name}", each) for each in binds]
    for first in range(0, len(asks), MAX_ASKS):
        for result in await reader.fetch_all(*asks[first : first + MAX_ASKS]):
            for row in result.rows:
                yield row


def _pieces(first: datetime, last: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    while first < last:
        yield first, min(first + length, last)
        first += length


def _made(since: datetime, before: datetime, length: timedelta) -> Iterator[_Binds]:
    return ({"made_from": first, "made_before": last} for first, last in _pieces(since, before, length))


def _chunks(values: Iterable[str]) -> Iterator[Sequence[str]]:
    ordered = sorted(values)
    return (ordered[first : first + CHUNK] for first in range(0, len(ordered), CHUNK))


def _meeting(row: Row) -> WrittenMeeting:
    net: defaultdict[str | None, int] = defaultdict(int)
    for entry in row["Count_Entries"]:
        net[_id(entry["Member"])] += entry["Delta"] or 0
    host, event_id, people = row["Main_Host"], row["Event_Id"], row["Attendees"]
    return WrittenMeeting(
        id=row["Id"],
        meeting_id=row["Meeting_Id"],
        is_live=meeting_status(row["Status"]) in LIVE,
        start=row["Start"],
        end=row["End"],
        booked=row["Booked_Date"],
        event_id=as_record_id(event_id),
        host_id=host["Id"],
        host_zone=zone_named(host["TimeZoneSidKey"]),
        pool_id=_id(row["Pool"]),
        member_id=_id(row["Pool_Member"]),
        host_rows=tuple(_id(each["User"]) for each in people if each["Role"] == _HOST),
        others=tuple(
            each["User"]["Id"]
            for each in people
            if each["Role"] == _ADDITIONAL_HOST and each["User"] and each["Response_Status"] != "Declined"
        ),
        net=dict(net),
    )


def _operation(row: Row) -> WrittenOperation:
    try:
        answer: Any = json.loads(row["Answer"] or "")
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        return WrittenOperation(row["Id"], row["Tool"], is_readable=False, booked=None)
    booked: Any = None
    if row["Tool"] == BOOKING_TOOL:
        meeting: Any = cast("dict[str, Any]", answer).get("meeting")
        booked = cast("dict[str, Any]", meeting).get("bookit_meeting_id") if isinstance(meeting, dict) else None
        if not isinstance(booked, str):
            return WrittenOperation(row["Id"], row["Tool"], is_readable=False, booked=None)
    return WrittenOperation(row["Id"], row["Tool"], is_readable=True, booked=booked)


def _id(parent: Row | None) -> str | None:
    return parent["Id"] if parent else None
