"""What a tool must know of the caller's org; the composition root knows how to find it out."""

from dataclasses import dataclass
from typing import Protocol

from app.org.caller import Caller
from app.scheduling.weekdays import Weekday


@dataclass(frozen=True, slots=True)
class Off:
    """Something that does not work in this org. what: a tool or a capability; why: a sentence that says what to do."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class OrgStatus:
    """timezone: the org's, an IANA name. bookit_version: `8.2`, or None when it could not be read."""

    name: str
    bookit_version: str | None
    timezone: str
    week_start: Weekday = Weekday.MONDAY
    off: tuple[Off, ...] = ()


class OrgStatuses(Protocol):
    async def of(self, caller: Caller) -> OrgStatus:
        """The caller's org. Cached: costs no call to Salesforce when warm. Raises OrgError."""
        ...
