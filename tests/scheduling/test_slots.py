"""The grid of a slot interval, and the starts on it."""

from zoneinfo import ZoneInfo

import pytest

from app.scheduling.slots import Grid, grid_of
from tests.scheduling.availability_cases import HOUR, MINUTE, NEW_YORK, at, shown

LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("interval", "grid"),
    [(120, 60), (60, 60), (90, 30), (30, 30), (40, 20), (45, 15), (10, 10), (50, 10), (25, 5), (5, 5), (7, 1), (1, 1)],
)
def test_the_grid_is_the_coarsest_that_divides_the_interval(interval: int, grid: int) -> None:
    assert grid_of(interval * MINUTE) == grid * MINUTE


def starts(
    begins: str, ends: str, *, every: int, minutes: int = 30, viewer: ZoneInfo = NEW_YORK, zone: ZoneInfo = NEW_YORK
) -> list[str]:
    start, end = at(begins, zone), at(ends, zone)
    grid = Grid.over(minutes * MINUTE, every * MINUTE, viewer, start - HOUR, end + HOUR)
    return [text[4:] for text in shown(grid.starts([(start, end)]), zone)]


def test_the_first_start_is_round_and_the_others_follow_at_the_interval() -> None:
    assert starts("2026-11-23T09:05", "2026-11-23T12:00", every=45) == ["09:15", "10:00", "10:45", "11:30"]
    assert starts("2026-11-23T09:05", "2026-11-23T11:29", every=60) == ["10:00"]
    assert starts("2026-11-23T09:05", "2026-11-23T09:20", every=7, minutes=5) == ["09:05", "09:12"]


def test_a_meeting_fits_to_the_last_second() -> None:
    assert starts("2026-11-23T09:00", "2026-11-23T10:30", every=60) == ["09:00", "10:00"]
    assert starts("2026-11-23T09:00", "2026-11-23T10:29:59", every=60) == ["09:00"]


def test_seconds_are_rounded_up() -> None:
    assert starts("2026-11-23T09:00:01", "2026-11-23T10:00", every=15) == ["09:15", "09:30"]


def test_the_interval_is_absolute_over_a_change_of_the_clock() -> None:
    assert starts("2026-03-08T01:00", "2026-03-08T05:00", every=60) == ["01:00", "03:00", "04:00"]
    assert starts("2026-11-01T00:00", "2026-11-01T03:00", every=60) == ["00:00", "01:00", "01:00", "02:00"]


def test_the_first_start_is_round_on_the_wall_of_its_own_time() -> None:
    """Lord Howe's clock goes from 2:00 to 2:30, so hours are round at other instants afterwards."""
    found = starts("2026-10-04T01:15", "2026-10-04T04:00", every=60, viewer=LORD_HOWE, zone=LORD_HOWE)
    assert found == ["03:00"]
    found = starts("2026-10-04T00:45", "2026-10-04T04:00", every=60, viewer=LORD_HOWE, zone=LORD_HOWE)
    assert found == ["01:00", "02:30", "03:30"]  # an hour after one another


def test_a_range_too_short_for_a_meeting_has_no_start() -> None:
    assert starts("2026-11-23T09:00", "2026-11-23T09:29", every=30) == []
    assert starts("2026-11-23T09:00", "2026-11-23T09:00", every=30) == []
