"""So many a minute for each of many keys, counted in this process, in bounded memory."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from cachetools import TTLCache

from app.clock import Clock

MINUTE: Final = 60.0
MOST_KEYS: Final = 50_000
_ROUNDING: Final = 1e-6
"""Of instants as floats, in seconds."""


class Rates:
    """A token bucket for each key: `per_minute` at once, refilled evenly. One number says how full it is: the instant
    at which it will be full again (the generic cell rate algorithm, ITU-T I.371).

    Of more than 50,000 keys within a minute those used longest ago are forgotten: they begin with a full bucket.
    """

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._clock = clock
        self._step = MINUTE / per_minute
        # What is forgotten after a minute is full by then.
        self._full_at: TTLCache[Hashable, float] = TTLCache(MOST_KEYS, MINUTE, lambda: clock().timestamp())

    def take(self, key: Hashable) -> float:
        """Takes one and answers 0; or takes nothing and answers in how many seconds there is one."""
        now = self._clock().timestamp()
        full_at = max(self._full_at.get(key, now), now) + self._step
        wait = full_at - (now + MINUTE)
        if wait > _ROUNDING:
            return wait
        self._full_at[key] = full_at
        return 0.0
