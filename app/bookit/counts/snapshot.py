"""The note of a choice that stands on each meeting booked through a pool: who was there to choose from, and why he won.

Meeting.Selection_Snapshot holds it as JSON, which is our own choice:

    {"version": 1, "pool_id": "a01…", "meeting_category_id": "a02…", "period_start": "2026-11-01",
     "distribution": "count_based", "weighted": false, "chosen": "a03…", "credit_consumed": false,
     "candidates": [{"member_id": "a03…", "user_id": "005…", "name": "Riley Carter", "scheduled": 3, "calibration": 0,
                     "credits": 1, "net": 2, "weight": 1, "level": "5/2", "order": 1,
                     "last_assigned": "2026-11-20T17:00:00Z", "skip": null}, …]}

Ids are of pool members. Candidates stand in the order of their turns at that time, before the new meeting was counted;
`skip` says why one before the chosen could not take it, and may say it of those behind. `level` is (net + ½) / weight
as a fraction, null for a weight of 0.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from app.scheduling.standings import Distribution, Standing, level_text


class UnreadableSnapshot(ValueError):
    """The stored text is no note of a choice in a form that we know."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One member as he stood when the meeting was booked."""

    member_id: str
    user_id: str
    name: str
    scheduled: int
    calibration: int
    credits: int
    net: int
    weight: Annotated[int, Field(ge=0)]
    level: Annotated[str, Field(pattern=r"^-?\d{1,40}/\d{1,40}$")] | None
    order: int | None
    last_assigned: AwareDatetime | None
    skip: str | None

    def standing(self) -> Standing:
        """As the engine compares him. How many of his credits were unconsumed then is not noted: 0."""
        return Standing(
            member_id=self.member_id,
            user_id=self.user_id,
            weight=self.weight,
            scheduled=self.scheduled,
            calibration=self.calibration,
            credits=self.credits,
            unconsumed_credits=0,
            order=self.order,
            last_assigned=self.last_assigned,
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One choice. chosen: the member's id, who is among the candidates."""

    version: Literal[1]
    pool_id: str
    meeting_category_id: str | None
    period_start: date
    distribution: Distribution
    weighted: bool
    chosen: str
    credit_consumed: bool
    candidates: tuple[Candidate, ...]

    @property
    def winner(self) -> Candidate:
        return next(each for each in self.candidates if each.member_id == self.chosen)


_JSON: Final = TypeAdapter(Snapshot)


def read_snapshot(stored: str) -> Snapshot:
    """The note of a stored text. Raises UnreadableSnapshot; the text is in no message."""
    try:
        found = _JSON.validate_json(stored)
    except ValidationError:
        raise UnreadableSnapshot("not of version 1") from None
    if not any(each.member_id == found.chosen for each in found.candidates):
        raise UnreadableSnapshot("the chosen one is no candidate")
    if any((each.net, each.level) != _said_by_its_parts(each) for each in found.candidates):
        raise UnreadableSnapshot("a net count or level is not what its parts make")
    return found


def _said_by_its_parts(candidate: Candidate) -> tuple[int, str | None]:
    standing = candidate.standing()
    return standing.net, level_text(standing.level)


def written(snapshot: Snapshot) -> str:
    """The text to store."""
    return _JSON.dump_json(snapshot).decode()
