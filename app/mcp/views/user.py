"""A person as lookup_user shows him."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.bookit.links.records import is_expired
from app.bookit.users.hours import PersonalHours, personal_hours
from app.bookit.users.records import Group, HoursSet, OwnedLink, User
from app.bookit.users.search import MAX_LINKS
from app.mcp.views.link import KINDS, OfferedTypeView, offered_views
from app.mcp.views.moment import Moment, moment_or_none
from app.mcp.views.weekly_hours import WeeklyHours, weekly_hours
from app.scheduling.errors import TimeError
from app.scheduling.zones import day_of, zone_named

STATUSES: Final = "connected, expired (must be authorized again), not_connected"


class WorkingHoursView(BaseModel):
    name: str = Field(description="Of the set of hours")
    is_org_default: bool = Field(description="true: the org's default set, because the person has none of his own")
    timezone: str | None = Field(description="The zone that the hours are read in; null: see problem")
    weekly: WeeklyHours | None = Field(description="null: see problem")
    problem: str | None = Field(description="Why the hours cannot be read; without hours nobody can be booked")


class VacationView(BaseModel):
    """Days of the person's own calendar."""

    first: str = Field(description="2026-12-24, included")
    last: str = Field(description="Included")
    start_buffer_days: int = Field(description="So many days before the first one he gets no new meetings")
    end_buffer_days: int = Field(description="So many days before the last one's end he gets meetings again")


class PausedView(BaseModel):
    is_paused: bool = Field(description="true: he gets no new meetings now")
    until: Moment | None = Field(description="When the pause ends; null: he is not paused, or until it is lifted")


class ScheduleView(BaseModel):
    """When he works."""

    timezone: str
    working_hours: WorkingHoursView | None = Field(description="null: neither he nor the org has a set")
    vacations: list[VacationView] = Field(description="Present and future ones, in order")
    paused: PausedView


class CalendarView(BaseModel):
    provider: str | None = Field(description="google, microsoft_365, exchange")
    status: str = Field(description=STATUSES)


class ConferencingView(BaseModel):
    provider: str = Field(description="zoom, google_meet, microsoft_teams, webex, custom")
    status: str = Field(description=STATUSES)
    is_default: bool


class ProductAccessView(BaseModel):
    forms: bool
    links: bool
    handoff: bool


class IntegrationsView(BaseModel):
    """What is connected, and what he may use."""

    calendar: CalendarView
    conferencing: list[ConferencingView] = Field(description="One entry for each provider; empty: none")
    product_access: ProductAccessView
    access_level: str | None = Field(description="admin, manager, user; null: not set up in BookIt")


class OwnedLinkView(BaseModel):
    link_id: str
    url: str | None
    kind: str = Field(description=KINDS)
    active: bool = Field(description="false: switched off, nobody can book by it")
    expired: bool
    expires: Moment | None = Field(description="null: it never expires")
    meeting_types: list[OfferedTypeView]


class LinksLibraryView(BaseModel):
    """The booking links that he owns, active ones first."""

    items: list[OwnedLinkView]
    has_more: bool
    note: str | None = Field(description="Where the others are; null: all are here")


class UserView(BaseModel):
    user_id: str
    name: str
    email: str | None
    phone: str | None
    picture_url: str | None
    active: bool = Field(description="false: a former Salesforce user, who cannot be booked")
    set_up: bool = Field(description="false: not set up in BookIt: no settings, no access to any product")
    calendar_status: str = Field(description=STATUSES)
    is_paused: bool = Field(description="true: he gets no new meetings now")
    schedule: ScheduleView | None = Field(default=None, description="Only as a group")
    integrations: IntegrationsView | None = Field(default=None, description="Only as a group")
    links: LinksLibraryView | None = Field(default=None, description="Only as a group")


def user_view(user: User, groups: Collection[Group], default_hours: HoursSet | None, now: datetime) -> UserView:
    """The groups that were read; times in the person's own zone. Built from checked records, so not validated again."""
    fields: dict[str, Any] = {
        "user_id": user.id,
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "picture_url": user.picture_url,
        "active": user.active,
        "set_up": user.settings is not None,
        "calendar_status": user.calendar_status,
        "is_paused": user.is_paused(now),
    }
    zone = _zone(user)
    if "schedule" in groups:
        fields["schedule"] = _schedule(user, default_hours, zone, now)
    if "integrations" in groups:
        fields["integrations"] = _integrations(user)
    if "links" in groups:
        more = len(user.links) > MAX_LINKS
        fields["links"] = LinksLibraryView.model_construct(
            items=[_link(link, zone, now) for link in user.links[:MAX_LINKS]],
            has_more=more,
            note=f"The first {MAX_LINKS}. get_scheduling_links has all of them, page by page." if more else None,
        )
    return UserView.model_construct(**fields)


def _zone(user: User) -> ZoneInfo:
    """UTC for a zone of Salesforce's that is not in the time zone database: each moment says which zone it is in."""
    try:
        return zone_named(user.timezone)
    except TimeError:
        return ZoneInfo("UTC")


def _schedule(user: User, default_hours: HoursSet | None, zone: ZoneInfo, now: datetime) -> ScheduleView:
    today = day_of(now, zone)
    paused = user.is_paused(now)
    until = user.settings.paused_until if user.settings is not None and paused else None
    hours = personal_hours(user, default_hours)
    return ScheduleView.model_construct(
        timezone=user.timezone,
        working_hours=_hours(hours) if hours is not None else None,
        vacations=[
            VacationView.model_construct(
                first=each.first.isoformat(),
                last=each.last.isoformat(),
                start_buffer_days=each.start_buffer_days,
                end_buffer_days=each.end_buffer_days,
            )
            for each in sorted(user.vacations, key=lambda each: (each.first, each.last))
            if each.last >= today
        ],
        paused=PausedView.model_construct(is_paused=paused, until=moment_or_none(until, zone)),
    )


def _hours(found: PersonalHours) -> WorkingHoursView:
    hours = found.hours
    return WorkingHoursView.model_construct(
        name=found.name,
        is_org_default=found.is_org_default,
        timezone=hours.zone.key if hours is not None else None,
        weekly=weekly_hours(hours.week) if hours is not None else None,
        problem=found.problem,
    )


def _integrations(user: User) -> IntegrationsView:
    settings = user.settings
    return IntegrationsView.model_construct(
        calendar=CalendarView.model_construct(
            provider=settings.calendar_provider if settings else None, status=user.calendar_status
        ),
        conferencing=[
            ConferencingView.model_construct(provider=each.provider, status=each.status, is_default=each.is_default)
            for each in user.conferencing
        ],
        product_access=ProductAccessView.model_construct(
            forms=settings is not None and settings.forms,
            links=settings is not None and settings.links,
            handoff=settings is not None and settings.handoff,
        ),
        access_level=settings.access_level if settings else None,
    )


def _link(link: OwnedLink, zone: ZoneInfo, now: datetime) -> OwnedLinkView:
    return OwnedLinkView.model_construct(
        link_id=link.link_id,
        url=link.url,
        kind=link.kind,
        active=link.active,
        expired=is_expired(link.expires, now),
        expires=moment_or_none(link.expires, zone),
        meeting_types=offered_views(link.meeting_types),
    )
