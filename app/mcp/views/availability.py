"""When somebody can be booked, in the compact shape of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.bookit.availability.preview import DayPreview, HostPreview, Preview
from app.bookit.availability.reasons import ReasonCode
from app.mcp.views.moment import Moment, RangeView
from app.mcp.views.tables import table


class SlotView(BaseModel):
    start: str
    hosts: list[str] = Field(description="user_ids of whoever is free then; for a pool in the order of their turns")


class DayView(BaseModel):
    date: str
    weekday: str
    starts: list[str] = Field(description="Local time of day with its offset: 09:00-08:00. Empty: nothing is free")
    hosts_free: int = Field(description="How many of the hosts can start at least one of these")
    slots: list[SlotView] | None = Field(default=None, description="Only with detail: who is free at each start")


class HostView(BaseModel):
    user_id: str
    name: str
    reason: ReasonCode | None = Field(description="Why there is nothing in the whole range; null: there is something")
    detail: str | None = Field(description="The reason in words")


class AskedView(BaseModel):
    """Names resolved to the records that they were taken for. Only what was asked for is there."""

    meeting_type: str
    reschedule_of: str | None = None


class AdminAskedView(AskedView):
    user: str | None = None
    pool: str | None = None
    link: str | None = None


class AvailabilityAnswer(BaseModel):
    offer_id: str = Field(description="Proves what was offered, for whoever books or reschedules on it")
    expires: Moment
    timezone: str = Field(description="Of days and starts")
    duration_minutes: int
    days: list[DayView] = Field(description="Every day of the range, those without a start too")
    hosts: list[HostView]
    now: Moment
    range: RangeView
    searched: AskedView


class AdminAvailabilityAnswer(AvailabilityAnswer):
    searched: AdminAskedView  # pyright: ignore[reportIncompatibleVariableOverride]


def day_view(day: DayPreview, zone: ZoneInfo) -> DayView:
    shown = {start: _wall(start, zone) for start in day.starts}
    view = DayView.model_construct(
        date=day.date.isoformat(),
        weekday=f"{day.date:%A}",
        starts=list(shown.values()),
        hosts_free=day.hosts_free,
    )
    if day.turns is not None:
        view.slots = [
            SlotView.model_construct(start=shown[start], hosts=list(hosts)) for start, hosts in day.turns.items()
        ]
    return view


def host_view(host: HostPreview) -> HostView:
    return HostView.model_construct(user_id=host.user_id, name=host.name, reason=host.reason, detail=host.detail)


def availability_text(preview: Preview, zone: ZoneInfo, asked: str) -> str:
    """A line of what was asked, a table of days, and the reasons of hosts who have nothing."""
    count = sum(len(day.starts) for day in preview.days)
    lines = [f"{count} starts of {preview.duration_minutes} minutes. {asked}" if count else f"Nothing is free. {asked}"]
    if count:
        head = ["day", "starts", "first", "last", "hosts free"]
        lines.append(table(head, [_day_row(day, zone) for day in preview.days]))
    lines += _reason_lines(preview.hosts)
    return "\n".join(lines)


def _day_row(day: DayPreview, zone: ZoneInfo) -> list[str]:
    first, last = (_wall(day.starts[0], zone), _wall(day.starts[-1], zone)) if day.starts else ("", "")
    return [f"{day.date:%a} {day.date.isoformat()}", str(len(day.starts)), first, last, str(day.hosts_free)]


def _reason_lines(hosts: Sequence[HostPreview]) -> list[str]:
    if not hosts:
        return ["There are no hosts: the pool has no members."]
    return [f"{host.name}: {host.detail}" for host in hosts if host.reason is not None]


def _wall(start: int, zone: ZoneInfo) -> str:
    local = datetime.fromtimestamp(start, UTC).astimezone(zone)
    return local.strftime("%H:%M") + local.isoformat()[-6:]
