"""Answers that may be some seconds old: kept for a while, fetched once however many ask at the same time."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

import anyio
from cachetools import TTLCache

from app.clock import Clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cached(Generic[K, V]):
    """Per process, bounded, single-flight. A key holds everything that decides who may see the value.

    ttl: seconds. A fetch that fails is not kept: whoever waited for it fetches for himself.
    """

    def __init__(self, clock: Clock, *, ttl: float, size: int) -> None:
        self._values: TTLCache[K, V] = TTLCache(size, ttl, timer=lambda: clock().timestamp())
        self._fetching: dict[K, anyio.Lock] = {}

    async def get(self, key: K, fetch: Callable[[], Awaitable[V]]) -> V:
        """The kept value, else what `fetch` returns (None is a value too)."""
        try:
            return self._values[key]
        except KeyError:
            lock = self._fetching.setdefault(key, anyio.Lock())
        try:
            async with lock:
                if key in self._values:
                    return self._values[key]
                value = await fetch()
                self._values[key] = value
                return value
        finally:
            if not lock.statistics().tasks_waiting:
                self._fetching.pop(key, None)
