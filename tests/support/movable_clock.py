"""The one thing that tests fake: time."""

from datetime import UTC, datetime, timedelta


class MovableClock:
    """A Clock that stands still until a test moves it. Starts on Monday, 2026-11-23 15:30 UTC unless told."""

    def __init__(self, now: datetime = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        """Moves the clock on."""
        self.now += by
