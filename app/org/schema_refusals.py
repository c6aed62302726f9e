"""Which statements Salesforce has just refused to whom, because something that they name is not there for him.

A check of the org sees what the org connection sees. This sees what a caller runs into, at once and without a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock

from cachetools import TTLCache

from app.clock import Clock

KEPT_SECONDS = 600.0
USERS = 10_000


class SchemaRefusals:
    """In memory, for some minutes. user_id: None stands for the org connection."""

    def __init__(self, clock: Clock) -> None:
        self._lock = Lock()
        self._noticed: set[str] = set()
        self._refused: TTLCache[tuple[str, str | None], Mapping[str, str]] = TTLCache(
            USERS, KEPT_SECONDS, timer=lambda: clock().timestamp()
        )

    def note(self, org_id: str, user_id: str | None, statements: Iterable[str], why: str) -> None:
        """Salesforce has refused these statements to that user."""
        with self._lock:
            key = (org_id, user_id)
            self._refused[key] = {**self._refused.get(key, {}), **dict.fromkeys(statements, why)}
            self._noticed.add(org_id)

    def answered(self, org_id: str, user_id: str | None, statements: Iterable[str]) -> None:
        """Salesforce has answered them."""
        key = (org_id, user_id)
        if key not in self._refused:
            return
        with self._lock:
            left = dict(self._refused.pop(key, {}))
            for statement in statements:
                left.pop(statement, None)
            if left:
                self._refused[key] = left
            elif not any(org == org_id for org, _ in self._refused):
                self._noticed.discard(org_id)

    def of(self, org_id: str, user_id: str | None) -> Mapping[str, str]:
        """Names of statements, each with why."""
        return self._refused.get((org_id, user_id), {})

    def noticed(self, org_id: str) -> bool:
        """Whether anybody of that org was refused something since `checked`."""
        return org_id in self._noticed

    def checked(self, org_id: str) -> None:
        """The org is being checked: what is refused from now on is news."""
        with self._lock:
            self._noticed.discard(org_id)
