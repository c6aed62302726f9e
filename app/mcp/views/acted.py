"""A meeting that is acted on, and what changes about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.bookit.actions.acted_on import ActedOn
from app.mcp.views.meeting import AttendeeView, MeetingTypeRef, PersonRef, ProspectView
from app.mcp.views.moment import Moment, moment, spoken
from app.mcp.views.typed import typed


class ActedMeetingView(BaseModel):
    meeting_id: str
    meeting_type: MeetingTypeRef
    status: str = Field(description="scheduled, rescheduled, canceled")
    start: Moment
    end: Moment
    host: PersonRef
    attendees: list[AttendeeView]
    prospect: ProspectView


class ChangeView(BaseModel):
    what: str
    before: str | None
    after: str | None


class ActionPreview(BaseModel):
    """What would happen; nothing of it has."""

    meeting: ActedMeetingView
    changes: list[ChangeView]
    told: list[AttendeeView] = Field(description="Who gets a message by e-mail; empty: the org's own calendar tells")


def acted_view(meeting: ActedOn, zone: ZoneInfo, *, status: str | None = None) -> ActedMeetingView:
    """The meeting as it is, or with another status."""
    return ActedMeetingView.model_construct(
        meeting_id=meeting.id,
        meeting_type=MeetingTypeRef.model_construct(meeting_type_id=meeting.type_id, name=meeting.type_name),
        status=status or meeting.status,
        start=moment(meeting.start, zone),
        end=moment(meeting.end, zone),
        host=PersonRef.model_construct(user_id=meeting.host.id, name=meeting.host.name, email=meeting.host.email),
        attendees=people_view(meeting),
        prospect=ProspectView.model_construct(
            name=typed(meeting.prospect_name), email=typed(meeting.prospect_email), company=typed(meeting.company)
        ),
    )


def people_view(meeting: ActedOn) -> list[AttendeeView]:
    return [
        AttendeeView.model_construct(name=typed(each.name), email=typed(each.email), role=each.role)
        for each in meeting.people
    ]


def change(what: str, before: str | None, after: str | None) -> ChangeView:
    return ChangeView.model_construct(what=what, before=before, after=after)


def time_words(instant: datetime, zone: ZoneInfo) -> str:
    """`Fri 2026-11-27 11:00 (America/Los_Angeles)`."""
    return f"{spoken(moment(instant, zone))} ({zone.key})"


def prospect_words(meeting: ActedOn) -> str | None:
    """Whom it is with, for the person who is asked, and for nobody else: a prospect's own words."""
    said = [text for text in (typed(meeting.prospect_name), typed(meeting.company)) if text]
    return f"It is with {', '.join(said)}." if said else None


def told_words(told: Iterable[AttendeeView], what: str) -> str:
    """Who is told, in numbers. what: `a cancellation`."""
    count = len(list(told))
    if not count:
        return "Nobody is told by us: the org's own calendar does that."
    return f"{count} {'person gets' if count == 1 else 'people get'} {what} by e-mail."
