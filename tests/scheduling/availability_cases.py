"""Random hosts, rules and questions, most of them around a change of the clock; and plain ones to vary by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.scheduling.availability import Host, HostAvailability, Rules, hosts_availability
from app.scheduling.days_off import Vacation
from app.scheduling.weekdays import Weekday
from app.scheduling.working_hours import Week, WorkingHours
from tests.scheduling.naive_availability import Question

T = TypeVar("T")
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

ZONES = [
    ZoneInfo(name)
    for name in (
        "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "UTC",
    )
]  # fmt: skip
NEW_YORK = ZONES[0]
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
CHANGES = [
    (date(2026, 3, 8), NEW_YORK),
    (date(2026, 11, 1), NEW_YORK),
    (date(2026, 4, 5), ZoneInfo("America/Santiago")),  # both of Santiago's are at midnight
    (date(2026, 9, 6), ZoneInfo("America/Santiago")),
    (date(2026, 4, 5), LORD_HOWE),  # by half an hour
    (date(2026, 10, 4), LORD_HOWE),
    (date(2026, 2, 15), ZoneInfo("Africa/Casablanca")),
    (date(2026, 3, 22), ZoneInfo("Africa/Casablanca")),
    (date(2026, 6, 17), ZoneInfo("Asia/Kathmandu")),  # none
]
OFFICE: Week = (((540, 720), (780, 1020)),) * 5 + ((),) * 2
ALWAYS_OPEN: Week = (((0, 1440),),) * 7

zones = st.sampled_from(ZONES)
edges = st.sampled_from([0, 30, 60, 90, 105, 120, 135, 150, 180, 240, 540, 555, 720, 780, 1020, 1380, 1410, 1439, 1440])
days_of_blocks = st.lists(edges, max_size=6, unique=True).map(
    lambda found: tuple(zip(sorted(found)[::2], sorted(found)[1::2], strict=False))
)
weeks = st.sampled_from([OFFICE, OFFICE, ALWAYS_OPEN, ALWAYS_OPEN, None]).flatmap(
    lambda week: st.tuples(*[days_of_blocks] * 7) if week is None else st.just(week)
)
hours = st.builds(WorkingHours, zones, weeks)
troubles: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        *[{}] * 12,
        {"product_access": False},
        {"calendar": "expired"},
        {"calendar": "not_connected", "active": False},
        {"active": False, "paused": True},
        {"paused": True},
        {"hours": None},
    ]
)
"""What is wrong with a host, most often nothing."""


def mostly(usual: T, others: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """The usual three times out of four."""
    return st.integers(0, 3).flatmap(lambda number: others if number == 3 else st.just(usual))


def at(text: str, zone: ZoneInfo = NEW_YORK) -> int:
    """The epoch second of a wall time that is there exactly once."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def shown(instants: list[int], zone: ZoneInfo = NEW_YORK) -> list[str]:
    """Day and time on the wall, as in `Mon 09:00`."""
    return [f"{datetime.fromtimestamp(instant, zone):%a %H:%M}" for instant in instants]


@st.composite
def questions(draw: st.DrawFn) -> Question:
    change, zone = draw(st.sampled_from(CHANGES))
    midnight = int(datetime(change.year, change.month, change.day, tzinfo=UTC).timestamp())
    start = midnight + draw(st.integers(-30 * 4, 20 * 4)) * 15 * MINUTE
    end = start + draw(st.sampled_from([20 * MINUTE, 5 * HOUR, DAY, DAY, 2 * DAY, 60 * HOUR]))
    now = start + draw(st.sampled_from([-3 * DAY, -DAY, -DAY, -HOUR, 0, DAY])) + draw(st.integers(-3600, 3600))
    near = st.integers(-2, 3).map(lambda days: change + timedelta(days=days))
    rules = Rules(
        duration=draw(st.sampled_from([5, 15, 25, 30, 45, 60, 90])) * MINUTE,
        slot_interval=draw(st.sampled_from([7, 15, 20, 25, 30, 45, 60, 90])) * MINUTE,
        buffer_before=draw(st.sampled_from([0, 0, 5, 30])) * MINUTE,
        buffer_after=draw(st.sampled_from([0, 0, 10, 60])) * MINUTE,
        minimum_notice=draw(st.sampled_from([0, 0, 0, 1, 24])) * HOUR,
        booking_window_days=draw(mostly(None, st.integers(0, 4))),
        first_day=draw(mostly(None, near)),
        last_day=draw(mostly(None, near)),
        max_per_day=draw(mostly(None, st.integers(0, 3))),
        max_per_week=draw(mostly(None, st.integers(2, 6))),
        own_hours=draw(mostly(None, weeks | hours)),
        week_start=draw(st.sampled_from(Weekday)),
    )
    holidays = draw(mostly(frozenset[date](), st.frozensets(near, max_size=1)))
    return Question(rules, start, end, now, draw(st.just(zone) | zones), holidays)


@st.composite
def vacations(draw: st.DrawFn, day: date) -> Vacation:
    first = day + timedelta(days=draw(st.integers(-3, 4)))
    last = first + timedelta(days=draw(st.integers(0, 2)))
    return Vacation(first, last, draw(st.integers(0, 1)), draw(st.integers(0, 3)))


@st.composite
def hosts(draw: st.DrawFn, asked: Question, host_id: str = "h") -> Host:
    day = datetime.fromtimestamp(asked.start, UTC).date()
    spans = st.tuples(
        st.integers(asked.start - 4 * HOUR, asked.end + 4 * HOUR),
        st.sampled_from([0, 1, 30 * MINUTE, HOUR, HOUR, 3 * HOUR, 20 * HOUR]),
    )
    usual = Host(
        host_id,
        draw(mostly(asked.viewer_zone, zones)),
        product_access=True,
        calendar="connected",
        active=True,
        paused=False,
        hours=draw(hours),
        vacations=tuple(draw(mostly(list[Vacation](), st.lists(vacations(day), max_size=2)))),
        busy=[(start, start + length) for start, length in draw(st.lists(spans, max_size=6))],
        hosted_starts=draw(st.lists(st.integers(asked.start - 5 * DAY, asked.end + 5 * DAY), max_size=10)),
    )
    return replace(usual, **draw(troubles))


@st.composite
def questions_of_hosts(draw: st.DrawFn, most: int = 3) -> tuple[Question, list[Host]]:
    asked = draw(questions())
    return asked, [draw(hosts(asked, f"h{number}")) for number in range(draw(st.integers(1, most)))]


HOST = Host("h", NEW_YORK, True, "connected", True, False, WorkingHours(NEW_YORK, OFFICE))
RULES = Rules(duration=30 * MINUTE, slot_interval=60 * MINUTE)
MONDAY = "2026-11-23"


def answer(
    host: Host = HOST,
    rules: Rules = RULES,
    start: str = MONDAY,
    end: str = "2026-11-24",
    *,
    now: str = "2026-11-20",
    viewer: ZoneInfo = NEW_YORK,
    holidays: frozenset[date] = frozenset(),
) -> HostAvailability:
    """What one host answers; times are New York's. Without more: a Monday of office hours, asked the Friday before."""
    [found] = hosts_availability(
        [host], rules, start=at(start), end=at(end), now=at(now), viewer_zone=viewer, holidays=holidays
    )
    return found


def open_at(*blocks: tuple[int, int], zone: ZoneInfo = NEW_YORK) -> Host:
    """A host with the same blocks every day."""
    return replace(HOST, zone=zone, hours=WorkingHours(zone, (blocks,) * 7))
