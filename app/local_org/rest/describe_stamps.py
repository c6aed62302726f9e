"""When did a describe last change, for whom? The answer behind `Last-Modified` and 304."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from threading import Lock

from app.clock import Clock
from app.local_org.rest.json_value import Json


class DescribeStamps:
    """Remembers a digest of what each user was last told about a subject, and since when it has read so.

    A describe depends on the caller's permissions, so a lost permission moves his Last-Modified and nobody else's.
    The first sight of a subject dates from the org's start, not from the request: two clients agree.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = clock().replace(microsecond=0)
        self._lock = Lock()
        self._seen: dict[tuple[str, str], tuple[bytes, datetime]] = {}

    def last_modified(self, user_id: str, subject: str, body: Json) -> datetime:
        """The instant, to the second, since which `body` has been the answer to this user about `subject`."""
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()
        with self._lock:
            known = self._seen.get((user_id, subject))
            if known is not None and known[0] == digest:
                return known[1]
            since = self._started if known is None else self._clock().replace(microsecond=0)
            self._seen[(user_id, subject)] = (digest, since)
            return since
