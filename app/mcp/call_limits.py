"""How many tool calls one person and one org may make: a model that repeats itself meets this limit, not the org's.

Counted in each server process. Per person, all of his clients together: the same person with two clients is no two
people to Salesforce.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from app.bookit.errors import BookItError, ErrorCode
from app.clock import Clock
from app.org.caller import Caller
from app.rates import Rates

_DIFFERENTLY: Final = (
    "Do not repeat a call whose answer you have: it stays the same. Ask for more at a time (filters, group_by, a "
    "higher limit), or tell the person that it takes longer."
)


@dataclass(frozen=True, slots=True)
class Limit:
    """per_minute: as many may come at once, refilled evenly. at_once: under way at the same time."""

    per_minute: int
    at_once: int


class CallLimits:
    """One for the process."""

    def __init__(self, *, person: Limit, org: Limit, clock: Clock) -> None:
        self._scopes = (
            _Counted("you", person, Rates(person.per_minute, clock)),
            _Counted("your org", org, Rates(org.per_minute, clock)),
        )

    @contextmanager
    def admitted(self, caller: Caller) -> Generator[BookItError | None]:
        """Around a call: None where it may run, else the refusal that it gets instead. Only what may run counts."""
        keys = ((caller.org_id, caller.user_id or caller.email), (caller.org_id,))
        counted = tuple(zip(self._scopes, keys, strict=True))
        refusal = next((why for scope, key in counted if (why := scope.full(key))), None)
        refusal = refusal or next((why for scope, key in counted if (why := scope.too_fast(key))), None)
        if refusal is not None:
            yield refusal
            return
        for scope, key in counted:
            scope.under_way[key] += 1
        try:
            yield None
        finally:
            for scope, key in counted:
                scope.end(key)


class _Counted:
    """The calls of every person, or of every org."""

    def __init__(self, who: str, limit: Limit, rates: Rates) -> None:
        self.under_way: Counter[tuple[str, ...]] = Counter()
        self._who = who
        self._limit = limit
        self._rates = rates

    def full(self, key: tuple[str, ...]) -> BookItError | None:
        if self.under_way[key] < self._limit.at_once:
            return None
        return _refused(
            f"{self._limit.at_once} calls of {self._who} are under way, and no more may be.",
            "Wait until they have answered, then make one call after the other.",
            seconds=1,
        )

    def too_fast(self, key: tuple[str, ...]) -> BookItError | None:
        wait = math.ceil(self._rates.take(key))
        if not wait:
            return None
        return _refused(
            f"{self._who.capitalize()} made more than {self._limit.per_minute} calls within a minute.",
            f"Wait {wait} second{'' if wait == 1 else 's'} before the next call.",
            seconds=wait,
        )

    def end(self, key: tuple[str, ...]) -> None:
        self.under_way[key] -= 1
        if not self.under_way[key]:
            del self.under_way[key]


def _refused(message: str, hint: str, *, seconds: int) -> BookItError:
    return BookItError(
        ErrorCode.RATE_LIMITED, message, f"{hint} {_DIFFERENTLY}", beside={"retry_after_seconds": seconds}
    )
