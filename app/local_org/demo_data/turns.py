"""Why each host was chosen, as it would have been noted then; and the calibrations and consumed credits in between.

Hosts are drawn at random here, so the note is made to fit: who would have come before the chosen one was skipped, and
for a reason that is true of him. Meetings booked long ago have no such note.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from app.local_org.demo_data.cast import Person
from app.local_org.demo_data.model import DemoData, NewId, Row, bookit, custom
from app.local_org.demo_data.options import period_start
from app.local_org.demo_data.setup import ENTERPRISE_AMEA, POOLS, Ids, Pool

SNAPSHOT_DAYS = 45
"""Meetings booked longer ago than this were booked before choices were noted."""

CATEGORY = "Demos"
"""The meeting category of everything that is booked through a pool."""

MANUAL = (
    (2, 1, "Covered the trade show"),
    (9, -1, "Correction of a duplicate booking"),
    (16, 2, "Joined late this month"),
    (23, -1, "Two demos were moved to a partner"),
    (37, 1, "Helped out in another team"),
    (51, -2, "Back from sick leave"),
    (66, 1, "Correction after an audit"),
)
"""Calibrations by an admin in every pool: days ago, what is added, why."""

RETURNED = (12, 45)
"""Days ago on which a member of the pool that asks for it came back from a vacation."""

_Key = tuple[str, date]
"""A member and the first day of a count period: every count here is of one category."""


@dataclass(frozen=True, slots=True)
class _Calibration:
    """One to come. delta None: an auto-calibration, whose value follows from the counts of its time."""

    pool: Pool
    person: Person
    delta: int | None
    why: str


@dataclass(slots=True)
class _Counts:
    """The ledger as far as it has been read, by member and period. credits: unconsumed ones, oldest first."""

    scheduled: Counter[_Key] = field(default_factory=Counter[_Key])
    calibration: Counter[_Key] = field(default_factory=Counter[_Key])
    credited: Counter[_Key] = field(default_factory=Counter[_Key])
    consumed: Counter[_Key] = field(default_factory=Counter[_Key])
    unconsumed: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict[str, list[str]](list))
    last: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def credits(self, member: str, period: date) -> int:
        """Those of the period, and what the periods before have left."""
        earlier = sum(count for (who, when), count in self.credited.items() if who == member and when < period)
        spent = sum(count for (who, when), count in self.consumed.items() if who == member and when < period)
        return earlier - spent + self.credited[member, period]

    def net(self, member: str, period: date) -> int:
        key = (member, period)
        return self.calibration[key] + self.scheduled[key] - self.credits(member, period)


def add_turns(data: DemoData, new_id: NewId, ids: Ids) -> None:
    """Calibrations, snapshots of choices, and the credits that these consume. Needs all other count entries."""
    _Turns(data, new_id, ids).add()


class _Turns:
    def __init__(self, data: DemoData, new_id: NewId, ids: Ids) -> None:
        self._data = data
        self._new_id = new_id
        self._ids = ids
        self._counts = _Counts()
        self._pools = {ids.pools[pool.name]: pool for pool in POOLS}
        self._meetings = {row["Id"]: row for row in data.of(bookit("Meeting"))}
        self._since = data.now - timedelta(days=SNAPSHOT_DAYS)

    def add(self) -> None:
        entries: list[tuple[datetime, Row | _Calibration]] = [
            (row["CreatedDate"], row) for row in self._data.of(bookit("Count_Entry"))
        ]
        entries += self._calibrations()
        for at, entry in sorted(entries, key=lambda pair: pair[0]):
            if isinstance(entry, _Calibration):
                self._calibrate(at, entry)
            else:
                self._read(at, entry)

    def _calibrations(self) -> Iterator[tuple[datetime, _Calibration]]:
        now = self._data.now
        joined = {row["Id"]: row["LeanData__Joined_Date__c"] for row in self._data.of(bookit("Pool_Member"))}
        for number, pool in enumerate(POOLS):
            for person in pool.members[-2:]:
                yield joined[self._member(pool, person)], _Calibration(pool, person, None, "Joined the pool")
            for at, (days, delta, why) in enumerate(MANUAL):
                person = pool.members[(3 * at + number) % len(pool.members)]
                yield now - timedelta(days=days, hours=number), _Calibration(pool, person, delta, why)
            if pool.name == ENTERPRISE_AMEA:
                for at, days in enumerate(RETURNED):
                    person = pool.members[-1 - at]
                    yield now - timedelta(days=days), _Calibration(pool, person, None, "Back from vacation")

    def _member(self, pool: Pool, person: Person) -> str:
        return self._ids.members[pool.name, person.handle]

    def _calibrate(self, at: datetime, planned: _Calibration) -> None:
        member, period = self._member(planned.pool, planned.person), period_start(at)
        old = self._counts.calibration[member, period]
        delta, why = planned.delta, planned.why
        if delta is None:
            delta, arithmetic = self._level_with_the_others(planned.pool, member, period)
            why = f"{why}: {arithmetic}"
        self._counts.calibration[member, period] = old + delta
        entry_id = self._new_id(bookit("Count_Entry"))
        values = custom(
            Pool=self._ids.pools[planned.pool.name],
            Member=member,
            Meeting_Category=self._ids.categories[CATEGORY],
            Period_Start=period,
            Kind="Auto-Calibration" if planned.delta is None else "Calibration",
            Entry_Key=f"calibration|{entry_id}",
            Delta=delta,
            Old_Value=old,
            New_Value=old + delta,
            Reason=why,
            Meeting=None,
            Changed_By="BookIt" if planned.delta is None else self._data.people["admin"],
        )
        self._data.add(bookit("Count_Entry"), {"Id": entry_id, "CreatedDate": at, **values})

    def _level_with_the_others(self, pool: Pool, member: str, period: date) -> tuple[int, str]:
        weights = self._weights(pool)
        others = [each for each in weights if each != member]
        net, weight = sum(self._counts.net(each, period) for each in others), sum(weights[each] for each in others)
        own = self._counts.net(member, period)
        delta = (2 * weights[member] * net + weight) // (2 * weight) - own
        return delta, f"{weights[member]} × {net} ÷ {weight} − {own} = {delta}"

    def _weights(self, pool: Pool) -> dict[str, int]:
        rows = {row["Id"]: row for row in self._data.of(bookit("Pool_Member"))}
        members = [self._member(pool, person) for person in pool.members]
        return {each: rows[each]["LeanData__Weighting_Value__c"] if pool.weighted else 1 for each in members}

    def _read(self, at: datetime, row: Row) -> None:
        """Take one entry that is there already into the counts; before a booking, note how its host was chosen."""
        member, period = row["LeanData__Member__c"], row["LeanData__Period_Start__c"]
        if row["LeanData__Kind__c"] == "Credit":
            self._counts.credited[member, period] += 1
            self._counts.unconsumed[member].append(row["Id"])
            return
        meeting = self._meetings[row["LeanData__Meeting__c"]]
        if at >= self._since:
            snapshot = self._snapshot(self._pools[row["LeanData__Pool__c"]], member, at, period)
            meeting |= custom(Selection_Snapshot=json.dumps(snapshot))
            if snapshot["credit_consumed"]:
                self._consume(row, at)
        self._counts.scheduled[member, period] += 1
        self._counts.last[member] = at

    def _snapshot(self, pool: Pool, chosen: str, at: datetime, period: date) -> dict[str, Any]:
        weights = self._weights(pool)
        candidates = [
            self._candidate(person, self._member(pool, person), order, weights, period)
            for order, person in enumerate(pool.members, start=1)
        ]
        candidates.sort(key=_turn)
        before = [each["member_id"] for each in candidates].index(chosen)
        people = {self._member(pool, person): person for person in pool.members}
        for each in candidates[:before]:
            each["skip"] = self._skip_reason(people[each["member_id"]], at)
        return {
            "version": 1,
            "pool_id": self._ids.pools[pool.name],
            "meeting_category_id": self._ids.categories[CATEGORY],
            "period_start": period.isoformat(),
            "distribution": "count_based",
            "weighted": pool.weighted,
            "chosen": chosen,
            "credit_consumed": self._won_by_a_credit(candidates[before:]),
            "candidates": candidates,
        }

    def _candidate(
        self, person: Person, member: str, order: int, weights: dict[str, int], period: date
    ) -> dict[str, Any]:
        net, last = self._counts.net(member, period), self._counts.last.get(member)
        level = Fraction(2 * net + 1, 2 * weights[member])
        return {
            "member_id": member,
            "user_id": self._data.people[person.handle],
            "name": person.name,
            "scheduled": self._counts.scheduled[member, period],
            "calibration": self._counts.calibration[member, period],
            "credits": self._counts.credits(member, period),
            "net": net,
            "weight": weights[member],
            "level": f"{level.numerator}/{level.denominator}",
            "order": order,
            "last_assigned": None if last is None else last.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "skip": None,
        }

    def _skip_reason(self, person: Person, at: datetime) -> str:
        if person.calendar != "Connected":
            return "calendar_expired" if person.calendar == "Expired" else "calendar_not_connected"
        if person.paused:
            return "paused"
        if person.on_vacation and at >= self._data.now - timedelta(days=1):
            return "vacation"
        return "busy"

    def _won_by_a_credit(self, free: list[dict[str, Any]]) -> bool:
        winner = free[0]
        if len(free) < 2 or winner["credits"] < 1 or not self._counts.unconsumed[winner["member_id"]]:
            return False
        level = Fraction(winner["level"]) + Fraction(1, winner["weight"])
        return _turn(free[1]) < _turn({**winner, "level": f"{level.numerator}/{level.denominator}"})

    def _consume(self, booked: Row, at: datetime) -> None:
        member, period = booked["LeanData__Member__c"], booked["LeanData__Period_Start__c"]
        credit = self._counts.unconsumed[member].pop(0)
        self._counts.consumed[member, period] += 1
        values = custom(
            Pool=booked["LeanData__Pool__c"],
            Member=member,
            Meeting_Category=booked["LeanData__Meeting_Category__c"],
            Period_Start=period,
            Kind="Credit-Consumed",
            Entry_Key=f"consume|{credit}",
            Delta=1,
            Reason="Chosen because of a credit",
            Meeting=booked["LeanData__Meeting__c"],
            Changed_By="BookIt",
        )
        row = {"Id": self._new_id(bookit("Count_Entry")), "CreatedDate": at, **values}
        self._data.add(bookit("Count_Entry"), row)


def _turn(candidate: dict[str, Any]) -> tuple[Any, ...]:
    """Lowest level first, then larger weight, longest without a meeting, member order."""
    last = candidate["last_assigned"]
    return Fraction(candidate["level"]), -candidate["weight"], last or "", candidate["order"]
