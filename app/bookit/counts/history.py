"""The history of a pool's counts: entries of its ledger, newest first, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from app.bookit.meetings.records import Person, Reference
from app.bookit.picklists import entry_kind, entry_kind_value
from app.org.reader import Ask, Result, Row
from app.scheduling.ledger import EntryKind
from app.scheduling.periods import TimeRange
from soql.binding import BindValue

HistoryOf = Literal["calibration", "credits", "all"]

_KINDS: Final[dict[HistoryOf, tuple[EntryKind, ...]]] = {
    "calibration": ("calibration", "auto_calibration"),
    "credits": ("credit", "credit_consumed"),
    "all": ("scheduled", "unscheduled", "calibration", "auto_calibration", "credit", "credit_consumed", "reset"),
}


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Conditions that all hold; None leaves one out. when: of the entries' making."""

    pool_id: str
    of: HistoryOf
    user_id: str | None = None
    category_id: str | None = None
    when: TimeRange | None = None

    def binds(self) -> Mapping[str, BindValue]:
        """The binds of counts/history_count. Absent ones are left out."""
        found: dict[str, BindValue | None] = {
            "pool": self.pool_id,
            "kinds": [entry_kind_value(kind) for kind in _KINDS[self.of]],
            "user": self.user_id,
            "category": self.category_id,
            "made_from": self.when.start if self.when else None,
            "made_before": self.when.end if self.when else None,
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a count. member is None for who has left the pool; old and new are None where none was kept.

    changed_by: a user's id, an e-mail address, or BookIt itself.
    """

    id: str
    at: datetime
    member: Person | None
    category: Reference | None
    kind: EntryKind
    delta: int
    old: int | None
    new: int | None
    reason: str | None
    changed_by: str | None
    period_start: date | None
    meeting_id: str | None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: when its last entry was made, and the ids of all entries of that instant that were shown."""

    at: datetime
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """total counts every entry of the filter, on whatever page; next is None on the last page."""

    entries: tuple[Entry, ...]
    total: int
    next: Position | None


def history_asks(wanted: HistoryFilter, *, limit: int, after: Position | None) -> tuple[Ask, Ask]:
    """One page, and the count of all."""
    binds = wanted.binds()
    page = {**binds, "limit": limit + 1 + (len(after.seen) if after else 0)}
    if after is not None:
        page["made_until"] = after.at
    return Ask("counts/history", page), Ask("counts/history_count", binds)


def history_page(page: Result, count: Result, *, limit: int, after: Position | None) -> HistoryPage:
    """The page of the answers to `history_asks`."""
    seen = after.seen if after is not None else ()
    fresh = [_entry(row) for row in page.rows if row["Id"] not in seen]
    shown = tuple(fresh[:limit])
    total: int = count.rows[0]["n"] if count.rows else 0
    return HistoryPage(shown, total, _position(shown, after) if len(fresh) > limit else None)


def _position(shown: tuple[Entry, ...], after: Position | None) -> Position:
    at = shown[-1].at
    before = after.seen if after is not None and after.at == at else ()
    return Position(at, (*before, *(entry.id for entry in shown if entry.at == at)))


def _entry(row: Row) -> Entry:
    user = row["Member"]["User_Owner"] if row["Member"] else None
    category = row["Meeting_Category"]
    return Entry(
        id=row["Id"],
        at=row["CreatedDate"],
        member=Person(user["Id"], user["Name"], user["Email"]) if user else None,
        category=Reference(category["Id"], category["Name"]) if category else None,
        kind=entry_kind(row["Kind"]),
        delta=row["Delta"],
        old=row["Old_Value"],
        new=row["New_Value"],
        reason=row["Reason"],
        changed_by=row["Changed_By"],
        period_start=row["Period_Start"],
        meeting_id=row["Meeting"]["Id"] if row["Meeting"] else None,
    )
