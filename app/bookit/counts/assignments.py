"""How the host of a meeting was chosen, as counts/assignment reads it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.bookit.counts.snapshot import Snapshot, UnreadableSnapshot, read_snapshot
from app.bookit.meetings.one import one_meeting
from app.bookit.meetings.records import Person, Reference
from app.bookit.picklists import snake
from app.org.reader import Reader, Row

Outcome = Literal["explained", "no_pool", "no_snapshot", "unreadable_snapshot"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One meeting and the note of its choice; times in UTC. snapshot: only with the outcome `explained`.

    pool is None for a meeting that was booked with a person, or through a pool that is gone.
    """

    id: str
    meeting_id: str
    status: str
    start: datetime
    booked: datetime | None
    booking_method: str
    meeting_type: Reference
    category: Reference | None
    pool: Reference | None
    host: Person
    original_host: Person | None
    reassigned_from: Person | None
    reassigned: datetime | None
    outcome: Outcome
    snapshot: Snapshot | None

    @property
    def was_reassigned(self) -> bool:
        """Whether the host was changed since the booking, though it may be the same one again."""
        chosen = self.snapshot.winner.user_id if self.snapshot else None
        before = chosen or (self.original_host.user_id if self.original_host else None)
        return self.reassigned is not None or (before is not None and before != self.host.user_id)


async def assignment_of(reader: Reader, meeting_id: str) -> Assignment:
    """The meeting of Salesforce's or BookIt's own id. One call. Raises BookItError not_found, OrgError."""
    return _assignment(await one_meeting(reader, "counts/assignment", meeting_id))


def _assignment(row: Row) -> Assignment:
    outcome, snapshot = _read(row)
    pool, category = row["Pool"], row["Meeting_Category"]
    return Assignment(
        id=row["Id"],
        meeting_id=row["Meeting_Id"],
        status=snake(row["Status"]),
        start=row["Start"],
        booked=row["Booked_Date"],
        booking_method=snake(row["Booking_Method"]),
        meeting_type=Reference(row["Meeting_Type"]["Id"], row["Meeting_Type"]["Display_Name"]),
        category=Reference(category["Id"], category["Name"]) if category else None,
        pool=Reference(pool["Id"], pool["Grouping_Name"]) if pool else None,
        host=Person(row["Main_Host"]["Id"], row["Main_Host"]["Name"], row["Main_Host"]["Email"]),
        original_host=_person(row["Original_Host"]),
        reassigned_from=_person(row["Reassigned_From"]),
        reassigned=row["Reassigned_Date"],
        outcome=outcome,
        snapshot=snapshot,
    )


def _read(row: Row) -> tuple[Outcome, Snapshot | None]:
    stored = row["Selection_Snapshot"]
    if not stored:
        return ("no_snapshot" if row["Pool"] else "no_pool"), None
    try:
        return "explained", read_snapshot(stored)
    except UnreadableSnapshot:
        return "unreadable_snapshot", None


def _person(row: Row | None) -> Person | None:
    return Person(row["Id"], row["Name"], row["Email"]) if row else None
