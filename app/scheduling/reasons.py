"""Why a host has no start at all: the first check after which none is left."""

from collections.abc import Iterable, Sequence
from enum import StrEnum, auto

from app.scheduling.intervals import Interval, merged, subtracted
from app.scheduling.slots import Grid


class Reason(StrEnum):
    """In the order of the checks (our own choice). The last is about hosts who must meet together."""

    PRODUCT_ACCESS = auto()
    CALENDAR_NOT_CONNECTED = auto()
    CALENDAR_EXPIRED = auto()
    INACTIVE = auto()
    PAUSED = auto()
    VACATION = auto()
    HOLIDAY = auto()
    WORKING_HOURS = auto()
    MINIMUM_NOTICE = auto()
    BOOKING_WINDOW = auto()
    CUSTOM_RANGE = auto()
    BUSY = auto()
    DAILY_LIMIT = auto()
    WEEKLY_LIMIT = auto()
    NO_COMMON_TIME = auto()


def first_to_close(asked: Interval, checks: Iterable[tuple[Reason, Sequence[Interval]]], grid: Grid) -> Reason | None:
    """The first of the checks, each beside the time that it closes, after which `asked` holds no start.

    None where `asked` holds no start to begin with, or holds one after all of them.
    """
    free = [asked]
    if not grid.starts(free):
        return None
    for reason, closed in checks:
        free = subtracted(free, merged(closed))
        if not grid.starts(free):
            return reason
    return None
