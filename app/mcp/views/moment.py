"""An instant as every answer shows it."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.scheduling.periods import TimeRange

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Moment(BaseModel):
    """One instant, in the zone of the answer and in UTC."""

    local: str = Field(description="On the wall of `timezone`, with its offset: 2026-11-27T14:00:00-08:00")
    utc: str = Field(description="The same instant in UTC: 2026-11-27T22:00:00Z")
    timezone: str = Field(description="IANA name")
    weekday: str = Field(description="Of `local`")


class RangeView(BaseModel):
    """The time that was searched."""

    start: Moment = Field(description="Included")
    end: Moment = Field(description="Excluded")


def moment(instant: datetime, zone: ZoneInfo) -> Moment:
    """An aware instant, to the second, in a zone."""
    local = instant.astimezone(zone)
    return Moment.model_construct(
        local=local.isoformat(timespec="seconds"),
        utc=instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        timezone=zone.key,
        weekday=_WEEKDAYS[local.weekday()],
    )


def moment_or_none(instant: datetime | None, zone: ZoneInfo) -> Moment | None:
    return moment(instant, zone) if instant is not None else None


def range_view(when: TimeRange) -> RangeView:
    return RangeView.model_construct(start=moment(when.start, when.zone), end=moment(when.end, when.zone))


def spoken(when: Moment) -> str:
    """For a line of text: `Fri 2026-11-27 14:00`."""
    return f"{when.weekday[:3]} {when.local[:10]} {when.local[11:16]}"
