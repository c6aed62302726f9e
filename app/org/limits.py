"""How near an org is to its daily limit of API requests, and whether a read may still go out.

Source: the `Sforce-Limit-Info` header of each answer (REST API guide). Reads are shed first, so that the writes which
people have confirmed, and the org's other integrations, still have room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from app.clock import Clock
from app.org.errors import OrgError, OrgErrorCode

SHED_FROM = 0.95
"""The part of the limit from which reads are refused. No setting: an org that comes here needs a larger limit."""

PROBE_EVERY = timedelta(minutes=1)
"""While reads are refused one goes out this often: the limit is a rolling 24 hours, and only an answer tells."""


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """Requests of the last 24 hours and the most that the org may make, as its last answer said, and when (UTC)."""

    used: int
    total: int
    seen: datetime

    @property
    def exhausted(self) -> bool:
        return self.used >= self.total * SHED_FROM


class OrgLimits:
    """The usage of each org, by org id. Safe to be told from several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._usage: dict[str, ApiUsage] = {}
        self._probed: dict[str, datetime] = {}
        self._lock = Lock()

    def usage(self, org_id: str) -> ApiUsage | None:
        """The last usage that the org told, None if it has not told any."""
        return self._usage.get(org_id)

    def saw(self, org_id: str, used: int, total: int) -> None:
        """An answer has told the org's usage."""
        with self._lock:
            self._usage[org_id] = ApiUsage(used, total, self._clock())

    def was_refused(self, org_id: str) -> None:
        """Salesforce itself has answered that the daily limit is reached."""
        with self._lock:
            known = self._usage.get(org_id)
            total = known.total if known is not None else 1
            self._usage[org_id] = ApiUsage(total, total, self._clock())
            self._probed[org_id] = self._clock()

    def admit_read(self, org_id: str) -> None:
        """Raises OrgError(salesforce_limit) if reads of that org are being shed."""
        with self._lock:
            usage = self._usage.get(org_id)
            if usage is None or not usage.exhausted:
                return
            now = self._clock()
            if now - self._probed.get(org_id, usage.seen) >= PROBE_EVERY:
                self._probed[org_id] = now
                return
        raise OrgError(OrgErrorCode.SALESFORCE_LIMIT, LIMIT_REACHED, salesforce_code="REQUEST_LIMIT_EXCEEDED")


LIMIT_REACHED = "The Salesforce org has nearly used up its API requests of the last 24 hours. Try again later."
