"""The working hours that hold for a person: his own set, else the org's default one."""

from dataclasses import dataclass

from app.bookit.stored_hours import stored_hours
from app.bookit.users.records import HoursSet, User
from app.scheduling.errors import HoursError, TimeError
from app.scheduling.working_hours import WorkingHours
from app.scheduling.zones import zone_named


@dataclass(frozen=True, slots=True)
class PersonalHours:
    """is_org_default: he has no set of his own. hours None: the set cannot be read, and problem says why."""

    name: str
    is_org_default: bool
    hours: WorkingHours | None
    problem: str | None


def personal_hours(user: User, default: HoursSet | None) -> PersonalHours | None:
    """The hours of a person; None where he has none and the org has no default set."""
    own = user.settings.hours if user.settings else None
    hours_set = own or default
    if hours_set is None:
        return None
    try:
        hours = stored_hours(hours_set.blocks, zone_named(hours_set.timezone or user.timezone))
    except (HoursError, TimeError) as error:
        return PersonalHours(hours_set.name, own is None, None, f"The hours cannot be read. {error.message}")
    return PersonalHours(hours_set.name, own is None, hours, None)
