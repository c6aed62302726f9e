"""A clock that can be set apart from the one it is built on: the org's own clock, moved by a fault."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.clock import Clock


class OrgClock:
    """A Clock: the base clock and an offset, none at first. Hand it to the org and to its application alike."""

    def __init__(self, base: Clock) -> None:
        self._base = base
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return self._base() + self.offset

    def advance(self, by: timedelta) -> None:
        """Moves the clock on, or back with a negative span."""
        self.offset += by

    def set(self, now: datetime) -> None:
        """Lets the clock go on from this aware instant."""
        self.offset = now - self._base()

    def reset(self) -> None:
        """The base clock again."""
        self.offset = timedelta()
