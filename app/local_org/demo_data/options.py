"""What the demo data depends on, and nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

ORG_ZONE = "America/Los_Angeles"
"""The zone of the org that the data is for: a local org's own, unless it is made with another."""

DEFAULT_MEETINGS = 1500
DEFAULT_SEED = 7


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """now: the aware instant that all of it is relative to. meetings: how many ordinary ones beside the story."""

    now: datetime
    seed: int = DEFAULT_SEED
    meetings: int = DEFAULT_MEETINGS


def org_day(instant: datetime) -> date:
    """The day of the org's calendar at an aware instant."""
    return instant.astimezone(ZoneInfo(ORG_ZONE)).date()


def period_start(instant: datetime) -> date:
    """The first day of the count period that an instant is in: the pools of the demo are reset monthly."""
    return org_day(instant).replace(day=1)
