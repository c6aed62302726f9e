"""A meeting type as answers show it."""

from collections.abc import Sequence
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.bookit.meeting_types.form import FormField, Unreadable, form_from, notifications_from
from app.bookit.meeting_types.reading import FormAndFlow, FoundType, Presentation
from app.bookit.meeting_types.records import MeetingType
from app.mcp.views.next_cursor import NextCursor
from app.mcp.views.tables import table
from app.mcp.views.typed import typed
from app.mcp.views.weekly_hours import WeeklyHours, weekly_hours
from app.scheduling.errors import HoursError

MAX_DESCRIPTION: Final = 1000

CANNOT_BE_READ: Final = "What BookIt keeps here cannot be read; an admin can save it anew in BookIt."

_HOSTS_ZONE: Final = ZoneInfo.no_cache("UTC")
"""Stands for the zone of whoever hosts; an object of its own, so that it is no zone that hours can name."""


class CategoryRef(BaseModel):
    meeting_category_id: str
    name: str


class DateRangeView(BaseModel):
    """Days, both included; null is open."""

    start: str | None
    end: str | None


class TypeHoursView(BaseModel):
    source: Literal["host", "meeting_type"] = Field(
        description="host: the working hours of whoever hosts count; meeting_type: these, for every host"
    )
    timezone: str | None = Field(description="Zone of the weekly hours; null: the host's own")
    weekly: WeeklyHours | None = Field(description="Only where the source is meeting_type")
    problem: str | None = Field(description="Why the weekly hours are missing though they count")


class SchedulingView(BaseModel):
    """When it can be booked."""

    duration_minutes: int
    slot_interval_minutes: int = Field(description="From one start that is offered to the next")
    buffer_before_minutes: int
    buffer_after_minutes: int
    minimum_notice_minutes: int
    booking_window_days: int | None = Field(description="How far ahead it can be booked; null: no limit")
    custom_range: DateRangeView | None = Field(description="Outside these days it cannot be booked; null: any day")
    max_per_day: int | None = Field(description="Of one host; null: no limit")
    max_per_week: int | None = Field(description="Of one host; null: no limit")
    working_hours: TypeHoursView
    meeting_category: CategoryRef | None = Field(description="Types of one category share a count in pools")
    product: str = Field(description="forms, links, handoff: a host needs access to it")


class FormFieldView(BaseModel):
    """Four fields are fixed, up to five are questions."""

    name: str
    label: str
    type: str
    required: bool
    options: list[str] | None = Field(default=None, description="To choose from; absent: free text")


class NotificationsView(BaseModel):
    confirmation: bool | None = Field(description="null: the type does not say")
    reminders_minutes_before: list[int]
    cancellation: bool | None
    sms: bool | None


class FormView(BaseModel):
    """What a prospect fills in, and what follows."""

    fields: list[FormFieldView] | None = Field(description="null: see problem")
    notifications: NotificationsView | None = Field(description="null: see problem")
    problem: str | None = Field(description="Why fields or notifications are missing")
    not_shown: int = Field(description="Further settings that the org keeps here, of a kind that answers do not show")
    redirect_url: str | None
    location: str | None
    conference_provider: str | None = Field(description="zoom, google_meet, microsoft_teams, webex, custom")


class PresentationView(BaseModel):
    """What a prospect sees."""

    display_name: str
    description: str | None
    branding: Literal["own", "default"] = Field(description="own: the type has a logo or a color of its own")
    logo_url: str | None
    style_color: str | None


class MeetingTypeView(BaseModel):
    meeting_type_id: str
    name: str = Field(description="The display name: several types may share it")
    internal_name: str = Field(description="Of this type alone")
    product: str = Field(description="forms, links, handoff")
    ownership: str | None = Field(description="organization, user")
    is_locked: bool
    active: bool
    duration_minutes: int | None = Field(default=None, description="Without groups; else it stands in scheduling")
    scheduling: SchedulingView | None = Field(default=None, description="Only as a group")
    form: FormView | None = Field(default=None, description="Only as a group")
    presentation: PresentationView | None = Field(default=None, description="Only as a group")


class TypeSearchedView(BaseModel):
    meeting_type: str | None = Field(default=None, description="Only if one was asked for; else all of the org were")


class MeetingTypesAnswer(BaseModel):
    items: list[MeetingTypeView]
    total: int = Field(description="All meeting types of the list, on this page or not")
    has_more: bool
    next_cursor: NextCursor
    searched: TypeSearchedView


def meeting_type_view(found: FoundType) -> MeetingTypeView:
    """The groups that were read. Built from checked records, so not validated again."""
    identity = found.identity
    fields: dict[str, Any] = {
        "meeting_type_id": identity.id,
        "name": identity.name,
        "internal_name": identity.internal_name,
        "product": identity.product,
        "ownership": identity.ownership,
        "is_locked": identity.is_locked,
        "active": identity.is_active,
    }
    if found.scheduling is not None:
        fields["scheduling"] = _scheduling(found.scheduling)
    if found.form is not None:
        fields["form"] = _form(found.form)
    if found.presentation is not None:
        fields["presentation"] = _presentation(identity.name, found.presentation)
    if (found.scheduling, found.form, found.presentation) == (None, None, None):
        fields["duration_minutes"] = identity.duration_minutes
    return MeetingTypeView.model_construct(None, **fields)


def meeting_types_text(found: Sequence[FoundType], total: int, scope_text: str) -> str:
    """A table of the page's meeting types."""
    if not found:
        return f"No meeting types{' on this page' if total else ''}. {scope_text}"
    rows = [
        [
            each.identity.name,
            each.identity.internal_name,
            each.identity.product,
            str(each.identity.duration_minutes),
            "active" if each.identity.is_active else "inactive",
            each.identity.id,
        ]
        for each in found
    ]
    head = ["meeting type", "internal name", "product", "minutes", "state", "meeting_type_id"]
    return f"{len(found)} of {total} meeting type{'' if total == 1 else 's'}. {scope_text}\n{table(head, rows)}"


def _scheduling(kind: MeetingType) -> SchedulingView:
    ranged = kind.custom_range_start is not None or kind.custom_range_end is not None
    category = kind.category
    return SchedulingView.model_construct(
        duration_minutes=kind.duration_minutes,
        slot_interval_minutes=kind.slot_interval_minutes,
        buffer_before_minutes=kind.buffer_before_minutes,
        buffer_after_minutes=kind.buffer_after_minutes,
        minimum_notice_minutes=kind.minimum_notice_minutes,
        booking_window_days=kind.booking_window_days,
        custom_range=DateRangeView.model_construct(
            start=kind.custom_range_start.isoformat() if kind.custom_range_start else None,
            end=kind.custom_range_end.isoformat() if kind.custom_range_end else None,
        )
        if ranged
        else None,
        max_per_day=kind.max_per_day,
        max_per_week=kind.max_per_week,
        working_hours=_working_hours(kind),
        meeting_category=CategoryRef.model_construct(meeting_category_id=category.id, name=category.name)
        if category is not None
        else None,
        product=kind.product,
    )


def _working_hours(kind: MeetingType) -> TypeHoursView:
    fields: dict[str, Any] = {"source": kind.hours_source, "timezone": None, "weekly": None, "problem": None}
    if kind.has_own_hours:
        try:
            hours = kind.own_hours(_HOSTS_ZONE)
        except HoursError:
            # What is wrong may quote the org's text; it is not passed on.
            fields["problem"] = CANNOT_BE_READ
        else:
            fields["timezone"] = None if hours.zone is _HOSTS_ZONE else hours.zone.key
            fields["weekly"] = weekly_hours(hours.week)
    return TypeHoursView.model_construct(None, **fields)


def _form(form: FormAndFlow) -> FormView:
    fields: list[FormFieldView] | None = None
    notifications: NotificationsView | None = None
    problems: list[str] = []
    not_shown = 0
    try:
        read = form_from(form.fields_stored)
    except Unreadable:
        problems.append(f"fields: {CANNOT_BE_READ}")
    else:
        fields, not_shown = [_field(each) for each in read.fields], read.left_out
    try:
        told = notifications_from(form.notifications_stored)
    except Unreadable:
        problems.append(f"notifications: {CANNOT_BE_READ}")
    else:
        not_shown += told.left_out
        notifications = NotificationsView.model_construct(
            confirmation=told.confirmation,
            reminders_minutes_before=list(told.reminders),
            cancellation=told.cancellation,
            sms=told.sms,
        )
    return FormView.model_construct(
        None,
        fields=fields,
        notifications=notifications,
        problem=" ".join(problems) or None,
        not_shown=not_shown,
        redirect_url=typed(form.redirect_url),
        location=typed(form.location),
        conference_provider=form.conference_provider,
    )


def _field(field: FormField) -> FormFieldView:
    shown: dict[str, Any] = {
        "name": typed(field.name),
        "label": typed(field.label),
        "type": typed(field.type),
        "required": field.required,
    }
    if field.options:
        shown["options"] = [typed(option) for option in field.options]
    return FormFieldView.model_construct(None, **shown)


def _presentation(display_name: str, look: Presentation) -> PresentationView:
    return PresentationView.model_construct(
        display_name=display_name,
        description=typed(look.description, MAX_DESCRIPTION),
        branding="own" if look.color or look.logo_url else "default",
        logo_url=typed(look.logo_url),
        style_color=typed(look.color),
    )
