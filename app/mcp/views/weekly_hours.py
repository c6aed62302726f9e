"""A week's working hours as answers show them: each day's blocks on the wall of one zone."""

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel, Field

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Block = tuple[int, int]
"""First and last minute of the day, half-open; 1440 is the next midnight."""


class WeeklyHours(BaseModel):
    """Each day's blocks, in order; a day without any is not worked."""

    monday: list[str] = Field(description='["09:00-12:00", "13:00-17:00"]; 24:00 is the next midnight')
    tuesday: list[str]
    wednesday: list[str]
    thursday: list[str]
    friday: list[str]
    saturday: list[str]
    sunday: list[str]


def weekly_hours(week: Sequence[Sequence[Block]]) -> WeeklyHours:
    """The week of seven days' blocks, Monday first."""
    shown = [[f"{_wall(start)}-{_wall(end)}" for start, end in blocks] for blocks in week]
    return WeeklyHours.model_construct(None, **dict(zip(_DAYS, shown, strict=True)))


def _wall(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
