"""A person as the statements of soql/queries/users read him."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from app.bookit.availability.hosts import is_paused
from app.bookit.links.records import OfferedType, offered_types
from app.bookit.picklists import CalendarStatus, calendar_status, snake, snake_or_none
from app.org.reader import Row

Group = Literal["identity", "schedule", "integrations", "links"]
"""The groups of a look-up, as the guide has them."""


@dataclass(frozen=True, slots=True)
class HoursSet:
    """A set of working hours. timezone None: the zone of whoever has the set. blocks: JSON, as stored."""

    id: str
    name: str
    timezone: str | None
    blocks: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """What BookIt keeps of a person. is_paused and paused_until as stored: see User.is_paused. hours: his own set."""

    calendar_status: CalendarStatus
    calendar_provider: str | None
    is_paused: bool
    paused_until: datetime | None
    access_level: str | None
    forms: bool
    links: bool
    handoff: bool
    hours: HoursSet | None


@dataclass(frozen=True, slots=True)
class Vacation:
    """Days off, both included, in the person's zone; buffer days before and after them."""

    first: date
    last: date
    start_buffer_days: int
    end_buffer_days: int


@dataclass(frozen=True, slots=True)
class Conferencing:
    """The connection to one provider, without anything that opens it."""

    provider: str
    status: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class OwnedLink:
    """A booking link in its owner's library."""

    link_id: str
    url: str | None
    kind: str
    active: bool
    expires: datetime | None
    meeting_types: tuple[OfferedType, ...]


@dataclass(frozen=True, slots=True)
class User:
    """One person; settings None: not set up in BookIt. A list that was not asked for is empty, or holds the first."""

    id: str
    name: str
    email: str | None
    phone: str | None
    picture_url: str | None
    active: bool
    timezone: str
    settings: Settings | None
    vacations: tuple[Vacation, ...] = ()
    conferencing: tuple[Conferencing, ...] = ()
    links: tuple[OwnedLink, ...] = ()

    @property
    def calendar_status(self) -> CalendarStatus:
        """Who is not set up has connected nothing."""
        return self.settings.calendar_status if self.settings else "not_connected"

    def is_paused(self, now: datetime) -> bool:
        """Whether he gets no new meetings at `now`, by the rule of availability."""
        settings = self.settings
        return settings is not None and is_paused(settings.is_paused, settings.paused_until, now)


def user_from(row: Row) -> User:
    """The person of a row of users/lookup, users/own and their like."""
    settings = next(iter(row["Settings"]), None)
    return User(
        id=row["Id"],
        name=row["Name"],
        email=row["Email"],
        phone=row["Phone"],
        picture_url=row["FullPhotoUrl"],
        active=row["IsActive"],
        timezone=row["TimeZoneSidKey"],
        settings=_settings(settings) if settings is not None else None,
        vacations=tuple(
            Vacation(each["Start"], each["End"], each["Start_Buffer_Days"] or 0, each["End_Buffer_Days"] or 0)
            for each in row.get("Vacations", ())
        ),
        conferencing=tuple(
            Conferencing(snake(each["Provider"]), snake(each["Status"]), each["Is_Default"])
            for each in row.get("Conference_Connections", ())
        ),
        links=tuple(
            OwnedLink(
                link_id=each["Link_Id"],
                url=each["URL"],
                kind=snake(each["Kind"]),
                active=each["Is_Active"],
                expires=each["Expires"],
                meeting_types=offered_types(each["Meeting_Types"]),
            )
            for each in row.get("Links", ())
        ),
    )


def hours_set_from(row: Mapping[str, Any]) -> HoursSet:
    """The set of a row of users/default_hours, or of the lookup to one."""
    own_zone = None if row["Use_User_Timezone"] else row["Timezone"]
    return HoursSet(row["Id"], row["Name"], own_zone or None, row["Blocks"])


def _settings(row: Row) -> Settings:
    hours = row.get("Working_Hours")
    return Settings(
        calendar_status=calendar_status(row["Calendar_Status"]),
        calendar_provider=snake_or_none(row["Calendar_Provider"]),
        is_paused=row["Is_Paused"],
        paused_until=row["Paused_Until"],
        access_level=snake_or_none(row["Access_Level"]),
        forms=row["Product_Access_Forms"],
        links=row["Product_Access_Links"],
        handoff=row["Product_Access_Handoff"],
        hours=hours_set_from(hours) if hours else None,
    )
