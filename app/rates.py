"""So many a minute for each of many keys, counted in this process, in bounded memory."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, datetime, timedelta
from typing import Final

from cachetools import TTLCache

from app.clock import Clock

MOST_KEYS: Final = 50_000
_MINUTE: Final = 60_000_000
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Rates:
    """A token bucket for each key: `per_minute` at once, refilled evenly. One number says how full it is: the instant
    at which it will be full again (the generic cell rate algorithm, ITU-T I.371). All in whole microseconds, so that
    nothing is lost by rounding.

    Of more than 50,000 keys within a minute those used longest ago are forgotten: they begin with a full bucket.
    """

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._step = _MINUTE // per_minute
        self._now = lambda: (clock() - _EPOCH) // _MICROSECOND
        # What is forgotten after a minute is full by then.
        self._full_at: TTLCache[Hashable, int] = TTLCache(MOST_KEYS, _MINUTE, self._now)

    def take(self, key: Hashable) -> float:
        """Takes one and answers 0; or takes nothing and answers in how many seconds there is one."""
        now = self._now()
        full_at = max(self._full_at.get(key, now), now) + self._step
        wait = full_at - (now + _MINUTE)
        if wait > 0:
            return wait / 1_000_000
        self._full_at[key] = full_at
        return 0.0
