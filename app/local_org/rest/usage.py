"""The org's daily API count: what `Sforce-Limit-Info` says and REQUEST_LIMIT_EXCEEDED enforces."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from app.clock import Clock
from app.local_org.errors import ApiError

WINDOW = timedelta(hours=24)
BUCKET = timedelta(minutes=1)


class ApiUsage:
    """Calls of the last 24 hours, counted by the minute; the limit rolls, as Salesforce's does.

    A composite is one call. Thread-safe. `daily_limit` may be changed while running.
    """

    def __init__(self, clock: Clock, daily_limit: int = 1_000_000) -> None:
        self._clock = clock
        self._lock = Lock()
        self._minutes: deque[tuple[datetime, int]] = deque()
        self._used = 0
        self.daily_limit = daily_limit

    def count(self) -> None:
        """Counts one call. Raises ApiError 403 REQUEST_LIMIT_EXCEEDED when the day's calls are used up."""
        now = self._clock()
        with self._lock:
            self._forget_before(now - WINDOW)
            if self._used >= self.daily_limit:
                raise ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            if self._minutes and now - self._minutes[-1][0] < BUCKET:
                started, calls = self._minutes[-1]
                self._minutes[-1] = (started, calls + 1)
            else:
                self._minutes.append((now, 1))
            self._used += 1

    @property
    def used(self) -> int:
        """Calls in the last 24 hours."""
        with self._lock:
            self._forget_before(self._clock() - WINDOW)
            return self._used

    def set_used(self, calls: int) -> None:
        """Lets the calls of the last 24 hours be this many, all of them just now."""
        with self._lock:
            self._minutes = deque([(self._clock(), calls)] if calls else [])
            self._used = calls

    def header(self) -> str:
        """The value of `Sforce-Limit-Info`."""
        return f"api-usage={self.used}/{self.daily_limit}"

    def _forget_before(self, moment: datetime) -> None:
        while self._minutes and self._minutes[0][0] <= moment:
            self._used -= self._minutes.popleft()[1]
