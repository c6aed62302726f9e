"""Who of a pool could take a meeting over at its time: all rules that bind a host, for others than its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.bookit.actions.reassign import ReassignTarget
from app.bookit.actions.taking_time import as_it_stands, people_rows
from app.bookit.availability.moved import Moved
from app.bookit.availability.preview import (
    Asked,
    HostPreview,
    PeopleRows,
    TimeRows,
    availability_of,
    host_preview,
    known_by,
    rules_of,
    span,
)
from app.bookit.availability.reading import org_asks, settings_asks, time_asks, who_ask
from app.bookit.availability.target import Target
from app.bookit.availability.turns import turn_asks, turns
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meeting_types.records import MeetingType
from app.bookit.org_status import OrgStatus
from app.org.reader import Ask, Reader, Row
from app.scheduling.errors import HoursError
from app.scheduling.periods import TimeRange
from app.scheduling.rules import Rules


@dataclass(frozen=True, slots=True)
class TakingOver:
    """The question, and the engine's rules for it. The meeting's own time stands in nobody's way."""

    target: ReassignTarget
    asked: Asked
    rules: Rules

    @classmethod
    def of(cls, target: ReassignTarget, meeting_type: MeetingType, org: OrgStatus, zone: ZoneInfo) -> TakingOver:
        """zone: in which reasons name times. Raises BookItError not_available for hours that cannot be read."""
        kept, start = as_it_stands(meeting_type, target.start, target.end)
        pool = Target(pool_id=target.pool_id)
        asked = Asked(
            meeting_type=kept,
            target=pool,
            moved=Moved(target.id, target.event_id, target.type_id, pool),
            when=TimeRange(start, start + timedelta(seconds=1), zone),
            org_zone=org.timezone,
            week_start=org.week_start,
            turns=False,
        )
        try:
            return cls(target, asked, rules_of(kept, org.week_start))
        except HoursError:
            raise BookItError(
                ErrorCode.NOT_AVAILABLE,
                f"The hours of the meeting type {meeting_type.name} cannot be read, so nobody is known to be free.",
                "An admin can put the meeting type right in BookIt.",
            ) from None

    async def others(self, reader: Reader, now: datetime) -> list[HostPreview]:
        """All other members of the pool, in the order of their turns (who gets none comes last), free (reason None) or
        why not. Two calls to Salesforce, as the org connection. Raises OrgError."""
        asked, target = self.asked, self.target
        found = await reader.fetch_all(
            who_ask(asked.target), *settings_asks(asked.target, now), *org_asks(now, asked.when.end)
        )
        people = PeopleRows(*(each.rows for each in found))
        others = replace(people, who=[row for row in people.who if row["User_Owner"]["Id"] != target.host_id])
        if not others.who:
            return []
        users = [row["User_Owner"]["Id"] for row in others.who]
        counted = turn_asks(people.who, target.category_id, asked.org_zone, now)
        events, hosted, attended, *sums = await reader.fetch_all(*self._time_asks(users), *counted)
        hosts = self._found(others, TimeRows(events.rows, hosted.rows, attended.rows), now)
        place = {user_id: at for at, user_id in enumerate(turns(people.who, sums, target.category_id))}
        return sorted(hosts, key=lambda host: place.get(host.user_id, len(place)))

    async def member(self, reader: Reader, person: Row, member: Row, now: datetime) -> tuple[HostPreview, bool]:
        """One of them, and whether the meeting's event is still in its host's calendar.

        person: a row of actions/new_host; member: his row of availability/members. One call to Salesforce.
        """
        event_id = self.target.event_id
        events, hosted, attended = self._time_asks([person["Id"]])
        if event_id is not None:
            events = Ask("actions/busy", {**events.binds, "event": event_id})
        holidays, default_hours = org_asks(now, self.asked.when.end)
        found = await reader.fetch_all(holidays, default_hours, events, hosted, attended)
        days_off, default, *times = (each.rows for each in found)
        people = people_rows([person], days_off, default, members=[member])
        [host] = self._found(people, TimeRows(*times), now)
        return host, any(row["Id"] == event_id for row in times[0])

    def _time_asks(self, users: Sequence[str]) -> tuple[Ask, Ask, Ask]:
        return time_asks(users, self.rules, **span(self.asked.when))

    def _found(self, people: PeopleRows, times: TimeRows, now: datetime) -> list[HostPreview]:
        known = known_by(self.asked, people, now)
        alone = availability_of(self.asked, self.rules, known, people, times, now)
        free = {each.host_id: each for each in alone}
        return [host_preview(self.asked, host, free.get(host.user_id)) for host in known]
